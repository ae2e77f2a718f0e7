// RUN: %rn-opt %s --pass-pipeline="builtin.module(rn.network(flatten-residuals))" --split-input-file | FileCheck %s

// The identity is the input itself.
// CHECK-LABEL: rn.network @identity
// CHECK: %[[C:.*]] = rn.conv2d %arg0
// CHECK-NEXT: %[[R:.*]] = rn.add %[[C]], %arg0 block "layer1.0" : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
// CHECK-NEXT: rn.return %[[R]]
rn.network @identity(%x: tensor<?x16x8x8xf32>) {
  %0 = rn.residual %x block "layer1.0" : tensor<?x16x8x8xf32> -> tensor<?x16x8x8xf32> {
  ^bb0(%a: tensor<?x16x8x8xf32>):
    %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
    %1 = rn.conv2d %a, %c pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
    rn.yield %1 : tensor<?x16x8x8xf32>
  } shortcut {
  ^bb0(%a: tensor<?x16x8x8xf32>):
    rn.yield %a : tensor<?x16x8x8xf32>
  }
  rn.return %0 : tensor<?x16x8x8xf32>
}

// -----

// The shortcut's ops come first.
// CHECK-LABEL: rn.network @branch
// CHECK: %[[SKIP:.*]] = rn.conv2d %arg0, %{{.*}} :
// CHECK: %[[BODY:.*]] = rn.conv2d %arg0, %{{.*}} pads [1, 1] :
// CHECK: rn.add %[[BODY]], %[[SKIP]] block "layer2.0"
rn.network @branch(%x: tensor<?x16x8x8xf32>) {
  %0 = rn.residual %x block "layer2.0" : tensor<?x16x8x8xf32> -> tensor<?x16x8x8xf32> {
  ^bb0(%a: tensor<?x16x8x8xf32>):
    %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
    %1 = rn.conv2d %a, %c pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
    rn.yield %1 : tensor<?x16x8x8xf32>
  } shortcut {
  ^bb0(%a: tensor<?x16x8x8xf32>):
    %d = rn.parameter "d.weight" : tensor<16x16x1x1xf32>
    %2 = rn.conv2d %a, %d  : (tensor<?x16x8x8xf32>, tensor<16x16x1x1xf32>) -> tensor<?x16x8x8xf32>
    rn.yield %2 : tensor<?x16x8x8xf32>
  }
  rn.return %0 : tensor<?x16x8x8xf32>
}

// -----

// A body that is empty, and one in the other.
// CHECK-LABEL: rn.network @nested
// CHECK: %[[IN:.*]] = rn.add %arg0, %arg0 block "inner"
// CHECK-NEXT: %[[R:.*]] = rn.activation %[[IN]] relu
// CHECK-NEXT: %[[OUT:.*]] = rn.add %[[R]], %arg0 block "outer"
// CHECK-NEXT: rn.return %[[OUT]]
rn.network @nested(%x: tensor<?x16x8x8xf32>) {
  %0 = rn.residual %x block "outer" : tensor<?x16x8x8xf32> -> tensor<?x16x8x8xf32> {
  ^bb0(%a: tensor<?x16x8x8xf32>):
    %1 = rn.residual %a block "inner" : tensor<?x16x8x8xf32> -> tensor<?x16x8x8xf32> {
    ^bb0(%i: tensor<?x16x8x8xf32>):
      rn.yield %i : tensor<?x16x8x8xf32>
    } shortcut {
    ^bb0(%i: tensor<?x16x8x8xf32>):
      rn.yield %i : tensor<?x16x8x8xf32>
    }
    %2 = rn.activation %1 relu : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
    rn.yield %2 : tensor<?x16x8x8xf32>
  } shortcut {
  ^bb0(%a: tensor<?x16x8x8xf32>):
    rn.yield %a : tensor<?x16x8x8xf32>
  }
  rn.return %0 : tensor<?x16x8x8xf32>
}
