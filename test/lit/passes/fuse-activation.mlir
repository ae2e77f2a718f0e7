// RUN: %rn-opt %s --pass-pipeline="builtin.module(rn.network(fuse-activation))" --split-input-file | FileCheck %s

// CHECK-LABEL: rn.network @conv_relu
// CHECK: %[[R:.*]] = rn.conv2d %arg0, %{{.*}} residual(%arg0) pads [1, 1] activation relu block "b" :
// CHECK-NEXT: rn.return %[[R]]
rn.network @conv_relu(%x: tensor<?x16x8x8xf32>) {
  %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
  %0 = rn.conv2d %x, %c residual(%x) pads [1, 1] block "b" : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %1 = rn.activation %0 relu : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  rn.return %1 : tensor<?x16x8x8xf32>
}

// -----

// CHECK-LABEL: rn.network @others_relu
// CHECK: rn.add %arg0, %arg0 activation relu :
// CHECK: rn.affine %{{.*}} activation relu :
// CHECK: rn.linear %{{.*}} activation relu :
// CHECK-NOT: rn.activation
rn.network @others_relu(%x: tensor<?x16x8x8xf32>) {
  %s = rn.parameter "s" : tensor<16xf32>
  %t = rn.parameter "t" : tensor<16xf32>
  %0 = rn.add %x, %x : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %1 = rn.activation %0 relu : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %2 = rn.max_pool2d %1 kernel [1, 1] : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %3 = rn.affine %2, %s, %t  : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
  %4 = rn.activation %3 relu : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %5 = rn.global_avg_pool %4 : (tensor<?x16x8x8xf32>) -> tensor<?x16xf32>
  %f = rn.parameter "fc.weight" : tensor<16x16xf32>
  %6 = rn.linear %5, %f : (tensor<?x16xf32>, tensor<16x16xf32>) -> tensor<?x16xf32>
  %7 = rn.activation %6 relu : (tensor<?x16xf32>) -> tensor<?x16xf32>
  rn.return %7 : tensor<?x16xf32>
}

// -----

// The sum is the next skip: two results. The parameters move before the convolution.
// CHECK-LABEL: rn.network @two_results
// CHECK: %[[S:.*]] = rn.parameter "s"
// CHECK: %[[T:.*]] = rn.parameter "t"
// CHECK: %[[R:.*]]:2 = rn.conv2d %arg0, %{{.*}} residual(%arg0) affine(%[[S]], %[[T]]) pads [1, 1] affine_activation relu : {{.*}} -> (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>)
// CHECK: rn.add %[[R]]#1, %[[R]]#0
rn.network @two_results(%x: tensor<?x16x8x8xf32>) {
  %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
  %0 = rn.conv2d %x, %c residual(%x) pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %s = rn.parameter "s" : tensor<16xf32>
  %t = rn.parameter "t" : tensor<16xf32>
  %1 = rn.affine %0, %s, %t activation relu : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
  %2 = rn.add %1, %0 block "layer1.0" : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  rn.return %2 : tensor<?x16x8x8xf32>
}

// -----

// A ReLU behind the affine op belongs to the second result; the arithmetic of parameters moves in its order.
// CHECK-LABEL: rn.network @one_result
// CHECK: %[[S:.*]] = rn.bn_scale
// CHECK: %[[T:.*]] = rn.bn_shift {{.*}}, %[[S]]
// CHECK: %[[R:.*]] = rn.conv2d %arg0, %{{.*}} affine(%[[S]], %[[T]]) pads [1, 1] affine_activation relu : {{.*}} -> tensor<?x16x8x8xf32>
// CHECK-NEXT: rn.return %[[R]]
rn.network @one_result(%x: tensor<?x16x8x8xf32>) {
  %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
  %0 = rn.conv2d %x, %c pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  %ng = rn.parameter "n.weight" : tensor<16xf32>
  %nb = rn.parameter "n.bias" : tensor<16xf32>
  %nm = rn.parameter "n.running_mean" : tensor<16xf32>
  %nv = rn.parameter "n.running_var" : tensor<16xf32>
  %s = rn.bn_scale %ng, %nv eps 1.0e-5 : tensor<16xf32>
  %t = rn.bn_shift %nb, %nm, %s : tensor<16xf32>
  %1 = rn.affine %0, %s, %t  : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
  %2 = rn.activation %1 relu : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  rn.return %2 : tensor<?x16x8x8xf32>
}

