//===- TableConstants.cpp - a model's tables as constants ------------------===//
//
// One function for each struct of abi.h, fields in its order.
//
//===----------------------------------------------------------------------===//

#include "compiler/emit/TableConstants.h"
#include "compiler/Version.h"

using namespace llvm;

namespace resnetc::emit {

static Constant *step(Constants &c, const resnetc_step &step) {
  return c.structure({c.u16(step.opcode), c.u16(step.index), c.u32(step.count), c.u32(step.first_operand),
                      c.u32(step.operand_count), c.u32(step.label), c.u32(0)},
                     sizeof(resnetc_step));
}

static Constant *operand(Constants &c, const resnetc_operand &operand) {
  SmallVector<Constant *> strides;
  for (int64_t stride : operand.stride)
    strides.push_back(c.u64(stride));
  return c.structure(
      {c.u8(operand.base), c.u8(operand.memory_space), c.u16(0), c.u32(0), c.u64(operand.offset), c.arrayOf(strides)},
      sizeof(resnetc_operand));
}

static Constant *border(Constants &c, const resnetc_border &border) {
  return c.structure({c.u32(border.planes), c.u32(border.height), c.u32(border.width), c.u32(border.border),
                      c.u32(border.pixel_bytes), c.u32(0)},
                     sizeof(resnetc_border));
}

static Constant *program(Constants &c, const ProgramTable &program) {
  Constant *steps = c.tableOf(program.steps, "steps", [&](const resnetc_step &s) { return step(c, s); });
  Constant *operands = c.tableOf(program.operands, "operands", [&](const resnetc_operand &o) { return operand(c, o); });
  Constant *borders = c.tableOf(program.borders, "borders", [&](const resnetc_border &b) { return border(c, b); });
  return c.structure({c.u32(program.batch), c.u32(program.steps.size()), c.u32(program.operands.size()),
                      c.u32(program.borders.size()), steps, operands, borders, c.u64(program.workspaceBytes)},
                     sizeof(resnetc_program));
}

static Constant *packStep(Constants &c, const resnetc_pack_step &step) {
  return c.structure({c.u32(step.opcode),         c.u32(step.filter),
                      c.u32(step.bias),           c.u32(step.gamma),
                      c.u32(step.beta),           c.u32(step.mean),
                      c.u32(step.variance),       c.u32(step.output_channels),
                      c.u32(step.input_channels), c.u32(step.kernel_height),
                      c.u32(step.kernel_width),   c.u32(step.input_block),
                      c.u32(step.output_tile),    c.u32(step.output_padded),
                      c.u32(step.groups),         c.u32(step.count),
                      c.u32(step.tensor_stride),  c.u32(0),
                      c.f64(step.epsilon),        c.u64(step.offset),
                      c.u64(step.offset_stride)},
                     sizeof(resnetc_pack_step));
}

static Constant *variant(Module &module, Constants &c, const VariantSymbols &variant) {
  // int kernel(void **args)
  FunctionType *type = FunctionType::get(Type::getInt32Ty(module.getContext()),
                                         {PointerType::getUnqual(module.getContext())}, /*isVarArg=*/false);
  Constant *kernels = c.tableOf(variant.kernels, "kernels", [&](const std::string &symbol) {
    return cast<Constant>(module.getOrInsertFunction(symbol, type).getCallee());
  });
  return c.structure({c.u64(variant.cpuFeatures), c.text(variant.target), kernels}, sizeof(resnetc_variant));
}

static Constant *tensorShape(Constants &c, const resnetc_tensor_shape &shape) {
  SmallVector<Constant *> extents;
  for (uint64_t extent : shape.extents)
    extents.push_back(c.u64(extent));
  return c.structure({c.u32(shape.element), c.u32(shape.rank), c.arrayOf(extents)}, sizeof(resnetc_tensor_shape));
}

static Constant *plan(Module &module, Constants &c, const PlanTables &tables, ArrayRef<VariantSymbols> variants) {
  Constant *variantTable =
      c.tableOf(variants, "variants", [&](const VariantSymbols &v) { return variant(module, c, v); });
  Constant *programs = c.tableOf(tables.programs, "programs", [&](const ProgramTable &p) { return program(c, p); });
  Constant *packSteps =
      c.tableOf(tables.packSteps, "pack_steps", [&](const resnetc_pack_step &s) { return packStep(c, s); });
  Constant *value = c.structure({c.u32(tables.kernels.size()), c.u32(variants.size()), c.u32(tables.programs.size()),
                                 c.u32(tables.packSteps.size()), variantTable, programs, packSteps},
                                sizeof(resnetc_plan));
  return c.table({value}, "plan");
}

static Constant *hyper(Constants &c, const resnetc_hyper &hyper) {
  return c.structure({c.u64(hyper.seed), c.u64(hyper.step), c.f32(hyper.learning_rate), c.f32(hyper.momentum),
                      c.f32(hyper.weight_decay), c.f32(hyper.beta1), c.f32(hyper.beta2), c.f32(hyper.epsilon)},
                     sizeof(resnetc_hyper));
}

static Constant *tensorInfo(Constants &c, const SchemaTensor &tensor, std::optional<double> init) {
  SmallVector<Constant *> extents;
  for (size_t i = 0; i < std::size(resnetc_tensor_info().extents); ++i)
    extents.push_back(c.u64(i < tensor.shape.size() ? tensor.shape[i] : 0));
  return c.structure({c.text(tensor.name), c.u32(tensor.shape.size()),
                      c.u32(init ? RESNETC_INIT_CONSTANT : RESNETC_INIT_HE_NORMAL), c.arrayOf(extents),
                      c.f64(init.value_or(0))},
                     sizeof(resnetc_tensor_info));
}

static Constant *probe(Constants &c, const Probe &probe) {
  return c.structure({c.text(probe.name), c.u32(probe.kind), c.u32(0)}, sizeof(resnetc_probe));
}

static Constant *training(Constants &c, const PlanTables &tables) {
  if (!tables.training)
    return c.null();
  const TrainingTables &training = *tables.training;
  assert(training.inits.size() == tables.schema.size() && "one for each tensor");
  SmallVector<Constant *> tensors;
  for (size_t i = 0; i < tables.schema.size(); ++i)
    tensors.push_back(tensorInfo(c, tables.schema[i], training.inits[i]));
  Constant *packSteps =
      c.tableOf(training.packSteps, "pack_steps", [&](const resnetc_pack_step &s) { return packStep(c, s); });
  Constant *probes = c.tableOf(training.probes, "probes", [&](const Probe &p) { return probe(c, p); });
  Constant *value = c.structure({c.u32(training.program.batch),
                                 c.u32(training.optimizer),
                                 c.u32(training.slots),
                                 c.u32(training.packSteps.size()),
                                 c.u32(tensors.size()),
                                 c.u32(training.leastImages),
                                 packSteps,
                                 c.table({program(c, training.program)}, "program"),
                                 c.table(tensors, "tensors"),
                                 c.u64(training.decayBytes),
                                 c.u64(training.parameterBytes),
                                 c.u64(training.tensorBytes),
                                 c.u64(training.stateBytes),
                                 c.u64(training.program.workspaceBytes),
                                 c.u64(training.gradientsOffset),
                                 c.u64(training.lossesOffset),
                                 hyper(c, training.hyper),
                                 c.u32(training.updateStep),
                                 c.u32(training.probes.size()),
                                 probes,
                                 c.u64(training.probesOffset)},
                                sizeof(resnetc_training));
  return c.table({value}, "training");
}

Constant *modelInfo(Module &module, const PlanTables &tables, ArrayRef<VariantSymbols> variants, StringRef flags) {
  Constants c(module);
  return c.structure({c.u32(RESNETC_ABI_VERSION), c.u32(sizeof(resnetc_model_info)), c.text(tables.name),
                      c.text((Twine("resnetc ") + version).str()), c.text(flags), tensorShape(c, tables.input),
                      tensorShape(c, tables.output),
                      c.u32(RESNETC_MEMORY_HOST), // weights, workspace, input, output
                      c.u32(RESNETC_MEMORY_HOST), c.u32(RESNETC_MEMORY_HOST), c.u32(RESNETC_MEMORY_HOST),
                      c.u64(tables.schemaHash), c.u32(tables.schema.size()), c.u32(0), c.u64(tables.packedHash),
                      c.u64(tables.packedBytes), c.u64(tables.workspaceBytes), plan(module, c, tables, variants),
                      training(c, tables)},
                     sizeof(resnetc_model_info));
}

} // namespace resnetc::emit
