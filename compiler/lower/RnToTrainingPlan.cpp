//===- RnToTrainingPlan.cpp - a training step as one program --------------===//

#include "compiler/ir/rn/Rn.h"
#include "compiler/lower/ModelInterface.h"
#include "compiler/lower/ProgramBuilder.h"
#include "compiler/lower/RnToPlan.h"
#include "compiler/lower/TrainingMemory.h"

namespace resnetc::lower {
#define GEN_PASS_DEF_RNTOTRAININGPLAN
#include "compiler/lower/Passes.h.inc"
} // namespace resnetc::lower

using namespace mlir;
using namespace resnetc;
using namespace resnetc::lower;

/// More images at once than this are no use, and products of sizes stay small.
static constexpr int64_t maxBatch = 4096;
static constexpr int64_t defaultBatch = 32;

namespace {
/// What the train section says of the optimizer; SGD with momentum if it says nothing.
struct Optimizer {
  StringRef name = "sgd";
  int64_t slots = 1;
  bool nesterov = false;
  bool decaysAll = false; ///< vectors, too
  int64_t seed = 0;
  DictionaryAttr settings;

  explicit Optimizer(rn::NetworkOp network) {
    Builder builder(network.getContext());
    settings = builder.getDictionaryAttr({builder.getNamedAttr("lr", builder.getF64FloatAttr(0.1)),
                                          builder.getNamedAttr("momentum", builder.getF64FloatAttr(0.9))});
    DictionaryAttr train = network.getTrainAttr();
    if (!train)
      return;
    if (auto flag = train.getAs<BoolAttr>("decay_norm_and_bias"))
      decaysAll = flag.getValue();
    if (auto number = train.getAs<IntegerAttr>("seed"))
      seed = number.getInt();
    auto chosen = train.getAs<DictionaryAttr>("optimizer");
    if (!chosen)
      return;
    settings = chosen;
    name = chosen.getAs<StringAttr>("name").getValue();
    if (auto flag = chosen.getAs<BoolAttr>("nesterov"))
      nesterov = flag.getValue();
    slots = name == "adamw" ? 2 : 1;
  }
};

/// Makes the one program of a training network.
class TrainingPlan {
public:
  TrainingPlan(rn::NetworkOp network, plan::ModelOp model, int64_t batch)
      : network(network), model(model), batch(batch), optimizer(network), kernels(model) {}

  LogicalResult build() {
    MLIRContext *context = network.getContext();
    OpBuilder before(network);
    std::string name = (network.getSymName() + "_step").str();
    auto program = plan::ProgramOp::create(before, network.getLoc(), name, model.getSymName(), batch, IntegerAttr());
    Block &body = program.getBody().emplaceBlock();
    WeightPacker weights(program, /*isTrained=*/true);
    StateLayout layout(network, weights);
    if (failed(layout.build(batch)))
      return failure();
    if (layout.parameterBytes() == 0)
      return network.emitError() << "has no parameter to train";
    model.setPackedBytes(weights.packedBytes());
    decayed = optimizer.decaysAll ? layout.parameterBytes() : layout.matrixBytes();

    builder = OpBuilder::atBlockEnd(&body);
    auto dense = [&](int64_t bytes) { return plan::denseType(context, bytes / 4); };
    constexpr int64_t stepValueBytes = 32;
    memory.layout = &layout;
    memory.state = plan::StateOp::create(builder, network.getLoc(),
                                         dense(weights.packedBytes() + optimizer.slots * layout.parameterBytes()));
    memory.labels = plan::LabelsOp::create(builder, network.getLoc(), plan::denseType(context, batch));
    memory.secondLabels = plan::SecondLabelsOp::create(builder, network.getLoc(), plan::denseType(context, batch));
    memory.counters = plan::CountersOp::create(builder, network.getLoc(), dense(stepValueBytes));
    memory.hyper = plan::HyperOp::create(builder, network.getLoc(), dense(stepValueBytes));
    memory.gradients = plan::BufferOp::create(builder, network.getLoc(), dense(layout.parameterBytes()), IntegerAttr());
    ArrayAttr probes = numberProbes();
    if (probes)
      memory.probes = plan::BufferOp::create(builder, network.getLoc(),
                                             dense(int64_t(probes.size()) * kernels::channelBlock * 4), IntegerAttr());
    if (failed(ProgramBuilder(program, kernels, weights, &memory).build(network)))
      return failure();
    builder.setInsertionPointToEnd(&body);
    if (failed(addOptimizer(0, decayed, true)) || failed(addOptimizer(decayed, layout.parameterBytes(), false)))
      return failure();
    plan::StepResultsOp::create(builder, network.getLoc(), memory.losses, memory.gradients, memory.probes);
    plan::TrainingOp::create(before, network.getLoc(), (network.getSymName() + "_training").str(), model.getSymName(),
                             optimizer.name, optimizer.slots, layout.parameterBytes(), decayed, optimizer.settings,
                             optimizer.seed, initialValues(), leastImages(), probes);
    return success();
  }

private:
  /// The numbers that tensors begin with, where they are not drawn.
  DictionaryAttr initialValues() {
    Builder make(network.getContext());
    SmallVector<NamedAttribute> values;
    network.walk([&](rn::ParameterOp op) {
      if (op.getInitAttr())
        values.push_back(make.getNamedAttr(op.getName(), op.getInitAttr()));
    });
    network.walk([&](rn::UpdateStatisticsOp op) {
      values.push_back(make.getNamedAttr(op.getMeanName(), make.getF64FloatAttr(0)));
      values.push_back(make.getNamedAttr(op.getVarianceName(), make.getF64FloatAttr(1)));
    });
    llvm::sort(values);
    values.erase(llvm::unique(values), values.end());
    return make.getDictionaryAttr(values);
  }

