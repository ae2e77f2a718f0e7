// RUN: %rn-opt %s --split-input-file --verify-diagnostics

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{smoothing must be within 0..1}}
  %l, %g = rn.cross_entropy %v, %labels {smoothing = 1.5} : (tensor<?x4xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x4xf32>)
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{has 1 class weights for 4 classes}}
  %l, %g = rn.cross_entropy %v, %labels {class_weights = array<f64: 1.0>} : (tensor<?x4xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x4xf32>)
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{class weights must be finite and not negative}}
  %l, %g = rn.cross_entropy %v, %labels {class_weights = array<f64: 1.0, 1.0, -1.0, 1.0>} : (tensor<?x4xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x4xf32>)
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{makes 1, but the result type says 4}}
  %l, %g = rn.cross_entropy %v, %labels : (tensor<?x4xf32>, tensor<?xi32>) -> (tensor<?x4xf32>, tensor<?x4xf32>)
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{momentum must be within 0..1}}
  rn.update_statistics %p, %p, %v {mean_name = "m", variance_name = "v", momentum = 2.0} : tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-note @+1 {{variance is made here}}
  %q = rn.parameter "q" : tensor<3xf32>
  // expected-error @+1 {{variance has 3 elements for 4 channels}}
  rn.update_statistics %p, %q, %v {mean_name = "m", variance_name = "v"} : tensor<4xf32>, tensor<3xf32>, tensor<?x4xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{makes 4x5x5, but the result type says 4}}
  %y, %a, %b = rn.batch_norm_train %x, %p, %p residual(%v) : (tensor<?x4x5x5xf32>, tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>) -> (tensor<?x4x5x5xf32>, tensor<4xf32>, tensor<4xf32>)
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{eps must be finite and not negative}}
  %y, %a, %b = rn.batch_norm_train %x, %p, %p {eps = -1.0} : (tensor<?x4x5x5xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<?x4x5x5xf32>, tensor<4xf32>, tensor<4xf32>)
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{masked and an activation belong together}}
  %d:3 = rn.batch_norm_gradient %x, %x, %p, %p, %p activation relu : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<?x4x5x5xf32>, tensor<4xf32>, tensor<4xf32>)
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{cannot tell the derivative of silu from its result}}
  %d:3 = rn.batch_norm_gradient %x, %x, %p, %p, %p masked(%x) activation silu : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<?x4x5x5xf32>) -> (tensor<?x4x5x5xf32>, tensor<4xf32>, tensor<4xf32>)
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{has a fourth result only if it is masked}}
  %d:4 = rn.batch_norm_gradient %x, %x, %p, %p, %p : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<?x4x5x5xf32>, tensor<4xf32>, tensor<4xf32>, tensor<?x4x5x5xf32>)
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  %w = rn.parameter "w" : tensor<4x4x3x3xf32>
  // expected-error @+1 {{is given a gradient of 4x5x5 for a layer that makes 4x3x3}}
  %d = rn.conv2d_input_gradient %x, %w : (tensor<?x4x5x5xf32>, tensor<4x4x3x3xf32>) -> tensor<?x4x5x5xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-note @+1 {{the filter is made here}}
  %w = rn.parameter "w" : tensor<4x4x3x3xf32>
  // expected-error @+1 {{filter takes 4 channels, the input has 2 in each group}}
  %d = rn.conv2d_input_gradient %x, %w pads [1, 1] groups 2 : (tensor<?x4x5x5xf32>, tensor<4x4x3x3xf32>) -> tensor<?x4x5x5xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{is given a gradient of 4x5x5 for a layer that makes 4x3x3}}
  %d = rn.conv2d_filter_gradient %x, %x : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>) -> tensor<4x4x3x3xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{filter takes 3 channels, the input has 4}}
  %d = rn.conv2d_filter_gradient %x, %x pads [1, 1] : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>) -> tensor<4x3x3x3xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  %m = rn.parameter "m" : tensor<3x4xf32>
  // expected-error @+1 {{weight is 3x4 between 4 and 4 features}}
  %d = rn.linear_input_gradient %v, %m : (tensor<?x4xf32>, tensor<3x4xf32>) -> tensor<?x4xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{dweight is 3x4 between 4 and 4 features}}
  %d = rn.linear_weight_gradient %v, %v : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<3x4xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{makes 4x5x5, but the result type says 4}}
  %d = rn.channel_sum %x times(%v) : (tensor<?x4x5x5xf32>, tensor<?x4xf32>) -> tensor<4xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{result has 5 elements for 4 channels}}
  %d = rn.channel_sum %x : (tensor<?x4x5x5xf32>) -> tensor<5xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{makes one element, not 2}}
  %d = "rn.sum_channels"(%p) : (tensor<4xf32>) -> tensor<2xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{cannot tell the derivative of gelu from its result}}
  %d = rn.activation_gradient %x, %x gelu of_output : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>) -> tensor<?x4x5x5xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{cannot tell the derivative of elu from its result}}
  %d = rn.activation_gradient %x, %x elu(-1.0) of_output : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>) -> tensor<?x4x5x5xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{is given a gradient of 4x5x5 for a layer that makes 4x4x4}}
  %d = rn.avg_pool2d_gradient %x kernel [2, 2] : (tensor<?x4x5x5xf32>) -> tensor<?x4x5x5xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{operand #2 must be map}}
  %d = rn.max_pool2d_gradient %x, %x, %v kernel [3, 3] pads [1, 1] : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>, tensor<?x4xf32>) -> tensor<?x4x5x5xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{is given a gradient of 4 for a layer that makes 3}}
  %d = rn.global_avg_pool_gradient %v : (tensor<?x4xf32>) -> tensor<?x3x5x5xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{makes 4x6x6, but the result type says 4x5x5}}
  %d = rn.global_max_pool_gradient %v, %x, %v : (tensor<?x4xf32>, tensor<?x4x5x5xf32>, tensor<?x4xf32>) -> tensor<?x4x6x6xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{makes the gradient of a gate of 3; it must be 4x5x5, or one pixel of 4 channels}}
  %d = rn.gate_gradient %x, %x : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>) -> tensor<?x3xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{takes 2 channels from 3 on, the input has 4}}
  %d = rn.channel_slice %x first 3 : (tensor<?x4x5x5xf32>) -> tensor<?x2x5x5xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{keeps the pixels, cannot make 2x5x4 of 4x5x5}}
  %d = rn.channel_slice %x first 0 : (tensor<?x4x5x5xf32>) -> tensor<?x2x5x4xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{is given a gradient of 4x5x5 for a layer that makes 4x3x3}}
  %d = rn.pad_shortcut_gradient %x strides [2, 2] : (tensor<?x4x5x5xf32>) -> tensor<?x2x5x5xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{is given a gradient of 4 channels for a layer of 5}}
  %d = rn.pad_shortcut_gradient %x : (tensor<?x4x5x5xf32>) -> tensor<?x5x5x5xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{is given a gradient of 4 for a layer that makes 100}}
  %d = rn.unflatten %v : (tensor<?x4xf32>) -> tensor<?x4x5x5xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{makes 4x5x5, but the result type says 4}}
  %d:2 = rn.layer_norm_gradient %x, %x, %p : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>, tensor<4xf32>) -> (tensor<?x4x5x5xf32>, tensor<?x4xf32>)
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{makes 4, but the result type says 3}}
  %d = rn.softmax_gradient %v, %v : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x3xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}

// -----

rn.network @net(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  %p = rn.parameter "p" : tensor<4xf32>
  %v = rn.global_avg_pool %x : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{rate must be at least 0 and below 1}}
  %d = rn.random_drop %v rate 1.0 stream 1 : (tensor<?x4xf32>) -> tensor<?x4xf32>
  rn.return %x : tensor<?x4x5x5xf32>
}
