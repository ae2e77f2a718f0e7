// A skip-add overwrites the skip where it dies, and only there.
// RUN: %rn-opt %s --in-place | FileCheck %s

!map = !plan.buffer<blocked16:f32:16x4x4, batch = 1, host>
!bordered = !plan.buffer<blocked16:f32:16x4x4+1, batch = 1, host>
!planar = !plan.buffer<planar:f32:16x4x4, batch = 1, host>
plan.model @net from !plan.buffer<planar:f32:16x4x4, batch = 1, host> to !plan.buffer<planar:f32:16x4x4, batch = 1, host> packed 128
    schema [#plan.tensor<"g" : [16]>, #plan.tensor<"v" : [16]>]
plan.kernel @copy_0 "copy batch=1 in=planar:f32:16x4x4 out=blocked16:f32:16x4x4"
plan.kernel @add "elementwise batch=1 in=blocked16:f32:16x4x4 out=blocked16:f32:16x4x4 epilogue=residual"
plan.kernel @add_two "elementwise batch=1 in=blocked16:f32:16x4x4 out=blocked16:f32:16x4x4 epilogue=residual,affine,keep_first"
plan.kernel @add_border "elementwise batch=1 in=blocked16:f32:16x4x4 out=blocked16:f32:16x4x4+1 residual=blocked16:f32:16x4x4 epilogue=residual"
plan.kernel @exit "copy batch=1 in=blocked16:f32:16x4x4 out=planar:f32:16x4x4"
plan.pack_scale @scale scale("g", "v", 0.0) channels 16 padded 16 offset 0

// CHECK-LABEL: plan.program @net_batch1
plan.program @net_batch1 of @net batch 1 {
  %in = plan.input : !planar
  %out = plan.output : !planar
  %s = plan.weight @scale : !plan.weight<64>
  %a = plan.buffer : !map
  %b = plan.buffer : !map
  // CHECK: plan.call @copy_0 {{.*}} outs(%[[A:.*]] : {{.*}}) label "a"
  plan.call @copy_0 ins(%in : !planar) outs(%a : !map) label "a"
  // CHECK: plan.call @copy_0 {{.*}} outs(%[[B:.*]] : {{.*}}) label "b"
  plan.call @copy_0 ins(%in : !planar) outs(%b : !map) label "b"
  // The skip is read again later: it stays.
  %c = plan.buffer : !map
  // CHECK: plan.call @add ins(%[[B]], %[[A]] : {{.*}}) outs(%[[C:.*]] : {{.*}}) label "alive"
  plan.call @add ins(%b, %a : !map, !map) outs(%c : !map) label "alive"
  // It dies here; the next sum goes on in the same buffer.
  %d = plan.buffer : !map
  // CHECK: plan.call @add ins(%[[C]], %[[A]] : {{.*}}) outs(%[[A]] : {{.*}}) label "dies"
  plan.call @add ins(%c, %a : !map, !map) outs(%d : !map) label "dies"
  %e = plan.buffer : !map
  %f = plan.buffer : !map
  // CHECK: plan.call @add_two ins(%[[B]], %[[A]], {{.*}}) outs(%[[A]], %[[F:.*]] : {{.*}}) label "two results"
  plan.call @add_two ins(%b, %d, %s, %s : !map, !map, !plan.weight<64>, !plan.weight<64>) outs(%e, %f : !map, !map) label "two results"
  // x + x: the kernel reads the buffer as its input too.
  %g = plan.buffer : !map
  // CHECK: plan.call @add ins(%[[F]], %[[F]] : {{.*}}) outs(%[[G:.*]] : {{.*}}) label "twice"
  plan.call @add ins(%f, %f : !map, !map) outs(%g : !map) label "twice"
  // Another border is another buffer.
  %h = plan.buffer : !bordered
  // CHECK-NOT: outs(%[[G]]
  // CHECK: label "border"
  plan.call @add_border ins(%e, %g : !map, !map) outs(%h : !bordered) label "border"
  // The caller's memory is not for us to overwrite, and is not overwritten by more than the result.
  // CHECK: plan.call @exit ins(%[[A]] : {{.*}}) label "exit"
  plan.call @exit ins(%e : !map) outs(%out : !planar) label "exit"
}
