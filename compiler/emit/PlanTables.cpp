//===- PlanTables.cpp - the plan dialect as the runtime's tables ----------===//

#include "compiler/emit/PlanTables.h"
#include "compiler/emit/PackRuns.h"
#include "compiler/emit/PackSteps.h"
#include "compiler/emit/ProgramTables.h"
#include "compiler/ir/plan/Plan.h"
#include "runtime/weights/NamedTensors.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"
#include <limits>

using namespace mlir;
using namespace resnetc;
using namespace resnetc::emit;

llvm::Error emit::tableError(Operation *op, const Twine &what) {
  return llvm::createStringError(std::errc::invalid_argument, "%s: %s", op->getName().getStringRef().str().c_str(),
                                 what.str().c_str());
}

/// A vector has rank 1, a signal (a map of height 1) rank 2.
static resnetc_tensor_shape shapeOf(plan::BufferType buffer, uint32_t rank) {
  resnetc_tensor_shape shape = {};
  shape.element = buffer.getElement() == kernels::Element::U8 ? RESNETC_U8 : RESNETC_F32;
  shape.rank = rank;
  shape.extents[0] = buffer.getChannels();
  if (rank == 3)
    shape.extents[1] = buffer.getHeight();
  if (rank > 1)
    shape.extents[rank - 1] = buffer.getWidth();
  return shape;
}

/// "name f32 64x64x3x3\n" for every tensor: what a weights file and an object must agree on.
static std::string schemaLines(ArrayRef<SchemaTensor> schema) {
  std::string lines;
  llvm::raw_string_ostream os(lines);
  for (const SchemaTensor &tensor : schema) {
    os << tensor.name << " f32 ";
    llvm::interleave(weights::significantExtents(tensor.shape), os, "x");
    os << '\n';
  }
  return lines;
}

/// Every number of every pack step: two objects with equal lines have equal packed weights.
static std::string packLines(ArrayRef<resnetc_pack_step> steps) {
  std::string lines;
  llvm::raw_string_ostream os(lines);
  for (const resnetc_pack_step &step : steps) {
    uint64_t epsilon;
    memcpy(&epsilon, &step.epsilon, sizeof(epsilon));
    for (uint64_t number :
         {uint64_t(step.opcode), uint64_t(step.filter), uint64_t(step.bias), uint64_t(step.gamma), uint64_t(step.beta),
          uint64_t(step.mean), uint64_t(step.variance), uint64_t(step.output_channels), uint64_t(step.input_channels),
          uint64_t(step.kernel_height), uint64_t(step.kernel_width), uint64_t(step.input_block),
          uint64_t(step.output_tile), uint64_t(step.output_padded), uint64_t(step.groups), epsilon, step.offset})
      os << number << ' ';
    os << '\n';
  }
  return lines;
}

static llvm::Error addPrograms(ModuleOp module, const KernelTable &kernels, PlanTables &tables) {
  auto programs = llvm::to_vector(module.getOps<plan::ProgramOp>());
  llvm::stable_sort(programs, [](plan::ProgramOp a, plan::ProgramOp b) { return a.getBatch() > b.getBatch(); });
  for (size_t i = 1; i < programs.size(); ++i)
    if (programs[i].getBatch() == programs[i - 1].getBatch())
      return tableError(programs[i], "two programs have the same batch size");
  if (programs.empty() || programs.back().getBatch() != 1)
    return tableError(module, "there is no program for one image");
  for (plan::ProgramOp program : programs) {
    uint32_t index = tables.programs.size();
    if (llvm::Error error = writeProgram(program, kernels, index, tables.programs.emplace_back(), tables.labels))
      return error;
    tables.workspaceBytes = std::max(tables.workspaceBytes, tables.programs.back().workspaceBytes);
  }
  return llvm::Error::success();
}

llvm::Expected<KernelTable> emit::addKernels(ModuleOp module, PlanTables &tables) {
  KernelTable kernels, known; // symbol, text -> index
  for (auto [index, text] : llvm::enumerate(tables.kernels))
    known[text] = index;
  for (plan::KernelOp kernel : module.getOps<plan::KernelOp>()) {
    auto [found, isNew] = known.try_emplace(kernel.getSpec(), tables.kernels.size());
    if (isNew)
      tables.kernels.push_back(kernel.getSpec().str());
    kernels[kernel.getSymName()] = found->second;
  }
  if (tables.kernels.size() > std::numeric_limits<uint16_t>::max())
    return tableError(module, "there are more than 65535 kernels");
  return kernels;
}

llvm::Expected<PlanTables> emit::buildTables(ModuleOp module) {
  auto models = llvm::to_vector(module.getOps<plan::ModelOp>());
  if (models.size() != 1)
    return tableError(module, "one plan.model is wanted, there are " + Twine(models.size()));
  plan::ModelOp model = models.front();
  PlanTables tables;
  tables.name = model.getSymName().str();
  tables.input = shapeOf(model.getInputBuffer(), model.getInputVector() ? 1 : model.getSignal() ? 2 : 3);
  tables.output = shapeOf(model.getOutputBuffer(), model.getOutputVector() ? 1 : model.getSignal() ? 2 : 3);
  tables.packedBytes = model.getPackedBytes();
  for (auto tensor : model.getSchema().getAsRange<plan::TensorAttr>())
    tables.schema.push_back({tensor.getName().str(), tensor.getShape().vec(), tensor.getStable()});
  auto packs = packStepsOf(model);
  if (!packs)
    return packs.takeError();
  tables.packSteps = std::move(*packs);
  std::string schema = schemaLines(tables.schema);
  tables.schemaHash = llvm::xxh3_64bits(schema);
  tables.packedHash = llvm::xxh3_64bits(schema + packLines(tables.packSteps));
  tables.packSteps = repeatPackSteps(tables.packSteps);

  auto kernels = addKernels(module, tables);
  if (!kernels)
    return kernels.takeError();
  if (llvm::Error error = addPrograms(module, *kernels, tables))
    return error;
  return tables;
}
