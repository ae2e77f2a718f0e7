//===- StateLayout.cpp - where named tensors lie in the training state ----===//

#include "compiler/lower/ConvSpec.h"
#include "compiler/lower/TrainingMemory.h"

using namespace mlir;
using namespace resnetc;
using namespace resnetc::lower;

/// The parameter behind a value of parameter arithmetic: itself, or what is broadcast.
static rn::ParameterOp parameterOf(Value value) {
  if (auto broadcast = value.getDefiningOp<rn::BroadcastOp>())
    value = broadcast.getInput();
  return value.getDefiningOp<rn::ParameterOp>();
}

bool StateLayout::isTrained(Value value) const {
  rn::ParameterOp parameter = parameterOf(value);
  return parameter && trainedNames.contains(parameter.getName());
}

LogicalResult StateLayout::addFilters(int64_t batch, bool trained) {
  auto add = [&](Value filter, const kernels::KernelSpec &spec) -> LogicalResult {
    if (isTrained(filter) != trained)
      return success();
    FailureOr<plan::PackOp> pack = weights.filter(filter, spec);
    if (succeeded(pack))
      packs[parameterOf(filter).getName()] = *pack;
    return LogicalResult(pack);
  };
  for (Operation &op : network.getBody().front()) {
    LogicalResult result = success();
    if (auto conv = dyn_cast<rn::Conv2dOp>(op))
      result = add(conv.getFilter(), conv2dSpec(conv, batch, conv.getInput().getType(), conv.getFilter().getType(),
                                                conv.getOutputs()[0].getType()));
    else if (auto linear = dyn_cast<rn::LinearOp>(op))
      result = add(linear.getWeight(), linearSpec(batch, linear.getInput().getType(), linear.getType()));
    if (failed(result))
      return failure();
  }
  return success();
}

/// Vectors, single numbers for all channels, and constants.
LogicalResult StateLayout::addVectors(bool trained) {
  for (Operation &op : network.getBody().front()) {
    if (!isa<rn::ParameterOp, rn::BroadcastOp, rn::FillOp>(op))
      continue;
    Value value = op.getResult(0);
    auto type = cast<RankedTensorType>(value.getType());
    bool isBroadcastElsewhere = isa<rn::ParameterOp>(op) &&
                                llvm::any_of(op.getUsers(), [](Operation *user) { return isa<rn::BroadcastOp>(user); });
    if (type.getRank() != 1 || isBroadcastElsewhere || isTrained(value) != trained)
      continue;
    plan::PackOp pack = weights.vector(value, type.getDimSize(0));
    if (!pack)
      return op.emitError() << "is no arithmetic that a training state holds";
    if (rn::ParameterOp parameter = parameterOf(value))
      packs[parameter.getName()] = pack;
  }
  return success();
}

LogicalResult StateLayout::build(int64_t batch) {
  network.walk([&](rn::GradientOfOp op) { trainedNames[op.getName()] = true; });
  if (failed(addFilters(batch, /*trained=*/true)))
    return failure();
  matrices = weights.packedBytes();
  if (failed(addVectors(/*trained=*/true)))
    return failure();
  parameters = weights.packedBytes();
  if (failed(addFilters(batch, /*trained=*/false)) || failed(addVectors(/*trained=*/false)))
    return failure();
  network.walk([&](rn::UpdateStatisticsOp op) {
    int64_t channels = op.getMean().getType().getDimSize(0);
    for (StringAttr name : {op.getMeanNameAttr(), op.getVarianceNameAttr()})
      if (!packs.contains(name))
        packs[name] = weights.vector(name, channels);
  });
  return success();
}
