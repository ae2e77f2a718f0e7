// Layouts where they cannot be.
// RUN: %rn-opt %s --split-input-file --verify-diagnostics

rn.network @net(%x: tensor<?x8x4x4xf32, #rn.layout<planar, border = 0>>) {
  // expected-error @+1 {{changes the layout from planar to blocked16, which only rn.to_layout may do}}
  %0 = rn.activation %x relu : (tensor<?x8x4x4xf32, #rn.layout<planar, border = 0>>) -> tensor<?x8x4x4xf32, #rn.layout<blocked16, border = 0>>
  rn.return %x : tensor<?x8x4x4xf32, #rn.layout<planar, border = 0>>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32, #rn.layout<planar, border = 0>>) {
  // expected-error @+1 {{one of input and result has a layout and the other has none}}
  %0 = rn.activation %x relu : (tensor<?x8x4x4xf32, #rn.layout<planar, border = 0>>) -> tensor<?x8x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32, #rn.layout<planar, border = 0>>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32, #rn.layout<blocked16, border = 0>>) {
  // expected-error @+1 {{flattens a map of more than one pixel only if it is planar without border}}
  %0 = rn.flatten %x : (tensor<?x8x4x4xf32, #rn.layout<blocked16, border = 0>>) -> tensor<?x128xf32, #rn.layout<blocked16, border = 0>>
  rn.return %x : tensor<?x8x4x4xf32, #rn.layout<blocked16, border = 0>>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32, #rn.layout<blocked16, border = 0>>) {
  %w = rn.parameter "w" : tensor<8x8x1x1xf32>
  // expected-error @+2 {{changes the layout from planar to blocked16}}
  %1 = rn.to_layout %x : (tensor<?x8x4x4xf32, #rn.layout<blocked16, border = 0>>) -> tensor<?x8x4x4xf32, #rn.layout<planar, border = 0>>
  %0 = rn.conv2d %x, %w residual(%1) : (tensor<?x8x4x4xf32, #rn.layout<blocked16, border = 0>>, tensor<8x8x1x1xf32>, tensor<?x8x4x4xf32, #rn.layout<planar, border = 0>>) -> tensor<?x8x4x4xf32, #rn.layout<blocked16, border = 0>>
  rn.return %x : tensor<?x8x4x4xf32, #rn.layout<blocked16, border = 0>>
}

// -----

// expected-error @+1 {{a vector has no border, is given 1}}
rn.network @net(%x: tensor<?x8xf32, #rn.layout<planar, border = 1>>) {
  rn.return %x : tensor<?x8xf32>
}

// -----

// expected-error @+1 {{a layout belongs to a map or a vector, not to a tensor of rank 3}}
rn.network @net(%x: tensor<?x8x3xf32, #rn.layout<planar, border = 0>>) {
  rn.return %x : tensor<?x8xf32>
}

// -----

// expected-error @+1 {{border must be within 0..16777216, is -1}}
rn.network @net(%x: tensor<?x8x3x3xf32, #rn.layout<planar, border = -1>>) {
  rn.return %x : tensor<?x8xf32>
}
