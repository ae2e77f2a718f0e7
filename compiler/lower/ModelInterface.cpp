//===- ModelInterface.cpp - what a model shows of its network -------------===//

#include "compiler/lower/ModelInterface.h"
#include "compiler/lower/ConvSpec.h"
#include "runtime/core/NaturalOrder.h"
#include <map>

using namespace mlir;
using namespace resnetc;
using namespace resnetc::lower;

/// The named tensors of a network, in natural order.
static ArrayAttr makeSchema(rn::NetworkOp network) {
  std::map<StringRef, plan::TensorAttr, NaturalLess> tensors;
  network.walk([&](rn::ParameterOp op) {
    auto shape = cast<RankedTensorType>(op.getType()).getShape();
    auto tensor = plan::TensorAttr::get(op.getContext(), op.getName(), shape, op.getStable());
    auto [found, isNew] = tensors.try_emplace(op.getName(), tensor);
    if (!isNew && !op.getStable())
      found->second = tensor;
  });
  // Of running statistics a training step knows the names alone.
  network.walk([&](rn::UpdateStatisticsOp op) {
    auto shape = cast<RankedTensorType>(op.getMean().getType()).getShape();
    for (StringAttr name : {op.getMeanNameAttr(), op.getVarianceNameAttr()})
      tensors.try_emplace(name, plan::TensorAttr::get(op.getContext(), name, shape, /*stable=*/true));
  });
  auto schema = llvm::map_to_vector(tensors, [](auto &entry) -> Attribute { return entry.second; });
  return ArrayAttr::get(network.getContext(), schema);
}

/// One image of the interface: planar, without border.
static FailureOr<plan::BufferType> interfaceBuffer(rn::NetworkOp network, Type type, StringRef role) {
  kernels::TensorSpec tensor = tensorSpec(type);
  if (tensor.layout != kernels::Layout::Planar || tensor.border != 0)
    return network.emitError() << role << " must be planar without border, is " << type;
  return plan::BufferType::get(network.getContext(), tensor, 1);
}

FailureOr<plan::ModelOp> lower::makeModel(rn::NetworkOp network, Type result) {
  auto input = interfaceBuffer(network, network.getInput().getType(), "the network's input");
  auto output = interfaceBuffer(network, result, "the network's result");
  if (failed(input) || failed(output))
    return failure();
  auto isVector = [](Type type) { return rn::imageShape(type).size() == 1; };
  OpBuilder builder(network);
  return plan::ModelOp::create(builder, network.getLoc(), network.getSymName(), *input, *output,
                               isVector(network.getInput().getType()), isVector(result), network.getSignal(),
                               /*packed_bytes=*/0, makeSchema(network));
}
