// Equal blocks become a loop over weight offsets, where buffers allow it.
// RUN: %rn-opt %s --roll-blocks | FileCheck %s
// RUN: %rn-opt %s --roll-blocks --insert-borders --plan-memory --elide-borders | FileCheck %s --check-prefix=MEMORY

!planar = !plan.buffer<planar:f32:16x4x4, batch = 1, host>
!map = !plan.buffer<blocked16:f32:16x4x4, batch = 1, host>
!bordered = !plan.buffer<blocked16:f32:16x4x4+1, batch = 1, host>
!w = !plan.weight<64>
plan.model @net from !planar to !planar packed 256
    schema [#plan.tensor<"0.weight" : [16]>, #plan.tensor<"1.weight" : [16]>, #plan.tensor<"2.weight" : [16]>, #plan.tensor<"3.weight" : [16]>, #plan.tensor<"v" : [16]>]
plan.kernel @enter "copy batch=1 in=planar:f32:16x4x4 out=blocked16:f32:16x4x4"
plan.kernel @scale "elementwise batch=1 in=blocked16:f32:16x4x4 out=blocked16:f32:16x4x4+1 epilogue=affine"
plan.kernel @add "elementwise batch=1 in=blocked16:f32:16x4x4+1 out=blocked16:f32:16x4x4 epilogue=residual"
plan.kernel @exit "copy batch=1 in=blocked16:f32:16x4x4 out=planar:f32:16x4x4"
plan.pack_scale @scale_0 scale("0.weight", "v", 0.0) channels 16 padded 16 offset 0
plan.pack_scale @scale_1 scale("1.weight", "v", 0.0) channels 16 padded 16 offset 64
plan.pack_scale @scale_2 scale("2.weight", "v", 0.0) channels 16 padded 16 offset 128
plan.pack_scale @scale_3 scale("3.weight", "v", 0.0) channels 16 padded 16 offset 192

// CHECK-LABEL: plan.program @in_place
// MEMORY-LABEL: plan.program @in_place of @net batch 1 workspace 3328 {
plan.program @in_place of @net batch 1 {
  %in = plan.input : !planar
  %out = plan.output : !planar
  %x = plan.buffer : !map
  // CHECK: plan.call @enter {{.*}} outs(%[[X:.*]] : {{.*}}) label "enter"
  plan.call @enter ins(%in : !planar) outs(%x : !map) label "enter"
  // CHECK-NEXT: %[[A:.*]] = plan.buffer
  // CHECK-NEXT: plan.blocks 4 {
  // CHECK-NEXT:   %[[G:.*]] = plan.weight @scale_0 step 64 : <64>
  // CHECK-NEXT:   %[[H:.*]] = plan.weight @scale_0 step 64 : <64>
  // CHECK-NEXT:   plan.call @scale ins(%[[X]], %[[G]], %[[H]] : {{.*}}) outs(%[[A]] : {{.*}}) label "0"
  // CHECK-NEXT:   plan.call @add ins(%[[A]], %[[X]] : {{.*}}) outs(%[[X]] : {{.*}}) label "0.add"
  // CHECK-NEXT: }
  // CHECK-NEXT: plan.call @exit ins(%[[X]]
  // The border is written once, and keeps its bytes for the whole loop.
  // MEMORY: plan.border
  // MEMORY-NEXT: plan.blocks 4
  // MEMORY-NOT: plan.border
  // MEMORY: plan.call @exit
  %a = plan.buffer : !bordered
  %w0 = plan.weight @scale_0 : !w
  plan.call @scale ins(%x, %w0, %w0 : !map, !w, !w) outs(%a : !bordered) label "0"
  plan.call @add ins(%a, %x : !bordered, !map) outs(%x : !map) label "0.add"
  %b = plan.buffer : !bordered
  %w1 = plan.weight @scale_1 : !w
  plan.call @scale ins(%x, %w1, %w1 : !map, !w, !w) outs(%b : !bordered) label "1"
  plan.call @add ins(%b, %x : !bordered, !map) outs(%x : !map) label "1.add"
  %c = plan.buffer : !bordered
  %w2 = plan.weight @scale_2 : !w
  plan.call @scale ins(%x, %w2, %w2 : !map, !w, !w) outs(%c : !bordered) label "2"
  plan.call @add ins(%c, %x : !bordered, !map) outs(%x : !map) label "2.add"
  %d = plan.buffer : !bordered
  %w3 = plan.weight @scale_3 : !w
  plan.call @scale ins(%x, %w3, %w3 : !map, !w, !w) outs(%d : !bordered) label "3"
  plan.call @add ins(%d, %x : !bordered, !map) outs(%x : !map) label "3.add"
  plan.call @exit ins(%x : !map) outs(%out : !planar) label "exit"
}

// The weights go forth and back: no constant step, no loop.
// CHECK-LABEL: plan.program @no_step
// CHECK-NOT: plan.blocks
plan.program @no_step of @net batch 1 {
  %in = plan.input : !planar
  %out = plan.output : !planar
  %x = plan.buffer : !map
  plan.call @enter ins(%in : !planar) outs(%x : !map) label "enter"
  %a = plan.buffer : !bordered
  %w0 = plan.weight @scale_1 : !w
  plan.call @scale ins(%x, %w0, %w0 : !map, !w, !w) outs(%a : !bordered) label "0"
  plan.call @add ins(%a, %x : !bordered, !map) outs(%x : !map) label "0.add"
  %w1 = plan.weight @scale_0 : !w
  plan.call @scale ins(%x, %w1, %w1 : !map, !w, !w) outs(%a : !bordered) label "1"
  plan.call @add ins(%a, %x : !bordered, !map) outs(%x : !map) label "1.add"
  %w2 = plan.weight @scale_3 : !w
  plan.call @scale ins(%x, %w2, %w2 : !map, !w, !w) outs(%a : !bordered) label "2"
  plan.call @add ins(%a, %x : !bordered, !map) outs(%x : !map) label "2.add"
  plan.call @exit ins(%x : !map) outs(%out : !planar) label "exit"
}

// Every block's first result is read at the end: none may be overwritten.
// CHECK-LABEL: plan.program @kept_alive
// CHECK-NOT: plan.blocks
// CHECK: label "exit"
plan.program @kept_alive of @net batch 1 {
  %in = plan.input : !planar
  %out = plan.output : !planar
  %x = plan.buffer : !map
  plan.call @enter ins(%in : !planar) outs(%x : !map) label "enter"
  %a = plan.buffer : !bordered
  %w0 = plan.weight @scale_0 : !w
  plan.call @scale ins(%x, %w0, %w0 : !map, !w, !w) outs(%a : !bordered) label "0"
  plan.call @add ins(%a, %x : !bordered, !map) outs(%x : !map) label "0.add"
  %b = plan.buffer : !bordered
  %w1 = plan.weight @scale_1 : !w
  plan.call @scale ins(%x, %w1, %w1 : !map, !w, !w) outs(%b : !bordered) label "1"
  plan.call @add ins(%b, %x : !bordered, !map) outs(%x : !map) label "1.add"
  %c = plan.buffer : !bordered
  %w2 = plan.weight @scale_2 : !w
  plan.call @scale ins(%x, %w2, %w2 : !map, !w, !w) outs(%c : !bordered) label "2"
  plan.call @add ins(%c, %x : !bordered, !map) outs(%x : !map) label "2.add"
  plan.call @add ins(%a, %x : !bordered, !map) outs(%x : !map) label "a"
  plan.call @add ins(%b, %x : !bordered, !map) outs(%x : !map) label "b"
  plan.call @add ins(%c, %x : !bordered, !map) outs(%x : !map) label "c"
  plan.call @exit ins(%x : !map) outs(%out : !planar) label "exit"
}
