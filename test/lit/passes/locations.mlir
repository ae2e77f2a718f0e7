// An op that takes over another's arithmetic takes its location too: tools tell which layers a kernel computes, and an
// error names the first of them.
// RUN: %rn-opt %s --rn-pipeline --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s

// CHECK: rn.conv2d {{.*}} activation relu {{.*}} loc(fused["conv1", "bn1", "relu1"])
// CHECK: rn.conv2d {{.*}} residual({{.*}}) affine({{.*}}) {{.*}} loc(fused["conv2", "block", "norm", "relu2"])
// CHECK: rn.linear {{.*}} loc(fused["fc", "relu3"])
rn.network @locations(%image: tensor<?x3x8x8xf32>) {
  %w1 = rn.parameter "conv1.weight" : tensor<16x3x3x3xf32>
  %1 = rn.conv2d %image, %w1 pads [1, 1] : (tensor<?x3x8x8xf32>, tensor<16x3x3x3xf32>) -> tensor<?x16x8x8xf32> loc("conv1")
  %g1 = rn.parameter "bn1.weight" : tensor<16xf32>
  %b1 = rn.parameter "bn1.bias" : tensor<16xf32>
  %m1 = rn.parameter "bn1.running_mean" : tensor<16xf32>
  %v1 = rn.parameter "bn1.running_var" : tensor<16xf32>
  %2 = rn.batch_norm %1, %g1, %b1, %m1, %v1 : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32> loc("bn1")
  %3 = rn.activation %2 relu : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32> loc("relu1")
  %4 = rn.residual %3 block "block" : tensor<?x16x8x8xf32> -> tensor<?x16x8x8xf32> {
  ^bb0(%a: tensor<?x16x8x8xf32>):
    %w2 = rn.parameter "conv2.weight" : tensor<16x16x3x3xf32>
    %5 = rn.conv2d %a, %w2 pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32> loc("conv2")
    rn.yield %5 : tensor<?x16x8x8xf32>
  } shortcut {
  ^bb0(%a: tensor<?x16x8x8xf32>):
    rn.yield %a : tensor<?x16x8x8xf32>
  } loc("block")
  %g2 = rn.parameter "norm.weight" : tensor<16xf32>
  %b2 = rn.parameter "norm.bias" : tensor<16xf32>
  %m2 = rn.parameter "norm.running_mean" : tensor<16xf32>
  %v2 = rn.parameter "norm.running_var" : tensor<16xf32>
  %6 = rn.batch_norm %4, %g2, %b2, %m2, %v2 : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32> loc("norm")
  %7 = rn.activation %6 relu : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32> loc("relu2")
  %8 = rn.global_avg_pool %7 : (tensor<?x16x8x8xf32>) -> tensor<?x16xf32>
  %w = rn.parameter "fc.weight" : tensor<10x16xf32>
  %9 = rn.linear %8, %w : (tensor<?x16xf32>, tensor<10x16xf32>) -> tensor<?x10xf32> loc("fc")
  %10 = rn.activation %9 relu : (tensor<?x10xf32>) -> tensor<?x10xf32> loc("relu3")
  rn.return %10 : tensor<?x10xf32>
}
