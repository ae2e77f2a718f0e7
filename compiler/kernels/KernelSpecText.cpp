//===- KernelSpecText.cpp - the canonical text of a kernel ----------------===//
//
// One line, fields in a fixed order, defaults left out: equal kernels have equal
// texts, which is what the kernel cache and dedup-kernels rely on.
//
//===----------------------------------------------------------------------===//

#include "compiler/kernels/KernelSpec.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/raw_ostream.h"
#include <charconv>
#include <cmath>
#include <limits>

using namespace llvm;
using namespace resnetc::kernels;

namespace {
struct Flag {
  StringRef name;
  bool Epilogue::*member;
};
const Flag flags[] = {{"bias", &Epilogue::bias},
                      {"residual", &Epilogue::residual},
                      {"affine", &Epilogue::affine},
                      {"keep_first", &Epilogue::keepFirst}};
constexpr StringLiteral affinePrefix = "affine_";

/// Fields of one value that are left out where they have their default.
struct SwitchField {
  StringRef name;
  bool KernelSpec::*member;
};
const SwitchField switchFields[] = {{"complement", &KernelSpec::complement}, {"clamp_images", &KernelSpec::clampImages},
                                    {"frozen", &KernelSpec::frozen},         {"of_output", &KernelSpec::ofOutput},
                                    {"per_image", &KernelSpec::perImage},    {"nesterov", &KernelSpec::nesterov},
                                    {"decay", &KernelSpec::decay},           {"winograd", &KernelSpec::winograd}};
struct NumberField {
  StringRef name;
  double KernelSpec::*member;
};
const NumberField numberFields[] = {{"epsilon", &KernelSpec::epsilon},
                                    {"momentum", &KernelSpec::momentum},
                                    {"smoothing", &KernelSpec::smoothing},
                                    {"rate", &KernelSpec::rate}};
struct CountField {
  StringRef name;
  int64_t KernelSpec::*member;
  int64_t usual;
};
const CountField countFields[] = {{"groups", &KernelSpec::groups, 1},
                                  {"forward_tile", &KernelSpec::forwardTile, 1},
                                  {"partials", &KernelSpec::partials, 1},
                                  {"first", &KernelSpec::firstChannel, 0}};

bool isConv(KernelOp op) {
  return op == KernelOp::Conv2d || op == KernelOp::Conv2dInputGradient || op == KernelOp::TransposeFilter ||
         op == KernelOp::Conv2dFilterGradient;
}
bool hasWindow(KernelOp op) {
  return isConv(op) || op == KernelOp::MaxPool2d || op == KernelOp::AvgPool2d || op == KernelOp::MaxPool2dGradient ||
         op == KernelOp::AvgPool2dGradient;
}
/// Ops with a second result that is like the first one unless it is given.
bool hasSecond(const KernelSpec &spec) {
  return spec.epilogue.keepFirst || spec.op == KernelOp::LayerNormGradient || spec.op == KernelOp::CrossEntropy;
}

void printPair(raw_ostream &os, StringRef name, int64_t height, int64_t width) {
  os << ' ' << name << '=' << height << 'x' << width;
}

/// The shortest decimal that reads back as the same double.
void printNumbers(raw_ostream &os, StringRef name, ArrayRef<double> values) {
  os << ' ' << name << '=';
  ListSeparator comma(",");
  for (double value : values) {
    char digits[32];
    auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
    os << comma << StringRef(digits, end - digits);
  }
}

void printEpilogue(raw_ostream &os, const Epilogue &epilogue) {
  if (epilogue == Epilogue())
    return;
  os << " epilogue=";
  ListSeparator comma(",");
  auto flag = [&](bool Epilogue::*member) {
    if (epilogue.*member)
      os << comma << llvm::find_if(flags, [&](const Flag &f) { return f.member == member; })->name;
  };
  flag(&Epilogue::bias);
  flag(&Epilogue::residual);
  if (epilogue.activation)
    os << comma << epilogue.activation.str();
  flag(&Epilogue::affine);
  if (epilogue.affineActivation)
    os << comma << affinePrefix << epilogue.affineActivation.str();
  flag(&Epilogue::keepFirst);
}

Error failure(StringRef field, const Twine &what) {
  return createStringError(std::errc::invalid_argument, "kernel spec: %s: %s", field.str().c_str(), what.str().c_str());
}

Error parseInteger(StringRef field, StringRef text, int64_t &value) {
  bool digits = !text.empty() && llvm::all_of(text, [](char c) { return isDigit(c); });
  if (!digits || text.getAsInteger(10, value) || value > std::numeric_limits<int32_t>::max())
    return failure(field, "'" + text + "' is not a whole number below 2^31");
  return Error::success();
}

Error parsePair(StringRef field, StringRef text, int64_t &height, int64_t &width) {
  auto [first, second] = text.split('x');
  if (Error error = parseInteger(field, first, height))
    return error;
  return parseInteger(field, second, width);
}

/// layout:element:CxHxW[+border]
Error parseTensor(StringRef field, StringRef text, TensorSpec &tensor) {
  SmallVector<StringRef, 3> parts;
  text.split(parts, ':');
  if (parts.size() != 3)
    return failure(field, "'" + text + "' is not layout:element:CxHxW");
  auto layout = StringSwitch<std::optional<Layout>>(parts[0])
                    .Case("planar", Layout::Planar)
                    .Case("blocked16", Layout::Blocked16)
                    .Default(std::nullopt);
  auto element = StringSwitch<std::optional<Element>>(parts[1])
                     .Case("f32", Element::F32)
                     .Case("u8", Element::U8)
                     .Default(std::nullopt);
  if (!layout || !element)
    return failure(field, "unknown layout or element in '" + text + "'");
  tensor.layout = *layout;
  tensor.element = *element;
  auto [shape, border] = parts[2].split('+');
  auto [channels, map] = shape.split('x');
  if (Error error = parseInteger(field, channels, tensor.channels))
    return error;
  if (Error error = parsePair(field, map, tensor.height, tensor.width))
    return error;
  tensor.border = 0;
  return parts[2].contains('+') ? parseInteger(field, border, tensor.border) : Error::success();
}

Error parseNumbers(StringRef field, StringRef text, SmallVectorImpl<double> &values) {
  values.clear();
  SmallVector<StringRef> parts;
  text.split(parts, ',');
  for (StringRef part : parts) {
    double value = 0;
    if (part.getAsDouble(value) || !std::isfinite(value))
      return failure(field, "'" + part + "' is not a finite number");
    values.push_back(value);
  }
  return Error::success();
}

Error parseEpilogue(StringRef text, Epilogue &epilogue) {
  SmallVector<StringRef> parts;
  text.split(parts, ',');
  for (StringRef part : parts) {
    const Flag *flag = llvm::find_if(flags, [&](const Flag &f) { return f.name == part; });
    if (flag != std::end(flags)) {
      epilogue.*flag->member = true;
      continue;
    }
    StringRef name = part;
    Activation &activation = name.consume_front(affinePrefix) ? epilogue.affineActivation : epilogue.activation;
    std::optional<Activation> parsed = Activation::parse(name);
    if (!parsed || activation)
      return failure("epilogue", "unknown step '" + part + "'");
    activation = *parsed;
  }
  return Error::success();
}

/// Fields of one value, found in the tables above; empty if it is none of them.
std::optional<Error> parseScalar(StringRef field, StringRef value, KernelSpec &spec) {
  for (const SwitchField &each : switchFields)
    if (each.name == field && value == "true") {
      spec.*each.member = true;
      return Error::success();
    }
  for (const CountField &each : countFields)
    if (each.name == field)
      return parseInteger(field, value, spec.*each.member);
  for (const NumberField &each : numberFields)
    if (each.name == field) {
      SmallVector<double, 1> values;
      Error error = parseNumbers(field, value, values);
      if (!error && values.size() != 1)
        return failure(field, "'" + value + "' is not one number");
      if (!error)
        spec.*each.member = values[0];
      return error;
    }
  return std::nullopt;
}

/// Tensors and pairs.
std::optional<Error> parseShape(StringRef field, StringRef value, KernelSpec &spec) {
  if (field == "in")
    return parseTensor(field, value, spec.input);
  if (field == "out")
    return parseTensor(field, value, spec.output);
  if (field == "other")
    return parseTensor(field, value, spec.other.emplace());
  if (field == "saved")
    return parseTensor(field, value, spec.saved.emplace());
  if (field == "residual")
    return parseTensor(field, value, spec.residual.emplace());
  if (field == "second")
    return parseTensor(field, value, spec.second.emplace());
  if (field == "window")
    return parsePair(field, value, spec.windowHeight, spec.windowWidth);
  if (field == "stride")
    return parsePair(field, value, spec.strideHeight, spec.strideWidth);
  if (field == "pad")
    return parsePair(field, value, spec.padHeight, spec.padWidth);
  if (field == "pad_end")
    return parsePair(field, value, spec.padEndHeight, spec.padEndWidth);
  if (field == "dilation")
    return parsePair(field, value, spec.dilationHeight, spec.dilationWidth);
  return std::nullopt;
}

Error parseField(StringRef field, StringRef value, KernelSpec &spec) {
  if (std::optional<Error> result = parseScalar(field, value, spec))
    return std::move(*result);
  if (std::optional<Error> result = parseShape(field, value, spec))
    return std::move(*result);
  if (field == "batch")
    return parseInteger(field, value, spec.batch);
  if (field == "tile")
    return parseInteger(field, value, spec.filterTile);
  if (field == "mean")
    return parseNumbers(field, value, spec.mean);
  if (field == "std")
    return parseNumbers(field, value, spec.std);
  if (field == "class_weights")
    return parseNumbers(field, value, spec.classWeights);
  if (field == "epilogue")
    return parseEpilogue(value, spec.epilogue);
  if (field == "stream" && !value.getAsInteger(10, spec.stream))
    return Error::success();
  if (field == "count_padding" && (value == "true" || value == "false")) {
    spec.countPadding = value == "true";
    return Error::success();
  }
  return failure(field, "unknown field, or a value it cannot have");
}

/// Whether the text of such a kernel must name this tensor: the others say so in verify().
bool mustGive(KernelOp op, StringRef field) { return field == "batch" || !isTraining(op); }

void printGeometry(raw_ostream &os, const KernelSpec &spec) {
  if (hasWindow(spec.op))
    printPair(os, "window", spec.windowHeight, spec.windowWidth);
  if (hasWindow(spec.op) || spec.op == KernelOp::PadShortcut || spec.op == KernelOp::PadShortcutGradient)
    printPair(os, "stride", spec.strideHeight, spec.strideWidth);
  if (hasWindow(spec.op))
    printPair(os, "pad", spec.padHeight, spec.padWidth);
  if (spec.dilationHeight != 1 || spec.dilationWidth != 1)
    printPair(os, "dilation", spec.dilationHeight, spec.dilationWidth);
}
} // namespace

