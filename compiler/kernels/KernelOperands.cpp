//===- KernelOperands.cpp - the buffer arguments of a kernel --------------===//

#include "compiler/kernels/KernelOperands.h"

using namespace resnetc::kernels;

llvm::StringRef resnetc::kernels::toString(OperandRole role) {
  switch (role) {
  case OperandRole::Input:
    return "input";
  case OperandRole::Other:
    return "other input";
  case OperandRole::Filter:
    return "filter";
  case OperandRole::Bias:
    return "bias";
  case OperandRole::Residual:
    return "residual";
  case OperandRole::Scale:
    return "scale";
  case OperandRole::Shift:
    return "shift";
  case OperandRole::Output:
    return "output";
  case OperandRole::Second:
    return "second output";
  }
  return "unknown";
}

llvm::SmallVector<KernelOperand, 8> resnetc::kernels::operandsOf(const KernelSpec &spec) {
  llvm::SmallVector<KernelOperand, 8> operands;
  auto activation = [&](OperandRole role, const TensorSpec &tensor) {
    operands.push_back({role, tensor, spec.batch * tensor.bytesPerImage()});
  };
  auto weight = [&](OperandRole role, int64_t bytes) { operands.push_back({role, std::nullopt, bytes}); };
  activation(OperandRole::Input, spec.input);
  if (spec.other)
    activation(OperandRole::Other, *spec.other);
  if (spec.op == KernelOp::Conv2d)
    weight(OperandRole::Filter, spec.filterBytes());
  if (spec.epilogue.bias)
    weight(OperandRole::Bias, spec.vectorBytes());
  if (spec.epilogue.residual)
    activation(OperandRole::Residual, *spec.residual);
  if (spec.epilogue.affine) {
    weight(OperandRole::Scale, spec.vectorBytes());
    weight(OperandRole::Shift, spec.vectorBytes());
  }
  activation(OperandRole::Output, spec.output);
  if (spec.epilogue.keepFirst)
    activation(OperandRole::Second, *spec.second);
  return operands;
}
