// Borders are written before the first write of a buffer, offsets do not overlap in time, and a border that is still
// zero is not written again.
// RUN: %rn-opt %s --insert-borders | FileCheck %s --check-prefix=BORDER
// RUN: %rn-opt %s --insert-borders --plan-memory | FileCheck %s --check-prefix=MEMORY
// RUN: %rn-opt %s --insert-borders --plan-memory --elide-borders | FileCheck %s --check-prefix=ELIDE
// RUN: %rn-opt %s --pass-pipeline='builtin.module(insert-borders,plan-memory{print-map=1})' -o /dev/null 2>&1 | FileCheck %s --check-prefix=MAP

!planar = !plan.buffer<planar:f32:16x4x4, batch = 1, host>
!map = !plan.buffer<blocked16:f32:16x4x4+1, batch = 1, host>
!large = !plan.buffer<blocked16:f32:32x4x4, batch = 1, host>
plan.model @net from !planar to !planar packed 0 schema []
plan.kernel @enter "copy batch=1 in=planar:f32:16x4x4 out=blocked16:f32:16x4x4+1"
plan.kernel @relu "elementwise batch=1 in=blocked16:f32:16x4x4+1 out=blocked16:f32:16x4x4+1 epilogue=relu"
plan.kernel @add "elementwise batch=1 in=blocked16:f32:16x4x4+1 out=blocked16:f32:16x4x4+1 epilogue=residual"
plan.kernel @widen "pad_shortcut batch=1 in=blocked16:f32:16x4x4+1 out=blocked16:f32:32x4x4 stride=1x1"
plan.kernel @exit "copy batch=1 in=blocked16:f32:16x4x4+1 out=planar:f32:16x4x4"

// MAP: net_batch1: arena 4608 bytes, 6 blocks, lower bound 4608 (x1.000)
// MAP-NEXT: |{{a+\.+}}|
// MAP-NEXT: |{{a+b+}}|
// MAP-NEXT: |{{a+c+}}|
// MEMORY-LABEL: plan.program @net_batch1 of @net batch 1 workspace 4608 {
plan.program @net_batch1 of @net batch 1 {
  %in = plan.input : !planar
  %out = plan.output : !planar
  // MEMORY: plan.buffer offset 0 : <blocked16:f32:16x4x4+1
  %a = plan.buffer : !map
  // BORDER: plan.border %[[A:.*]] : <blocked16:f32:16x4x4+1, batch = 1, host>
  // BORDER-NEXT: plan.call @enter {{.*}} outs(%[[A]] :
  // ELIDE: plan.border
  // ELIDE-NEXT: label "enter"
  plan.call @enter ins(%in : !planar) outs(%a : !map) label "enter"
  // MEMORY: plan.buffer offset 2304 : <blocked16:f32:16x4x4+1
  %b = plan.buffer : !map
  // BORDER: plan.border %[[B:.*]] : <blocked16
  // BORDER-NEXT: plan.call @relu ins(%[[A]] : {{.*}}) outs(%[[B]] :
  // ELIDE: plan.border
  // ELIDE-NEXT: label "one"
  plan.call @relu ins(%a : !map) outs(%b : !map) label "one"
  // In place: the border is there.
  // BORDER-NEXT: plan.call @add
  plan.call @add ins(%b, %a : !map, !map) outs(%a : !map) label "two"
  // MEMORY: plan.buffer offset 2304 : <blocked16:f32:16x4x4+1
  %c = plan.buffer : !map
  // %b is dead, %c takes its bytes and its zeros.
  // BORDER: plan.border
  // BORDER-NEXT: label "three"
  // ELIDE-NOT: plan.border
  // ELIDE: label "three"
  plan.call @relu ins(%a : !map) outs(%c : !map) label "three"
  // MEMORY: plan.buffer offset 0 : <blocked16:f32:32x4x4
  %d = plan.buffer : !large
  // No border, none is written; but bytes of dead borders are.
  // BORDER-NOT: plan.border
  // BORDER: label "four"
  // ELIDE-NOT: plan.border
  // ELIDE: label "four"
  plan.call @widen ins(%c : !map) outs(%d : !large) label "four"
  %e = plan.buffer : !map
  // BORDER: plan.border
  // BORDER-NEXT: label "five"
  // ELIDE: plan.border
  // ELIDE-NEXT: label "five"
  plan.call @relu ins(%c : !map) outs(%e : !map) label "five"
  %f = plan.buffer : !large
  // BORDER-NOT: plan.border
  // BORDER: label "six"
  plan.call @widen ins(%e : !map) outs(%f : !large) label "six"
  plan.call @exit ins(%e : !map) outs(%out : !planar) label "exit"
}
