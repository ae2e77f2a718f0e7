//===- Passes.td - lowerings from one dialect to the next -----------------===//

#ifndef RESNETC_COMPILER_LOWER_PASSES
#define RESNETC_COMPILER_LOWER_PASSES

include "mlir/Pass/PassBase.td"

def RnToPlan : Pass<"rn-to-plan", "::mlir::ModuleOp"> {
  let summary = "from what is computed to how it runs: one kernel call an op, one program a batch size";
  let description = [{
    Needs the module's one network after select-layout: every activation has its layout, no residual and no batch norm
    is left. Every rn op becomes a `plan.kernel` and a `plan.call` of it; parameter arithmetic becomes packs at byte
    offsets in the order of first use. What is equal twice stays so until dedup-kernels. Borders are not yet written
    and buffers have no offsets.

    A linear layer is a 1x1 conv2d on a map of 1x1; flatten is a copy, or nothing where the map has one pixel.
    ```mlir
    %s = rn.bn_scale %gamma, %var eps 1.0e-05 : tensor<16xf32>
    %f = rn.scale_filter %w, %s : tensor<16x3x3x3xf32>, tensor<16xf32>
    %1 = rn.conv2d %0, %f pads [1, 1] activation relu
        : (tensor<?x3x8x8xf32, #rn.layout<planar, border = 1>>, …)
        -> tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 0>>
    ```
    ==>
    ```mlir
    plan.kernel @conv2d_0 "conv2d batch=1 in=planar:f32:3x8x8+1 out=blocked16:f32:16x8x8 window=3x3 stride=1x1 …"
    plan.pack_filter @filter_0 "w" scale("gamma", "var", 1.0e-05) shape [16, 3, 3, 3] input_block 3 tile 1 offset 0
    plan.program @net_batch1 of @net batch 1 {
      %1 = plan.buffer : !plan.buffer<blocked16:f32:16x8x8, batch = 1, host>
      %2 = plan.weight @filter_0 : !plan.weight<1728>
      plan.call @conv2d_0 ins(%0, %2 : …) outs(%1 : …) label "conv1"
    ```
  }];
  let options = [ListOption<"batches", "batches", "int64_t", "batch sizes that programs are made for; 1 is always one">];
  let dependentDialects = ["::resnetc::plan::PlanDialect"];
}

def RnToTrainingPlan : Pass<"rn-to-training-plan", "::mlir::ModuleOp"> {
  let summary = "from a training step's ops to how it runs: one program for a batch";
  let description = [{
    Needs the module's one network after the training passes and select-layout. Named tensors become packs in the state:
    trained filters and matrices, trained vectors, then running statistics and constants. The gradient of each trained
    tensor is computed where it lies in one buffer of the same order, so that the optimizer is one call over all
    tensors with weight decay and one over the others. Hyperparameters come from the network's `train` dictionary.
    ```mlir
    %1 = rn.conv2d_filter_gradient %0, %dy pads [1, 1] : (…) -> tensor<16x16x3x3xf32>
    rn.gradient %1 "conv1.weight" : tensor<16x16x3x3xf32>
    ```
    ==>
    ```mlir
    %partials = plan.buffer : !plan.buffer<planar:f32:18432x1x1, batch = 1, host>
    plan.call @conv2d_filter_gradient_0 ins(%0, %dy : …) outs(%partials : …) label "conv1"
    %piece = plan.view %gradients offset 0 : … -> !plan.buffer<planar:f32:2304x1x1, batch = 1, host>
    plan.call @sum_partials_0 ins(%partials : …) outs(%piece : …) label "conv1"
    …
    plan.call @sgd_0 ins(%parameters, %all_gradients, %momentum, %hyper : …) outs(%parameters, %momentum : …) label "sgd"
    ```
  }];
  let options = [Option<"batch", "batch", "int64_t", /*default=*/"0", "images of a full step; 0: the train section's">];
  let dependentDialects = ["::resnetc::plan::PlanDialect"];
}

#endif // RESNETC_COMPILER_LOWER_PASSES
