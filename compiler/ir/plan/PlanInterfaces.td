//===- PlanInterfaces.td - what the pack ops have in common ---------------===//

#ifndef RESNETC_COMPILER_IR_PLAN_PLANINTERFACES
#define RESNETC_COMPILER_IR_PLAN_PLANINTERFACES

include "mlir/IR/OpBase.td"

def Plan_PackOpInterface : OpInterface<"PackOp"> {
  let cppNamespace = "::resnetc::plan";
  let description = "Fills one piece of the packed weights from named tensors, once, when weights are loaded.";
  let methods = [
    InterfaceMethod<"The symbol that plan.weight names.", "::llvm::StringRef", "getSymName">,
    InterfaceMethod<"Where the piece begins in the packed weights, in bytes; a multiple of 64.", "uint64_t",
                    "getOffset">,
    InterfaceMethod<"Size of the piece, padding included.", "int64_t", "getPackedBytes">,
    InterfaceMethod<"The tensors that are read, with the shapes they must have in the schema.",
                    "::llvm::SmallVector<::resnetc::plan::NamedShape, 5>", "getTensors">
  ];
  let verify = "return ::resnetc::plan::detail::verifyPack($_op);";
}

#endif // RESNETC_COMPILER_IR_PLAN_PLANINTERFACES
