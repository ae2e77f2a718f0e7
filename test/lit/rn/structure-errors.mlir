// Networks and residuals that are not well formed.
// RUN: %rn-opt %s --allow-unregistered-dialect --split-input-file --verify-diagnostics

// expected-error @+1 {{input must be a map (?xCxHxW) or a vector (?xF) of f32 or ui8, is 'tensor<?x8xsi8>'}}
"rn.network"() <{sym_name = "net"}> ({
^bb0(%x: tensor<?x8xsi8>):
  %0 = "test.make"() : () -> tensor<?x8xf32>
  rn.return %0 : tensor<?x8xf32>
}) : () -> ()

// -----

// expected-error @+1 {{has one input, and labels in training, not 3}}
"rn.network"() <{sym_name = "net"}> ({
^bb0(%x: tensor<?x8xf32>, %y: tensor<?xi32>, %z: tensor<?xi32>):
  rn.return %x : tensor<?x8xf32>
}) : () -> ()

// -----

// expected-error @+1 {{labels must be tensor<?xi32>, are 'tensor<?x8xf32>'}}
"rn.network"() <{sym_name = "net"}> ({
^bb0(%x: tensor<?x8xf32>, %y: tensor<?x8xf32>):
  rn.return %x : tensor<?x8xf32>
}) : () -> ()

// -----

rn.network @net(%x: tensor<?x8xf32>) {
  // expected-note @+1 {{here it is 'tensor<8xf32>'}}
  %0 = rn.parameter "p" : tensor<8xf32>
  // expected-error @+1 {{'p' is 'tensor<4xf32>' here but has another type elsewhere}}
  %1 = rn.parameter "p" : tensor<4xf32>
  rn.return %x : tensor<?x8xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-error @+1 {{adds to 8x4x4, but its body makes 8x2x2}}
  %0 = rn.residual %x block "layer1.0" : tensor<?x8x4x4xf32> -> tensor<?x8x4x4xf32> {
  ^bb0(%a: tensor<?x8x4x4xf32>):
    %1 = rn.max_pool2d %a kernel [2, 2] strides [2, 2] : (tensor<?x8x4x4xf32>) -> tensor<?x8x2x2xf32>
    // expected-note @+1 {{body ends here}}
    rn.yield %1 : tensor<?x8x2x2xf32>
  } shortcut {
  ^bb0(%a: tensor<?x8x4x4xf32>):
    rn.yield %a : tensor<?x8x4x4xf32>
  }
  rn.return %0 : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-error @+1 {{shortcut must take one argument of the input's type}}
  %0 = rn.residual %x block "layer1.0" : tensor<?x8x4x4xf32> -> tensor<?x8x4x4xf32> {
  ^bb0(%a: tensor<?x8x4x4xf32>):
    rn.yield %a : tensor<?x8x4x4xf32>
  } shortcut {
  ^bb0:
    rn.yield %x : tensor<?x8x4x4xf32>
  }
  rn.return %0 : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-error @+1 {{'rn.yield' op expects parent op 'rn.residual'}}
  rn.yield %x : tensor<?x8x4x4xf32>
}
