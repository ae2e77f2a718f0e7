//===- PackSteps.cpp - pack ops as pack steps -----------------------------===//

#include "compiler/emit/PackSteps.h"
#include "compiler/emit/ProgramTables.h"
#include "llvm/ADT/TypeSwitch.h"
#include <limits>

using namespace mlir;
using namespace resnetc;
using namespace resnetc::emit;

namespace {
/// Pack ops to pack steps. Extents are bounded by the dialect's verifiers (a tensor has less than 2^40 elements) but
/// not each by 32 bits, so that is asked here.
class PackSteps {
public:
  explicit PackSteps(plan::ModelOp model) : model(model) {}

  llvm::Error add(plan::PackOp pack) {
    resnetc_pack_step step = {};
    step.filter = step.bias = step.gamma = step.beta = step.mean = step.variance = RESNETC_NO_TENSOR;
    step.offset = pack.getOffset();
    step.count = 1;
    for (const plan::NamedShape &tensor : pack.getTensors())
      for (int64_t extent : tensor.shape)
        if (extent > std::numeric_limits<int32_t>::max())
          return tableError(pack, "reads a tensor with an extent of 2^31 or more");
    llvm::TypeSwitch<Operation *>(pack)
        .Case([&](plan::PackFilterOp op) { fill(step, op); })
        .Case([&](plan::PackShiftOp op) { fill(step, op); })
        .Case([&](plan::PackScaleOp op) { fill(step, op); })
        .Case([&](plan::PackVectorOp op) { fill(step, op); });
    steps.push_back(step);
    return llvm::Error::success();
  }

  std::vector<resnetc_pack_step> steps;

private:
  uint32_t index(StringAttr name) { return name ? uint32_t(model.findTensor(name)) : RESNETC_NO_TENSOR; }

  template <typename Op> void fillScale(resnetc_pack_step &step, Op op) {
    step.gamma = index(op.getGammaAttr());
    step.variance = index(op.getVarianceAttr());
    if (FloatAttr epsilon = op.getEpsilonAttr())
      step.epsilon = epsilon.getValueAsDouble();
  }
  void fill(resnetc_pack_step &step, plan::PackFilterOp op) {
    step.opcode = RESNETC_PACK_FILTER;
    step.filter = index(op.getFilterAttr());
    fillScale(step, op);
    step.output_channels = op.getShape()[0];
    step.input_channels = op.getShape()[1];
    step.kernel_height = op.getShape()[2];
    step.kernel_width = op.getShape()[3];
    step.input_block = op.getInputBlock();
    step.groups = op.getGroups();
    step.output_tile = op.getTile();
    step.output_padded = llvm::alignTo(step.output_channels, kernels::channelBlock);
  }
  void fill(resnetc_pack_step &step, plan::PackShiftOp op) {
    step.opcode = RESNETC_PACK_SHIFT;
    step.bias = index(op.getBiasAttr());
    step.beta = index(op.getBetaAttr());
    step.mean = index(op.getMeanAttr());
    fillScale(step, op);
    step.output_channels = op.getChannels();
    step.output_padded = op.getPadded();
  }
  void fill(resnetc_pack_step &step, plan::PackVectorOp op) {
    step.opcode = RESNETC_PACK_VECTOR;
    step.bias = index(op.getTensorAttr());
    if (op.getValue())
      step.epsilon = op.getValue()->convertToDouble();
    step.output_channels = op.getChannels();
    step.input_channels = op.getBroadcast() ? 1 : op.getChannels();
    step.output_padded = op.getPadded();
  }
  void fill(resnetc_pack_step &step, plan::PackScaleOp op) {
    step.opcode = RESNETC_PACK_SCALE;
    fillScale(step, op);
    step.output_channels = op.getChannels();
    step.output_padded = op.getPadded();
  }

  plan::ModelOp model;
};
} // namespace

llvm::Expected<std::vector<resnetc_pack_step>> emit::packStepsOf(plan::ModelOp model) {
  PackSteps packs(model);
  for (plan::PackOp pack : model->getParentOfType<ModuleOp>().getOps<plan::PackOp>())
    if (llvm::Error error = packs.add(pack))
      return error;
  return std::move(packs.steps);
}
