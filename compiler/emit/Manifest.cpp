//===- Manifest.cpp - what is in an object, for people and machines --------===//

#include "compiler/emit/Manifest.h"
#include "compiler/Version.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace resnetc::emit {

static void writeShape(json::OStream &json, StringRef key, const resnetc_tensor_shape &shape) {
  json.attributeObject(key, [&] {
    json.attribute("element", shape.element == RESNETC_U8 ? "u8" : "f32");
    json.attributeArray("shape", [&] {
      for (uint32_t i = 0; i < shape.rank; ++i)
        json.value(shape.extents[i]);
    });
  });
}

static void writeKernels(json::OStream &json, const PlanTables &tables, ArrayRef<EmittedKernel> kernels) {
  json.attributeArray("kernels", [&] {
    for (uint32_t index = 0; index < tables.kernels.size(); ++index)
      json.object([&] {
        json.attribute("spec", tables.kernels[index]);
        json.attributeArray("variants", [&] {
          for (const EmittedKernel &kernel : kernels)
            if (kernel.index == index)
              json.object([&] {
                json.attribute("target", kernel.target);
                json.attribute("schedule", kernel.schedule);
                json.attribute("bytes", kernel.bytes);
              });
        });
      });
  });
}

static void writePrograms(json::OStream &json, const PlanTables &tables) {
  json.attributeArray("programs", [&] {
    for (const ProgramTable &program : tables.programs)
      json.object([&] {
        json.attribute("batch", program.batch);
        json.attribute("steps", program.steps.size());
        json.attribute("workspace_bytes", program.workspaceBytes);
      });
  });
}

static void writeTraining(json::OStream &json, const PlanTables &tables) {
  if (!tables.training)
    return;
  const TrainingTables &training = *tables.training;
  json.attributeObject("training", [&] {
    json.attribute("optimizer", training.optimizer == RESNETC_ADAMW ? "adamw" : "sgd");
    json.attribute("batch", training.program.batch);
    json.attribute("program", tables.programs.size()); // of its labels
    json.attribute("steps", training.program.steps.size());
    json.attribute("parameter_bytes", training.parameterBytes);
    json.attribute("state_bytes", training.stateBytes);
    json.attribute("workspace_bytes", training.program.workspaceBytes);
    json.attribute("live_peak_bytes", training.livePeak);
    json.attribute("recomputed_steps", training.recomputed);
  });
}

static void writeLabels(json::OStream &json, const PlanTables &tables) {
  static constexpr StringLiteral opcodes[] = {"call", "border", "loop", "end"};
  json.attributeArray("labels", [&] {
    for (const StepLabel &label : tables.labels)
      json.object([&] {
        json.attribute("layer", label.layer);
        json.attribute("program", label.program);
        json.attribute("step", label.opcode < std::size(opcodes) ? opcodes[label.opcode] : StringLiteral("?"));
        if (label.opcode == RESNETC_STEP_CALL)
          json.attribute("kernel", label.kernel);
        json.attribute("executions", label.executions());
        json.attribute("blocks", label.blocks);
        json.attribute("images", label.images);
        json.attribute("flops", label.flops);
        json.attribute("bytes", label.bytes);
      });
  });
}

std::string manifestText(const PlanTables &tables, ArrayRef<EmittedKernel> kernels) {
  std::string text;
  raw_string_ostream os(text);
  json::OStream json(os, /*IndentSize=*/1);
  json.object([&] {
    json.attribute("network", tables.name);
    json.attribute("compiler", (Twine("resnetc ") + version).str());
    json.attribute("abi", RESNETC_ABI_VERSION);
    writeShape(json, "input", tables.input);
    writeShape(json, "output", tables.output);
    json.attribute("schema_hash", utohexstr(tables.schemaHash, /*LowerCase=*/true, /*Width=*/16));
    json.attribute("packed_hash", utohexstr(tables.packedHash, /*LowerCase=*/true, /*Width=*/16));
    json.attribute("packed_bytes", tables.packedBytes);
    json.attribute("workspace_bytes", tables.workspaceBytes);
    json.attribute("tensors", tables.schema.size());
    writeKernels(json, tables, kernels);
    writePrograms(json, tables);
    writeTraining(json, tables);
    writeLabels(json, tables);
  });
  os << "\n";
  return text;
}

} // namespace resnetc::emit
