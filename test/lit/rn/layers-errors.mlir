// Every other layer, misused.
// RUN: %rn-opt %s --split-input-file --verify-diagnostics

rn.network @net(%x: tensor<?x8xf32>) {
  %w = rn.parameter "w" : tensor<10x4xf32>
  // expected-error @+1 {{weight takes 4 features, the input has 8}}
  %0 = rn.linear %x, %w : (tensor<?x8xf32>, tensor<10x4xf32>) -> tensor<?x10xf32>
  rn.return %x : tensor<?x8xf32>
}

// -----

rn.network @net(%x: tensor<?x8xf32>) {
  %w = rn.parameter "w" : tensor<10x8xf32>
  // expected-error @+1 {{makes 10, but the result type says 8}}
  %0 = rn.linear %x, %w : (tensor<?x8xf32>, tensor<10x8xf32>) -> tensor<?x8xf32>
  rn.return %x : tensor<?x8xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-note @+1 {{beta is made here}}
  %b = rn.parameter "b" : tensor<4xf32>
  %g = rn.parameter "g" : tensor<8xf32>
  // expected-error @+1 {{beta has 4 elements for 8 channels}}
  %0 = rn.batch_norm %x, %g, %b, %g, %g : (tensor<?x8x4x4xf32>, tensor<8xf32>, tensor<4xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<?x8x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  %g = rn.parameter "g" : tensor<8xf32>
  // expected-error @+1 {{eps must be finite and not negative}}
  %0 = rn.batch_norm %x, %g, %g, %g, %g {eps = -1.0} : (tensor<?x8x4x4xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<?x8x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-error @+1 {{has 1 means and 8 deviations for 8 channels}}
  %0 = rn.normalize %x mean [0.0] std [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0] : (tensor<?x8x4x4xf32>) -> tensor<?x8x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x1xf32>) {
  // expected-error @+1 {{std must be finite and positive}}
  %0 = rn.normalize %x mean [0.0] std [0.0] : (tensor<?x1xf32>) -> tensor<?x1xf32>
  rn.return %x : tensor<?x1xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-error @+1 {{pads must be at most half the kernel, but 2 is more than half of 3}}
  %0 = rn.max_pool2d %x kernel [3, 3] pads [2, 1] : (tensor<?x8x4x4xf32>) -> tensor<?x8x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-error @+1 {{window 5x5 does not fit into a map of 4x4 with pads 0x0}}
  %0 = rn.avg_pool2d %x kernel [5, 5] : (tensor<?x8x4x4xf32>) -> tensor<?x8x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-error @+1 {{makes 8x2x2, but the result type says 8x4x4}}
  %0 = rn.max_pool2d %x kernel [2, 2] strides [2, 2] : (tensor<?x8x4x4xf32>) -> tensor<?x8x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-error @+1 {{adds channels, cannot make 4 of 8}}
  %0 = rn.pad_shortcut %x : (tensor<?x8x4x4xf32>) -> tensor<?x4x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-error @+1 {{makes 16x2x2, but the result type says 16x4x4}}
  %0 = rn.pad_shortcut %x strides [2, 2] : (tensor<?x8x4x4xf32>) -> tensor<?x16x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-error @+1 {{makes 128, but the result type says 64}}
  %0 = rn.flatten %x : (tensor<?x8x4x4xf32>) -> tensor<?x64xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-error @+1 {{makes 8, but the result type says 16}}
  %0 = rn.global_avg_pool %x : (tensor<?x8x4x4xf32>) -> tensor<?x16xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-error @+1 {{operand #0 must be vector (?xFxf32)}}
  %0 = rn.softmax %x : (tensor<?x8x4x4xf32>) -> tensor<?x8x4x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xui8>) {
  // expected-error @+1 {{operand #0 must be map (?xCxHxWxf32) or vector (?xFxf32)}}
  %0 = rn.activation %x relu : (tensor<?x8x4x4xui8>) -> tensor<?x8x4x4xf32>
  rn.return %0 : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  %f = rn.parameter "f" : tensor<4x1x4x4x4xf32>
  %s = rn.parameter "s" : tensor<4xf32>
  // expected-error @+1 {{scales a filter of rank 3 or 4 or a matrix of rank 2, not rank 5}}
  %0 = rn.scale_filter %f, %s : tensor<4x1x4x4x4xf32>, tensor<4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-error @+1 {{needs a name}}
  %0 = rn.parameter "" : tensor<4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-error @+1 {{result #0 must be parameter of static shape and f32}}
  %0 = rn.parameter "w" : tensor<?x4xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}

// -----

rn.network @net(%x: tensor<?x8x4x4xf32>) {
  // expected-error @+1 {{result #0 must be parameter of static shape and f32}}
  %0 = rn.parameter "w" : tensor<16777216x16777216x16777216xf32>
  rn.return %x : tensor<?x8x4x4xf32>
}