  /// Gives probes their rows, by residual, then by kind: branch, skip, gradient. What the rows are; null without
  /// probes.
  ArrayAttr numberProbes() {
    llvm::StringMap<int64_t> order; // of residuals, as their probes of the forward pass come
    SmallVector<rn::ProbeOp> probes(network.getBody().getOps<rn::ProbeOp>());
    for (rn::ProbeOp probe : probes)
      order.try_emplace(probe.getBlock(), int64_t(order.size()));
    auto place = [&](rn::ProbeOp probe) { return std::pair(order.lookup(probe.getBlock()), probe.getKind()); };
    llvm::stable_sort(probes, [&](rn::ProbeOp a, rn::ProbeOp b) { return place(a) < place(b); });
    Builder make(network.getContext());
    SmallVector<Attribute> rows;
    for (rn::ProbeOp probe : probes) {
      memory.probeRows[probe] = int64_t(rows.size());
      rows.push_back(make.getDictionaryAttr(
          {make.getNamedAttr("kind", make.getStringAttr(rn::stringifyProbeKind(probe.getKind()))),
           make.getNamedAttr("name", probe.getBlockAttr())}));
    }
    return rows.empty() ? ArrayAttr() : make.getArrayAttr(rows);
  }

  /// A batch norm of one value a channel of an image has no statistics of one image.
  int64_t leastImages() {
    auto found = network.walk([](rn::BatchNormTrainOp norm) {
      auto pixels = rn::imageShape(norm.getInput().getType()).drop_front();
      bool isOne = llvm::all_of(pixels, [](int64_t extent) { return extent == 1; });
      return isOne ? WalkResult::interrupt() : WalkResult::advance();
    });
    return found.wasInterrupted() ? 2 : 1;
  }

  /// The optimizer over [begin, end) of the parameters.
  LogicalResult addOptimizer(int64_t begin, int64_t end, bool decay) {
    if (begin == end)
      return success();
    kernels::KernelSpec spec;
    spec.op = optimizer.name == "adamw" ? kernels::KernelOp::AdamW : kernels::KernelOp::Sgd;
    spec.output = plan::denseType(network.getContext(), (end - begin) / 4).getTensor();
    spec.nesterov = optimizer.nesterov;
    spec.decay = decay;
    if (llvm::Error error = spec.verify())
      return network.emitError() << "no kernel can do this: " << llvm::toString(std::move(error));
    auto piece = [&](Value whole, int64_t offset) -> Value {
      return plan::ViewOp::create(builder, network.getLoc(), plan::denseType(network.getContext(), (end - begin) / 4),
                                  whole, offset);
    };
    SmallVector<Value> changed = {piece(memory.state, begin)};
    SmallVector<Value> inputs = {changed[0], piece(memory.gradients, begin)};
    int64_t slot = model.getPackedBytes() + begin;
    for (int64_t i = 0; i < optimizer.slots; ++i, slot += memory.layout->parameterBytes()) {
      changed.push_back(piece(memory.state, slot));
      inputs.push_back(changed.back());
    }
    inputs.push_back(memory.hyper);
    plan::KernelOp kernel = kernels.add(network.getLoc(), spec);
    plan::CallOp::create(builder, network.getLoc(), kernel.getSymName(), inputs, changed, optimizer.name);
    return success();
  }

  rn::NetworkOp network;
  plan::ModelOp model;
  int64_t batch, decayed = 0;
  Optimizer optimizer;
  KernelBuilder kernels;
  OpBuilder builder{network.getContext()};
  TrainingMemory memory;
};

struct RnToTrainingPlan : lower::impl::RnToTrainingPlanBase<RnToTrainingPlan> {
  using RnToTrainingPlanBase::RnToTrainingPlanBase;

  void runOnOperation() override {
    auto networks = llvm::to_vector(getOperation().getOps<rn::NetworkOp>());
    if (networks.size() != 1 || !networks.front().getLabels()) {
      getOperation().emitError() << "rn-to-training-plan wants a module of one rn.network with labels";
      return signalPassFailure();
    }
    rn::NetworkOp network = networks.front();
    if (int64_t size = chosenBatch(network); size < 1 || size > maxBatch) {
      network.emitError() << "the batch of a training step must lie in 1.." << maxBatch << ", is " << size;
      return signalPassFailure();
    } else if (failed(convert(network, size)))
      return signalPassFailure();
    network.erase();
  }

  int64_t chosenBatch(rn::NetworkOp network) {
    if (batch)
      return batch;
    auto written = network.getTrainAttr() ? network.getTrainAttr().getAs<IntegerAttr>("batch") : IntegerAttr();
    return written ? written.getInt() : defaultBatch;
  }

  static LogicalResult convert(rn::NetworkOp network, int64_t batch) {
    Type losses = rn::activationType(Float32Type::get(network.getContext()), {1});
    auto model = makeModel(network, losses);
    return failed(model) ? failure() : TrainingPlan(network, *model, batch).build();
  }
};
} // namespace
