//===- PlanOps.td - the ops of the plan dialect ---------------------------===//

#ifndef RESNETC_COMPILER_IR_PLAN_PLANOPS
#define RESNETC_COMPILER_IR_PLAN_PLANOPS

include "compiler/ir/plan/PlanDialect.td"
include "compiler/ir/plan/PlanInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/IR/SymbolInterfaces.td"

class Plan_Op<string mnemonic, list<Trait> traits = []> : Op<Plan_Dialect, mnemonic, traits>;
class Plan_ModuleOp<string mnemonic, list<Trait> traits = []>
    : Plan_Op<mnemonic, !listconcat([Symbol, HasParent<"::mlir::ModuleOp">], traits)>;

def Plan_BufferTypeAttr : TypeAttrOf<Plan_BufferType>;
def Plan_Schema : TypedArrayAttrBase<Plan_TensorAttr, "named tensors, in natural order of names">;

//===-- the model ----------------------------------------------------------===//

def Plan_ModelOp : Plan_ModuleOp<"model"> {
  let summary = "a model's interface: its input and output (of one image) and its named tensors";
  let description = [{
    ```mlir
    plan.model @resnet18 from !plan.buffer<planar:u8:3x224x224, batch = 1, host>
        to vector !plan.buffer<planar:f32:1000x1x1, batch = 1, host> packed 46826048
        schema [#plan.tensor<"bn1.bias" : [64]>, …]
    ```
    `packed` is the size of the packed weights. `vector` attributes say that input or output have rank 1, `signal` that
    maps of the interface have rank 2: channels, width.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, Plan_BufferTypeAttr:$input, Plan_BufferTypeAttr:$output,
    UnitAttr:$input_vector, UnitAttr:$output_vector, UnitAttr:$signal, I64Attr:$packed_bytes, Plan_Schema:$schema);
  let assemblyFormat = [{
    $sym_name `from` (`vector` $input_vector^)? $input `to` (`vector` $output_vector^)? $output
    (`signal` $signal^)? `packed` $packed_bytes `schema` $schema attr-dict
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::resnetc::plan::BufferType getInputBuffer() { return ::llvm::cast<BufferType>(getInput()); }
    ::resnetc::plan::BufferType getOutputBuffer() { return ::llvm::cast<BufferType>(getOutput()); }
    /// The index of a named tensor in the schema, -1 if there is none.
    int64_t findTensor(::llvm::StringRef name);
    ::resnetc::plan::TensorAttr getTensor(int64_t index) { return ::llvm::cast<TensorAttr>(getSchema()[index]); }
  }];
}

def Plan_KernelOp : Plan_ModuleOp<"kernel"> {
  let summary = "a kernel, as the text of its KernelSpec; shared by all programs";
  let description = [{
    ```mlir
    plan.kernel @conv2d_0 "conv2d batch=1 in=blocked16:f32:64x56x56+1 out=… window=3x3 stride=1x1 pad=1x1 tile=2"
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$spec);
  let assemblyFormat = "$sym_name $spec attr-dict";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The spec, parsed; the op is verified.
    ::resnetc::kernels::KernelSpec getKernel();
  }];
}

//===-- packed weights -----------------------------------------------------===//

class Plan_PackOp<string mnemonic>
    : Plan_ModuleOp<mnemonic, [DeclareOpInterfaceMethods<Plan_PackOpInterface, ["getPackedBytes", "getTensors"]>,
                               DeclareOpInterfaceMethods<SymbolUserOpInterface>]>;

def Plan_PackFilterOp : Plan_PackOp<"pack_filter"> {
  let summary = "a filter in the order in which its kernel reads it, times the scale of a batch norm";
  let description = [{
    `dst[ct][cb][ky][kx][ci][tile][16] = filter[co][ci][ky][kx] * scale[co]` as RESNETC_PACK_FILTER in abi.h says,
    `scale = gamma / sqrt(variance + epsilon)`. `shape` is output channels, input channels of a group, height, width; a
    matrix counts as a 1x1 filter, a `signal`'s filter (rank 3) as one of width 1, which has the same order. `input_block` is 16, or the input channels of a planar input; with groups, what each
    block of outputs reads.

    ```mlir
    plan.pack_filter @filter_0 "conv1.weight" scale("bn1.weight", "bn1.running_var", 1.0e-5)
        shape [64, 3, 7, 7] input_block 3 tile 2 offset 0
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$filter, OptionalAttr<StrAttr>:$gamma,
    OptionalAttr<StrAttr>:$variance, OptionalAttr<F64Attr>:$epsilon, DenseI64ArrayAttr:$shape, UnitAttr:$matrix, UnitAttr:$signal,
    I64Attr:$input_block, DefaultValuedAttr<I64Attr, "1">:$groups, I64Attr:$tile, I64Attr:$offset);
  let assemblyFormat = [{
    $sym_name $filter (`scale` `(` $gamma^ `,` $variance `,` $epsilon `)`)? (`matrix` $matrix^)? (`signal` $signal^)?
    `shape` $shape
    `input_block` $input_block (`groups` $groups^)? `tile` $tile `offset` $offset attr-dict
  }];
  let hasVerifier = 1;
}

def Plan_PackShiftOp : Plan_PackOp<"pack_shift"> {
  let summary = "bias * scale + (beta - mean * scale), one number a channel";
  let description = [{
    Terms that are not there are left out; without `scale` it is 1. `padded` channels are stored, zeros at the end.

    ```mlir
    plan.pack_shift @shift_0 bias "fc.bias" channels 1000 padded 1008 offset 1024
    plan.pack_shift @shift_1 norm("bn1.bias", "bn1.running_mean") scale("bn1.weight", "bn1.running_var", 1.0e-5)
        channels 64 padded 64 offset 5120
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, OptionalAttr<StrAttr>:$bias, OptionalAttr<StrAttr>:$beta,
    OptionalAttr<StrAttr>:$mean, OptionalAttr<StrAttr>:$gamma, OptionalAttr<StrAttr>:$variance,
    OptionalAttr<F64Attr>:$epsilon, I64Attr:$channels, I64Attr:$padded, I64Attr:$offset);
  let assemblyFormat = [{
    $sym_name (`bias` $bias^)? (`norm` `(` $beta^ `,` $mean `)`)?
    (`scale` `(` $gamma^ `,` $variance `,` $epsilon `)`)? `channels` $channels `padded` $padded `offset` $offset
    attr-dict
  }];
  let hasVerifier = 1;
}

def Plan_PackVectorOp : Plan_PackOp<"pack_vector"> {
  let summary = "one number a channel: a parameter, its one element for all channels, or a constant";
  let description = [{
    ```mlir
    plan.pack_vector @vector_0 "norm.weight" channels 20 padded 32 offset 0
    plan.pack_vector @vector_1 "alpha.weight" broadcast channels 20 padded 32 offset 128
    plan.pack_vector @vector_2 value 0.5 channels 20 padded 32 offset 256
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, OptionalAttr<StrAttr>:$tensor, UnitAttr:$broadcast,
    OptionalAttr<F64Attr>:$value, I64Attr:$channels, I64Attr:$padded, I64Attr:$offset);
  let assemblyFormat = [{
    $sym_name ($tensor^)? (`broadcast` $broadcast^)? (`value` $value^)? `channels` $channels `padded` $padded
    `offset` $offset attr-dict
  }];
  let hasVerifier = 1;
}

def Plan_PackScaleOp : Plan_PackOp<"pack_scale"> {
  let summary = "gamma / sqrt(variance + epsilon), one number a channel";
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$gamma, StrAttr:$variance, F64Attr:$epsilon,
    I64Attr:$channels, I64Attr:$padded, I64Attr:$offset);
  let assemblyFormat = [{
    $sym_name `scale` `(` $gamma `,` $variance `,` $epsilon `)` `channels` $channels `padded` $padded
    `offset` $offset attr-dict
  }];
  let hasVerifier = 1;
}

//===-- programs -----------------------------------------------------------===//

def Plan_ProgramOp : Plan_ModuleOp<"program", [IsolatedFromAbove, SingleBlock, NoTerminator, NoRegionArguments,
                                               DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "the steps for exactly `batch` images at once";
  let description = [{
    `workspace` is there after `plan-memory`: the bytes that the offsets of all plan.buffer fit into.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$model, I64Attr:$batch,
    OptionalAttr<I64Attr>:$workspace);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $sym_name `of` $model `batch` $batch (`workspace` $workspace^)? attr-dict-with-keyword $body
  }];
  let hasRegionVerifier = 1;
}

def Plan_InputOp : Plan_Op<"input", [Pure]> {
  let summary = "the caller's images";
  let results = (outs Plan_BufferType:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

def Plan_OutputOp : Plan_Op<"output", [Pure]> {
  let summary = "where the caller wants the result";
  let results = (outs Plan_BufferType:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

def Plan_BufferOp : Plan_Op<"buffer", [HasParent<"ProgramOp">]> {
  let summary = "memory in the workspace";
  let description = "`offset`, in bytes, is there after `plan-memory`; a multiple of 64.";
  let arguments = (ins OptionalAttr<I64Attr>:$offset);
  let results = (outs Res<Plan_BufferType, "", [MemAlloc]>:$result);
  let assemblyFormat = "(`offset` $offset^)? attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Plan_WeightOp : Plan_Op<"weight", [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "one piece of the packed weights";
  let description = [{
    In a turn of plan.blocks it is the piece that lies `step` bytes behind that of the turn before; in the first turn it
    is `pack`'s.
  }];
  let arguments = (ins FlatSymbolRefAttr:$pack, OptionalAttr<I64Attr>:$step);
  let results = (outs Plan_WeightType:$result);
  let assemblyFormat = "$pack (`step` $step^)? attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Plan_ImageOp : Plan_Op<"image", [Pure, HasParent<"ImagesOp">]> {
  let summary = "the loop's image in a buffer of the whole batch";
  let arguments = (ins Plan_BufferType:$buffer);
  let results = (outs Plan_BufferType:$result);
  let assemblyFormat = "$buffer attr-dict `:` type($buffer) `->` type($result)";
  let hasVerifier = 1;
}

def Plan_ImagesOp : Plan_Op<"images", [SingleBlock, NoTerminator, NoRegionArguments, RecursiveMemoryEffects,
                                       HasParent<"ProgramOp">]> {
  let summary = "runs its steps image by image";
  let description = [{
    Buffers of the whole batch are reached by `plan.image`; buffers of one image are written before they are read in
    each turn.
  }];
  let arguments = (ins I64Attr:$count);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$count attr-dict-with-keyword $body";
  let hasVerifier = 1;
}

def Plan_BlocksOp : Plan_Op<"blocks", [SingleBlock, NoTerminator, NoRegionArguments, RecursiveMemoryEffects,
                                       ParentOneOf<["ProgramOp", "ImagesOp"]>]> {
  let summary = "runs its steps once for each of `count` equal blocks, with the weights of that block";
  let description = [{
    Buffers are the same in every turn: what a turn leaves in one is what the next turn finds there. Weights go on by
    their `step`.

    ```mlir
    plan.blocks 17 {
      %w = plan.weight @filter_5 step 18048 : !plan.weight<4096>
      plan.call @conv2d_5 ins(%x, %w : …) outs(%y : …) label "layer1.1.conv1"
      …
    }
    ```
  }];
  let arguments = (ins I64Attr:$count);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$count attr-dict-with-keyword $body";
  let hasVerifier = 1;
}

def Plan_BorderOp : Plan_Op<"border"> {
  let summary = "writes zeros around each map of a buffer";
  let arguments = (ins Arg<Plan_BufferType, "", [MemWrite]>:$buffer);
  let assemblyFormat = "$buffer attr-dict `:` type($buffer)";
  let hasVerifier = 1;
}

def Plan_CallOp : Plan_Op<"call", [AttrSizedOperandSegments, DeclareOpInterfaceMethods<SymbolUserOpInterface>,
                                   DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "runs a kernel";
  let description = [{
    `ins` and `outs` together are the kernel's arguments in the order of KernelSpec.h: input, filter, bias, residual,
    scale, shift, output, second output. An output may be the residual's buffer (skip-add in place), and no other input.
    `label` is the layer.

    ```mlir
    plan.call @conv2d_0 ins(%x, %w, %b, %skip : …) outs(%skip : …) label "layer1.0.conv2"
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<AnyTypeOf<[Plan_BufferType, Plan_WeightType]>>:$inputs,
    Variadic<Plan_BufferType>:$outputs, StrAttr:$label);
  let assemblyFormat = [{
    $kernel `ins` `(` $inputs `:` type($inputs) `)` `outs` `(` $outputs `:` type($outputs) `)` `label` $label attr-dict
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The kernel's description, looked up in the module.
    ::resnetc::kernels::KernelSpec getSpec();
  }];
}

#endif // RESNETC_COMPILER_IR_PLAN_PLANOPS
