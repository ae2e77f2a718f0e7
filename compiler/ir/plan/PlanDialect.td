//===- PlanDialect.td - the plan dialect, its types and attributes --------===//

#ifndef RESNETC_COMPILER_IR_PLAN_PLANDIALECT
#define RESNETC_COMPILER_IR_PLAN_PLANDIALECT

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/OpBase.td"

def Plan_Dialect : Dialect {
  let name = "plan";
  let cppNamespace = "::resnetc::plan";
  let summary = "HOW a residual network runs";
  let description = [{
    A module holds one `plan.model` (its interface and the schema of its named tensors) and, shared by all batch sizes,
    the distinct kernels (`plan.kernel`) and the packed weights (`plan.pack_filter`, `plan.pack_shift`,
    `plan.pack_scale`). There is one `plan.program` per batch size: buffers, borders and calls in the order in which
    they run, in destination-passing style. Calls have memory effects, so no pass may reorder or merge them by accident.

    Every decision is printed: kernels as their text, buffers with layout, border, memory space and, after
    `plan-memory`, their byte offset; weights with their byte offset.
  }];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
}

//===-- types --------------------------------------------------------------===//

def Plan_BufferType : TypeDef<Plan_Dialect, "Buffer"> {
  let mnemonic = "buffer";
  let summary = "memory for one activation of `batch` images";
  let description = [{
    Layout, element, channels x height x width, border (as KernelSpec.h defines them), images, memory space.

    ```mlir
    !plan.buffer<blocked16:f32:64x56x56+1, batch = 16, host>
    ```
  }];
  let parameters = (ins "::resnetc::kernels::Layout":$layout, "::resnetc::kernels::Element":$element,
    "int64_t":$channels, "int64_t":$height, "int64_t":$width, "int64_t":$border, "int64_t":$batch,
    "::resnetc::plan::MemorySpace":$space);
  let builders = [TypeBuilder<(ins "const ::resnetc::kernels::TensorSpec &":$tensor, "int64_t":$batch,
                               CArg<"::resnetc::plan::MemorySpace", "MemorySpace::Host">:$space)>];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    ::resnetc::kernels::TensorSpec getTensor() const;
    int64_t getBytesPerImage() const;
    int64_t getBytes() const;
    /// The same image for another number of images.
    BufferType withBatch(int64_t batch) const;
  }];
}

def Plan_WeightType : TypeDef<Plan_Dialect, "Weight"> {
  let mnemonic = "weight";
  let summary = "so many bytes of packed weights";
  let parameters = (ins "int64_t":$bytes);
  let assemblyFormat = "`<` $bytes `>`";
  let genVerifyDecl = 1;
}

//===-- attributes ---------------------------------------------------------===//

def Plan_TensorAttr : AttrDef<Plan_Dialect, "Tensor"> {
  let mnemonic = "tensor";
  let summary = "a named f32 tensor of the schema";
  let description = [{
    `unstable`: the name holds ordinals of unlabelled layers, so it changes when the text does.

    ```mlir
    #plan.tensor<"layer1.0.conv1.weight" : [64, 64, 3, 3]>
    #plan.tensor<"conv2.weight" : [64, 64, 3, 3] unstable>
    ```
  }];
  let parameters = (ins StringRefParameter<>:$name, ArrayRefParameter<"int64_t">:$shape, "bool":$stable);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

#endif // RESNETC_COMPILER_IR_PLAN_PLANDIALECT
