//===- TrainingTables.cpp - a training plan as the runtime's tables -------===//

#include "compiler/emit/PackRuns.h"
#include "compiler/emit/PackSteps.h"
#include "compiler/emit/ProgramTables.h"

using namespace mlir;
using namespace resnetc;
using namespace resnetc::emit;

/// The tensors of both modules are those of one network.
static llvm::Error compareSchemas(plan::ModelOp model, const PlanTables &tables) {
  auto tensors = model.getSchema().getAsRange<plan::TensorAttr>();
  bool same = size_t(llvm::range_size(tensors)) == tables.schema.size();
  for (auto [tensor, known] : llvm::zip(tensors, tables.schema))
    same &= tensor.getName() == known.name && tensor.getShape() == ArrayRef<int64_t>(known.shape);
  return same ? llvm::Error::success() : tableError(model, "has other tensors in training than in inference");
}

static double number(DictionaryAttr settings, StringRef name, double otherwise) {
  auto value = settings.getAs<FloatAttr>(name);
  return value ? value.getValueAsDouble() : otherwise;
}

/// The train section's numbers, PyTorch's defaults where it says nothing.
static resnetc_hyper hyperOf(plan::TrainingOp op) {
  DictionaryAttr settings = op.getSettings();
  resnetc_hyper hyper = {};
  hyper.seed = op.getSeed();
  hyper.learning_rate = number(settings, "lr", 0.1);
  hyper.momentum = number(settings, "momentum", 0);
  hyper.weight_decay = number(settings, "weight_decay", 0);
  hyper.beta1 = number(settings, "beta1", 0.9);
  hyper.beta2 = number(settings, "beta2", 0.999);
  hyper.epsilon = number(settings, "eps", 1e-8);
  return hyper;
}

static llvm::Error addResults(plan::ProgramOp program, TrainingTables &training) {
  auto results = program.getBody().getOps<plan::StepResultsOp>();
  if (results.empty())
    return tableError(program, "has no plan.step_results");
  auto offsetOf = [](Value value) { return value.getDefiningOp<plan::BufferOp>().getOffset().value_or(0); };
  training.lossesOffset = offsetOf((*results.begin()).getLosses());
  training.gradientsOffset = offsetOf((*results.begin()).getGradients());
  if (Value probes = (*results.begin()).getProbes())
    training.probesOffset = offsetOf(probes);
  return llvm::Error::success();
}

/// The names of the probes' rows.
static llvm::Error addProbes(plan::TrainingOp op, plan::ProgramOp program, TrainingTables &training) {
  static constexpr llvm::StringLiteral kinds[] = {"branch", "skip", "gradient"};
  for (Attribute row : op.getProbesAttr() ? op.getProbesAttr().getValue() : ArrayRef<Attribute>()) {
    auto fields = dyn_cast<DictionaryAttr>(row);
    auto name = fields ? fields.getAs<StringAttr>("name") : StringAttr();
    auto kind = fields ? fields.getAs<StringAttr>("kind") : StringAttr();
    const auto *known = kind ? llvm::find(kinds, kind.getValue()) : std::end(kinds);
    if (!name || known == std::end(kinds))
      return tableError(op, "has a probe without a name, or of an unknown kind");
    training.probes.push_back({name.str(), resnetc_probe_kind(known - kinds)});
  }
  Value rows = (*program.getBody().getOps<plan::StepResultsOp>().begin()).getProbes();
  const int64_t bytes = rows ? cast<plan::BufferType>(rows.getType()).getBytes() : 0;
  return bytes == int64_t(training.probes.size()) * kernels::channelBlock * 4
             ? llvm::Error::success()
             : tableError(op, "has another number of probes than its program");
}

/// The step from which on all are the optimizer's, and none before: the program falls into gradients and update.
static llvm::Error findUpdateStep(plan::ProgramOp program, const PlanTables &tables, TrainingTables &training) {
  auto isOptimizer = [&](const resnetc_step &step) {
    StringRef kernel = step.opcode == RESNETC_STEP_CALL ? StringRef(tables.kernels[step.index]) : StringRef();
    return kernel.starts_with("sgd ") || kernel.starts_with("adamw ");
  };
  const auto &steps = training.program.steps;
  auto first = llvm::find_if(steps, isOptimizer);
  training.updateStep = uint32_t(first - steps.begin());
  // In a loop its end would stand behind.
  return std::all_of(first, steps.end(), isOptimizer)
             ? llvm::Error::success()
             : tableError(program, "has other steps behind the optimizer's, or a loop around these");
}

llvm::Error emit::addTraining(ModuleOp module, PlanTables &tables) {
  auto models = llvm::to_vector(module.getOps<plan::ModelOp>());
  auto programs = llvm::to_vector(module.getOps<plan::ProgramOp>());
  auto trainings = llvm::to_vector(module.getOps<plan::TrainingOp>());
  if (models.size() != 1 || programs.size() != 1 || trainings.size() != 1)
    return tableError(module, "one plan.model, plan.program and plan.training are wanted");
  plan::ModelOp model = models.front();
  plan::TrainingOp op = trainings.front();
  if (llvm::Error error = compareSchemas(model, tables))
    return error;
  auto kernels = addKernels(module, tables);
  if (!kernels)
    return kernels.takeError();
  TrainingTables training;
  if (llvm::Error error =
          writeProgram(programs.front(), *kernels, tables.programs.size(), training.program, tables.labels))
    return error;
  if (llvm::Error error = findUpdateStep(programs.front(), tables, training))
    return error;
  if (llvm::Error error = addResults(programs.front(), training))
    return error;
  if (llvm::Error error = addProbes(op, programs.front(), training))
    return error;
  auto packs = packStepsOf(model);
  if (!packs)
    return packs.takeError();
  training.packSteps = repeatPackSteps(*packs);
  for (const SchemaTensor &tensor : tables.schema) {
    auto initial = op.getInitial().getAs<FloatAttr>(tensor.name);
    training.inits.push_back(initial ? std::optional(initial.getValueAsDouble()) : std::nullopt);
  }
  training.optimizer = op.getOptimizer() == "adamw" ? RESNETC_ADAMW : RESNETC_SGD;
  training.slots = op.getSlots();
  training.leastImages = op.getLeastImages();
  training.decayBytes = op.getDecayed();
  training.parameterBytes = op.getParameters();
  training.tensorBytes = model.getPackedBytes();
  training.stateBytes = training.tensorBytes + training.slots * training.parameterBytes;
  training.hyper = hyperOf(op);
  auto count = [&](StringRef name) {
    auto number = programs.front()->getAttrOfType<IntegerAttr>(name);
    return number ? uint64_t(number.getInt()) : 0;
  };
  training.livePeak = count("live_peak");
  training.recomputed = count("recomputed");
  tables.training = std::move(training);
  return llvm::Error::success();
}
