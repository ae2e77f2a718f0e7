//===- PlanTables.h - the plan dialect as the runtime's tables ------------===//
//
// The hand-over from IR to emission: the same structs that the object will hold
// (runtime/abi/resnetc/abi.h), in vectors, with the texts and labels that go beside
// them. No decision is made here: every number is read from the plan. Whoever emits
// needs no MLIR.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_EMIT_PLANTABLES_H
#define RESNETC_COMPILER_EMIT_PLANTABLES_H

#include "resnetc/abi.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mlir {
class ModuleOp;
}

namespace resnetc::emit {

/// One named tensor of the schema; its index is what resnetc_pack_step's tensor fields hold.
struct SchemaTensor {
  std::string name;
  std::vector<int64_t> shape; ///< f32, outermost first, as PyTorch stores it
  bool stable = true;         ///< the name came from labels, a state_dict has it too
};

/// What a profiler or the manifest says about a step; its index is resnetc_step.label.
struct StepLabel {
  std::string layer;    ///< "layer1.0.conv1"; of a border: the layer that writes the buffer
  uint32_t program = 0; ///< into PlanTables::programs; their number for the training program
  uint32_t opcode = 0;  ///< resnetc_opcode
  uint32_t kernel = 0;  ///< calls: into PlanTables::kernels
  uint64_t blocks = 1;  ///< turns of the loop over equal blocks around it; `layer` is the first block's
  uint64_t images = 1;  ///< turns of the loop over images around it
  uint64_t flops = 0;   ///< of one execution: 2 x multiply-adds, all its images
  uint64_t bytes = 0;   ///< of one execution: read and written at least

  /// How often the step runs in one run of its program.
  uint64_t executions() const { return blocks * images; }
};

/// The steps for exactly `batch` images; the fields of resnetc_program.
struct ProgramTable {
  uint32_t batch = 1;
  std::vector<resnetc_step> steps;
  std::vector<resnetc_operand> operands;
  std::vector<resnetc_border> borders;
  uint64_t workspaceBytes = 0;
};

/// One number that a step measures; the fields of resnetc_probe.
struct Probe {
  std::string name;
  resnetc_probe_kind kind = RESNETC_PROBE_BRANCH;
};

/// What `compile --train` adds; the fields of resnetc_training.
struct TrainingTables {
  ProgramTable program; ///< its calls index PlanTables::kernels, its labels PlanTables::labels
  /// Single tensors into the state: RESNETC_PACK_FILTER with a filter alone, RESNETC_PACK_VECTOR. Each tensor of the
  /// schema has one.
  std::vector<resnetc_pack_step> packSteps;
  std::vector<std::optional<double>> inits; ///< of PlanTables::schema's tensors; none: He normal
  resnetc_optimizer optimizer = RESNETC_SGD;
  uint32_t slots = 0, leastImages = 1;
  uint64_t decayBytes = 0, parameterBytes = 0, tensorBytes = 0, stateBytes = 0; ///< multiples of 64
  uint64_t gradientsOffset = 0, lossesOffset = 0, probesOffset = 0;             ///< in the workspace
  std::vector<Probe> probes;
  uint32_t updateStep = 0;  ///< of the program: the optimizer's first
  uint64_t livePeak = 0;    ///< bytes of the workspace that live at one time at most
  uint64_t recomputed = 0;  ///< calls of the forward pass that run twice
  resnetc_hyper hyper = {}; ///< the train section's; step 0
};

/// Everything the object's tables need, for one model.
struct PlanTables {
  std::string name;                   ///< of the network; a C identifier
  resnetc_tensor_shape input, output; ///< without the batch
  std::vector<SchemaTensor> schema;   ///< in natural order of names
  uint64_t schemaHash = 0;            ///< xxh3 of the lines "name f32 64x64x3x3\n"
  std::vector<resnetc_pack_step> packSteps;
  uint64_t packedBytes = 0;           ///< multiple of 64
  uint64_t packedHash = 0;            ///< xxh3 of the schema's and the (single) pack steps' lines
  std::vector<std::string> kernels;   ///< KernelSpec texts; their index is resnetc_step.index of calls
  std::vector<ProgramTable> programs; ///< largest batch first; the last one has batch 1
  std::vector<StepLabel> labels;
  uint64_t workspaceBytes = 0; ///< the largest of the programs for inference
  std::optional<TrainingTables> training;
};

/// Reads the tables from a module that went through all plan passes: one plan.model, its kernels,
/// packs and programs, with offsets. The error says what is missing or does not fit the ABI's fields.
llvm::Expected<PlanTables> buildTables(mlir::ModuleOp module);

/// Adds the training step of the same network: a module of one plan.training and its program. Kernels that both have
/// are shared.
llvm::Error addTraining(mlir::ModuleOp training, PlanTables &tables);

} // namespace resnetc::emit

#endif // RESNETC_COMPILER_EMIT_PLANTABLES_H
