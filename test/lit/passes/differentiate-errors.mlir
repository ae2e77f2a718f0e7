// What an error says of the way from a parameter to the losses, with the place in the .rn.
// RUN: not %rn-opt --pass-pipeline="builtin.module(rn.network(differentiate))" %s --split-input-file 2>&1 | FileCheck %s

// CHECK: net.rn:7:3: error: 'rn.dropout' op has no gradient rule, and a parameter lies before it
rn.network @missing_rule(%x: tensor<?x4xf32>, %labels: tensor<?xi32>) {
  // No parameter lies before this one: it needs no rule.
  %0 = rn.dropout %x rate 0.5 : (tensor<?x4xf32>) -> tensor<?x4xf32>
  %w = rn.parameter "w" : tensor<4x4xf32>
  %1 = rn.linear %0, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %2 = rn.dropout %1 rate 0.5 : (tensor<?x4xf32>) -> tensor<?x4xf32> loc("layer1.drop"("net.rn":7:3))
  %losses, %g = rn.cross_entropy %2, %labels : (tensor<?x4xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x4xf32>)
  rn.return %losses : tensor<?x1xf32>
}

// -----

// CHECK: net.rn:9:1: error: 'rn.linear' op has no gradient rule for this form (fused ops come after differentiate)
rn.network @fused(%x: tensor<?x4xf32>, %labels: tensor<?xi32>) {
  %w = rn.parameter "w" : tensor<4x4xf32>
  %1 = rn.linear %x, %w activation relu : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32> loc("fc"("net.rn":9:1))
  %losses, %g = rn.cross_entropy %1, %labels : (tensor<?x4xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x4xf32>)
  rn.return %losses : tensor<?x1xf32>
}

// -----

// CHECK: net.rn:3:1: error: 'rn.linear' op reads a parameter that another layer reads, too, which training does not know
// CHECK: net.rn:2:1: note: the parameter is made here
rn.network @shared(%x: tensor<?x4xf32>, %labels: tensor<?xi32>) {
  %w = rn.parameter "w" : tensor<4x4xf32> loc("net.rn":2:1)
  %1 = rn.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32> loc("net.rn":3:1)
  %2 = rn.linear %1, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %losses, %g = rn.cross_entropy %2, %labels : (tensor<?x4xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x4xf32>)
  rn.return %losses : tensor<?x1xf32>
}

// -----

// CHECK: error: 'rn.network' op has no labels: differentiate needs prepare-training first
rn.network @unprepared(%x: tensor<?x4xf32>) {
  rn.return %x : tensor<?x4xf32>
}
