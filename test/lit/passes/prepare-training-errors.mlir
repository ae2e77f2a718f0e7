// RUN: %rn-opt --pass-pipeline="builtin.module(rn.network(prepare-training))" %s --split-input-file --verify-diagnostics

// PyTorch: "Expected more than 1 value per channel when training".
rn.network @one_value(%x: tensor<?x4x1x1xf32>) attributes {train = {batch = 1}} {
  %p = rn.parameter "p" : tensor<4xf32>
  // expected-error @+1 {{'rn.batch_norm' op has one value a channel in a batch of one image, and statistics need two or more: use a larger batch or --freeze-batch-norm}}
  %0 = rn.batch_norm %x, %p, %p, %p, %p : (tensor<?x4x1x1xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4x1x1xf32>
  %1 = rn.flatten %0 : (tensor<?x4x1x1xf32>) -> tensor<?x4xf32>
  rn.return %1 : tensor<?x4xf32>
}

// -----

rn.network @nested(%x: tensor<?x4xf32>) {
  // expected-error @+1 {{'rn.residual' op is not flat: prepare-training needs flatten-residuals first}}
  %0 = rn.residual %x block "b" : tensor<?x4xf32> -> tensor<?x4xf32> {
  ^bb0(%a: tensor<?x4xf32>):
    rn.yield %a : tensor<?x4xf32>
  } shortcut {
  ^bb0(%a: tensor<?x4xf32>):
    rn.yield %a : tensor<?x4xf32>
  }
  rn.return %0 : tensor<?x4xf32>
}

// -----

// expected-error @+1 {{'rn.network' op ends with a map: cross entropy needs a vector of one score a class}}
rn.network @map(%x: tensor<?x4x2x2xf32>) {
  rn.return %x : tensor<?x4x2x2xf32>
}

// -----

// expected-error @+1 {{'rn.network' op has 2 class_weights for 4 classes}}
rn.network @weights(%x: tensor<?x4xf32>) attributes {train = {loss = {name = "cross_entropy", class_weights = [1.0, 2.0]}}} {
  rn.return %x : tensor<?x4xf32>
}

// -----

rn.network @statistics(%x: tensor<?x4xf32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %q = rn.fill 1.0 : tensor<4xf32>
  // expected-error @+1 {{'rn.batch_norm' op needs running statistics that are parameters, so that training can update them}}
  %0 = rn.batch_norm %x, %p, %p, %q, %p : (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  rn.return %0 : tensor<?x4xf32>
}
