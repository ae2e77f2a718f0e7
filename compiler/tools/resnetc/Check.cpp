//===- Check.cpp - resnetc check: names and shapes, no code ----------------===//

#include "compiler/inspect/LayerCosts.h"
#include "compiler/tools/resnetc/Command.h"
#include "compiler/tools/resnetc/Frontend.h"
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

void printText(const dsl::Network &network, const inspect::Costs &costs) {
  outs() << formatv("{0}: {1}[{2}] -> f32[{3}]; {4} weight layers, {5} parameters, {6:f2} GMAC\n", network.name,
                    network.inputType == dsl::ElementType::U8 ? "u8" : "f32", shapeText(network.input),
                    shapeText(network.output), costs.weightLayers, costs.parameters,
                    static_cast<double>(costs.multiplyAdds) / 1e9);
}

json::Value asJson(const dsl::Network &network, const inspect::Costs &costs) {
  return json::Object{{"network", network.name},
                      {"input", json::Array(network.input)},
                      {"output", json::Array(network.output)},
                      {"weight_layers", costs.weightLayers},
                      {"parameters", costs.parameters},
                      {"multiply_adds", costs.multiplyAdds}};
}

} // namespace

int runCheck(ArrayRef<const char *> argv) {
  CheckOptions options;
  if (!parseOptions(argv, "resnetc check: parses a .rn file, gives names and checks shapes\n"))
    return exitUsage;
  Frontend frontend(options.network);
  bool good = false;
  json::Array networks;
  for (const dsl::Network &network : frontend.check(good)) {
    if (options.layers)
      dsl::printNetwork(network, outs());
    if (options.network.json)
      networks.push_back(asJson(network, inspect::networkCosts(network)));
    else
      printText(network, inspect::networkCosts(network));
  }
  if (options.network.json)
    outs() << formatv("{0:2}\n", json::Value(std::move(networks)));
  return good ? exitGood : exitDiagnostics;
}

} // namespace resnetc::tool
