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

// -----

// A gated residual: the gate stands before it and is read by both branches, each of which ends with its factor.
// CHECK-LABEL: rn.network @gated
// CHECK: %[[G:.*]] = rn.activation %{{.*}} sigmoid
// CHECK-NEXT: %[[SKIP:.*]] = rn.multiply %arg0, %[[G]] complement :
// CHECK: %[[C:.*]] = rn.conv2d %arg0
// CHECK-NEXT: %[[BODY:.*]] = rn.multiply %[[C]], %[[G]] :
// CHECK-NEXT: %[[R:.*]] = rn.add %[[BODY]], %[[SKIP]] block "layer1.0"
// CHECK-NEXT: rn.return %[[R]]
rn.network @gated(%x: tensor<?x16x8x8xf32>) {
  %p = rn.global_avg_pool %x : (tensor<?x16x8x8xf32>) -> tensor<?x16xf32>
  %g = rn.activation %p sigmoid : (tensor<?x16xf32>) -> tensor<?x16xf32>
  %0 = rn.residual %x block "layer1.0" : tensor<?x16x8x8xf32> -> tensor<?x16x8x8xf32> {
  ^bb0(%a: tensor<?x16x8x8xf32>):
    %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
    %1 = rn.conv2d %a, %c pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
    %2 = rn.multiply %1, %g : (tensor<?x16x8x8xf32>, tensor<?x16xf32>) -> tensor<?x16x8x8xf32>
    rn.yield %2 : tensor<?x16x8x8xf32>
  } shortcut {
  ^bb0(%a: tensor<?x16x8x8xf32>):
    %3 = rn.multiply %a, %g complement : (tensor<?x16x8x8xf32>, tensor<?x16xf32>) -> tensor<?x16x8x8xf32>
    rn.yield %3 : tensor<?x16x8x8xf32>
  }
  rn.return %0 : tensor<?x16x8x8xf32>
}

// -----

// Gates in gates: the inner one is made of the outer body's argument, which becomes what the outer residual reads.
// CHECK-LABEL: rn.network @gates_nested
// CHECK: %[[OUTER:.*]] = rn.activation %arg0 sigmoid
// CHECK-NEXT: %[[SKIP:.*]] = rn.multiply %arg0, %[[OUTER]] complement :
// CHECK-NEXT: %[[INNER:.*]] = rn.activation %arg0 hard_sigmoid
// CHECK-NEXT: %[[INNERSKIP:.*]] = rn.multiply %arg0, %[[INNER]] complement :
// CHECK-NEXT: %[[INNERBODY:.*]] = rn.multiply %arg0, %[[INNER]] :
// CHECK-NEXT: %[[SUM:.*]] = rn.add %[[INNERBODY]], %[[INNERSKIP]] block "inner"
// CHECK-NEXT: %[[BODY:.*]] = rn.multiply %[[SUM]], %[[OUTER]] :
// CHECK-NEXT: rn.add %[[BODY]], %[[SKIP]] block "outer"
rn.network @gates_nested(%x: tensor<?x16x8x8xf32>) {
  %g = rn.activation %x sigmoid : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %0 = rn.residual %x block "outer" : tensor<?x16x8x8xf32> -> tensor<?x16x8x8xf32> {
  ^bb0(%a: tensor<?x16x8x8xf32>):
    %h = rn.activation %a hard_sigmoid : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
    %1 = rn.residual %a block "inner" : tensor<?x16x8x8xf32> -> tensor<?x16x8x8xf32> {
    ^bb0(%i: tensor<?x16x8x8xf32>):
      %2 = rn.multiply %i, %h : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
      rn.yield %2 : tensor<?x16x8x8xf32>
    } shortcut {
    ^bb0(%i: tensor<?x16x8x8xf32>):
      %3 = rn.multiply %i, %h complement : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
      rn.yield %3 : tensor<?x16x8x8xf32>
    }
    %4 = rn.multiply %1, %g : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
    rn.yield %4 : tensor<?x16x8x8xf32>
  } shortcut {
  ^bb0(%a: tensor<?x16x8x8xf32>):
    %5 = rn.multiply %a, %g complement : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
    rn.yield %5 : tensor<?x16x8x8xf32>
  }
  rn.return %0 : tensor<?x16x8x8xf32>
}

// -----

// A branch may yield a value from above that is not its input.
// CHECK-LABEL: rn.network @value_from_above
// CHECK: %[[A:.*]] = rn.activation %arg0 relu
// CHECK-NEXT: rn.add %[[A]], %arg0 block "b"
rn.network @value_from_above(%x: tensor<?x16x8x8xf32>) {
  %0 = rn.activation %x relu : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %1 = rn.residual %0 block "b" : tensor<?x16x8x8xf32> -> tensor<?x16x8x8xf32> {
  ^bb0(%a: tensor<?x16x8x8xf32>):
    rn.yield %a : tensor<?x16x8x8xf32>
  } shortcut {
  ^bb0(%a: tensor<?x16x8x8xf32>):
    rn.yield %x : tensor<?x16x8x8xf32>
  }
  rn.return %1 : tensor<?x16x8x8xf32>
}
