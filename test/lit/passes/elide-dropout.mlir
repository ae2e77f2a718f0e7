// RUN: %rn-opt %s --pass-pipeline="builtin.module(rn.network(elide-dropout))" | FileCheck %s

// Inside a residual too; a body of nothing else yields its argument.
// CHECK-LABEL: rn.network @drops
// CHECK-NOT: rn.drop
// CHECK: %[[R:.*]] = rn.residual %arg0
// CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<?x8xf32>):
// CHECK-NEXT: rn.yield %[[A]]
// CHECK: rn.activation %[[R]] relu
// CHECK-NOT: rn.drop
rn.network @drops(%x: tensor<?x8xf32>) {
  %0 = rn.residual %x block "b" : tensor<?x8xf32> -> tensor<?x8xf32> {
  ^bb0(%a: tensor<?x8xf32>):
    %1 = rn.drop_path %a rate 0.25 : (tensor<?x8xf32>) -> tensor<?x8xf32>
    rn.yield %1 : tensor<?x8xf32>
  } shortcut {
  ^bb0(%a: tensor<?x8xf32>):
    rn.yield %a : tensor<?x8xf32>
  }
  %2 = rn.dropout %0 rate 0.5 : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %3 = rn.activation %2 relu : (tensor<?x8xf32>) -> tensor<?x8xf32>
  rn.return %3 : tensor<?x8xf32>
}
