//===- Passes.td - the passes over plan, in the order of the pipeline -----===//

#ifndef RESNETC_COMPILER_PASSES_PLAN_PASSES
#define RESNETC_COMPILER_PASSES_PLAN_PASSES

include "mlir/Pass/PassBase.td"

def SegmentImages : Pass<"segment-images", "::mlir::ModuleOp"> {
  let summary = "early layers with large maps run image by image, the others for the whole batch at once";
  let description = [{
    Needs rn-to-plan, before insert-borders. In a program for more than one image, the longest leading run of layers
    moves into a loop over the images as long as a layer's activations
    - of the whole batch do not fit into `cache-bytes` (so that they would go through memory between two layers), and
    - of one image are larger than its weights (so that weights read once an image cost less).

    Buffers that live in the loop alone shrink to one image. Buffers that cross its end, input and output keep all
    images and are reached by `plan.image`.
    ```mlir
    %a = plan.buffer : !plan.buffer<blocked16:f32:64x56x56, batch = 16, host>
    plan.call @conv2d_0 ins(%in, … ) outs(%a : …) label "conv1"
    %b = plan.buffer : !plan.buffer<blocked16:f32:64x28x28, batch = 16, host>
    plan.call @max_pool2d_0 ins(%a : …) outs(%b : …) label "maxpool"
    plan.call @conv2d_1 ins(%b, … ) outs(…) label "layer4.0.conv1"
    ```
    ==>
    ```mlir
    %a = plan.buffer : !plan.buffer<blocked16:f32:64x56x56, batch = 1, host>
    %b = plan.buffer : !plan.buffer<blocked16:f32:64x28x28, batch = 16, host>
    plan.images 16 {
      %in1 = plan.image %in : … -> !plan.buffer<…, batch = 1, host>
      %b1 = plan.image %b : … -> !plan.buffer<blocked16:f32:64x28x28, batch = 1, host>
      plan.call @conv2d_2 ins(%in1, … ) outs(%a : …) label "conv1"
      plan.call @max_pool2d_1 ins(%a : …) outs(%b1 : …) label "maxpool"
    }
    plan.call @conv2d_1 ins(%b, … ) outs(…) label "layer4.0.conv1"
    ```
  }];
  let options = [Option<"cacheBytes", "cache-bytes", "int64_t", /*default=*/"4 << 20",
                        "activations of one layer that fit into this stay op by op">];
}

def DedupKernels : Pass<"dedup-kernels", "::mlir::ModuleOp"> {
  let summary = "kernels with equal texts become one, named in the order of first use";
  let description = [{
    Needs nothing. Afterwards every kernel of the module is called, and no two have the same text: programs of
    different batch sizes share those inside `plan.images`.
    ```mlir
    plan.kernel @conv2d_3 "conv2d batch=1 in=blocked16:f32:64x8x8+1 …"
    plan.kernel @conv2d_7 "conv2d batch=1 in=blocked16:f32:64x8x8+1 …"
    … plan.call @conv2d_3 …
    … plan.call @conv2d_7 …
    ```
    ==>
    ```mlir
    plan.kernel @conv2d_0 "conv2d batch=1 in=blocked16:f32:64x8x8+1 …"
    … plan.call @conv2d_0 …
    … plan.call @conv2d_0 …
    ```
  }];
}

def InPlace : Pass<"in-place", "::mlir::ModuleOp"> {
  let summary = "a skip-add overwrites the skip where it dies";
  let description = [{
    Needs rn-to-plan. If a call is the last that touches its residual's buffer, and its (first) output has a buffer of
    the same type, the output is written there. Kernels read and write a residual at the same index, once.
    ```mlir
    %2 = plan.buffer : !plan.buffer<blocked16:f32:64x8x8+1, batch = 1, host>
    plan.call @conv2d_1 ins(%1, %w, %b, %0 : …) outs(%2 : …) label "layer1.0.conv2"
    ```
    ==>
    ```mlir
    plan.call @conv2d_1 ins(%1, %w, %b, %0 : …) outs(%0 : …) label "layer1.0.conv2"
    ```
  }];
}

def InsertBorders : Pass<"insert-borders", "::mlir::ModuleOp"> {
  let summary = "zeros around a map before its buffer is first written";
  let description = [{
    Needs in-place (an in-place write keeps the border that is there) and segment-images. Kernels write only inside.
    ```mlir
    plan.call @conv2d_0 ins(…) outs(%1 : !plan.buffer<blocked16:f32:64x8x8+1, batch = 1, host>) label "conv1"
    ```
    ==>
    ```mlir
    plan.border %1 : !plan.buffer<blocked16:f32:64x8x8+1, batch = 1, host>
    plan.call @conv2d_0 ins(…) outs(%1 : …) label "conv1"
    ```
  }];
}

def PlanMemory : Pass<"plan-memory", "::mlir::ModuleOp"> {
  let summary = "offsets of all buffers in one arena a program";
  let description = [{
    Needs insert-borders. A buffer lives from the first to the last op that touches it; one that is used inside a loop
    and outside lives for the whole loop. Buffers that live at a common time get disjoint bytes (MemoryPlanner.h).
    Every buffer gets an offset, the program its workspace.
    ```mlir
    plan.program @net_batch1 of @net batch 1 {
      %0 = plan.buffer : !plan.buffer<blocked16:f32:64x8x8, batch = 1, host>
    ```
    ==>
    ```mlir
    plan.program @net_batch1 of @net batch 1 workspace 32768 {
      %0 = plan.buffer offset 16384 : !plan.buffer<blocked16:f32:64x8x8, batch = 1, host>
    ```
  }];
  let options = [Option<"printMap", "print-map", "bool", /*default=*/"false",
                        "print memory over time of every program to stderr">];
}

def ElideBorders : Pass<"elide-borders", "::mlir::ModuleOp"> {
  let summary = "a border that is still zero is not written again";
  let description = [{
    Needs plan-memory. Buffers of equal type at one offset use the same border; it stays zero until something else is
    written over these bytes. What a loop's body finds at its beginning is taken as unknown.
    ```mlir
    %0 = plan.buffer offset 0 : !plan.buffer<blocked16:f32:64x8x8+1, batch = 1, host>
    %1 = plan.buffer offset 0 : !plan.buffer<blocked16:f32:64x8x8+1, batch = 1, host>
    plan.border %0 : …
    plan.call @conv2d_0 ins(…) outs(%0 : …) label "a"
    …
    plan.border %1 : …
    plan.call @conv2d_0 ins(…) outs(%1 : …) label "b"
    ```
    ==>
    ```mlir
    plan.border %0 : …
    plan.call @conv2d_0 ins(…) outs(%0 : …) label "a"
    …
    plan.call @conv2d_0 ins(…) outs(%1 : …) label "b"
    ```
  }];
}

#endif // RESNETC_COMPILER_PASSES_PLAN_PASSES
