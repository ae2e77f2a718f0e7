// Layers with large activations run image by image with kernels for one image, the rest for the whole batch.
// RUN: %rn-opt %s --segment-images=cache-bytes=8192 | FileCheck %s
// RUN: %rn-opt %s --segment-images=cache-bytes=8192 --insert-borders --plan-memory --elide-borders | FileCheck %s --check-prefix=MEMORY
// RUN: %rn-opt %s --segment-images=cache-bytes=1000000 | FileCheck %s --check-prefix=FITS

// FITS-NOT: plan.images

!in = !plan.buffer<planar:f32:16x8x8, batch = 4, host>
!map = !plan.buffer<blocked16:f32:16x8x8+1, batch = 4, host>
!small = !plan.buffer<blocked16:f32:16x4x4, batch = 4, host>
!tiny = !plan.buffer<blocked16:f32:16x2x2, batch = 4, host>
!vector = !plan.buffer<blocked16:f32:16x1x1, batch = 4, host>
!out = !plan.buffer<planar:f32:16x1x1, batch = 4, host>
plan.model @net from !plan.buffer<planar:f32:16x8x8, batch = 1, host> to vector !plan.buffer<planar:f32:16x1x1, batch = 1, host>
    packed 18432 schema [#plan.tensor<"a" : [16, 16, 3, 3]>, #plan.tensor<"b" : [16, 16, 3, 3]>]
plan.kernel @enter "copy batch=4 in=planar:f32:16x8x8 out=blocked16:f32:16x8x8+1"
// CHECK: plan.kernel @enter_0 "copy batch=1 in=planar:f32:16x8x8 out=blocked16:f32:16x8x8+1"
plan.kernel @relu "elementwise batch=4 in=blocked16:f32:16x8x8+1 out=blocked16:f32:16x8x8+1 epilogue=relu"
plan.kernel @pool "max_pool2d batch=4 in=blocked16:f32:16x4x4 out=blocked16:f32:16x2x2 window=2x2 stride=2x2 pad=0x0"
plan.kernel @conv "conv2d batch=4 in=blocked16:f32:16x8x8+1 out=blocked16:f32:16x4x4 window=3x3 stride=2x2 pad=1x1 tile=1"
plan.kernel @mean "global_avg_pool batch=4 in=blocked16:f32:16x2x2 out=blocked16:f32:16x1x1"
plan.kernel @exit "copy batch=4 in=blocked16:f32:16x1x1 out=planar:f32:16x1x1"
plan.pack_filter @a "a" shape [16, 16, 3, 3] input_block 16 tile 1 offset 0

// CHECK-LABEL: plan.program @net_batch4
// MEMORY-LABEL: plan.program @net_batch4
plan.program @net_batch4 of @net batch 4 {
  // CHECK: %[[IN:.*]] = plan.input : <planar:f32:16x8x8, batch = 4, host>
  %in = plan.input : !in
  %out = plan.output : !out
  // Lives in the loop alone: one image.
  // CHECK: %[[A:.*]] = plan.buffer : <blocked16:f32:16x8x8+1, batch = 1, host>
  // MEMORY: plan.buffer offset 25600 : <blocked16:f32:16x8x8+1, batch = 1, host>
  %a = plan.buffer : !map
  plan.call @enter ins(%in : !in) outs(%a : !map) label "enter"
  // Is read after the loop: all images, the whole loop long.
  // CHECK: %[[B:.*]] = plan.buffer : <blocked16:f32:16x8x8+1, batch = 4, host>
  // MEMORY: plan.buffer offset 0 : <blocked16:f32:16x8x8+1, batch = 4, host>
  %b = plan.buffer : !map
  plan.call @relu ins(%a : !map) outs(%b : !map) label "relu"
  // CHECK: plan.images 4 {
  // CHECK-NEXT: %[[IN1:.*]] = plan.image %[[IN]] : <planar:f32:16x8x8, batch = 4, host> -> <planar:f32:16x8x8, batch = 1, host>
  // CHECK-NEXT: %[[B1:.*]] = plan.image %[[B]] : <blocked16:f32:16x8x8+1, batch = 4, host> -> <blocked16:f32:16x8x8+1, batch = 1, host>
  // CHECK-NEXT: plan.call @enter_0 ins(%[[IN1]] : {{.*}}) outs(%[[A]] : {{.*}}) label "enter"
  // CHECK-NEXT: plan.call @relu_1 ins(%[[A]] : {{.*}}) outs(%[[B1]] : {{.*}}) label "relu"
  // CHECK-NEXT: }
  // Each turn writes the border of its own image, and of what the turns share.
  // MEMORY: plan.images 4 {
  // MEMORY: %[[B1:.*]] = plan.image %{{.*}} : <blocked16
  // MEMORY-NEXT: plan.border %{{.*}} : <blocked16:f32:16x8x8+1, batch = 1, host>
  // MEMORY-NEXT: label "enter"
  // MEMORY-NEXT: plan.border %[[B1]] : <blocked16:f32:16x8x8+1, batch = 1, host>
  // MEMORY-NEXT: label "relu"
  // The filter is larger than the activations of one image.
  %w = plan.weight @a : !plan.weight<9216>
  %c = plan.buffer : !small
  // CHECK: plan.call @conv ins(%[[B]], {{.*}}) outs({{.*}}) label "conv"
  // MEMORY: label "conv"
  plan.call @conv ins(%b, %w : !map, !plan.weight<9216>) outs(%c : !small) label "conv"
  // The run is over: what comes later stays outside, large or not.
  %d = plan.buffer : !tiny
  // CHECK-NEXT: plan.buffer
  // CHECK-NEXT: plan.call @pool ins
  plan.call @pool ins(%c : !small) outs(%d : !tiny) label "pool"
  %e = plan.buffer : !vector
  plan.call @mean ins(%d : !tiny) outs(%e : !vector) label "mean"
  plan.call @exit ins(%e : !vector) outs(%out : !out) label "exit"
}
