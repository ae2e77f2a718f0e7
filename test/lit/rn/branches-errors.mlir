// Gates, concatenation, drops, norms and arithmetic that do not fit.
// RUN: %rn-opt %s --split-input-file --verify-diagnostics

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  %0 = rn.max_pool2d %x kernel [2, 2] strides [2, 2] : (tensor<?x8x4x4xf32>) -> tensor<?x8x2x2xf32>
  // expected-error @+1 {{gate is 8x2x2; it must be 8x4x4, or one pixel of 8 channels}}
  %1 = rn.multiply %x, %0 : (tensor<?x8x4x4xf32>, tensor<?x8x2x2xf32>) -> tensor<?x8x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-error @+1 {{needs two or more inputs, has 1}}
  %1 = rn.concat %x : (tensor<?x8x4x4xf32>) -> tensor<?x8x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  %0 = rn.max_pool2d %x kernel [2, 2] strides [2, 2] : (tensor<?x8x4x4xf32>) -> tensor<?x8x2x2xf32>
  // expected-error @+1 {{puts 8x2x2 behind 8x4x4}}
  %1 = rn.concat %x, %0 : (tensor<?x8x4x4xf32>, tensor<?x8x2x2xf32>) -> tensor<?x16x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-error @+1 {{makes 16x4x4, but the result type says 8x4x4}}
  %1 = rn.concat %x, %x : (tensor<?x8x4x4xf32>, tensor<?x8x4x4xf32>) -> tensor<?x8x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8xf32>) {
  // expected-error @+1 {{rate must be at least 0 and below 1}}
  %0 = rn.dropout %x rate 1.0 : (tensor<?x8xf32>) -> tensor<?x8xf32>
  rn.return %0 : tensor<?x8xf32>
}

// -----

rn.network @net(%x: tensor<?x8xf32>) {
  // expected-note @+1 {{beta is made here}}
  %b = rn.parameter "b" : tensor<4xf32>
  %g = rn.parameter "g" : tensor<8xf32>
  // expected-error @+1 {{beta has 4 elements for 8 channels}}
  %0 = rn.layer_norm %x, %g, %b : (tensor<?x8xf32>, tensor<8xf32>, tensor<4xf32>) -> tensor<?x8xf32>
  rn.return %0 : tensor<?x8xf32>
}

// -----

rn.network @net(%x: tensor<?x8xf32>) {
  %g = rn.parameter "g" : tensor<2xf32>
  // expected-error @+1 {{broadcasts one element, not 2}}
  %0 = rn.broadcast %g : tensor<2xf32> -> tensor<8xf32>
  rn.return %x : tensor<?x8xf32>
}

// -----

rn.network @net(%x: tensor<?x8xf32>) {
  // expected-error @+1 {{has strides, but a vector has no places}}
  %0 = rn.pad_shortcut %x strides [2, 1] : (tensor<?x8xf32>) -> tensor<?x16xf32>
  rn.return %x : tensor<?x8xf32>
}

// -----

// expected-error @+1 {{signal needs an input of ?xCx1xL, is 'tensor<?x8xf32>'}}
rn.network @net(%x: tensor<?x8xf32>) attributes {signal} {
  rn.return %x : tensor<?x8xf32>
}
