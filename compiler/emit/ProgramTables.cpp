//===- ProgramTables.cpp - one program of the plan as steps ---------------===//

#include "compiler/emit/ProgramTables.h"
#include "llvm/ADT/TypeSwitch.h"
#include <limits>

using namespace mlir;
using namespace resnetc;
using namespace resnetc::emit;

namespace {
class ProgramWriter {
public:
  ProgramWriter(plan::ProgramOp program, const KernelTable &kernels, uint32_t index, ProgramTable &table,
                std::vector<StepLabel> &labels)
      : program(program), kernels(kernels), labels(labels), table(table), index(index) {
    table.batch = program.getBatch();
    table.workspaceBytes = program.getWorkspace().value_or(0);
  }

  llvm::Error write() {
    if (!program.getWorkspace())
      return tableError(program, "has no workspace; run plan-memory");
    return writeBlock(program.getBody().front());
  }

private:
  llvm::Error writeBlock(Block &block) {
    for (Operation &op : block)
      if (llvm::Error error = llvm::TypeSwitch<Operation *, llvm::Error>(&op)
                                  .Case([&](plan::CallOp call) { return writeCall(call); })
                                  .Case([&](plan::BorderOp border) { return writeBorder(border); })
                                  .Case([&](plan::ImagesOp loop) {
                                    return writeLoop(RESNETC_AXIS_IMAGE, "images", loop.getCount(), loop.getBody());
                                  })
                                  .Case([&](plan::BlocksOp loop) {
                                    return writeLoop(RESNETC_AXIS_BLOCK, "blocks", loop.getCount(), loop.getBody());
                                  })
                                  .Default([](Operation *) {
                                    return llvm::Error::success();
                                  })) // buffers, weights and views are in operands
        return error;
    return llvm::Error::success();
  }

  /// Adds a step with the operands; its label is to be filled.
  StepLabel &addStep(uint16_t opcode, uint32_t stepIndex, uint32_t firstOperand) {
    resnetc_step step = {};
    step.opcode = opcode;
    step.index = stepIndex;
    step.first_operand = firstOperand;
    step.operand_count = table.operands.size() - firstOperand;
    step.label = labels.size();
    table.steps.push_back(step);
    StepLabel &label = labels.emplace_back();
    label.program = index;
    label.opcode = opcode;
    label.blocks = turns[RESNETC_AXIS_BLOCK];
    label.images = turns[RESNETC_AXIS_IMAGE];
    return label;
  }

  llvm::Error writeCall(plan::CallOp call) {
    uint32_t first = table.operands.size();
    for (Value operand : call.getOperands())
      if (llvm::Error error = addOperand(call, operand))
        return error;
    auto kernel = kernels.find(call.getKernel());
    if (kernel == kernels.end())
      return tableError(call, "calls an unknown kernel");
    kernels::KernelSpec spec = call.getSpec();
    StepLabel &label = addStep(RESNETC_STEP_CALL, kernel->second, first);
    label.layer = call.getLabel().str();
    label.kernel = kernel->second;
    label.flops = 2 * spec.multiplyAdds();
    label.bytes = spec.memoryTraffic();
    return llvm::Error::success();
  }

  llvm::Error writeBorder(plan::BorderOp op) {
    uint32_t first = table.operands.size();
    if (llvm::Error error = addOperand(op, op.getBuffer()))
      return error;
    plan::BufferType type = op.getBuffer().getType();
    kernels::TensorSpec tensor = type.getTensor();
    bool planar = tensor.layout == kernels::Layout::Planar;
    int64_t element = tensor.element == kernels::Element::F32 ? 4 : 1;
    int64_t planes = type.getBatch() * (planar ? tensor.channels : tensor.channelBlocks());
    for (int64_t extent : {planes, tensor.height, tensor.width, tensor.border})
      if (extent > std::numeric_limits<int32_t>::max())
        return tableError(op, "has an extent of 2^31 or more");
    resnetc_border border = {uint32_t(planes),
                             uint32_t(tensor.height),
                             uint32_t(tensor.width),
                             uint32_t(tensor.border),
                             uint32_t(planar ? element : element * kernels::channelBlock),
                             0};
    StepLabel &label = addStep(RESNETC_STEP_BORDER, borderIndex(border), first);
    if (table.borders.size() > std::numeric_limits<uint16_t>::max())
      return tableError(op, "is one of more than 65535 different borders");
    if (plan::CallOp writer = writerAfter(op))
      label.layer = writer.getLabel().str();
    kernels::TensorSpec inside = tensor;
    inside.border = 0;
    label.bytes = type.getBatch() * (tensor.bytesPerImage() - inside.bytesPerImage());
    return llvm::Error::success();
  }

