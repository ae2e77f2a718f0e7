// Ops of two or more maps, and those over the channels: gates, concatenations, layer norm, the largest of a map.
// RUN: %rn-opt %s --split-input-file --rn-to-plan | FileCheck %s

!planar = tensor<?x16x4x4xf32, #rn.layout<planar, border = 0>>
!map = tensor<?x16x4x4xf32, #rn.layout<blocked16, border = 0>>
!bordered = tensor<?x16x4x4xf32, #rn.layout<blocked16, border = 1>>
!vector = tensor<?x16xf32, #rn.layout<blocked16, border = 0>>

// A gate of one pixel counts for all; `complement` is the kernel's, and the second operand comes behind the first.
// CHECK: plan.kernel @global_max_pool_0 "global_max_pool batch=1 in=blocked16:f32:16x4x4 out=blocked16:f32:16x1x1"
// CHECK: plan.kernel @multiply_0 "multiply batch=1 in=blocked16:f32:16x4x4 out=blocked16:f32:16x4x4+1 other=blocked16:f32:16x1x1"
// CHECK: plan.kernel @multiply_1 "multiply batch=1 in=blocked16:f32:16x4x4+1 out=blocked16:f32:16x4x4 other=blocked16:f32:16x1x1 complement=true"
// CHECK: plan.kernel @multiply_2 "multiply batch=1 in=blocked16:f32:16x4x4 out=blocked16:f32:16x4x4 other=blocked16:f32:16x4x4+1"
// CHECK-LABEL: plan.program @gates_batch1
// CHECK: plan.call @copy_0 ins({{.*}}) outs(%[[X:.*]] : {{.*}})
// CHECK: plan.call @global_max_pool_0 ins(%[[X]] : {{.*}}) outs(%[[G:.*]] : {{.*}}) label "global_max_pool"
// CHECK: plan.call @multiply_0 ins(%[[X]], %[[G]] : {{.*}}) outs(%[[A:.*]] : {{.*}}) label "gate"
// CHECK: plan.call @multiply_1 ins(%[[A]], %[[G]] : {{.*}}) outs(%[[B:.*]] : {{.*}}) label "multiply"
// CHECK: plan.call @multiply_2 ins(%[[B]], %[[A]] : {{.*}}) outs(%{{.*}} : {{.*}}) label "multiply"
rn.network @gates(%x: !planar) {
  %0 = rn.to_layout %x : (!planar) -> !map
  %g = rn.global_max_pool %0 : (!map) -> !vector
  %1 = rn.multiply %0, %g : (!map, !vector) -> !bordered loc("gate")
  %2 = rn.multiply %1, %g complement : (!bordered, !vector) -> !map
  %3 = rn.multiply %2, %1 : (!map, !bordered) -> !map
  %4 = rn.to_layout %3 : (!map) -> !planar
  rn.return %4 : !planar
}

// -----

!planar = tensor<?x16x4x4xf32, #rn.layout<planar, border = 0>>
!map = tensor<?x16x4x4xf32, #rn.layout<blocked16, border = 0>>
!thin = tensor<?x5x4x4xf32, #rn.layout<blocked16, border = 0>>
!two = tensor<?x21x4x4xf32, #rn.layout<blocked16, border = 2>>
!three = tensor<?x42x4x4xf32, #rn.layout<blocked16, border = 1>>

