//===- PlanSimulation.cpp - plans, run symbolically --------------------------===//
//
// Every word of memory holds a tag that says which computation of which inputs it is. Reading a map with a foreign word
// inside, or a border that is not zero, fails; the result's tag must be that of the naive plan (no sharing of memory,
// nothing in place), for every image of every batch.
//
//===----------------------------------------------------------------------===//

#include "test/random/PlanSimulation.h"
#include "compiler/emit/PlanTables.h"
#include "compiler/kernels/KernelOperands.h"
#include "compiler/lower/RnToPlan.h"
#include "compiler/passes/plan/Passes.h"
#include "compiler/passes/rn/Passes.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/Hashing.h"

namespace resnetc::test {
using emit::PlanTables, emit::ProgramTable;
using kernels::KernelSpec, kernels::TensorSpec;
using Tag = uint64_t;

namespace {
constexpr Tag zero = 0;

/// One program's memory and its walk; words of 4 bytes.
class Simulation {
public:
  /// The caller's images are those from number `firstImage` on.
  Simulation(const PlanTables &tables, const ProgramTable &program, uint32_t firstImage = 0)
      : tables(tables), program(program), firstImage(firstImage), workspace(program.workspaceBytes / 4, /*garbage=*/1) {
  }

  /// Runs all steps; the tags of the results, one an image.
  std::vector<Tag> run() {
    results.assign(program.batch, 1);
    runSteps(0, program.steps.size());
    return results;
  }

  std::string complaint; ///< the first

private:
  void complain(std::string words) {
    if (complaint.empty())
      complaint = std::move(words);
  }

  void runSteps(size_t at, size_t end) {
    for (; at < end; ++at) {
      const resnetc_step &step = program.steps[at];
      if (step.opcode != RESNETC_STEP_LOOP) {
        execute(step);
        continue;
      }
      size_t stop = at;
      for (int open = 0; program.steps[stop].opcode != RESNETC_STEP_END || --open > 0; ++stop)
        open += program.steps[stop].opcode == RESNETC_STEP_LOOP;
      for (turn[step.index] = 0; turn[step.index] < step.count; ++turn[step.index])
        runSteps(at + 1, stop);
      turn[step.index] = 0;
      at = stop;
    }
  }

  void execute(const resnetc_step &step) {
    const resnetc_operand *operands = &program.operands[step.first_operand];
    step.opcode == RESNETC_STEP_BORDER ? border(operands[0], program.borders[step.index]) : call(step, operands);
  }

  size_t word(const resnetc_operand &operand) const {
    uint64_t bytes = operand.offset;
    for (int axis = 0; axis < RESNETC_AXES; ++axis)
      bytes += turn[axis] * operand.stride[axis];
    return bytes / 4;
  }

  void border(const resnetc_operand &operand, const resnetc_border &border) {
    size_t at = word(operand), pixel = border.pixel_bytes / 4;
    for (size_t plane = 0; plane < border.planes; ++plane)
      for (size_t y = 0; y < border.height + 2 * border.border; ++y)
        for (size_t x = 0; x < border.width + 2 * border.border; ++x, at += pixel)
          if (!inside(y, border.height, border.border) || !inside(x, border.width, border.border))
            std::fill_n(workspace.begin() + at, pixel, zero);
  }
  static bool inside(size_t at, size_t extent, size_t border) { return at >= border && at < border + extent; }

  /// Calls visit(word, isInterior) for one image of a tensor in the workspace.
  template <typename Visit> void words(const TensorSpec &tensor, size_t at, Visit visit) {
    bool planar = tensor.layout == kernels::Layout::Planar;
    size_t pixel = planar ? 1 : 16, planes = planar ? tensor.channels : tensor.channelBlocks();
    for (size_t plane = 0; plane < planes; ++plane)
      for (size_t y = 0; y < size_t(tensor.height + 2 * tensor.border); ++y)
        for (size_t x = 0; x < size_t(tensor.width + 2 * tensor.border); ++x)
          for (size_t i = 0; i < pixel; ++i)
            visit(workspace[at++], inside(y, tensor.height, tensor.border) && inside(x, tensor.width, tensor.border));
  }

  Tag read(const resnetc_operand &operand, const TensorSpec &tensor, uint32_t n, const std::string &who) {
    if (operand.base == RESNETC_BASE_INPUT)
      return llvm::hash_combine(77, firstImage + turn[RESNETC_AXIS_IMAGE] + n);
    if (operand.base != RESNETC_BASE_WORKSPACE) {
      complain(who + " reads what is no workspace");
      return 0;
    }
    std::optional<Tag> tag;
    bool sound = true;
    words(tensor, word(operand) + n * tensor.bytesPerImage() / 4, [&](Tag &word, bool interior) {
      if (interior && !tag)
        tag = word;
      sound &= word == (interior ? *tag : zero);
    });
    if (!sound)
      complain(who + " reads a foreign word or a border that is not zero in " + tensor.str());
    return *tag;
  }

  void write(const resnetc_operand &operand, const TensorSpec &tensor, uint32_t n, Tag tag) {
    if (operand.base == RESNETC_BASE_OUTPUT) {
      results[turn[RESNETC_AXIS_IMAGE] + n] = tag;
      return;
    }
    words(tensor, word(operand) + n * tensor.bytesPerImage() / 4, [&](Tag &word, bool interior) {
      if (interior)
        word = tag;
    });
  }

