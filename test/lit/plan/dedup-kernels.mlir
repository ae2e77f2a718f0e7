// RUN: %rn-opt %s --dedup-kernels | FileCheck %s

plan.model @net from vector !plan.buffer<planar:f32:16x1x1, batch = 1, host> to vector !plan.buffer<planar:f32:16x1x1, batch = 1, host>
    packed 0 schema []
// One of the equal kernels stays, one that nobody calls goes; names follow the order of first use.
// CHECK: plan.kernel @softmax_0 "softmax batch=1 in=planar:f32:16x1x1 out=planar:f32:16x1x1"
// CHECK-NEXT: plan.kernel @copy_0 "copy batch=1 in=planar:f32:16x1x1 out=planar:f32:16x1x1"
// CHECK-NOT: plan.kernel
plan.kernel @copy_0 "copy batch=1 in=planar:f32:32x1x1 out=planar:f32:32x1x1"
plan.kernel @copy_1 "copy batch=1 in=planar:f32:16x1x1 out=planar:f32:16x1x1"
plan.kernel @copy_2 "copy batch=1 in=planar:f32:16x1x1 out=planar:f32:16x1x1"
plan.kernel @softmax_7 "softmax batch=1 in=planar:f32:16x1x1 out=planar:f32:16x1x1"
!vector = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
plan.program @net_batch1 of @net batch 1 {
  %0 = plan.input : !vector
  %1 = plan.output : !vector
  %2 = plan.buffer : !vector
  %3 = plan.buffer : !vector
  // CHECK: plan.call @softmax_0 {{.*}} label "a"
  plan.call @softmax_7 ins(%0 : !vector) outs(%2 : !vector) label "a"
  // CHECK: plan.call @copy_0 {{.*}} label "b"
  plan.call @copy_2 ins(%2 : !vector) outs(%3 : !vector) label "b"
  // CHECK: plan.call @copy_0 {{.*}} label "c"
  plan.call @copy_1 ins(%3 : !vector) outs(%1 : !vector) label "c"
}
