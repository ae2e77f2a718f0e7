//===- PlanCalls.cpp - calls fit their kernels ----------------------------===//

#include "compiler/ir/plan/Plan.h"
#include "compiler/kernels/KernelOperands.h"

using namespace mlir;
using namespace resnetc;
using namespace resnetc::plan;
using kernels::KernelOperand;
using kernels::OperandRole;

void CallOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  for (OpOperand &operand : getInputsMutable())
    effects.emplace_back(MemoryEffects::Read::get(), &operand, SideEffects::DefaultResource::get());
  for (OpOperand &operand : getOutputsMutable())
    effects.emplace_back(MemoryEffects::Write::get(), &operand, SideEffects::DefaultResource::get());
}

/// Kernels know their operands by address alone: what may be the same memory is decided here.
LogicalResult CallOp::verify() {
  if (getInputs().empty() || getOutputs().empty() || getOutputs().size() > 2)
    return emitOpError() << "has inputs and one or two outputs";
  Value first = underlyingBuffer(getOutputs().front());
  if (getOutputs().size() == 2 && underlyingBuffer(getOutputs().back()) == first)
    return emitOpError() << "writes two outputs to one buffer";
  for (Value output : getOutputs())
    if (underlyingBuffer(output).getDefiningOp<InputOp>())
      return emitOpError() << "writes to the program's input";
  return success();
}

static LogicalResult verifyOperand(CallOp call, const KernelOperand &expected, Value actual, int64_t batch) {
  StringRef role = toString(expected.role);
  if (expected.isWeight()) {
    auto weight = dyn_cast<WeightType>(actual.getType());
    if (!weight || weight.getBytes() != expected.bytes)
      return call.emitOpError() << role << ": the kernel reads " << expected.bytes << " bytes of weights, is given "
                                << actual.getType();
    return success();
  }
  auto buffer = dyn_cast<BufferType>(actual.getType());
  if (!buffer || !(buffer.getTensor() == *expected.tensor) || buffer.getBatch() != batch)
    return call.emitOpError() << role << ": the kernel wants " << expected.tensor->str() << " of " << batch
                              << " images, is given " << actual.getType();
  return success();
}

/// Skip-add in place: an output may lie in the residual, element on element, and in no other input.
static LogicalResult verifyAliases(CallOp call, const KernelOperand &expected, Value actual) {
  for (Value output : call.getOutputs()) {
    if (underlyingBuffer(output) != underlyingBuffer(actual))
      continue;
    if (expected.role != OperandRole::Residual)
      return call.emitOpError() << "overwrites its " << toString(expected.role) << "; only the residual may be";
    if (output != actual)
      return call.emitOpError() << "overwrites its residual at another place";
  }
  return success();
}

LogicalResult CallOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto kernel = symbols.lookupNearestSymbolFrom<KernelOp>(*this, getKernelAttr());
  if (!kernel)
    return emitOpError() << getKernelAttr() << " is no kernel";
  auto spec = kernels::KernelSpec::parse(kernel.getSpec());
  if (!spec) // the kernel's own verifier says why
    return llvm::consumeError(spec.takeError()), failure();
  auto expected = kernels::operandsOf(*spec);
  size_t outputs = spec->epilogue.keepFirst ? 2 : 1;
  if (getOutputs().size() != outputs || getNumOperands() != expected.size())
    return emitOpError() << "kernel " << getKernelAttr() << " has " << expected.size() - outputs << " inputs and "
                         << outputs << " outputs, is given " << getInputs().size() << " and " << getOutputs().size();
  for (auto [operand, actual] : llvm::zip_equal(expected, getOperands())) {
    if (failed(verifyOperand(*this, operand, actual, spec->batch)))
      return failure();
    if (!operand.isWritten() && failed(verifyAliases(*this, operand, actual)))
      return failure();
  }
  return success();
}

kernels::KernelSpec CallOp::getSpec() {
  return SymbolTable::lookupNearestSymbolFrom<KernelOp>(*this, getKernelAttr()).getKernel();
}
