//===- Check.cpp - resnetc check: names and shapes, no code ----------------===//

#include "compiler/tools/resnetc/Command.h"
#include "compiler/tools/resnetc/Frontend.h"
#include "compiler/tools/resnetc/NetworkCosts.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace resnetc::tool {
namespace {

struct CheckOptions {
  NetworkOptions network;
  cl::opt<bool> layers{"layers", cl::desc("list every layer with its shape")};
};

std::string shapeText(const dsl::Shape &shape) {
  return formatv("{0:$[, ]}", make_range(shape.begin(), shape.end())).str();
}

void printText(const dsl::Network &network, const NetworkCosts &costs) {
  outs() << formatv("{0}: {1}[{2}] -> f32[{3}]; {4} weight layers, {5} parameters, {6:f2} GMAC\n", network.name,
                    network.inputType == dsl::ElementType::U8 ? "u8" : "f32", shapeText(network.input),
                    shapeText(network.output), costs.weightLayers, costs.parameters,
                    static_cast<double>(costs.multiplyAdds) / 1e9);
}

void printJson(const dsl::Network &network, const NetworkCosts &costs) {
  json::Object object{{"network", network.name},
                      {"input", json::Array(network.input)},
                      {"output", json::Array(network.output)},
                      {"weight_layers", costs.weightLayers},
                      {"parameters", costs.parameters},
                      {"multiply_adds", costs.multiplyAdds}};
  outs() << formatv("{0:2}\n", json::Value(std::move(object)));
}

} // namespace

int runCheck(ArrayRef<const char *> argv) {
  CheckOptions options;
  if (!parseOptions(argv, "resnetc check: parses a .rn file, gives names and checks shapes\n"))
    return exitUsage;
  Frontend frontend(options.network);
  bool good = false;
  for (const dsl::Network &network : frontend.check(good)) {
    if (options.layers)
      dsl::printNetwork(network, outs());
    (options.network.json ? printJson : printText)(network, networkCosts(network));
  }
  return good ? exitGood : exitDiagnostics;
}

} // namespace resnetc::tool
