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
  let summary = "a result overwrites an operand that dies: the sum the skip, a gradient the one it is made of";
  let description = [{
    Needs rn-to-plan. If a call is the last that touches an operand which its kernel lets an output overwrite
    (KernelOperands.h), and that output has a buffer of the same type, it is written there. Such kernels read and write
    at the same index, once.
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

def RollBlocks : Pass<"roll-blocks", "::mlir::ModuleOp"> {
  let summary = "a stack of equal blocks is a loop over weight offsets";
  let description = [{
    Needs dedup-kernels and in-place, before insert-borders. Calls that repeat with equal kernels, with weights at a
    constant distance, become the body of plan.blocks. Each buffer of a later block becomes that of the first one in the
    same place: only where the two are never in use at one time, so every call reads what the same call wrote before
    (BlockFinder.h). A body may begin in the middle of a block of the text, and hold two blocks whose buffers take turns.
    ```mlir
    plan.call @conv2d_1 ins(%x, %w0 : …) outs(%a : …) label "layer1.0.conv1"
    plan.call @conv2d_2 ins(%a, %v0, %x : …) outs(%x : …) label "layer1.0.conv2"
    plan.call @conv2d_1 ins(%x, %w1 : …) outs(%b : …) label "layer1.1.conv1"
    plan.call @conv2d_2 ins(%b, %v1, %x : …) outs(%x : …) label "layer1.1.conv2"
    … and so on, 18 blocks
    ```
    ==>
    ```mlir
    plan.blocks 18 {
      %w = plan.weight @filter_1 step 18432 : …
      plan.call @conv2d_1 ins(%x, %w : …) outs(%a : …) label "layer1.0.conv1"
      %v = plan.weight @filter_2 step 18432 : …
      plan.call @conv2d_2 ins(%a, %v, %x : …) outs(%x : …) label "layer1.0.conv2"
    }
    ```
  }];
}

def InsertBorders : Pass<"insert-borders", "::mlir::ModuleOp"> {
  let summary = "zeros around a map before its buffer is first written";
  let description = [{
    Needs in-place (an in-place write keeps the border that is there), segment-images and roll-blocks. Kernels write
    only inside. A buffer that is first written in a loop over blocks gets its border before the loop.
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
    and outside, or whose border must outlast the turns of plan.blocks, lives for the whole loop. Buffers that live at a common time get disjoint bytes (MemoryPlanner.h).
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
    written over these bytes. What a turn over images finds is taken as unknown; a turn of plan.blocks finds what was zero
    before the loop, less what any turn writes over.
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

def ChooseRecompute : Pass<"choose-recompute", "::mlir::ModuleOp"> {
  let summary = "a training step fits into `budget` bytes: some activations are computed again before their backward pass";
  let description = [{
    Needs rn-to-training-plan, before in-place. The forward pass is a chain where one activation alone is handed from
    segment to segment (ForwardChain.h): blocks of a residual stack. Each segment keeps all that its backward pass reads,
    or all but what is cheap to compute (normalised and activated maps), or nothing but what it hands on; runs of
    segments may keep only what the last one hands on. Of all these ways the cheapest that fits is chosen exactly
    (RecomputeChain.h). Per-channel statistics are kept and never computed again, so running statistics are updated
    once and every recomputed number has the bits of the first one.

    Without `budget` nothing is computed again. If the least possible is too much, that is an error which says how much
    is needed.
    ```mlir
    plan.call @batch_norm_apply_0 ins(%x, %statistics : …) outs(%y : …) label "bn1"
    … the rest of the forward pass, the backward pass of later blocks …
    plan.call @conv2d_filter_gradient_0 ins(%y, %dy : …) outs(%dw : …) label "conv2"
    ```
    ==>
    ```mlir
    plan.call @batch_norm_apply_0 ins(%x, %statistics : …) outs(%y : …) label "bn1"
    …
    plan.call @batch_norm_apply_0 ins(%x, %statistics : …) outs(%again : …) label "bn1"
    plan.call @conv2d_filter_gradient_0 ins(%again, %dy : …) outs(%dw : …) label "conv2"
    ```
  }];
  let options = [Option<"budget", "budget", "int64_t", /*default=*/"0", "bytes that may live at one time; 0: no limit">];
}

#endif // RESNETC_COMPILER_PASSES_PLAN_PASSES
