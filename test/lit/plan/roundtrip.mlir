// Every op, type and attribute of the dialect is read back as it was printed, also in the generic form.
// RUN: %rn-opt %s | %rn-opt | FileCheck %s
// RUN: %rn-opt %s --mlir-print-op-generic | %rn-opt | FileCheck %s

// CHECK: plan.model @net from !plan.buffer<planar:u8:3x8x8, batch = 1, host> to vector !plan.buffer<planar:f32:10x1x1, batch = 1, host> packed 2048 schema [#plan.tensor<"bn.bias" : [16]>, #plan.tensor<"bn.running_mean" : [16]>, #plan.tensor<"bn.running_var" : [16]>, #plan.tensor<"bn.weight" : [16]>, #plan.tensor<"conv1.weight" : [16, 3, 3, 3] unstable>, #plan.tensor<"fc.bias" : [10]>]
plan.model @net from !plan.buffer<planar:u8:3x8x8, batch = 1, host> to vector !plan.buffer<planar:f32:10x1x1, batch = 1, host>
    packed 2048 schema [#plan.tensor<"bn.bias" : [16]>, #plan.tensor<"bn.running_mean" : [16]>, #plan.tensor<"bn.running_var" : [16]>,
    #plan.tensor<"bn.weight" : [16]>, #plan.tensor<"conv1.weight" : [16, 3, 3, 3] unstable>, #plan.tensor<"fc.bias" : [10]>]
// CHECK: plan.kernel @normalize_0 "normalize batch=1 in=planar:u8:3x8x8 out=planar:f32:3x8x8+1 mean=0,0,0 std=1,1,1"
plan.kernel @normalize_0 "normalize batch=1 in=planar:u8:3x8x8 out=planar:f32:3x8x8+1 mean=0,0,0 std=1,1,1"
plan.kernel @conv2d_0 "conv2d batch=1 in=planar:f32:3x8x8+1 out=blocked16:f32:16x8x8 window=3x3 stride=1x1 pad=1x1 tile=1 epilogue=bias,relu"
// CHECK: plan.pack_filter @filter_0 "conv1.weight" scale("bn.weight", "bn.running_var", 1.000000e-05) shape [16, 3, 3, 3] input_block 3 tile 1 offset 0
plan.pack_filter @filter_0 "conv1.weight" scale("bn.weight", "bn.running_var", 1.0e-5) shape [16, 3, 3, 3] input_block 3 tile 1 offset 0
// CHECK: plan.pack_shift @shift_0 norm("bn.bias", "bn.running_mean") scale("bn.weight", "bn.running_var", 1.000000e-05) channels 16 padded 16 offset 1728
plan.pack_shift @shift_0 norm("bn.bias", "bn.running_mean") scale("bn.weight", "bn.running_var", 1.0e-5) channels 16 padded 16 offset 1728
// CHECK: plan.pack_shift @shift_1 bias "fc.bias" channels 10 padded 16 offset 1792
plan.pack_shift @shift_1 bias "fc.bias" channels 10 padded 16 offset 1792
// CHECK: plan.pack_scale @scale_0 scale("bn.weight", "bn.running_var", 1.000000e-05) channels 16 padded 16 offset 1856
plan.pack_scale @scale_0 scale("bn.weight", "bn.running_var", 1.0e-5) channels 16 padded 16 offset 1856
// CHECK: plan.pack_vector @vector_0 "bn.bias" channels 16 padded 16 offset 1920
plan.pack_vector @vector_0 "bn.bias" channels 16 padded 16 offset 1920
// CHECK: plan.pack_vector @vector_1 value 5.000000e-01 channels 10 padded 16 offset 1984
plan.pack_vector @vector_1 value 5.000000e-01 channels 10 padded 16 offset 1984

// CHECK: plan.program @net_batch2 of @net batch 2 workspace 16384 {
plan.program @net_batch2 of @net batch 2 workspace 16384 {
  // CHECK: %[[IN:.*]] = plan.input : <planar:u8:3x8x8, batch = 2, host>
  %in = plan.input : !plan.buffer<planar:u8:3x8x8, batch = 2, host>
  %out = plan.output : !plan.buffer<planar:f32:10x1x1, batch = 2, host>
  // CHECK: plan.buffer offset 8192 : <planar:f32:3x8x8+1, batch = 1, host>
  %a = plan.buffer offset 8192 : !plan.buffer<planar:f32:3x8x8+1, batch = 1, host>
  %b = plan.buffer offset 0 : !plan.buffer<blocked16:f32:16x8x8, batch = 2, host>
  // CHECK: plan.weight @filter_0 : <1728>
  %w = plan.weight @filter_0 : !plan.weight<1728>
  %s = plan.weight @shift_0 : !plan.weight<64>
  // CHECK: plan.images 2 {
  plan.images 2 {
    // CHECK: plan.image %[[IN]] : <planar:u8:3x8x8, batch = 2, host> -> <planar:u8:3x8x8, batch = 1, host>
    %in1 = plan.image %in : !plan.buffer<planar:u8:3x8x8, batch = 2, host> -> !plan.buffer<planar:u8:3x8x8, batch = 1, host>
    %b1 = plan.image %b : !plan.buffer<blocked16:f32:16x8x8, batch = 2, host> -> !plan.buffer<blocked16:f32:16x8x8, batch = 1, host>
    // CHECK: plan.border %{{.*}} : <planar:f32:3x8x8+1, batch = 1, host>
    plan.border %a : !plan.buffer<planar:f32:3x8x8+1, batch = 1, host>
    plan.call @normalize_0 ins(%in1 : !plan.buffer<planar:u8:3x8x8, batch = 1, host>)
        outs(%a : !plan.buffer<planar:f32:3x8x8+1, batch = 1, host>) label "normalize"
    // CHECK: plan.call @conv2d_0 ins(%{{.*}}, %{{.*}}, %{{.*}} : !plan.buffer<planar:f32:3x8x8+1, batch = 1, host>, !plan.weight<1728>, !plan.weight<64>) outs(%{{.*}} : !plan.buffer<blocked16:f32:16x8x8, batch = 1, host>) label "conv1"
    plan.call @conv2d_0 ins(%a, %w, %s : !plan.buffer<planar:f32:3x8x8+1, batch = 1, host>, !plan.weight<1728>, !plan.weight<64>)
        outs(%b1 : !plan.buffer<blocked16:f32:16x8x8, batch = 1, host>) label "conv1"
  }
  // CHECK: plan.blocks 2 {
  plan.blocks 2 {
    // CHECK: plan.weight @shift_0 step 64 : <64>
    %step = plan.weight @shift_0 step 64 : !plan.weight<64>
  }
}