// Two at a time, from the front. What lies between two of them has no border: nobody else reads it.
// CHECK: plan.kernel @concat_0 "concat batch=1 in=blocked16:f32:16x4x4 out=blocked16:f32:21x4x4+2 other=blocked16:f32:5x4x4"
// CHECK-NEXT: plan.kernel @concat_1 "concat batch=1 in=blocked16:f32:5x4x4 out=blocked16:f32:26x4x4 other=blocked16:f32:21x4x4+2"
// CHECK-NEXT: plan.kernel @concat_2 "concat batch=1 in=blocked16:f32:26x4x4 out=blocked16:f32:42x4x4+1 other=blocked16:f32:16x4x4"
// CHECK-LABEL: plan.program @concats_batch1
// CHECK: plan.call @copy_0 ins({{.*}}) outs(%[[X:.*]] : {{.*}})
// CHECK: plan.call @conv2d_0 ins({{.*}}) outs(%[[T:.*]] : {{.*}})
// CHECK: plan.call @concat_0 ins(%[[X]], %[[T]] : {{.*}}) outs(%[[TWO:.*]] : {{.*}}) label "concat"
// CHECK: %[[FRONT:.*]] = plan.buffer : <blocked16:f32:26x4x4, batch = 1, host>
// CHECK: plan.call @concat_1 ins(%[[T]], %[[TWO]] : {{.*}}) outs(%[[FRONT]] : {{.*}}) label "cat"
// CHECK: %[[THREE:.*]] = plan.buffer : <blocked16:f32:42x4x4+1, batch = 1, host>
// CHECK: plan.call @concat_2 ins(%[[FRONT]], %[[X]] : {{.*}}) outs(%[[THREE]] : {{.*}}) label "cat"
// CHECK: plan.call @copy_1 ins(%[[THREE]] : {{.*}})
rn.network @concats(%x: !planar) {
  %0 = rn.to_layout %x : (!planar) -> !map
  %w = rn.parameter "w" : tensor<5x16x1x1xf32>
  %1 = rn.conv2d %0, %w : (!map, tensor<5x16x1x1xf32>) -> !thin
  %2 = rn.concat %0, %1 : (!map, !thin) -> !two
  %3 = rn.concat %1, %2, %0 : (!thin, !two, !map) -> !three loc("cat")
  %4 = rn.to_layout %3 : (!three) -> tensor<?x42x4x4xf32, #rn.layout<planar, border = 0>>
  rn.return %4 : tensor<?x42x4x4xf32, #rn.layout<planar, border = 0>>
}

// -----

!planar = tensor<?x20x4x4xf32, #rn.layout<planar, border = 0>>
!map = tensor<?x20x4x4xf32, #rn.layout<blocked16, border = 0>>

// Its weight and bias are the kernel's scale and shift; constants and learned scalars are vectors, packed once.
// CHECK: plan.kernel @layer_norm_0 "layer_norm batch=1 in=blocked16:f32:20x4x4 out=blocked16:f32:20x4x4 epsilon=0.001 epilogue=affine"
// CHECK-NEXT: plan.kernel @elementwise_0 "elementwise batch=1 in=blocked16:f32:20x4x4 out=blocked16:f32:20x4x4 epilogue=affine,affine_silu"
// CHECK: plan.pack_vector @vector_0 "ln.weight" channels 20 padded 32 offset 0
// CHECK-NEXT: plan.pack_shift @shift_0 bias "ln.bias" channels 20 padded 32 offset 128
// CHECK-NEXT: plan.pack_vector @vector_1 "s.weight" broadcast channels 20 padded 32 offset 256
// CHECK-NEXT: plan.pack_vector @vector_2 value 5.000000e-01 channels 20 padded 32 offset 384
// CHECK-LABEL: plan.program @norms_batch1
// CHECK-DAG: %[[GAMMA:.*]] = plan.weight @vector_0 : <128>
// CHECK-DAG: %[[BETA:.*]] = plan.weight @shift_0 : <128>
// CHECK: plan.call @layer_norm_0 ins(%{{.*}}, %[[GAMMA]], %[[BETA]] : {{.*}}) outs(%[[N:.*]] : {{.*}}) label "layer_norm"
// CHECK-DAG: %[[S:.*]] = plan.weight @vector_1 : <128>
// CHECK-DAG: %[[T:.*]] = plan.weight @vector_2 : <128>
// CHECK: plan.call @elementwise_0 ins(%[[N]], %[[S]], %[[T]] : {{.*}})
rn.network @norms(%x: !planar) {
  %0 = rn.to_layout %x : (!planar) -> !map
  %g = rn.parameter "ln.weight" : tensor<20xf32>
  %b = rn.parameter "ln.bias" : tensor<20xf32>
  %1 = rn.layer_norm %0, %g, %b {eps = 1.0e-3} : (!map, tensor<20xf32>, tensor<20xf32>) -> !map
  %p = rn.parameter "s.weight" : tensor<1xf32>
  %s = rn.broadcast %p : tensor<1xf32> -> tensor<20xf32>
  %t = rn.fill 0.5 : tensor<20xf32>
  %2 = rn.affine %1, %s, %t activation silu : (!map, tensor<20xf32>, tensor<20xf32>) -> !map
  %3 = rn.to_layout %2 : (!map) -> !planar
  rn.return %3 : !planar
}
