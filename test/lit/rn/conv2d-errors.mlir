// A convolution that does not fit together says which part does not.
// RUN: %rn-opt %s --split-input-file --verify-diagnostics

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  %w = rn.parameter "w" : tensor<16x8x3x3xf32>
  // expected-error @+1 {{'rn.conv2d' op makes 16x2x2, but the result type says 16x4x4}}
  %0 = rn.conv2d %x, %w : (tensor<?x8x4x4xf32>, tensor<16x8x3x3xf32>) -> tensor<?x16x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  %w = rn.parameter "w" : tensor<16x8x3x3xf32>
  // expected-error @+1 {{strides must be within 1..16777216, is 0}}
  %0 = rn.conv2d %x, %w strides [0, 1] pads [1, 1] : (tensor<?x8x4x4xf32>, tensor<16x8x3x3xf32>) -> tensor<?x16x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  %w = rn.parameter "w" : tensor<16x8x3x3xf32>
  // expected-error @+1 {{pads needs 2 numbers (height, width), has 1}}
  %0 = rn.conv2d %x, %w pads [1] : (tensor<?x8x4x4xf32>, tensor<16x8x3x3xf32>) -> tensor<?x16x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  %w = rn.parameter "w" : tensor<16x8x3x3xf32>
  // expected-error @+1 {{pads must be within 0..16777216, is -1}}
  %0 = rn.conv2d %x, %w pads [-1, 1] : (tensor<?x8x4x4xf32>, tensor<16x8x3x3xf32>) -> tensor<?x16x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  %w = rn.parameter "w" : tensor<16x8x3x3xf32>
  // expected-error @+1 {{dilations must be within 1..16777216, is 16777217}}
  %0 = rn.conv2d %x, %w pads [1, 1] dilations [16777217, 1] : (tensor<?x8x4x4xf32>, tensor<16x8x3x3xf32>) -> tensor<?x16x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  %w = rn.parameter "w" : tensor<16x8x3x3xf32>
  // expected-error @+1 {{cannot part 8 input and 16 output channels into 3 groups}}
  %0 = rn.conv2d %x, %w pads [1, 1] groups 3 : (tensor<?x8x4x4xf32>, tensor<16x8x3x3xf32>) -> tensor<?x16x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  %w = rn.parameter "w" : tensor<16x8x3x3xf32>
  // expected-error @+1 {{cannot part 8 input and 16 output channels into 0 groups}}
  %0 = rn.conv2d %x, %w pads [1, 1] groups 0 : (tensor<?x8x4x4xf32>, tensor<16x8x3x3xf32>) -> tensor<?x16x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  %w = rn.parameter "w" : tensor<16x8x3x3xf32>
  // expected-error @+1 {{window 3x3 with dilation 3x3 does not fit into a map of 4x4 with pads 1x1}}
  %0 = rn.conv2d %x, %w pads [1, 1] dilations [3, 3] : (tensor<?x8x4x4xf32>, tensor<16x8x3x3xf32>) -> tensor<?x16x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-note @+1 {{the filter is made here}}
  %w = rn.parameter "w" : tensor<16x4x3x3xf32>
  // expected-error @+1 {{filter takes 4 channels, the input has 8}}
  %0 = rn.conv2d %x, %w pads [1, 1] : (tensor<?x8x4x4xf32>, tensor<16x4x3x3xf32>) -> tensor<?x16x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  %w = rn.parameter "w" : tensor<16x8x3x3xf32>
  // expected-note @+1 {{bias is made here}}
  %b = rn.parameter "b" : tensor<8xf32>
  // expected-error @+1 {{bias has 8 elements for 16 channels}}
  %0 = rn.conv2d %x, %w bias(%b) pads [1, 1] : (tensor<?x8x4x4xf32>, tensor<16x8x3x3xf32>, tensor<8xf32>) -> tensor<?x16x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  %w = rn.parameter "w" : tensor<16x8x3x3xf32>
  // expected-error @+1 {{makes 8x4x4, but the result type says 16x4x4}}
  %0 = rn.conv2d %x, %w residual(%x) pads [1, 1] : (tensor<?x8x4x4xf32>, tensor<16x8x3x3xf32>, tensor<?x8x4x4xf32>) -> tensor<?x16x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  %w = rn.parameter "w" : tensor<16x8x3x3xf32>
  // expected-error @+1 {{has 2 results; it stores one value, and a second one only with affine}}
  %0:2 = rn.conv2d %x, %w pads [1, 1] : (tensor<?x8x4x4xf32>, tensor<16x8x3x3xf32>) -> (tensor<?x16x4x4xf32>, tensor<?x16x4x4xf32>)
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  %w = rn.parameter "w" : tensor<16x8x3x3xf32>
  // expected-error @+1 {{affine_activation needs affine}}
  %0 = rn.conv2d %x, %w pads [1, 1] affine_activation relu : (tensor<?x8x4x4xf32>, tensor<16x8x3x3xf32>) -> tensor<?x16x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  %w = rn.parameter "w" : tensor<16x8x3x3xf32>
  // expected-note @+1 {{scale is made here}}
  %s = rn.parameter "s" : tensor<8xf32>
  // expected-error @+1 {{scale has 8 elements for 16 channels}}
  %0 = rn.conv2d %x, %w affine(%s, %s) pads [1, 1] : (tensor<?x8x4x4xf32>, tensor<16x8x3x3xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<?x16x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  %w = rn.parameter "w" : tensor<16x8x3x3xf32>
  // expected-error @+1 {{'swish' is no activation; there are none, relu, relu6, leaky_relu(slope), elu(alpha), gelu, gelu_tanh, silu, sigmoid, tanh, hard_sigmoid, hard_swish and hard_tanh}}
  %0 = rn.conv2d %x, %w pads [1, 1] activation swish : (tensor<?x8x4x4xf32>, tensor<16x8x3x3xf32>) -> tensor<?x16x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-error @+1 {{expected '('}}
  %0 = rn.activation %x leaky_relu : (tensor<?x8x4x4xf32>) -> tensor<?x8x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-error @+1 {{elu needs a finite parameter}}
  %0 = rn.activation %x elu(1.0e999) : (tensor<?x8x4x4xf32>) -> tensor<?x8x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}
