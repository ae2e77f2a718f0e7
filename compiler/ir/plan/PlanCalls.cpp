//===- PlanCalls.cpp - calls fit their kernels ----------------------------===//

#include "compiler/ir/plan/Plan.h"
#include "compiler/kernels/KernelOperands.h"

using namespace mlir;
using namespace resnetc;
using namespace resnetc::plan;
using kernels::KernelOperand;

void CallOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  for (OpOperand &operand : getInputsMutable())
    effects.emplace_back(MemoryEffects::Read::get(), &operand, SideEffects::DefaultResource::get());
  for (OpOperand &operand : getOutputsMutable())
    effects.emplace_back(MemoryEffects::Write::get(), &operand, SideEffects::DefaultResource::get());
}

namespace {
/// Bytes of memory: a range of what lies behind a value.
struct Range {
  Value memory;
  int64_t begin = 0, end = 0;

  explicit Range(Value value) : memory(underlyingBuffer(value)) {
    auto type = dyn_cast<BufferType>(value.getType());
    auto view = value.getDefiningOp<ViewOp>();
    begin = view ? int64_t(view.getOffset()) : 0;
    end = begin + (type ? type.getBytes() : 0);
  }
  /// Images of one buffer count as the same memory.
  bool meets(const Range &other) const { return memory == other.memory && begin < other.end && other.begin < end; }
};
} // namespace

/// Kernels know their operands by address alone: what may be the same memory is decided here.
LogicalResult CallOp::verify() {
  if (getOutputs().empty() || getOutputs().size() > 3)
    return emitOpError() << "has one to three outputs";
  for (size_t i = 0; i < getOutputs().size(); ++i) {
    for (size_t j = 0; j < i; ++j)
      if (Range(getOutputs()[i]).meets(Range(getOutputs()[j])))
        return emitOpError() << "writes two outputs to one buffer";
    if (isa_and_present<InputOp, LabelsOp, SecondLabelsOp, CountersOp, HyperOp>(
            underlyingBuffer(getOutputs()[i]).getDefiningOp()))
      return emitOpError() << "writes to the program's input";
  }
  return success();
}

static LogicalResult verifyOperand(CallOp call, const KernelOperand &expected, Value actual, int64_t batch) {
  StringRef role = toString(expected.role);
  auto buffer = dyn_cast<BufferType>(actual.getType());
  if (expected.isWeight()) {
    auto weight = dyn_cast<WeightType>(actual.getType());
    bool isDense = buffer && buffer.getBatch() == 1 && buffer.getBytes() == expected.bytes;
    if (!isDense && (!weight || weight.getBytes() != expected.bytes))
      return call.emitOpError() << role << ": the kernel reads " << expected.bytes << " bytes of weights, is given "
                                << actual.getType();
    return success();
  }
  if (!buffer || !(buffer.getTensor() == *expected.tensor) || buffer.getBatch() != batch)
    return call.emitOpError() << role << ": the kernel wants " << expected.tensor->str() << " of " << batch
                              << " images, is given " << actual.getType();
  return success();
}

/// Skip-add in place and its like: an output may lie in an input, element on element, where the kernel says so.
static LogicalResult verifyAliases(CallOp call, const KernelOperand &expected, Value actual,
                                   ArrayRef<KernelOperand> outputs) {
  for (auto [output, operand] : llvm::zip_equal(call.getOutputs(), outputs)) {
    if (!Range(output).meets(Range(actual)))
      continue;
    if (!expected.mayOverlap(operand))
      return call.emitOpError() << "overwrites its " << toString(expected.role) << "; it may not";
    if (output != actual)
      return call.emitOpError() << "overwrites its " << toString(expected.role) << " at another place";
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
  size_t outputs = llvm::count_if(expected, [](const KernelOperand &operand) { return operand.isWritten(); });
  if (getOutputs().size() != outputs || getNumOperands() != expected.size())
    return emitOpError() << "kernel " << getKernelAttr() << " has " << expected.size() - outputs << " inputs and "
                         << outputs << " outputs, is given " << getInputs().size() << " and " << getOutputs().size();
  for (auto [operand, actual] : llvm::zip_equal(expected, getOperands())) {
    if (failed(verifyOperand(*this, operand, actual, spec->batch)))
      return failure();
    if (!operand.isWritten() &&
        failed(verifyAliases(*this, operand, actual, ArrayRef<KernelOperand>(expected).take_back(outputs))))
      return failure();
  }
  return success();
}

kernels::KernelSpec CallOp::getSpec() {
  return SymbolTable::lookupNearestSymbolFrom<KernelOp>(*this, getKernelAttr()).getKernel();
}
