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
constexpr KernelOp allOps[] = {
    KernelOp::Normalize,     KernelOp::Conv2d,      KernelOp::MaxPool2d, KernelOp::AvgPool2d, KernelOp::GlobalAvgPool,
    KernelOp::GlobalMaxPool, KernelOp::Elementwise, KernelOp::Multiply,  KernelOp::Concat,    KernelOp::LayerNorm,
    KernelOp::PadShortcut,   KernelOp::Softmax,     KernelOp::Copy};

struct Flag {
  StringRef name;
  bool Epilogue::*member;
};
const Flag flags[] = {{"bias", &Epilogue::bias},
                      {"residual", &Epilogue::residual},
                      {"affine", &Epilogue::affine},
                      {"keep_first", &Epilogue::keepFirst}};
constexpr StringLiteral affinePrefix = "affine_";

bool hasWindow(KernelOp op) { return op == KernelOp::Conv2d || op == KernelOp::MaxPool2d || op == KernelOp::AvgPool2d; }

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

Error parseField(StringRef field, StringRef value, KernelSpec &spec) {
  if (field == "batch")
    return parseInteger(field, value, spec.batch);
  if (field == "in")
    return parseTensor(field, value, spec.input);
  if (field == "out")
    return parseTensor(field, value, spec.output);
  if (field == "other")
    return parseTensor(field, value, spec.other.emplace());
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
  if (field == "dilation")
    return parsePair(field, value, spec.dilationHeight, spec.dilationWidth);
  if (field == "groups")
    return parseInteger(field, value, spec.groups);
  if (field == "tile")
    return parseInteger(field, value, spec.filterTile);
  if (field == "mean")
    return parseNumbers(field, value, spec.mean);
  if (field == "std")
    return parseNumbers(field, value, spec.std);
  if (field == "epilogue")
    return parseEpilogue(value, spec.epilogue);
  if (field == "complement" && value == "true") {
    spec.complement = true;
    return Error::success();
  }
  if (field == "epsilon") {
    SmallVector<double, 1> values;
    Error error = parseNumbers(field, value, values);
    if (!error && values.size() != 1)
      return failure(field, "'" + value + "' is not one number");
    if (!error)
      spec.epsilon = values[0];
    return error;
  }
  if (field == "pad_end")
    return parsePair(field, value, spec.padEndHeight, spec.padEndWidth);
  if (field == "count_padding" && (value == "true" || value == "false")) {
    spec.countPadding = value == "true";
    return Error::success();
  }
  return failure(field, "unknown field, or a value it cannot have");
}
} // namespace

StringRef resnetc::kernels::toString(KernelOp op) {
  switch (op) {
  case KernelOp::Normalize:
    return "normalize";
  case KernelOp::Conv2d:
    return "conv2d";
  case KernelOp::MaxPool2d:
    return "max_pool2d";
  case KernelOp::AvgPool2d:
    return "avg_pool2d";
  case KernelOp::GlobalAvgPool:
    return "global_avg_pool";
  case KernelOp::GlobalMaxPool:
    return "global_max_pool";
  case KernelOp::Elementwise:
    return "elementwise";
  case KernelOp::Multiply:
    return "multiply";
  case KernelOp::Concat:
    return "concat";
  case KernelOp::LayerNorm:
    return "layer_norm";
  case KernelOp::PadShortcut:
    return "pad_shortcut";
  case KernelOp::Softmax:
    return "softmax";
  case KernelOp::Copy:
    return "copy";
  }
  return "unknown";
}

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
  os << toString(op) << " batch=" << batch << " in=" << input.str() << " out=" << output.str();
  if (other)
    os << " other=" << other->str();
  if (residual && !(*residual == output))
    os << " residual=" << residual->str();
  if (second && !(*second == output))
    os << " second=" << second->str();
  if (hasWindow(op))
    printPair(os, "window", windowHeight, windowWidth);
  if (hasWindow(op) || op == KernelOp::PadShortcut)
    printPair(os, "stride", strideHeight, strideWidth);
  if (hasWindow(op))
    printPair(os, "pad", padHeight, padWidth);
  if (dilationHeight != 1 || dilationWidth != 1)
    printPair(os, "dilation", dilationHeight, dilationWidth);
  if (groups != 1)
    os << " groups=" << groups;
  if (op == KernelOp::Conv2d)
    os << " tile=" << filterTile;
  if (op == KernelOp::AvgPool2d && !countPadding)
    os << " count_padding=false";
  if (padEndHeight >= 0 || padEndWidth >= 0)
    printPair(os, "pad_end", padEndHeight, padEndWidth);
  if (complement)
    os << " complement=true";
  if (op == KernelOp::LayerNorm)
    printNumbers(os, "epsilon", epsilon);
  if (op == KernelOp::Normalize) {
    printNumbers(os, "mean", mean);
    printNumbers(os, "std", std);
  }
  printEpilogue(os, epilogue);
  return text;
}

Expected<KernelSpec> KernelSpec::parse(StringRef text) {
  KernelSpec spec;
  SmallVector<StringRef> words;
  text.split(words, ' ', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  const KernelOp *op = llvm::find_if(allOps, [&](KernelOp o) { return !words.empty() && toString(o) == words[0]; });
  if (op == std::end(allOps))
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
    if (!is_contained(seen, field))
      return failure(field, "missing");
  if (spec.epilogue.residual && !spec.residual)
    spec.residual = spec.output;
  if (spec.epilogue.keepFirst && !spec.second)
    spec.second = spec.output;
  return spec;
}
