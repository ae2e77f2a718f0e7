//===- PrintNetwork.cpp - an elaborated network as text --------------------------------------------===//

#include "dsl/Elaborate.h"
#include "dsl/InferShape.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace resnetc::dsl;

static void print(const Sequence &sequence, unsigned indent, llvm::raw_ostream &os);

static void printBraces(const Sequence &sequence, unsigned indent, llvm::raw_ostream &os) {
  os << " {\n";
  print(sequence, indent + 2, os);
  os.indent(indent) << '}';
}

static void printBranches(const Layer &layer, const Residual &residual, unsigned indent, llvm::raw_ostream &os) {
  printBraces(residual.body, indent, os);
  if (residual.gate) {
    os << " gated";
    printBraces(*residual.gate, indent, os);
  }
  if (residual.kind == ShortcutKind::Pad) {
    os << " shortcut pad(stride = ";
    if (layer.input.size() == 3 && residual.stride[0] != residual.stride[1])
      os << residual.stride[0] << "x";
    os << residual.stride[1];
    os << ')';
  } else if (residual.kind == ShortcutKind::Branch) {
    os << " shortcut";
    printBraces(residual.shortcut, indent, os);
  }
}

static void print(const Sequence &sequence, unsigned indent, llvm::raw_ostream &os) {
  for (const Layer &layer : sequence) {
    os.indent(indent) << layer.name << ": " << describe(layer) << " : " << describe(layer.input) << " -> "
                      << describe(layer.output);
    if (const auto *residual = std::get_if<Residual>(&layer.kind))
      printBranches(layer, *residual, indent, os);
    else
      forEachBranch(layer.kind, [&](const Sequence &branch) { printBraces(branch, indent, os); });
    os << '\n';
  }
}

static void print(const TrainValue &value, llvm::raw_ostream &os) {
  if (const auto *flag = std::get_if<bool>(&value.data))
    os << (*flag ? "true" : "false");
  else if (const auto *integer = std::get_if<int64_t>(&value.data))
    os << *integer;
  else if (const auto *real = std::get_if<double>(&value.data))
    os << llvm::format("%g", *real);
  else if (const auto *list = std::get_if<std::vector<TrainValue>>(&value.data)) {
    os << '[';
    llvm::interleaveComma(*list, os, [&](const TrainValue &item) { print(item, os); });
    os << ']';
  } else {
    const auto &choice = std::get<TrainChoice>(value.data);
    os << choice.name;
    if (choice.arguments.empty())
      return;
    os << '(';
    llvm::interleaveComma(choice.arguments, os, [&](const auto &argument) {
      os << argument.first << " = ";
      print(argument.second, os);
    });
    os << ')';
  }
}

void resnetc::dsl::printNetwork(const Network &network, llvm::raw_ostream &os) {
  int64_t elements = 0;
  for (const ParameterTensor &tensor : listParameters(network))
    if (!llvm::StringRef(tensor.name).contains(".running_"))
      elements += *countElements(tensor.shape);
  os << "network " << network.name << " : " << (network.inputType == ElementType::U8 ? "u8 " : "f32 ")
     << describe(network.input) << " -> f32 " << describe(network.output) << ", " << elements << " parameters {\n";
  print(network.layers, 2, os);
  os << "}\n";
  if (!network.train)
    return;
  os << "train " << network.name << " {\n";
  for (const auto &[name, value] : network.train->settings) {
    os << "  " << name << " = ";
    print(value, os);
    os << '\n';
  }
  os << "}\n";
}