// -----

// The sum is activated, and then made affine.
// CHECK-LABEL: rn.network @both
// CHECK: rn.add %arg0, %arg0 affine(%{{.*}}, %{{.*}}) activation relu : {{.*}} -> tensor<?x16x8x8xf32>
rn.network @both(%x: tensor<?x16x8x8xf32>) {
  %0 = rn.add %x, %x : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %1 = rn.activation %0 relu : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %s = rn.parameter "s" : tensor<16xf32>
  %t = rn.parameter "t" : tensor<16xf32>
  %2 = rn.affine %1, %s, %t  : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
  rn.return %2 : tensor<?x16x8x8xf32>
}

// -----

// There is one second result: another affine op stays. ReLU of a value that is read as it is stays too.
// CHECK-LABEL: rn.network @cannot
// CHECK: %[[R:.*]]:2 = rn.conv2d
// CHECK: %[[A:.*]] = rn.affine %[[R]]#0
// CHECK: %[[B:.*]] = rn.activation %[[R]]#0 relu
// CHECK: rn.add %[[A]], %[[B]]
rn.network @cannot(%x: tensor<?x16x8x8xf32>) {
  %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
  %0 = rn.conv2d %x, %c pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  %s = rn.parameter "s" : tensor<16xf32>
  %t = rn.parameter "t" : tensor<16xf32>
  %1 = rn.affine %0, %s, %t activation relu : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
  %2 = rn.affine %0, %s, %t  : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
  %3 = rn.activation %0 relu : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %4 = rn.add %2, %3 block "layer1.0" : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %5 = rn.add %4, %1 block "layer1.0" : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  rn.return %5 : tensor<?x16x8x8xf32>
}

// -----

// The shortcut reads the sum before the parameters of the next block are made.
// CHECK-LABEL: rn.network @read_before
// CHECK: %[[S:.*]] = rn.parameter "s"
// CHECK: %[[R:.*]]:2 = rn.conv2d %arg0, %{{.*}} affine(%[[S]], %{{.*}})
// CHECK: %[[SKIP:.*]] = rn.max_pool2d %[[R]]#0
// CHECK: rn.add %[[R]]#1, %[[SKIP]]
rn.network @read_before(%x: tensor<?x16x8x8xf32>) {
  %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
  %0 = rn.conv2d %x, %c pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  %1 = rn.max_pool2d %0 kernel [1, 1] : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %s = rn.parameter "s" : tensor<16xf32>
  %t = rn.parameter "t" : tensor<16xf32>
  %2 = rn.affine %0, %s, %t activation relu : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
  %3 = rn.add %2, %1 block "layer1.0" : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  rn.return %3 : tensor<?x16x8x8xf32>
}

// -----

// Every function and its parameter, on everything that has an epilogue.
// CHECK-LABEL: rn.network @functions
// CHECK: rn.conv2d %arg0, %{{[a-z0-9]*}} pads [1, 1] activation silu :
// CHECK: rn.add %{{.*}} activation leaky_relu(1.000000e-02) :
// CHECK: rn.affine %{{.*}} activation hard_swish :
// CHECK: rn.linear %{{.*}} activation gelu_tanh :
// CHECK-NOT: rn.activation
rn.network @functions(%x: tensor<?x16x8x8xf32>) {
  %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
  %s = rn.parameter "s" : tensor<16xf32>
  %t = rn.parameter "t" : tensor<16xf32>
  %0 = rn.conv2d %x, %c pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  %1 = rn.activation %0 silu : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %2 = rn.add %1, %1 : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %3 = rn.activation %2 leaky_relu(0.01) : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %4 = rn.max_pool2d %3 kernel [1, 1] : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %5 = rn.affine %4, %s, %t  : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
  %6 = rn.activation %5 hard_swish : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %7 = rn.global_avg_pool %6 : (tensor<?x16x8x8xf32>) -> tensor<?x16xf32>
  %f = rn.parameter "fc.weight" : tensor<16x16xf32>
  %8 = rn.linear %7, %f : (tensor<?x16xf32>, tensor<16x16xf32>) -> tensor<?x16xf32>
  %9 = rn.activation %8 gelu_tanh : (tensor<?x16xf32>) -> tensor<?x16xf32>
  rn.return %9 : tensor<?x16xf32>
}

