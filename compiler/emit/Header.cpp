//===- Header.cpp - the C header of a model --------------------------------===//

#include "compiler/emit/Header.h"
#include "compiler/Version.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdio>
#include <cstdlib>

using namespace llvm;

namespace resnetc::emit {

namespace {

std::string shapeText(const resnetc_tensor_shape &shape) {
  std::string text = shape.element == RESNETC_U8 ? "unsigned char [n]" : "float [n]";
  for (uint32_t i = 0; i < shape.rank; ++i)
    text += "[" + std::to_string(shape.extents[i]) + "]";
  return text;
}

uint64_t elements(const resnetc_tensor_shape &shape) {
  uint64_t product = 1; // the plan has checked that it fits
  for (uint32_t i = 0; i < shape.rank; ++i)
    product *= shape.extents[i];
  return product;
}

/// The shortest literal of C that reads back as the same float.
std::string literal(float value) {
  char text[32];
  for (int digits = 1; digits <= 9; ++digits) {
    snprintf(text, sizeof text, "%.*g", digits, double(value));
    if (strtof(text, nullptr) == value)
      break;
  }
  return text + std::string(StringRef(text).find_first_of(".e") == StringRef::npos ? ".0f" : "f");
}

class Writer {
public:
  Writer(raw_ostream &os, const PlanTables &tables)
      : os(os), tables(tables), name(tables.name), macro(StringRef(tables.name).upper()) {}

  void write(bool embedsWeights, size_t classNames) {
    os << "/* Network '" << name << "', compiled by resnetc " << version << ". Link with -lresnetc_rt -lpthread -lm.\n"
       << " *\n"
       << " * images: " << shapeText(tables.input) << "\n"
       << " * logits: " << shapeText(tables.output) << " */\n"
       << "#ifndef RESNETC_MODEL_" << macro << "_H\n#define RESNETC_MODEL_" << macro << "_H\n\n"
       << "#include \"resnetc/runtime.h\"\n\n"
       << "#if RESNETC_ABI_VERSION != " << RESNETC_ABI_VERSION << "\n"
       << "#error \"network '" << name << "' was compiled for version " << RESNETC_ABI_VERSION
       << " of resnetc's ABI and these headers of the runtime are of another: compile it again with the resnetc that "
          "they belong to\"\n"
       << "#endif\n\n";
    sizes();
    if (tables.training)
      trainingSizes(*tables.training);
    os << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
    declarations(embedsWeights, classNames);
    if (tables.training)
      trainingDeclarations();
    os << "#ifdef __cplusplus\n}\n#endif\n#endif\n";
  }

private:
  void define(const Twine &suffix, const Twine &value, StringRef comment = "") {
    os << "#define " << macro << "_" << suffix << " " << value;
    if (!comment.empty())
      os << " /* " << comment << " */";
    os << "\n";
  }

  void number(const Twine &suffix, uint64_t value, StringRef comment = "") {
    define(suffix, "((size_t)" + Twine(value) + "u)", comment);
  }

  void shape(StringRef side, const resnetc_tensor_shape &shape) {
    static constexpr StringLiteral map[] = {"CHANNELS", "HEIGHT", "WIDTH"};
    if (shape.rank == 3)
      for (uint32_t i = 0; i < 3; ++i)
        number(side + "_" + map[i], shape.extents[i]);
    number(side + "_ELEMENTS", elements(shape), "of one image");
  }

  void sizes() {
    shape("INPUT", tables.input);
    shape("OUTPUT", tables.output);
    if (tables.output.rank == 1)
      number("CLASSES", tables.output.extents[0]);
    number("WEIGHTS_BYTES", tables.packedBytes, "packed: what run reads and pack writes");
    define("WEIGHTS_ALIGN", "64u");
    number("WORKSPACE_BYTES(threads)", tables.workspaceBytes, "for all threads together, whatever their number");
    define("WORKSPACE_ALIGN", "64u");
    os << "\n";
  }

  void declarations(bool embedsWeights, size_t classNames) {
    os << "extern const resnetc_model_info " << name << "_info;\n\n";
    if (embedsWeights)
      os << "/* The packed weights that the network was compiled with. */\n"
         << "extern const unsigned char " << name << "_weights[" << tables.packedBytes << "];\n\n";
    if (classNames) {
      os << "/* The names of the classes, as the weights file that the network was compiled with has them. */\n";
      number("CLASS_COUNT", classNames);
      os << "extern const char *const " << name << "_class_names[" << classNames << "];\n\n";
    }
    os << "/* Infers n >= 1 images; returns a resnetc_status. context: NULL runs on the calling thread alone. weights: "
          "packed. */\n"
       << "int " << name << "_run(const resnetc_context *context, const void *weights, const void *images, size_t n,\n"
       << std::string(name.size() + 9, ' ') << "float *logits, void *workspace);\n\n"
       << "/* Folds and packs the named tensors of an open weights file into " << macro
       << "_WEIGHTS_BYTES at `packed`; on failure\n"
       << " * `error` (may be NULL) says in words what does not fit. */\n"
       << "int " << name << "_pack(const resnetc_weights *weights, void *packed, char *error, size_t error_bytes);\n\n";
  }

