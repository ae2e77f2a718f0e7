//===- RnToPlan.cpp - from what is computed to how it runs ----------------===//

#include "compiler/lower/RnToPlan.h"
#include "compiler/ir/rn/Rn.h"
#include "compiler/lower/ModelInterface.h"
#include "compiler/lower/ProgramBuilder.h"
#include "compiler/lower/WeightPacker.h"

namespace resnetc::lower {
#define GEN_PASS_DEF_RNTOPLAN
#include "compiler/lower/Passes.h.inc"
} // namespace resnetc::lower

using namespace mlir;
using namespace resnetc;
using namespace resnetc::lower;

/// More images at once than this are no use, and products of sizes stay small.
static constexpr int64_t maxBatch = 4096;

namespace {
struct RnToPlan : lower::impl::RnToPlanBase<RnToPlan> {
  using RnToPlanBase::RnToPlanBase;

  void runOnOperation() override {
    auto networks = llvm::to_vector(getOperation().getOps<rn::NetworkOp>());
    if (networks.size() != 1) {
      getOperation().emitError() << "rn-to-plan wants a module of one rn.network, this has " << networks.size();
      return signalPassFailure();
    }
    auto sizes = batchSizes();
    if (failed(sizes) || failed(convert(networks.front(), *sizes)))
      return signalPassFailure();
    networks.front().erase();
  }

  /// Largest first, as the runtime tries them; 1 is always there, so that any number of images can be run.
  FailureOr<SmallVector<int64_t>> batchSizes() {
    SmallVector<int64_t> sizes(batches.begin(), batches.end());
    sizes.push_back(1);
    llvm::sort(sizes, std::greater<>());
    sizes.erase(llvm::unique(sizes), sizes.end());
    if (sizes.front() > maxBatch || sizes.back() < 1)
      return getOperation().emitError() << "batch sizes must lie in 1.." << maxBatch;
    return sizes;
  }

  LogicalResult convert(rn::NetworkOp network, ArrayRef<int64_t> sizes) {
    FailureOr<plan::ModelOp> model = makeModel(network, network.getOutput().getType());
    if (failed(model))
      return failure();
    // The model takes over the network's name; programs stand in its place, kernels and packs before them.
    OpBuilder builder(network);
    SmallVector<plan::ProgramOp> programs;
    for (int64_t size : sizes) {
      std::string name = (network.getSymName() + "_batch" + Twine(size)).str();
      programs.push_back(plan::ProgramOp::create(builder, network.getLoc(), name, network.getSymName(), size,
                                                 /*workspace=*/IntegerAttr()));
      programs.back().getBody().emplaceBlock();
    }
    KernelBuilder kernels(*model);
    WeightPacker weights(programs.front());
    for (plan::ProgramOp program : programs)
      if (failed(ProgramBuilder(program, kernels, weights).build(network)))
        return failure();
    model->setPackedBytes(weights.packedBytes());
    return success();
  }
};
} // namespace