// -----

// One function before the affine op and one behind it, each in its place.
// CHECK-LABEL: rn.network @before_and_behind
// CHECK: %[[R:.*]] = rn.conv2d %arg0, %{{.*}} affine(%{{.*}}, %{{.*}}) pads [1, 1] activation elu(5.000000e-01) affine_activation sigmoid : {{.*}} -> tensor<?x16x8x8xf32>
// CHECK-NEXT: rn.return %[[R]]
rn.network @before_and_behind(%x: tensor<?x16x8x8xf32>) {
  %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
  %0 = rn.conv2d %x, %c pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  %1 = rn.activation %0 elu(0.5) : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %s = rn.parameter "s" : tensor<16xf32>
  %t = rn.parameter "t" : tensor<16xf32>
  %2 = rn.affine %1, %s, %t  : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
  %3 = rn.activation %2 sigmoid : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  rn.return %3 : tensor<?x16x8x8xf32>
}

// -----

// A learned scale is an affine op, whose constants move before the convolution as parameters do.
// CHECK-LABEL: rn.network @learned_scale
// CHECK: %[[P:.*]] = rn.parameter "alpha"
// CHECK: %[[S:.*]] = rn.broadcast %[[P]]
// CHECK: %[[T:.*]] = rn.fill 0.000000e+00
// CHECK: rn.conv2d %arg0, %{{.*}} affine(%[[S]], %[[T]]) pads [1, 1] :
// CHECK-NOT: rn.affine
rn.network @learned_scale(%x: tensor<?x16x8x8xf32>) {
  %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
  %0 = rn.conv2d %x, %c pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  %p = rn.parameter "alpha" : tensor<1xf32>
  %s = rn.broadcast %p : tensor<1xf32> -> tensor<16xf32>
  %t = rn.fill 0.0 : tensor<16xf32>
  %1 = rn.affine %0, %s, %t  : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
  rn.return %1 : tensor<?x16x8x8xf32>
}

// -----

// An op applies one function: the next one in a row stays, on whatever has no epilogue all do.
// CHECK-LABEL: rn.network @stay
// CHECK: %[[C:.*]] = rn.conv2d %arg0, %{{.*}} activation relu :
// CHECK-NEXT: %[[A:.*]] = rn.activation %[[C]] tanh :
// CHECK-NEXT: %[[B:.*]] = rn.concat %[[A]], %arg0 :
// CHECK-NEXT: %[[D:.*]] = rn.activation %[[B]] silu :
// CHECK-NEXT: %[[G:.*]] = rn.global_max_pool %[[D]] :
// CHECK-NEXT: %[[H:.*]] = rn.activation %[[G]] hard_sigmoid :
// CHECK-NEXT: %[[M:.*]] = rn.multiply %[[D]], %[[H]] :
// CHECK-NEXT: %[[R:.*]] = rn.activation %[[M]] relu6 :
// CHECK-NEXT: rn.return %[[R]]
rn.network @stay(%x: tensor<?x16x8x8xf32>) {
  %c = rn.parameter "c.weight" : tensor<16x16x1x1xf32>
  %0 = rn.conv2d %x, %c  : (tensor<?x16x8x8xf32>, tensor<16x16x1x1xf32>) -> tensor<?x16x8x8xf32>
  %1 = rn.activation %0 relu : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %2 = rn.activation %1 tanh : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %3 = rn.concat %2, %x : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x32x8x8xf32>
  %4 = rn.activation %3 silu : (tensor<?x32x8x8xf32>) -> tensor<?x32x8x8xf32>
  %5 = rn.global_max_pool %4 : (tensor<?x32x8x8xf32>) -> tensor<?x32xf32>
  %6 = rn.activation %5 hard_sigmoid : (tensor<?x32xf32>) -> tensor<?x32xf32>
  %7 = rn.multiply %4, %6 : (tensor<?x32x8x8xf32>, tensor<?x32xf32>) -> tensor<?x32x8x8xf32>
  %8 = rn.activation %7 relu6 : (tensor<?x32x8x8xf32>) -> tensor<?x32x8x8xf32>
  rn.return %8 : tensor<?x32x8x8xf32>
}