  void trainingSizes(const TrainingTables &training) {
    number("TRAIN_BATCH", training.program.batch, "images of a full training step");
    number("STATE_BYTES", training.stateBytes, "the named tensors and the optimiser's memory");
    define("STATE_ALIGN", "64u");
    number("TENSORS_BYTES", training.tensorBytes, "of the state: the named tensors alone");
    number("TENSORS_COUNT", tables.schema.size(), Twine(name + "_info.training->tensors names them").str());
    number("TRAIN_WORKSPACE_BYTES(threads)", training.program.workspaceBytes,
           "for all threads together, whatever their number");
    const resnetc_hyper &h = training.hyper;
    std::string values = "{" + std::to_string(h.seed) + "u, " + std::to_string(h.step) + "u";
    for (float value : {h.learning_rate, h.momentum, h.weight_decay, h.beta1, h.beta2, h.epsilon})
      values += ", " + literal(value);
    os << "/* The train section's values: resnetc_hyper hyper = " << macro << "_HYPER; */\n";
    define("HYPER", values + "}");
    os << "\n";
  }

  /// "int <name>_<suffix>(" with arguments, broken where the caller says.
  void function(StringRef suffix, std::initializer_list<StringRef> lines) {
    const std::string begin = ("int " + name + suffix + "(").str();
    os << begin << join(lines, ",\n" + std::string(begin.size(), ' ')) << ");\n\n";
  }

  void trainingDeclarations() {
    os << "/* ---- training ----\n"
       << " * A state is " << macro << "_STATE_BYTES of the application's memory, aligned to " << macro
       << "_STATE_ALIGN; its bytes may be copied\n"
       << " * and stored. Nothing here allocates. All functions return a resnetc_status: RESNETC_ERROR_ARGUMENT for "
          "null or\n"
       << " * misaligned pointers, unknown names and wrong counts. */\n\n"
       << "/* Every tensor gets its initial value, weights He-normal ones drawn from `seed`; the optimiser's memory is "
          "zero. */\n";
    function("_init", {"uint64_t seed, void *state"});
    os << "/* Forward, backward and optimiser step on n images, " << tables.training->leastImages
       << " <= n <= " << macro << "_TRAIN_BATCH. images: " << shapeText(tables.input) << ".\n"
       << " * labels: n classes from 0 to " << elements(tables.output) - 1
       << ", else RESNETC_ERROR_ARGUMENT with nothing written. hyper: learning rate and the\n"
       << " * like; count its `step` from 0. NULL: " << macro
       << "_HYPER. *loss: the mean loss over the n images, before the step; may\n"
       << " * be NULL. context: NULL runs on the calling thread alone; any number of threads gives the same bits.\n"
       << " * workspace: " << macro << "_TRAIN_WORKSPACE_BYTES(threads), 64-byte aligned. */\n";
    function("_train_step", {"const resnetc_context *context, void *state, const void *images, const int32_t *labels",
                             "size_t n, const resnetc_hyper *hyper, float *loss, void *workspace"});
    os << "/* The two halves of a step, for those who change the gradients in between or mix images. Forward and "
          "backward: "
          "the\n"
       << " * gradients of batch->images lie in the workspace, " << name << "_info.training->parameter_bytes at "
       << "gradients_offset. Running\n"
       << " * statistics are updated. batch->second_labels: NULL, or n more classes, and loss = mix * CE(labels) +\n"
       << " * (1 - mix) * CE(second_labels). */\n";
    function("_gradients", {"const resnetc_context *context, void *state, const resnetc_train_batch *batch",
                            "const resnetc_hyper *hyper, float *loss, void *workspace"});
    os << "/* The optimiser's step with those gradients. */\n";
    function("_update", {"const resnetc_context *context, void *state, const resnetc_hyper *hyper, void *workspace"});
    os << "/* A tensor by its name (\"" << (tables.schema.empty() ? "fc.weight" : tables.schema.front().name)
       << "\"), in PyTorch's order; `count` floats, which is all of it. */\n";
    function("_get", {"const void *state, const char *tensor, float *values, size_t count"});
    function("_set", {"void *state, const char *tensor, const float *values, size_t count"});
    os << "/* The gradient of a trained tensor in the workspace of the last step; running statistics have none. */\n";
    function("_gradient", {"const void *workspace, const char *tensor, float *values, size_t count"});
    os << "/* All tensors of an open weights file into the state; the optimiser's memory is zero. On failure `error` "
          "(may "
          "be NULL)\n"
       << " * says in words what does not fit, and nothing is written. */\n";
    function("_import", {"const resnetc_weights *weights, void *state, char *error, size_t error_bytes"});
    os << "/* Folds and packs the state's tensors into " << macro << "_WEIGHTS_BYTES at `packed`, for " << name
       << "_run. */\n";
    function("_fold", {"const void *state, void *packed"});
  }

  raw_ostream &os;
  const PlanTables &tables;
  StringRef name;
  std::string macro;
};

} // namespace

std::string headerText(const PlanTables &tables, bool embedsWeights, size_t classNames) {
  std::string text;
  raw_string_ostream os(text);
  Writer(os, tables).write(embedsWeights, classNames);
  return text;
}

} // namespace resnetc::emit
