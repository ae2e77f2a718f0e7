// One kernel and one call an op, parameter arithmetic as packs in the order of first use, batch sizes largest first.
// RUN: %rn-opt %s --rn-to-plan=batches=1,4 | FileCheck %s

// CHECK: plan.model @net from !plan.buffer<planar:u8:3x8x8, batch = 1, host> to vector !plan.buffer<planar:f32:10x1x1, batch = 1, host> packed 2880
// CHECK-SAME: schema [#plan.tensor<"bn1.bias" : [16]>, #plan.tensor<"bn1.running_mean" : [16]>, #plan.tensor<"bn1.running_var" : [16]>, #plan.tensor<"bn1.weight" : [16]>, #plan.tensor<"conv1.weight" : [16, 3, 3, 3] unstable>, #plan.tensor<"fc.bias" : [10]>, #plan.tensor<"fc.weight" : [10, 16]>]
// CHECK: plan.kernel @normalize_0 "normalize batch=4 in=planar:u8:3x8x8 out=planar:f32:3x8x8+1 mean=0.5,0.5,0.5 std=0.2,0.2,0.2"
// CHECK: plan.kernel @conv2d_0 "conv2d batch=4 in=planar:f32:3x8x8+1 out=blocked16:f32:16x8x8 window=3x3 stride=1x1 pad=1x1 tile=1 epilogue=bias,relu"
// CHECK: plan.kernel @max_pool2d_0 "max_pool2d batch=4 in=blocked16:f32:16x8x8 out=blocked16:f32:16x4x4 window=3x3 stride=2x2 pad=1x1"
// CHECK: plan.kernel @global_avg_pool_0 "global_avg_pool batch=4 in=blocked16:f32:16x4x4 out=blocked16:f32:16x1x1"
// A linear layer is a 1x1 convolution on a map of one pixel.
// CHECK: plan.kernel @conv2d_1 "conv2d batch=4 in=blocked16:f32:16x1x1 out=blocked16:f32:10x1x1 window=1x1 stride=1x1 pad=0x0 tile=1 epilogue=bias"
// CHECK: plan.kernel @copy_0 "copy batch=4 in=blocked16:f32:10x1x1 out=planar:f32:10x1x1"
// CHECK: plan.kernel @conv2d_2 "conv2d batch=1
// Packed once for both batch sizes, at multiples of 64 bytes.
// CHECK: plan.pack_filter @filter_0 "conv1.weight" scale("bn1.weight", "bn1.running_var", 1.000000e-05) shape [16, 3, 3, 3] input_block 3 tile 1 offset 0
// CHECK-NEXT: plan.pack_shift @shift_0 norm("bn1.bias", "bn1.running_mean") scale("bn1.weight", "bn1.running_var", 1.000000e-05) channels 16 padded 16 offset 1728
// CHECK-NEXT: plan.pack_filter @filter_1 "fc.weight" matrix shape [10, 16, 1, 1] input_block 16 tile 1 offset 1792
// CHECK-NEXT: plan.pack_shift @shift_1 bias "fc.bias" channels 10 padded 16 offset 2816
// CHECK-NEXT: plan.program @net_batch4 of @net batch 4 {
// CHECK: %[[IN:.*]] = plan.input : <planar:u8:3x8x8, batch = 4, host>
// CHECK: %[[OUT:.*]] = plan.output : <planar:f32:10x1x1, batch = 4, host>
// CHECK: %[[A:.*]] = plan.buffer : <planar:f32:3x8x8+1, batch = 4, host>
// CHECK: plan.call @normalize_0 ins(%[[IN]] : {{.*}}) outs(%[[A]] : {{.*}}) label "normalize"
// CHECK: %[[W:.*]] = plan.weight @filter_0 : <1728>
// CHECK: %[[S:.*]] = plan.weight @shift_0 : <64>
// CHECK: plan.call @conv2d_0 ins(%[[A]], %[[W]], %[[S]] : {{.*}}) outs(%[[B:.*]] : {{.*}}) label "conv1"
// CHECK: plan.call @max_pool2d_0 ins(%[[B]] : {{.*}}) outs(%[[C:.*]] : {{.*}}) label "max_pool2d"
// CHECK: plan.call @global_avg_pool_0 ins(%[[C]] : {{.*}}) outs(%[[D:.*]] : {{.*}})
// Flatten of one pixel a channel is nothing.
// CHECK: plan.call @conv2d_1 ins(%[[D]], {{.*}}) outs(%[[E:.*]] : {{.*}}) label "fc"
// CHECK: plan.call @copy_0 ins(%[[E]] : {{.*}}) outs(%[[OUT]] : {{.*}})
// CHECK: plan.program @net_batch1 of @net batch 1 {
// CHECK-NOT: rn.network
rn.network @net(%image: tensor<?x3x8x8xui8, #rn.layout<planar, border = 0>>) {
  %0 = rn.normalize %image mean [0.5, 0.5, 0.5] std [0.2, 0.2, 0.2] : (tensor<?x3x8x8xui8, #rn.layout<planar, border = 0>>) -> tensor<?x3x8x8xf32, #rn.layout<planar, border = 1>>
  %w = rn.parameter "conv1.weight" {stable = false} : tensor<16x3x3x3xf32>
  %g = rn.parameter "bn1.weight" : tensor<16xf32>
  %b = rn.parameter "bn1.bias" : tensor<16xf32>
  %m = rn.parameter "bn1.running_mean" : tensor<16xf32>
  %v = rn.parameter "bn1.running_var" : tensor<16xf32>
  %s = rn.bn_scale %g, %v eps 1.0e-5 : tensor<16xf32>
  %t = rn.bn_shift %b, %m, %s : tensor<16xf32>
  %f = rn.scale_filter %w, %s : tensor<16x3x3x3xf32>, tensor<16xf32>
  %1 = rn.conv2d %0, %f bias(%t) pads [1, 1] activation relu : (tensor<?x3x8x8xf32, #rn.layout<planar, border = 1>>, tensor<16x3x3x3xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 0>> loc("conv1")
  %2 = rn.max_pool2d %1 kernel [3, 3] strides [2, 2] pads [1, 1] : (tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 0>>) -> tensor<?x16x4x4xf32, #rn.layout<blocked16, border = 0>>
  %3 = rn.global_avg_pool %2 : (tensor<?x16x4x4xf32, #rn.layout<blocked16, border = 0>>) -> tensor<?x16xf32, #rn.layout<blocked16, border = 0>>
  %4 = rn.flatten %3 : (tensor<?x16xf32, #rn.layout<blocked16, border = 0>>) -> tensor<?x16xf32, #rn.layout<blocked16, border = 0>>
  %fw = rn.parameter "fc.weight" : tensor<10x16xf32>
  %fb = rn.parameter "fc.bias" : tensor<10xf32>
  %5 = rn.linear %4, %fw bias(%fb) : (tensor<?x16xf32, #rn.layout<blocked16, border = 0>>, tensor<10x16xf32>, tensor<10xf32>) -> tensor<?x10xf32, #rn.layout<blocked16, border = 0>> loc("fc")
  %6 = rn.to_layout %5 : (tensor<?x10xf32, #rn.layout<blocked16, border = 0>>) -> tensor<?x10xf32, #rn.layout<planar, border = 0>>
  rn.return %6 : tensor<?x10xf32, #rn.layout<planar, border = 0>>
}