  void call(const resnetc_step &step, const resnetc_operand *operands) {
    KernelSpec spec = llvm::cantFail(KernelSpec::parse(tables.kernels[step.index]));
    auto expected = kernels::operandsOf(spec);
    std::string who = spec.str();
    if (expected.size() != step.operand_count)
      return complain(who + " has " + std::to_string(step.operand_count) + " operands");
    KernelSpec single = spec;
    single.batch = 1;
    std::vector<Tag> tags(spec.batch, llvm::hash_value(llvm::StringRef(single.str())));
    for (size_t i = 0; i < expected.size(); ++i)
      for (uint32_t n = 0; n < spec.batch && !expected[i].isWritten(); ++n)
        tags[n] = llvm::hash_combine(tags[n], expected[i].isWeight() ? word(operands[i])
                                                                     : read(operands[i], *expected[i].tensor, n, who));
    for (size_t i = 0; i < expected.size(); ++i)
      for (uint32_t n = 0; n < spec.batch && expected[i].isWritten(); ++n)
        write(operands[i], *expected[i].tensor, n, llvm::hash_combine(tags[n], int(expected[i].role)) | 2);
  }

  const PlanTables &tables;
  const ProgramTable &program;
  uint32_t firstImage;
  std::vector<Tag> workspace, results;
  uint32_t turn[RESNETC_AXES] = {};
};

/// Programs that have no workspace yet get one in which no two buffers share a byte.
void spreadOut(mlir::ModuleOp module) {
  for (auto program : module.getOps<plan::ProgramOp>()) {
    int64_t end = 0;
    if (program.getWorkspace())
      continue;
    for (auto buffer : program.getBody().getOps<plan::BufferOp>()) {
      buffer.setOffset(end);
      end = llvm::alignTo(end + buffer.getType().getBytes(), plan::alignment);
    }
    program.setWorkspace(end);
  }
}

/// How many loops over `axes` (bits) stand in each other.
int deepestLoop(const ProgramTable &program, unsigned axes) {
  int depth = 0, deepest = 0;
  for (const resnetc_step &step : program.steps)
    if (axes >> step.index & 1 && (step.opcode == RESNETC_STEP_LOOP || step.opcode == RESNETC_STEP_END))
      deepest = std::max(deepest, depth += step.opcode == RESNETC_STEP_LOOP ? 1 : -1);
  return deepest;
}

template <typename Add> std::string compile(mlir::ModuleOp network, PlanTables &tables, Add add) {
  mlir::OwningOpRef<mlir::ModuleOp> module = network.clone();
  mlir::PassManager manager(network.getContext(), mlir::ModuleOp::getOperationName());
  rn::addRnPasses(manager);
  add(manager);
  if (failed(manager.run(*module)))
    return "the pipeline fails";
  spreadOut(*module);
  llvm::Expected<PlanTables> built = emit::buildTables(*module);
  if (!built)
    return llvm::toString(built.takeError());
  tables = std::move(*built);
  return "";
}

} // namespace

Failure checkPlan(mlir::ModuleOp network, uint64_t seed, const std::string &objections, LoopCounts *loops) {
  PlanTables naive, finished;
  std::string why = compile(network, naive, [](mlir::OpPassManager &manager) {
    manager.addPass(lower::createRnToPlan());
    manager.addPass(plan::createInsertBorders());
  });
  if (!why.empty())
    return "naive plan: " + why + " " + objections;
  std::vector<Tag> expected;
  for (uint32_t image = 0; image < 3; ++image) {
    Simulation simulation(naive, naive.programs[0], image);
    expected.push_back(simulation.run()[0]);
    if (!simulation.complaint.empty())
      return "naive plan: " + simulation.complaint;
  }
  plan::PlanOptions options;
  options.batches = {1, 3};
  options.cacheBytes = seed % 3 == 0 ? 0 : seed % 3 == 1 ? 1 << 14 : 1 << 30;
  why = compile(network, finished, [&](mlir::OpPassManager &manager) { plan::addPlanPasses(manager, options); });
  if (!why.empty())
    return "finished plan: " + why + " " + objections;
  for (const ProgramTable &program : finished.programs) {
    Simulation simulation(finished, program);
    std::vector<Tag> tags = simulation.run();
    if (!simulation.complaint.empty())
      return "plan memory: " + simulation.complaint;
    if (tags.size() > expected.size() || !std::equal(tags.begin(), tags.end(), expected.begin()))
      return "plan meaning: a program for " + std::to_string(program.batch) + " images computes something else";
    if (loops) {
      loops->overImages += deepestLoop(program, 1u << RESNETC_AXIS_IMAGE) > 0;
      loops->overBlocks += deepestLoop(program, 1u << RESNETC_AXIS_BLOCK) > 0;
      loops->nested += deepestLoop(program, ~0u) > 1;
    }
  }
  if (finished.programs.back().workspaceBytes > naive.programs[0].workspaceBytes)
    return "plan memory: the finished plan needs more than the naive one";
  return finished.packedHash == naive.packedHash ? "" : "plan weights: their layout depends on the batch sizes";
}

} // namespace resnetc::test
