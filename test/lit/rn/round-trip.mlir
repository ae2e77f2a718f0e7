// Every op, printed, parsed and printed again; once more in the generic form.
// RUN: %rn-opt %s | %rn-opt | FileCheck %s
// RUN: %rn-opt %s --mlir-print-op-generic | %rn-opt | FileCheck %s

// CHECK-LABEL: rn.network @every_op(%arg0: tensor<?x3x8x8xui8>) {
rn.network @every_op(%image: tensor<?x3x8x8xui8>) {
  // CHECK: rn.normalize %arg0 mean [5.000000e-01, 0.000000e+00, 1.000000e-01] std [1.000000e+00, 2.000000e+00, 2.500000e-01] : (tensor<?x3x8x8xui8>) -> tensor<?x3x8x8xf32>
  %0 = rn.normalize %image mean [0.5, 0.0, 0.1] std [1.0, 2.0, 0.25] : (tensor<?x3x8x8xui8>) -> tensor<?x3x8x8xf32>
  // CHECK: %[[W:.*]] = rn.parameter "conv1.weight" : tensor<16x3x3x3xf32>
  %w = rn.parameter "conv1.weight" : tensor<16x3x3x3xf32>
  // CHECK: %[[B:.*]] = rn.parameter "conv1.bias" {stable = false} : tensor<16xf32>
  %b = rn.parameter "conv1.bias" {stable = false} : tensor<16xf32>
  // CHECK: rn.conv2d %{{.*}}, %[[W]] bias(%[[B]]) strides [2, 1] pads [1, 2] dilations [1, 2] activation relu :
  %1 = rn.conv2d %0, %w bias(%b) strides [2, 1] pads [1, 2] dilations [1, 2] activation relu : (tensor<?x3x8x8xf32>, tensor<16x3x3x3xf32>, tensor<16xf32>) -> tensor<?x16x4x8xf32>
  %w2 = rn.parameter "conv2.weight" : tensor<16x4x3x3xf32>
  // CHECK: %[[TWO:.*]]:2 = rn.conv2d %[[X:.*]], %{{.*}} residual(%[[X]]) affine(%[[B]], %[[B]]) pads [1, 1] groups 4 affine_activation relu block "a" : ({{.*}}) -> (tensor<?x16x4x8xf32>, tensor<?x16x4x8xf32>)
  %2:2 = rn.conv2d %1, %w2 residual(%1) affine(%b, %b) pads [1, 1] groups 4 affine_activation relu block "a" : (tensor<?x16x4x8xf32>, tensor<16x4x3x3xf32>, tensor<?x16x4x8xf32>, tensor<16xf32>, tensor<16xf32>) -> (tensor<?x16x4x8xf32>, tensor<?x16x4x8xf32>)
  // CHECK: rn.add %[[TWO]]#0, %[[TWO]]#1 affine(%[[B]], %[[B]]) activation relu affine_activation relu block "b" : {{.*}} -> (tensor<?x16x4x8xf32>, tensor<?x16x4x8xf32>)
  %3:2 = rn.add %2#0, %2#1 affine(%b, %b) activation relu affine_activation relu block "b" : (tensor<?x16x4x8xf32>, tensor<?x16x4x8xf32>, tensor<16xf32>, tensor<16xf32>) -> (tensor<?x16x4x8xf32>, tensor<?x16x4x8xf32>)
  // CHECK: rn.batch_norm %{{.*}}, %[[B]], %[[B]], %[[B]], %[[B]] {eps = 1.000000e-03 : f64} :
  %4 = rn.batch_norm %3#0, %b, %b, %b, %b {eps = 1.0e-3, momentum = 0.1} : (tensor<?x16x4x8xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x4x8xf32>
  // CHECK: rn.affine %{{.*}}, %[[B]], %[[B]] activation relu :
  %5 = rn.affine %4, %b, %b activation relu : (tensor<?x16x4x8xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x4x8xf32>
  // CHECK: rn.residual %{{.*}} block "layer1.0" : tensor<?x16x4x8xf32> -> tensor<?x16x4x8xf32> {
  // CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<?x16x4x8xf32>):
  // CHECK-NEXT: rn.activation %[[A]] relu
  // CHECK-NEXT: rn.yield
  // CHECK-NEXT: } shortcut {
  %6 = rn.residual %5 block "layer1.0" : tensor<?x16x4x8xf32> -> tensor<?x16x4x8xf32> {
  ^bb0(%a: tensor<?x16x4x8xf32>):
    %r = rn.activation %a relu : (tensor<?x16x4x8xf32>) -> tensor<?x16x4x8xf32>
    rn.yield %r : tensor<?x16x4x8xf32>
  } shortcut {
  ^bb0(%a: tensor<?x16x4x8xf32>):
    rn.yield %a : tensor<?x16x4x8xf32>
  }
  // CHECK: rn.max_pool2d %{{.*}} kernel [3, 3] strides [2, 2] pads [1, 1] :
  %7 = rn.max_pool2d %6 kernel [3, 3] strides [2, 2] pads [1, 1] : (tensor<?x16x4x8xf32>) -> tensor<?x16x2x4xf32>
  // CHECK: rn.avg_pool2d %{{.*}} kernel [1, 2] strides [1, 2] {count_include_pad = false} :
  %8 = rn.avg_pool2d %7 kernel [1, 2] strides [1, 2] {count_include_pad = false} : (tensor<?x16x2x4xf32>) -> tensor<?x16x2x2xf32>
  // CHECK: rn.pad_shortcut %{{.*}} strides [2, 2] :
  %9 = rn.pad_shortcut %8 strides [2, 2] : (tensor<?x16x2x2xf32>) -> tensor<?x32x1x1xf32>
  // CHECK: rn.flatten
  %10 = rn.flatten %9 : (tensor<?x32x1x1xf32>) -> tensor<?x32xf32>
  // CHECK: rn.global_avg_pool
  %11 = rn.global_avg_pool %9 : (tensor<?x32x1x1xf32>) -> tensor<?x32xf32>
  %12 = rn.add %10, %11 : (tensor<?x32xf32>, tensor<?x32xf32>) -> tensor<?x32xf32>
  %wf = rn.parameter "fc.weight" : tensor<10x32xf32>
  %bf = rn.parameter "fc.bias" : tensor<10xf32>
  // CHECK: %[[S:.*]] = rn.bn_scale %[[BF:.*]], %[[BF]] eps 1.000000e-05 : tensor<10xf32>
  %s = rn.bn_scale %bf, %bf eps 1.0e-5 : tensor<10xf32>
  // CHECK: %[[T:.*]] = rn.bn_shift %[[BF]], %[[BF]], %[[S]] bias(%[[BF]]) : tensor<10xf32>
  %t = rn.bn_shift %bf, %bf, %s bias(%bf) : tensor<10xf32>
  // CHECK: rn.scale_filter %{{.*}}, %[[S]] : tensor<10x32xf32>, tensor<10xf32>
  %ws = rn.scale_filter %wf, %s : tensor<10x32xf32>, tensor<10xf32>
  // CHECK: rn.linear %{{.*}}, %{{.*}} bias(%[[T]]) activation relu :
  %13 = rn.linear %12, %ws bias(%t) activation relu : (tensor<?x32xf32>, tensor<10x32xf32>, tensor<10xf32>) -> tensor<?x10xf32>
  // CHECK: rn.softmax
  %14 = rn.softmax %13 : (tensor<?x10xf32>) -> tensor<?x10xf32>
  // CHECK: rn.return %{{.*}} : tensor<?x10xf32>
  rn.return %14 : tensor<?x10xf32>
}

// CHECK-LABEL: rn.network @layouts
// CHECK-SAME: tensor<?x3x8x8xf32, #rn.layout<planar, border = 0>>
rn.network @layouts(%x: tensor<?x3x8x8xf32, #rn.layout<planar, border = 0>>) {
  // CHECK: rn.to_layout %arg0 : (tensor<?x3x8x8xf32, #rn.layout<planar, border = 0>>) -> tensor<?x3x8x8xf32, #rn.layout<blocked16, border = 2>>
  %0 = rn.to_layout %x : (tensor<?x3x8x8xf32, #rn.layout<planar, border = 0>>) -> tensor<?x3x8x8xf32, #rn.layout<blocked16, border = 2>>
  rn.return %0 : tensor<?x3x8x8xf32, #rn.layout<blocked16, border = 2>>
}

// CHECK-LABEL: rn.network @functions
rn.network @functions(%x: tensor<?x8xf32>) {
  // CHECK-NEXT: rn.activation %arg0 relu6 :
  %0 = rn.activation %x relu6 : (tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK-NEXT: rn.activation %{{.*}} leaky_relu(1.000000e-02) :
  %1 = rn.activation %0 leaky_relu(0.01) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK-NEXT: rn.activation %{{.*}} elu(1.000000e+00) :
  %2 = rn.activation %1 elu(1.0) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK-NEXT: rn.activation %{{.*}} gelu :
  %3 = rn.activation %2 gelu : (tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK-NEXT: rn.activation %{{.*}} gelu_tanh :
  %4 = rn.activation %3 gelu_tanh : (tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK-NEXT: rn.activation %{{.*}} silu :
  %5 = rn.activation %4 silu : (tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK-NEXT: rn.activation %{{.*}} sigmoid :
  %6 = rn.activation %5 sigmoid : (tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK-NEXT: rn.activation %{{.*}} tanh :
  %7 = rn.activation %6 tanh : (tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK-NEXT: rn.activation %{{.*}} hard_sigmoid :
  %8 = rn.activation %7 hard_sigmoid : (tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK-NEXT: rn.activation %{{.*}} hard_swish :
  %9 = rn.activation %8 hard_swish : (tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK-NEXT: rn.activation %{{.*}} hard_tanh :
  %10 = rn.activation %9 hard_tanh : (tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK-NEXT: rn.dropout %{{.*}} rate 5.000000e-01 :
  %11 = rn.dropout %10 rate 0.5 : (tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK-NEXT: rn.drop_path %{{.*}} rate 1.000000e-01 :
  %12 = rn.drop_path %11 rate 0.1 : (tensor<?x8xf32>) -> tensor<?x8xf32>
  rn.return %12 : tensor<?x8xf32>
}

// CHECK-LABEL: rn.network @signal(%arg0: tensor<?x2x1x8xf32>) attributes {signal, train = {batch = 8 : i64, optimizer = {lr = 1.000000e-01 : f64, name = "sgd"}}} {
rn.network @signal(%x: tensor<?x2x1x8xf32>) attributes {signal, train = {batch = 8, optimizer = {name = "sgd", lr = 0.1}}} {
  %w = rn.parameter "conv.weight" : tensor<4x2x3xf32>
  // CHECK: rn.conv2d %arg0, %{{.*}} pads [0, 2, 0, 0] :
  %0 = rn.conv2d %x, %w pads [0, 2, 0, 0] : (tensor<?x2x1x8xf32>, tensor<4x2x3xf32>) -> tensor<?x4x1x8xf32>
  // CHECK: rn.max_pool2d %{{.*}} kernel [1, 3] strides [1, 2] ceil :
  %1 = rn.max_pool2d %0 kernel [1, 3] strides [1, 2] ceil : (tensor<?x4x1x8xf32>) -> tensor<?x4x1x4xf32>
  %p = rn.parameter "p" : tensor<1xf32>
  // CHECK: %[[S:.*]] = rn.broadcast %{{.*}} : tensor<1xf32> -> tensor<4xf32>
  %s = rn.broadcast %p : tensor<1xf32> -> tensor<4xf32>
  // CHECK: %[[T:.*]] = rn.fill 5.000000e-01 : tensor<4xf32>
  %t = rn.fill 0.5 : tensor<4xf32>
  // CHECK: %[[N:.*]] = rn.layer_norm %{{.*}}, %[[S]], %[[T]] {eps = 1.000000e-03 : f64} :
  %2 = rn.layer_norm %1, %s, %t {eps = 1.0e-3} : (tensor<?x4x1x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4x1x4xf32>
  // CHECK: %[[G:.*]] = rn.global_max_pool %[[N]] :
  %3 = rn.global_max_pool %2 : (tensor<?x4x1x4xf32>) -> tensor<?x4xf32>
  // CHECK: %[[M:.*]] = rn.multiply %[[N]], %[[G]] complement :
  %4 = rn.multiply %2, %3 complement : (tensor<?x4x1x4xf32>, tensor<?x4xf32>) -> tensor<?x4x1x4xf32>
  // CHECK: rn.multiply %[[M]], %[[N]] :
  %5 = rn.multiply %4, %2 : (tensor<?x4x1x4xf32>, tensor<?x4x1x4xf32>) -> tensor<?x4x1x4xf32>
  // CHECK: rn.concat %{{.*}}, %[[M]], %[[N]] :
  %6 = rn.concat %5, %4, %2 : (tensor<?x4x1x4xf32>, tensor<?x4x1x4xf32>, tensor<?x4x1x4xf32>) -> tensor<?x12x1x4xf32>
  %7 = rn.global_max_pool %6 : (tensor<?x12x1x4xf32>) -> tensor<?x12xf32>
  rn.return %7 : tensor<?x12xf32>
}