  /// Equal geometries are stored once.
  uint32_t borderIndex(const resnetc_border &border) {
    auto found = llvm::find_if(
        table.borders, [&](const resnetc_border &known) { return !memcmp(&known, &border, sizeof(resnetc_border)); });
    if (found == table.borders.end())
      found = table.borders.insert(found, border);
    return found - table.borders.begin();
  }

  /// The call that writes inside the border: the next one, perhaps in a loop.
  static plan::CallOp writerAfter(plan::BorderOp border) {
    plan::CallOp writer;
    for (Operation *op = border->getNextNode(); op && !writer; op = op->getNextNode())
      op->walk<WalkOrder::PreOrder>([&](plan::CallOp call) {
        if (!llvm::is_contained(call.getOutputs(), border.getBuffer()))
          return WalkResult::advance();
        writer = call;
        return WalkResult::interrupt();
      });
    return writer;
  }

  llvm::Error writeLoop(uint16_t axis, StringRef label, uint64_t count, Region &body) {
    addStep(RESNETC_STEP_LOOP, axis, table.operands.size()).layer = label.str();
    table.steps.back().count = count;
    turns[axis] *= count;
    if (llvm::Error error = writeBlock(body.front()))
      return error;
    turns[axis] /= count;
    addStep(RESNETC_STEP_END, axis, table.operands.size()).layer = label.str();
    return llvm::Error::success();
  }

  static uint8_t baseOf(Operation *memory) {
    return TypeSwitch<Operation *, uint8_t>(memory)
        .Case([](plan::BufferOp) { return RESNETC_BASE_WORKSPACE; })
        .Case([](plan::InputOp) { return RESNETC_BASE_INPUT; })
        .Case([](plan::StateOp) { return RESNETC_BASE_WEIGHTS; })
        .Case([](plan::LabelsOp) { return RESNETC_BASE_LABELS; })
        .Case([](plan::SecondLabelsOp) { return RESNETC_BASE_SECOND_LABELS; })
        .Case<plan::CountersOp, plan::HyperOp>([](Operation *) { return RESNETC_BASE_STEP; })
        .Default([](Operation *) { return RESNETC_BASE_OUTPUT; });
  }

  /// Where a value lies: base, offset and its strides: from image to image, from block to block.
  llvm::Error addOperand(Operation *user, Value value) {
    resnetc_operand operand = {};
    operand.memory_space = RESNETC_MEMORY_HOST;
    if (auto weight = value.getDefiningOp<plan::WeightOp>()) {
      operand.base = RESNETC_BASE_WEIGHTS;
      operand.offset =
          cast<plan::PackOp>(SymbolTable::lookupNearestSymbolFrom(weight, weight.getPackAttr())).getOffset();
      operand.stride[RESNETC_AXIS_BLOCK] = weight.getStep().value_or(0);
      table.operands.push_back(operand);
      return llvm::Error::success();
    }
    operand.memory_space = uint8_t(cast<plan::BufferType>(value.getType()).getSpace());
    if (auto image = value.getDefiningOp<plan::ImageOp>())
      operand.stride[RESNETC_AXIS_IMAGE] = image.getType().getBytesPerImage();
    if (auto view = value.getDefiningOp<plan::ViewOp>())
      operand.offset = view.getOffset();
    Operation *memory = plan::underlyingBuffer(value).getDefiningOp();
    operand.base = baseOf(memory);
    if (isa<plan::HyperOp>(memory))
      operand.offset += offsetof(resnetc_step_values, hyper);
    if (auto buffer = dyn_cast<plan::BufferOp>(memory)) {
      if (!buffer.getOffset())
        return tableError(user, "has an operand without offset; run plan-memory");
      operand.offset += *buffer.getOffset();
    }
    table.operands.push_back(operand);
    return llvm::Error::success();
  }

  plan::ProgramOp program;
  const KernelTable &kernels;
  std::vector<StepLabel> &labels;
  ProgramTable &table;
  uint32_t index;
  uint64_t turns[RESNETC_AXES] = {1, 1}; ///< of the loops around what is written
};
} // namespace

llvm::Error emit::writeProgram(plan::ProgramOp program, const KernelTable &kernels, uint32_t index, ProgramTable &table,
                               std::vector<StepLabel> &labels) {
  return ProgramWriter(program, kernels, index, table, labels).write();
}