StringRef resnetc::kernels::toString(Layout layout) { return layout == Layout::Planar ? "planar" : "blocked16"; }
StringRef resnetc::kernels::toString(Element element) { return element == Element::F32 ? "f32" : "u8"; }

std::string TensorSpec::str() const {
  std::string text;
  raw_string_ostream os(text);
  os << toString(layout) << ':' << toString(element) << ':' << channels << 'x' << height << 'x' << width;
  if (border != 0)
    os << '+' << border;
  return text;
}

std::string KernelSpec::str() const {
  std::string text;
  raw_string_ostream os(text);
  os << toString(op) << " batch=" << batch;
  if (input.isGiven() || !isTraining(op))
    os << " in=" << input.str();
  if (output.isGiven() || !isTraining(op))
    os << " out=" << output.str();
  if (other)
    os << " other=" << other->str();
  if (saved)
    os << " saved=" << saved->str();
  if (residual && !(*residual == output))
    os << " residual=" << residual->str();
  if (second && !(*second == output))
    os << " second=" << second->str();
  printGeometry(os, *this);
  for (const CountField &field : countFields)
    if (this->*field.member != field.usual)
      os << ' ' << field.name << '=' << this->*field.member;
  if (isConv(op))
    os << " tile=" << filterTile;
  if (!countPadding)
    os << " count_padding=false";
  if (padEndHeight >= 0 || padEndWidth >= 0)
    printPair(os, "pad_end", padEndHeight, padEndWidth);
  for (const SwitchField &field : switchFields)
    if (this->*field.member)
      os << ' ' << field.name << "=true";
  if (stream != 0)
    os << " stream=" << stream;
  for (const NumberField &field : numberFields)
    if (this->*field.member != 0 || (op == KernelOp::LayerNorm && field.member == &KernelSpec::epsilon))
      printNumbers(os, field.name, this->*field.member);
  if (op == KernelOp::Normalize) {
    printNumbers(os, "mean", mean);
    printNumbers(os, "std", std);
  }
  if (!classWeights.empty())
    printNumbers(os, "class_weights", classWeights);
  printEpilogue(os, epilogue);
  return text;
}

Expected<KernelSpec> KernelSpec::parse(StringRef text) {
  KernelSpec spec;
  SmallVector<StringRef> words;
  text.split(words, ' ', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  std::optional<KernelOp> op = parseKernelOp(words.empty() ? "" : words[0]);
  if (!op)
    return failure("op", "'" + (words.empty() ? StringRef() : words[0]) + "' is no kernel");
  spec.op = *op;
  SmallVector<StringRef> seen;
  for (StringRef word : drop_begin(words)) {
    auto [field, value] = word.split('=');
    if (is_contained(seen, field))
      return failure(field, "given twice");
    seen.push_back(field);
    if (Error error = parseField(field, value, spec))
      return error;
  }
  for (StringRef field : {"batch", "in", "out"})
    if (mustGive(spec.op, field) && !is_contained(seen, field))
      return failure(field, "missing");
  if (spec.epilogue.residual && !spec.residual)
    spec.residual = spec.output;
  if (hasSecond(spec) && !spec.second)
    spec.second = spec.output;
  return spec;
}
