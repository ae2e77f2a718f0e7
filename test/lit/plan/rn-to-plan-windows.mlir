// Windows: groups and what their filters read, dilation, four paddings, ceil, signals.
// RUN: %rn-opt %s --split-input-file --rn-to-plan | FileCheck %s

!planar = tensor<?x32x8x8xf32, #rn.layout<planar, border = 0>>
!map = tensor<?x32x8x8xf32, #rn.layout<blocked16, border = 2>>

// What 16 outputs read: two groups of 8 channels, one of 16; of two groups with 24 outputs the middle block has parts of
// both. Depth-wise filters have a weight a channel. Blocks of groups do not lie together: tile is 1.
// CHECK: plan.kernel @conv2d_0 "conv2d batch=1 in=blocked16:f32:32x8x8+2 out=blocked16:f32:32x8x8+2 window=3x3 stride=1x1 pad=1x1 groups=4 tile=1"
// CHECK-NEXT: plan.kernel @conv2d_1 "conv2d batch=1 in=blocked16:f32:32x8x8+2 out=blocked16:f32:32x8x8+2 window=3x3 stride=1x1 pad=1x1 groups=2 tile=1"
// CHECK-NEXT: plan.kernel @conv2d_2 "conv2d batch=1 in=blocked16:f32:32x8x8+2 out=blocked16:f32:48x8x8+2 window=1x1 stride=1x1 pad=0x0 groups=2 tile=1"
// CHECK-NEXT: plan.kernel @conv2d_3 "conv2d batch=1 in=blocked16:f32:48x8x8+2 out=blocked16:f32:48x8x8 window=3x3 stride=1x1 pad=2x1 dilation=2x1 groups=48 tile=1"
// CHECK: plan.pack_filter @filter_0 "a" shape [32, 8, 3, 3] input_block 16 groups 4 tile 1 offset 0
// CHECK-NEXT: plan.pack_filter @filter_1 "b" shape [32, 16, 3, 3] input_block 16 groups 2 tile 1 offset 18432
// CHECK-NEXT: plan.pack_filter @filter_2 "c" shape [48, 16, 1, 1] input_block 32 groups 2 tile 1 offset 36864
// CHECK-NEXT: plan.pack_filter @filter_3 "d" shape [48, 1, 3, 3] input_block 1 groups 48 tile 1 offset 43008
// CHECK-LABEL: plan.program @groups_batch1
rn.network @groups(%x: !planar) {
  %0 = rn.to_layout %x : (!planar) -> !map
  %a = rn.parameter "a" : tensor<32x8x3x3xf32>
  %b = rn.parameter "b" : tensor<32x16x3x3xf32>
  %c = rn.parameter "c" : tensor<48x16x1x1xf32>
  %d = rn.parameter "d" : tensor<48x1x3x3xf32>
  %1 = rn.conv2d %0, %a pads [1, 1] groups 4 : (!map, tensor<32x8x3x3xf32>) -> !map
  %2 = rn.conv2d %1, %b pads [1, 1] groups 2 : (!map, tensor<32x16x3x3xf32>) -> !map
  %3 = rn.conv2d %2, %c groups 2 : (!map, tensor<48x16x1x1xf32>) -> tensor<?x48x8x8xf32, #rn.layout<blocked16, border = 2>>
  %4 = rn.conv2d %3, %d pads [2, 1] dilations [2, 1] groups 48 : (tensor<?x48x8x8xf32, #rn.layout<blocked16, border = 2>>, tensor<48x1x3x3xf32>) -> tensor<?x48x8x8xf32, #rn.layout<blocked16, border = 0>>
  %5 = rn.to_layout %4 : (tensor<?x48x8x8xf32, #rn.layout<blocked16, border = 0>>) -> tensor<?x48x8x8xf32, #rn.layout<planar, border = 0>>
  rn.return %5 : tensor<?x48x8x8xf32, #rn.layout<planar, border = 0>>
}

// -----

!planar = tensor<?x16x6x6xf32, #rn.layout<planar, border = 0>>
!map = tensor<?x16x6x6xf32, #rn.layout<blocked16, border = 2>>
!five = tensor<?x16x5x7xf32, #rn.layout<blocked16, border = 0>>
!three = tensor<?x16x3x4xf32, #rn.layout<blocked16, border = 0>>
!two = tensor<?x16x2x2xf32, #rn.layout<blocked16, border = 0>>

// A kernel knows what is in front of a map, and the output's size: of [1, 2, 0, 1] the last two follow.
// CHECK: plan.kernel @conv2d_0 "conv2d batch=1 in=blocked16:f32:16x6x6+2 out=blocked16:f32:16x5x7 window=3x3 stride=1x1 pad=1x2 tile=1"
// Windows that stand out over the padding behind the map: only an average that counts padding must know how much there is.
// CHECK-NEXT: plan.kernel @avg_pool2d_0 "avg_pool2d batch=1 in=blocked16:f32:16x5x7 out=blocked16:f32:16x3x4 window=2x2 stride=2x2 pad=0x0 pad_end=0x0"
// CHECK-NEXT: plan.kernel @avg_pool2d_1 "avg_pool2d batch=1 in=blocked16:f32:16x5x7 out=blocked16:f32:16x3x4 window=2x2 stride=2x2 pad=0x0 count_padding=false"
// CHECK-NEXT: plan.kernel @max_pool2d_0 "max_pool2d batch=1 in=blocked16:f32:16x5x7 out=blocked16:f32:16x3x4 window=2x2 stride=2x2 pad=0x0"
// Four paddings; and four whose end the last windows reach exactly: nothing stands out, though ceil is asked for.
// CHECK-NEXT: plan.kernel @avg_pool2d_2 "avg_pool2d batch=1 in=blocked16:f32:16x6x6+2 out=blocked16:f32:16x3x3 window=4x4 stride=3x3 pad=1x1 pad_end=1x2"
// CHECK-NEXT: plan.kernel @avg_pool2d_3 "avg_pool2d batch=1 in=blocked16:f32:16x6x6+2 out=blocked16:f32:16x2x2 window=4x4 stride=3x3 pad=0x1"
rn.network @pads(%x: !planar) {
  %0 = rn.to_layout %x : (!planar) -> !map
  %w = rn.parameter "w" : tensor<16x16x3x3xf32>
  %1 = rn.conv2d %0, %w pads [1, 2, 0, 1] : (!map, tensor<16x16x3x3xf32>) -> !five
  %2 = rn.avg_pool2d %1 kernel [2, 2] strides [2, 2] ceil : (!five) -> !three
  %3 = rn.avg_pool2d %1 kernel [2, 2] strides [2, 2] ceil {count_include_pad = false} : (!five) -> !three
  %4 = rn.max_pool2d %1 kernel [2, 2] strides [2, 2] ceil : (!five) -> !three
  %5 = rn.avg_pool2d %0 kernel [4, 4] strides [3, 3] pads [1, 1, 1, 2] ceil : (!map) -> tensor<?x16x3x3xf32, #rn.layout<blocked16, border = 0>>
  %6 = rn.avg_pool2d %0 kernel [4, 4] strides [3, 3] pads [0, 1, 1, 0] ceil : (!map) -> !two
  %7 = rn.to_layout %6 : (!two) -> tensor<?x16x2x2xf32, #rn.layout<planar, border = 0>>
  rn.return %7 : tensor<?x16x2x2xf32, #rn.layout<planar, border = 0>>
}

// -----

!planar = tensor<?x2x1x8xf32, #rn.layout<planar, border = 0>>
!entry = tensor<?x2x1x8xf32, #rn.layout<planar, border = 1>>
!map = tensor<?x16x1x8xf32, #rn.layout<blocked16, border = 0>>
!half = tensor<?x16x1x4xf32, #rn.layout<blocked16, border = 0>>

// A signal is a map of height 1 whose filters have three extents; those count as windows of width 1, which lie in
// memory in the same order.
// CHECK: plan.model @signals from !plan.buffer<planar:f32:2x1x8, batch = 1, host> to !plan.buffer<planar:f32:16x1x4, batch = 1, host> signal packed 448
// CHECK-SAME: schema [#plan.tensor<"d" : [16, 1, 1]>, #plan.tensor<"w" : [16, 2, 3]>]
// CHECK: plan.kernel @conv2d_0 "conv2d batch=1 in=planar:f32:2x1x8+1 out=blocked16:f32:16x1x8 window=1x3 stride=1x1 pad=0x1 tile=1"
// CHECK: plan.kernel @conv2d_1 "conv2d batch=1 in=blocked16:f32:16x1x8 out=blocked16:f32:16x1x8 window=1x1 stride=1x1 pad=0x0 groups=16 tile=1"
// CHECK: plan.kernel @max_pool2d_0 "max_pool2d batch=1 in=blocked16:f32:16x1x8 out=blocked16:f32:16x1x4 window=1x2 stride=1x2 pad=0x0"
// CHECK: plan.pack_filter @filter_0 "w" signal shape [16, 2, 3, 1] input_block 2 tile 1 offset 0
// CHECK-NEXT: plan.pack_filter @filter_1 "d" signal shape [16, 1, 1, 1] input_block 1 groups 16 tile 1 offset 384
rn.network @signals(%x: !planar) attributes {signal} {
  %0 = rn.to_layout %x : (!planar) -> !entry
  %w = rn.parameter "w" : tensor<16x2x3xf32>
  %1 = rn.conv2d %0, %w pads [0, 1] : (!entry, tensor<16x2x3xf32>) -> !map
  %d = rn.parameter "d" : tensor<16x1x1xf32>
  %2 = rn.conv2d %1, %d groups 16 : (!map, tensor<16x1x1xf32>) -> !map
  %3 = rn.max_pool2d %2 kernel [1, 2] strides [1, 2] : (!map) -> !half
  %4 = rn.to_layout %3 : (!half) -> tensor<?x16x1x4xf32, #rn.layout<planar, border = 0>>
  rn.return %4 : tensor<?x16x1x4xf32, #rn.layout<planar, border = 0>>
}
