// Every op of a training step, printed, parsed and printed again; once more in the generic form.
// RUN: %rn-opt %s | %rn-opt | FileCheck %s
// RUN: %rn-opt %s --mlir-print-op-generic | %rn-opt | FileCheck %s

// CHECK-LABEL: rn.network @every_op(%arg0: tensor<?x4x5x5xf32>, %arg1: tensor<?xi32>) {
rn.network @every_op(%x: tensor<?x4x5x5xf32>, %labels: tensor<?xi32>) {
  // CHECK: rn.parameter "a" {init = 1.000000e+00 : f64} : tensor<4xf32>
  %a = rn.parameter "a" {init = 1.0} : tensor<4xf32>
  %w = rn.parameter "w" : tensor<4x2x3x3xf32>
  %m = rn.parameter "m" : tensor<3x4xf32>
  // CHECK: %[[Y:.*]], %[[MEAN:.*]], %[[VAR:.*]] = rn.batch_norm_train %arg0, %[[A:.*]], %[[A]] residual(%arg0) activation leaky_relu(1.000000e-02) {eps = 1.000000e-03 : f64} :
  %y, %mean, %var = rn.batch_norm_train %x, %a, %a residual(%x) activation leaky_relu(0.01) {eps = 1.0e-3} : (tensor<?x4x5x5xf32>, tensor<4xf32>, tensor<4xf32>, tensor<?x4x5x5xf32>) -> (tensor<?x4x5x5xf32>, tensor<4xf32>, tensor<4xf32>)
  // CHECK: rn.update_statistics %[[MEAN]], %[[VAR]], %arg0 {mean_name = "n.running_mean", momentum = 2.000000e-01 : f64, variance_name = "n.running_var"} :
  rn.update_statistics %mean, %var, %x {mean_name = "n.running_mean", variance_name = "n.running_var", momentum = 0.2} : tensor<4xf32>, tensor<4xf32>, tensor<?x4x5x5xf32>
  // CHECK: rn.batch_norm_gradient %[[Y]], %arg0, %[[A]], %[[MEAN]], %[[VAR]] frozen :
  %g:3 = rn.batch_norm_gradient %y, %x, %a, %mean, %var frozen : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<?x4x5x5xf32>, tensor<4xf32>, tensor<4xf32>)
  // CHECK: rn.batch_norm_gradient %{{.*}}, %arg0, %[[A]], %[[MEAN]], %[[VAR]] masked(%[[Y]]) activation relu :
  %h:4 = rn.batch_norm_gradient %g#0, %x, %a, %mean, %var masked(%y) activation relu : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<?x4x5x5xf32>) -> (tensor<?x4x5x5xf32>, tensor<4xf32>, tensor<4xf32>, tensor<?x4x5x5xf32>)
  // CHECK: rn.batch_norm_gradient %{{.*}}, %arg0, %[[A]], %[[MEAN]], %[[VAR]] masked(%[[Y]]) activation relu residual(%arg0) frozen :
  %i:3 = rn.batch_norm_gradient %g#0, %x, %a, %mean, %var masked(%y) activation relu residual(%x) frozen : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>) -> (tensor<?x4x5x5xf32>, tensor<4xf32>, tensor<4xf32>)
  // CHECK: rn.conv2d_input_gradient %{{.*}}, %[[W:.*]] residual(%{{.*}}) pads [1, 1] groups 2 :
  %1 = rn.conv2d_input_gradient %h#0, %w residual(%h#3) pads [1, 1] groups 2 : (tensor<?x4x5x5xf32>, tensor<4x2x3x3xf32>, tensor<?x4x5x5xf32>) -> tensor<?x4x5x5xf32>
  // CHECK: rn.conv2d_filter_gradient %arg0, %{{.*}} strides [2, 2] pads [5, 5] dilations [2, 2] groups 2 :
  %2 = rn.conv2d_filter_gradient %x, %1 strides [2, 2] pads [5, 5] dilations [2, 2] groups 2 : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>) -> tensor<4x2x4x4xf32>
  // CHECK: rn.gradient %{{.*}} "w" : tensor<4x2x4x4xf32>
  rn.gradient %2 "w" : tensor<4x2x4x4xf32>
  // CHECK: rn.channel_sum %{{.*}} times(%arg0) :
  %3 = rn.channel_sum %1 times(%x) : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>) -> tensor<4xf32>
  // CHECK: rn.channel_sum %{{.*}} : (tensor<?x4x5x5xf32>) -> tensor<4xf32>
  %4 = rn.channel_sum %1 : (tensor<?x4x5x5xf32>) -> tensor<4xf32>
  // CHECK: rn.sum_channels %{{.*}} : tensor<4xf32> -> tensor<1xf32>
  %5 = rn.sum_channels %4 : tensor<4xf32> -> tensor<1xf32>
  // CHECK: rn.activation_gradient %{{.*}}, %arg0 gelu :
  %6 = rn.activation_gradient %1, %x gelu : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>) -> tensor<?x4x5x5xf32>
  // CHECK: rn.activation_gradient %{{.*}}, %arg0 elu(1.000000e+00) of_output :
  %7 = rn.activation_gradient %6, %x elu(1.0) of_output : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>) -> tensor<?x4x5x5xf32>
  %8 = rn.max_pool2d %x kernel [2, 2] strides [2, 2] ceil : (tensor<?x4x5x5xf32>) -> tensor<?x4x3x3xf32>
  // CHECK: rn.max_pool2d_gradient %{{.*}}, %arg0, %{{.*}} kernel [2, 2] strides [2, 2] ceil :
  %9 = rn.max_pool2d_gradient %8, %x, %8 kernel [2, 2] strides [2, 2] ceil : (tensor<?x4x3x3xf32>, tensor<?x4x5x5xf32>, tensor<?x4x3x3xf32>) -> tensor<?x4x5x5xf32>
  // CHECK: rn.avg_pool2d_gradient %{{.*}} kernel [3, 3] strides [2, 2] pads [1, 1] {count_include_pad = false} :
  %10 = rn.avg_pool2d_gradient %8 kernel [3, 3] strides [2, 2] pads [1, 1] {count_include_pad = false} : (tensor<?x4x3x3xf32>) -> tensor<?x4x5x5xf32>
  %11 = rn.global_max_pool %10 : (tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // CHECK: rn.global_avg_pool_gradient %{{.*}} : (tensor<?x4xf32>) -> tensor<?x4x5x5xf32>
  %12 = rn.global_avg_pool_gradient %11 : (tensor<?x4xf32>) -> tensor<?x4x5x5xf32>
  // CHECK: rn.global_max_pool_gradient %{{.*}}, %{{.*}}, %{{.*}} :
  %13 = rn.global_max_pool_gradient %11, %12, %11 : (tensor<?x4xf32>, tensor<?x4x5x5xf32>, tensor<?x4xf32>) -> tensor<?x4x5x5xf32>
  // CHECK: rn.gate_gradient %{{.*}}, %{{.*}} complement : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  %14 = rn.gate_gradient %13, %12 complement : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>) -> tensor<?x4xf32>
  // CHECK: rn.gate_gradient %{{.*}}, %{{.*}} : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>) -> tensor<?x4x5x5xf32>
  %15 = rn.gate_gradient %13, %12 : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>) -> tensor<?x4x5x5xf32>
  // CHECK: rn.channel_slice %{{.*}} first 1 : (tensor<?x4x5x5xf32>) -> tensor<?x2x5x5xf32>
  %16 = rn.channel_slice %15 first 1 : (tensor<?x4x5x5xf32>) -> tensor<?x2x5x5xf32>
  // CHECK: rn.pad_shortcut_gradient %{{.*}} strides [2, 2] : (tensor<?x4x3x3xf32>) -> tensor<?x2x5x5xf32>
  %17 = rn.pad_shortcut_gradient %8 strides [2, 2] : (tensor<?x4x3x3xf32>) -> tensor<?x2x5x5xf32>
  // CHECK: rn.layer_norm_gradient %{{.*}}, %{{.*}}, %[[A]] {eps = 1.000000e-03 : f64} :
  %18:2 = rn.layer_norm_gradient %15, %13, %a {eps = 1.0e-3} : (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>, tensor<4xf32>) -> (tensor<?x4x5x5xf32>, tensor<?x4x5x5xf32>)
  // CHECK: rn.softmax_gradient %{{.*}}, %{{.*}} :
  %19 = rn.softmax_gradient %14, %11 : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
  // CHECK: rn.random_drop %{{.*}} rate 2.500000e-01 stream 17 :
  %20 = rn.random_drop %19 rate 0.25 stream 17 : (tensor<?x4xf32>) -> tensor<?x4xf32>
  // CHECK: rn.random_drop %{{.*}} rate 2.500000e-01 stream -5 per_image :
  %21 = rn.random_drop %20 rate 0.25 stream -5 per_image : (tensor<?x4xf32>) -> tensor<?x4xf32>
  %22 = rn.linear %21, %m : (tensor<?x4xf32>, tensor<3x4xf32>) -> tensor<?x3xf32>
  // CHECK: rn.linear_input_gradient %{{.*}}, %{{.*}} residual(%{{.*}}) :
  %23 = rn.linear_input_gradient %22, %m residual(%21) : (tensor<?x3xf32>, tensor<3x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
  // CHECK: rn.linear_weight_gradient %{{.*}}, %{{.*}} : (tensor<?x4xf32>, tensor<?x3xf32>) -> tensor<3x4xf32>
  %24 = rn.linear_weight_gradient %23, %22 : (tensor<?x4xf32>, tensor<?x3xf32>) -> tensor<3x4xf32>
  // CHECK: rn.unflatten %{{.*}} : (tensor<?x4xf32>) -> tensor<?x1x2x2xf32>
  %25 = rn.unflatten %23 : (tensor<?x4xf32>) -> tensor<?x1x2x2xf32>
  // CHECK: %[[LOSSES:.*]], %{{.*}} = rn.cross_entropy %{{.*}}, %arg1 {class_weights = array<f64: 1.000000e+00, 2.000000e+00, 5.000000e-01>, smoothing = 1.000000e-01 : f64} : (tensor<?x3xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x3xf32>)
  %losses, %gradient = rn.cross_entropy %22, %labels {smoothing = 0.1, class_weights = array<f64: 1.0, 2.0, 0.5>} : (tensor<?x3xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x3xf32>)
  // CHECK: rn.batch_norm {{.*}} {frozen} :
  %26 = rn.batch_norm %x, %a, %a, %a, %a {frozen} : (tensor<?x4x5x5xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4x5x5xf32>
  // CHECK: rn.parameter "f" {frozen} : tensor<4xf32>
  %27 = rn.parameter "f" {frozen} : tensor<4xf32>
  // CHECK: rn.probe %{{.*}} skip "layer1.0" : tensor<?x4xf32>
  rn.probe %21 skip "layer1.0" : tensor<?x4xf32>
  // CHECK: rn.return %[[LOSSES]] : tensor<?x1xf32>
  rn.return %losses : tensor<?x1xf32>
}
