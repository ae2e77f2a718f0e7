// What the dialect refuses, and in which words.
// RUN: %rn-opt %s --split-input-file --verify-diagnostics

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
// expected-error@+1 {{extents and batch are at least 1, the border at least 0}}
plan.model @net from !plan.buffer<planar:f32:0x1x1, batch = 1, host> to !v packed 0 schema []

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
// expected-error@+1 {{layout is planar or blocked16, not 'nhwc'}}
plan.model @net from !plan.buffer<nhwc:f32:1x1x1, batch = 1, host> to !v packed 0 schema []

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
// expected-error@+1 {{memory space is host or device, not 'moon'}}
plan.model @net from !plan.buffer<planar:f32:1x1x1, batch = 1, moon> to !v packed 0 schema []

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
// expected-error@+1 {{planar:f32:2147483647x2147483647x4 with batch 1 is too large}}
plan.model @net from !plan.buffer<planar:f32:2147483647x2147483647x4, batch = 1, host> to !v packed 0 schema []

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
// expected-error@+1 {{'plan.model' op input must be one planar image without border}}
plan.model @net from !plan.buffer<planar:f32:1x1x1+1, batch = 1, host> to !v packed 0 schema []

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
// expected-error@+1 {{schema must be in natural order of names, each name once: "a" follows "b"}}
plan.model @net from !v to !v packed 0 schema [#plan.tensor<"b" : [1]>, #plan.tensor<"a" : [1]>]

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
// expected-error@+1 {{size of the packed weights must be a multiple of 64}}
plan.model @net from !v to !v packed 1 schema []

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
// expected-error@+1 {{kernel spec: op: 'matmul' is no kernel}}
plan.kernel @k "matmul batch=1"

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
// expected-error@+1 {{kernel spec: out: copy keeps the shape, or flattens it to a vector}}
plan.kernel @k "copy batch=1 in=planar:f32:2x1x1 out=planar:f32:1x1x1"

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
// expected-error@+1 {{kernel spec is not in its canonical form: "copy batch=1 in=planar:f32:1x1x1 out=planar:f32:1x1x1"}}
plan.kernel @k "copy in=planar:f32:1x1x1 out=planar:f32:1x1x1 batch=1"

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
// expected-error@+1 {{stands in a module without plan.model}}
plan.pack_shift @s bias "b" channels 16 padded 16 offset 0

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 4096 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 8, 1, 1]>]
// expected-error@+1 {{packs a tensor or a value}}
plan.pack_vector @v "b" value 1.0 channels 16 padded 16 offset 0

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 4096 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 8, 1, 1]>]
// expected-error@+1 {{broadcasts a tensor}}
plan.pack_vector @v broadcast value 1.0 channels 16 padded 16 offset 0

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 4096 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 8, 1, 1]>]
// expected-error@+1 {{reads "b" as [1], the schema has [16]}}
plan.pack_vector @v "b" broadcast channels 16 padded 16 offset 0

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 4096 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 8, 1, 1]>]
// expected-error@+1 {{3 groups cannot share 16 output channels}}
plan.pack_filter @f "w" shape [16, 8, 1, 1] input_block 16 groups 3 tile 1 offset 0

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 4096 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 8, 1, 1]>]
// expected-error@+1 {{with groups, tile is 1 and input_block at most all input channels}}
plan.pack_filter @f "w" shape [16, 8, 1, 1] input_block 32 groups 2 tile 1 offset 0

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 4096 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 8, 1, 1]>]
// expected-error@+1 {{a signal's filter has width 1 and is no matrix}}
plan.pack_filter @f "w" signal shape [16, 8, 1, 3] input_block 16 tile 1 offset 0

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
// expected-error@+1 {{reads "c", which the schema has not}}
plan.pack_shift @s bias "c" channels 16 padded 16 offset 0

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
// expected-error@+1 {{reads "b" as [8], the schema has [16]}}
plan.pack_shift @s bias "b" channels 8 padded 16 offset 0

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
// expected-error@+1 {{ends behind the packed weights of 1024 bytes}}
plan.pack_shift @s bias "b" channels 16 padded 16 offset 1024

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
// expected-error@+1 {{offset must be a multiple of 64 below 2^40}}
plan.pack_shift @s bias "b" channels 16 padded 16 offset 4

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
// expected-error@+1 {{16 channels padded to 24: a multiple of 16 that is not smaller is wanted}}
plan.pack_shift @s bias "b" channels 16 padded 24 offset 0

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
// expected-error@+1 {{packs neither a bias nor a norm}}
plan.pack_shift @s channels 16 padded 16 offset 0

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
// expected-error@+1 {{tile 2 does not divide 1 blocks of output channels}}
plan.pack_filter @f "w" shape [16, 16, 1, 1] input_block 16 tile 2 offset 0

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
// expected-error@+1 {{has an extent below 1, or is too large}}
plan.pack_filter @f "w" shape [1099511627776, 1099511627776, 1, 1] input_block 16 tile 1 offset 0

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
// expected-error@+1 {{epsilon must be a finite number and at least 0}}
plan.pack_scale @f scale("b", "b", -1.0) channels 16 padded 16 offset 0

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
// expected-error@+1 {{belongs to @net, which is no plan.model}}
plan.program @p of @net batch 1 {}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
plan.program @p of @net batch 2 {
  // expected-error@+1 {{must be the model's input}}
  %0 = plan.input : !v
}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
plan.program @p of @net batch 1 workspace 64 {
  // expected-error@+1 {{has no offset in a program with a workspace}}
  %0 = plan.buffer : !v
}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
plan.program @p of @net batch 1 workspace 64 {
  // expected-error@+1 {{ends behind the workspace of 64 bytes}}
  %0 = plan.buffer offset 64 : !v
}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
plan.program @p of @net batch 1 {
  // expected-error@+1 {{offset must be a multiple of 64 below 2^48}}
  %0 = plan.buffer offset 32 : !v
}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
plan.pack_shift @s bias "b" channels 16 padded 16 offset 0
plan.program @p of @net batch 1 {
  // expected-error@+1 {{@s has 64 bytes, not 128}}
  %0 = plan.weight @s : !plan.weight<128>
}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
plan.program @p of @net batch 1 {
  // expected-error@+1 {{@net is no packed weight}}
  %0 = plan.weight @net : !plan.weight<128>
}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
plan.program @p of @net batch 1 {
  %0 = plan.buffer : !v
  // expected-error@+1 {{writes the border of a buffer that has none}}
  plan.border %0 : !v
}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
plan.program @p of @net batch 2 {
  // expected-error@+1 {{must run as often as its program has images}}
  plan.images 3 {}
}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
plan.program @p of @net batch 2 {
  %0 = plan.buffer : !v
  plan.images 2 {
    // expected-error@+1 {{wants a buffer of the loop's whole batch}}
    %1 = plan.image %0 : !v -> !v
  }
}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
plan.kernel @copy "copy batch=1 in=planar:f32:16x1x1 out=planar:f32:16x1x1"
plan.program @p of @net batch 1 {
  %0 = plan.buffer : !v
  // expected-error@+1 {{@nothing is no kernel}}
  plan.call @nothing ins(%0 : !v) outs(%0 : !v) label "l"
}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
plan.kernel @copy "copy batch=1 in=planar:f32:16x1x1 out=planar:f32:16x1x1"
plan.program @p of @net batch 1 {
  %0 = plan.buffer : !v
  // expected-error@+1 {{overwrites its input; it may not}}
  plan.call @copy ins(%0 : !v) outs(%0 : !v) label "l"
}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
plan.kernel @copy "copy batch=1 in=planar:f32:16x1x1 out=planar:f32:16x1x1"
plan.program @p of @net batch 1 {
  %0 = plan.buffer : !v
  %1 = plan.buffer : !v
  // expected-error@+1 {{kernel @copy has 1 inputs and 1 outputs, is given 2 and 1}}
  plan.call @copy ins(%0, %0 : !v, !v) outs(%1 : !v) label "l"
}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
plan.kernel @copy "copy batch=1 in=planar:f32:16x1x1 out=planar:f32:16x1x1"
plan.program @p of @net batch 2 {
  %0 = plan.buffer : !v2
  %1 = plan.buffer : !v2
  // expected-error@+1 {{input: the kernel wants planar:f32:16x1x1 of 1 images, is given '!plan.buffer<planar:f32:16x1x1, batch = 2, host>'}}
  plan.call @copy ins(%0 : !v2) outs(%1 : !v2) label "l"
}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
plan.kernel @copy "copy batch=1 in=planar:f32:16x1x1 out=planar:f32:16x1x1"
plan.program @p of @net batch 1 {
  %0 = plan.input : !v
  %1 = plan.buffer : !v
  // expected-error@+1 {{writes to the program's input}}
  plan.call @copy ins(%1 : !v) outs(%0 : !v) label "l"
}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!v2 = !plan.buffer<planar:f32:16x1x1, batch = 2, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"b" : [16]>, #plan.tensor<"w" : [16, 16, 1, 1]>]
plan.kernel @conv "conv2d batch=1 in=planar:f32:16x1x1 out=blocked16:f32:16x1x1 window=1x1 stride=1x1 pad=0x0 tile=1"
plan.pack_shift @s bias "b" channels 16 padded 16 offset 0
plan.program @p of @net batch 1 {
  %0 = plan.input : !v
  %1 = plan.buffer : !plan.buffer<blocked16:f32:16x1x1, batch = 1, host>
  %2 = plan.weight @s : !plan.weight<64>
  // expected-error@+1 {{filter: the kernel reads 1024 bytes of weights, is given '!plan.weight<64>'}}
  plan.call @conv ins(%0, %2 : !v, !plan.weight<64>) outs(%1 : !plan.buffer<blocked16:f32:16x1x1, batch = 1, host>) label "l"
}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
plan.model @net from !v to !v packed 1024 schema [#plan.tensor<"w" : [16, 16, 1, 1]>]
// expected-error@+1 {{has an extent below 1, or is too large}}
plan.pack_filter @f "w" shape [16] input_block 16 tile 1 offset 0

// -----

// expected-error@+1 {{batch must be at least 1}}
plan.program @p of @net batch -1 {}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
plan.model @net from !v to !v packed 0 schema []
plan.program @p of @net batch 9000000000000000000 {
  // expected-error@+1 {{must be the model's output}}
  %0 = plan.output : !v
}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
plan.model @net from !v to !v packed 256 schema [#plan.tensor<"a" : [16]>]
plan.pack_shift @shift_0 bias "a" channels 16 padded 16 offset 0
plan.pack_shift @shift_1 bias "a" channels 16 padded 16 offset 64
plan.program @p of @net batch 1 {
  // expected-error@+1 {{has a step, but does not stand in plan.blocks}}
  %w = plan.weight @shift_0 step 64 : !plan.weight<64>
}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
plan.model @net from !v to !v packed 256 schema [#plan.tensor<"a" : [16]>]
plan.pack_shift @shift_0 bias "a" channels 16 padded 16 offset 0
plan.pack_shift @shift_1 bias "a" channels 16 padded 16 offset 64
plan.program @p of @net batch 1 {
  plan.blocks 2 {
    // expected-error@+1 {{step must be a multiple of 64 up to 2^40}}
    %w = plan.weight @shift_0 step 32 : !plan.weight<64>
  }
}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
plan.model @net from !v to !v packed 256 schema [#plan.tensor<"a" : [16]>]
plan.pack_shift @shift_0 bias "a" channels 16 padded 16 offset 0
plan.pack_shift @shift_1 bias "a" channels 16 padded 16 offset 64
plan.program @p of @net batch 1 {
  plan.blocks 3 {
    // expected-error@+1 {{finds no packed weight of 64 bytes at offset 128, in turn 2}}
    %w = plan.weight @shift_0 step 64 : !plan.weight<64>
  }
}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
plan.model @net from !v to !v packed 256 schema [#plan.tensor<"a" : [16]>]
plan.pack_shift @shift_0 bias "a" channels 16 padded 16 offset 0
plan.pack_shift @shift_1 bias "a" channels 16 padded 16 offset 64
plan.program @p of @net batch 1 {
  // expected-error@+1 {{must run at least twice, and less than 2^32 times}}
  plan.blocks 1 {
  }
}

// -----

!v = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
plan.model @net from !v to !v packed 256 schema [#plan.tensor<"a" : [16]>]
plan.pack_shift @shift_0 bias "a" channels 16 padded 16 offset 0
plan.pack_shift @shift_1 bias "a" channels 16 padded 16 offset 64
plan.program @p of @net batch 1 {
  plan.blocks 2 {
    // expected-error@+1 {{cannot stand in plan.blocks}}
    plan.blocks 2 {
    }
  }
}
