// RUN: %rn-opt %s --pass-pipeline="builtin.module(rn.network(fuse-skip-add))" --split-input-file | FileCheck %s

// CHECK-LABEL: rn.network @identity
// CHECK: %[[R:.*]] = rn.conv2d %arg0, %{{.*}} bias(%{{.*}}) residual(%arg0) pads [1, 1] block "layer1.0" :
// CHECK-NOT: rn.add
// CHECK: rn.return %[[R]]
rn.network @identity(%x: tensor<?x16x8x8xf32>) {
  %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
  %b = rn.parameter "c.bias" : tensor<16xf32>
  %0 = rn.conv2d %x, %c bias(%b) pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
  %1 = rn.add %0, %x block "layer1.0" : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  rn.return %1 : tensor<?x16x8x8xf32>
}

// -----

// Two convolutions: the body's adds the shortcut's.
// CHECK-LABEL: rn.network @projection
// CHECK: %[[SKIP:.*]] = rn.conv2d %arg0, %{{.*}} : (tensor<?x16x8x8xf32>, tensor<16x16x1x1xf32>)
// CHECK: rn.conv2d %arg0, %{{.*}} residual(%[[SKIP]]) pads [1, 1] block "layer1.0" :
rn.network @projection(%x: tensor<?x16x8x8xf32>) {
  %d = rn.parameter "d.weight" : tensor<16x16x1x1xf32>
  %0 = rn.conv2d %x, %d  : (tensor<?x16x8x8xf32>, tensor<16x16x1x1xf32>) -> tensor<?x16x8x8xf32>
  %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
  %1 = rn.conv2d %x, %c pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  %2 = rn.add %1, %0 block "layer1.0" : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  rn.return %2 : tensor<?x16x8x8xf32>
}

// -----

// The body ends with something else: the shortcut's convolution adds the body, after it.
// CHECK-LABEL: rn.network @into_shortcut
// CHECK: %[[BODY:.*]] = rn.activation %arg0 relu
// CHECK-NEXT: rn.conv2d %arg0, %{{.*}} residual(%[[BODY]]) block "layer1.0" :
rn.network @into_shortcut(%x: tensor<?x16x8x8xf32>) {
  %d = rn.parameter "d.weight" : tensor<16x16x1x1xf32>
  %0 = rn.conv2d %x, %d  : (tensor<?x16x8x8xf32>, tensor<16x16x1x1xf32>) -> tensor<?x16x8x8xf32>
  %1 = rn.activation %x relu : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %2 = rn.add %1, %0 block "layer1.0" : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  rn.return %2 : tensor<?x16x8x8xf32>
}

// -----

// Not a convolution that is activated before the sum, not one that somebody else reads, not one value twice.
// CHECK-LABEL: rn.network @cannot
// CHECK-COUNT-3: rn.add
rn.network @cannot(%x: tensor<?x16x8x8xf32>) {
  %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
  %0 = rn.conv2d %x, %c pads [1, 1] activation relu : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  %1 = rn.add %0, %x block "layer1.0" : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %2 = rn.conv2d %1, %c pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  %3 = rn.add %2, %2 block "layer1.0" : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %4 = rn.conv2d %3, %c pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  %5 = rn.add %4, %x block "layer1.0" : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %6 = rn.max_pool2d %4 kernel [3, 3] pads [1, 1] : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %7 = rn.conv2d %6, %c pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  %8 = rn.conv2d %7, %c residual(%5) pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  rn.return %8 : tensor<?x16x8x8xf32>
}

// -----

// One convolution can add one skip: the outer residual keeps its rn.add.
// CHECK-LABEL: rn.network @nested
// CHECK: %[[IN:.*]] = rn.conv2d %arg0, %{{.*}} residual(%arg0) pads [1, 1] block "layer1.0" :
// CHECK: rn.add %[[IN]], %arg0
rn.network @nested(%x: tensor<?x16x8x8xf32>) {
  %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
  %0 = rn.conv2d %x, %c pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  %1 = rn.add %0, %x block "layer1.0" : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %2 = rn.add %1, %x block "layer1.0" : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  rn.return %2 : tensor<?x16x8x8xf32>
}
