//===- PlanTrainingOps.td - what a training step has beyond inference -----===//

#ifndef RESNETC_COMPILER_IR_PLAN_PLANTRAININGOPS
#define RESNETC_COMPILER_IR_PLAN_PLANTRAININGOPS

include "compiler/ir/plan/PlanOps.td"

def Plan_TrainingOp : Plan_ModuleOp<"training", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "how the training step of a model keeps its state";
  let description = [{
    The module's packs say where each named tensor lies in the state: trained tensors in [0, `parameters`), of which
    [0, `decayed`) get weight decay, then running statistics and constants up to the model's `packed`. Behind them lie
    `slots` pieces of `parameters` bytes for the optimizer. `settings` are the train section's hyperparameters. Tensors
    begin with the one number that `initial` has for them, or as He et al. 2015 draw them. A step needs `least_images`.
    `probes` says what the rows of the step's probes are: {kind, name} each.

    ```mlir
    plan.training @net_training of @net optimizer "sgd" slots 1 parameters 4096 decayed 3072 settings {lr = 0.1} seed 1
        initial {"bn1.weight" = 1.0}
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$model, StrAttr:$optimizer, I64Attr:$slots,
    I64Attr:$parameters, I64Attr:$decayed, DictionaryAttr:$settings, I64Attr:$seed, DictionaryAttr:$initial,
    DefaultValuedAttr<I64Attr, "1">:$least_images, OptionalAttr<ArrayAttr>:$probes);
  let assemblyFormat = [{
    $sym_name `of` $model `optimizer` $optimizer `slots` $slots `parameters` $parameters `decayed` $decayed
    `settings` $settings `seed` $seed `initial` $initial attr-dict
  }];
  let hasVerifier = 1;
}

class Plan_SourceOp<string mnemonic> : Plan_Op<mnemonic, [Pure]> {
  let results = (outs Plan_BufferType:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

def Plan_StateOp : Plan_SourceOp<"state"> {
  let summary = "the caller's training state: all named tensors, then the optimizer's slots";
}
def Plan_LabelsOp : Plan_SourceOp<"labels"> {
  let summary = "the caller's labels, an i32 an image";
}
def Plan_SecondLabelsOp : Plan_SourceOp<"second_labels"> {
  let summary = "the caller's labels of a mixup's other images, an i32 an image; the same as plan.labels if there are none";
}
def Plan_CountersOp : Plan_SourceOp<"counters"> {
  let summary = "eight i32 of this step: valid images, seed (low, high), step, the first labels' share";
}
def Plan_HyperOp : Plan_SourceOp<"hyper"> {
  let summary = "eight f32 of this step: learning rate, momentum, weight decay, beta1, beta2, eps, bias corrections";
}

def Plan_ViewOp : Plan_Op<"view", [Pure]> {
  let summary = "a piece of a buffer";
  let description = [{
    `offset` is in bytes, a multiple of 64. The piece of a buffer that has no images: parts of the state, rows of per-channel
    numbers.

    ```mlir
    %1 = plan.view %0 offset 256 : !plan.buffer<planar:f32:256x1x1, batch = 1, host> -> !plan.buffer<planar:f32:64x1x1, batch = 1, host>
    ```
  }];
  let arguments = (ins Plan_BufferType:$buffer, I64Attr:$offset);
  let results = (outs Plan_BufferType:$result);
  let assemblyFormat = "$buffer `offset` $offset attr-dict `:` type($buffer) `->` type($result)";
  let hasVerifier = 1;
}

def Plan_StepResultsOp : Plan_Op<"step_results", [HasParent<"ProgramOp">]> {
  let summary = "what must still be in the workspace when the step is over";
  let description = [{
    `losses`: sixteen numbers an image, the first is its part of the batch's loss. `gradients`: one number for each of
    the state's trained numbers, in their order. `probes`: sixteen numbers a probe, the first is its value.
  }];
  let arguments = (ins Arg<Plan_BufferType, "", [MemRead]>:$losses, Arg<Plan_BufferType, "", [MemRead]>:$gradients,
    Arg<Optional<Plan_BufferType>, "", [MemRead]>:$probes);
  let assemblyFormat = [{
    $losses `,` $gradients (`,` $probes^)? attr-dict `:` type($losses) `,` type($gradients) (`,` type($probes)^)?
  }];
}

#endif // RESNETC_COMPILER_IR_PLAN_PLANTRAININGOPS
