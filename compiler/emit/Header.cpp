//===- Header.cpp - the C header of a model --------------------------------===//

#include "compiler/emit/Header.h"
#include "compiler/Version.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

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

class Writer {
public:
  Writer(raw_ostream &os, const PlanTables &tables)
      : os(os), tables(tables), name(tables.name), macro(StringRef(tables.name).upper()) {}

  void write(bool embedsWeights) {
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
    os << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
    declarations(embedsWeights);
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

  void declarations(bool embedsWeights) {
    os << "extern const resnetc_model_info " << name << "_info;\n\n";
    if (embedsWeights)
      os << "/* The packed weights that the network was compiled with. */\n"
         << "extern const unsigned char " << name << "_weights[" << tables.packedBytes << "];\n\n";
    os << "/* Infers n >= 1 images; returns a resnetc_status. context: NULL runs on the calling thread alone. weights: "
          "packed. */\n"
       << "int " << name << "_run(const resnetc_context *context, const void *weights, const void *images, size_t n,\n"
       << std::string(name.size() + 9, ' ') << "float *logits, void *workspace);\n\n"
       << "/* Folds and packs the named tensors of an open weights file into " << macro
       << "_WEIGHTS_BYTES at `packed`; on failure\n"
       << " * `error` (may be NULL) says in words what does not fit. */\n"
       << "int " << name << "_pack(const resnetc_weights *weights, void *packed, char *error, size_t error_bytes);\n\n";
  }

  raw_ostream &os;
  const PlanTables &tables;
  StringRef name;
  std::string macro;
};

} // namespace

std::string headerText(const PlanTables &tables, bool embedsWeights) {
  std::string text;
  raw_string_ostream os(text);
  Writer(os, tables).write(embedsWeights);
  return text;
}

} // namespace resnetc::emit
