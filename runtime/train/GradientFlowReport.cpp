//===- GradientFlowReport.cpp - norms as a table, as JSON and as a picture ----------------------------===//

#include "runtime/train/GradientFlow.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>
#include <cmath>

using namespace llvm;

namespace resnetc::train {
namespace {

double median(Norms norms) {
  erase_if(norms, [](double norm) { return std::isnan(norm); });
  if (norms.empty())
    return std::nan("");
  const auto middle = norms.begin() + std::ptrdiff_t(norms.size() / 2);
  std::nth_element(norms.begin(), middle, norms.end());
  return *middle;
}

/// " 1.23e-04  5.67e-05  8.90e-05": of the first record, the median, of the last.
std::string summary(const Norms &norms) {
  std::string text;
  for (double norm : {norms.front(), median(norms), norms.back()})
    text += std::isnan(norm) ? formatv("{0,10}", "-").str() : formatv("{0,10}", formatv("{0:e2}", norm).str()).str();
  return text;
}

size_t longestName(const Flow &flow) {
  size_t longest = 8;
  for (const FlowBlock &block : flow.blocks)
    longest = std::max(longest, block.name.size());
  for (const FlowLayer &layer : flow.layers)
    for (const FlowLayer::Tensor &tensor : layer.tensors)
      longest = std::max(longest, layer.name.size() + 1 + tensor.name.size());
  return longest;
}

/// At most so many of [0, count), evenly, with both ends.
std::vector<size_t> evenly(size_t count, size_t most) {
  std::vector<size_t> chosen;
  const size_t parts = std::min(count, most);
  for (size_t i = 0; i < parts; ++i)
    chosen.push_back(parts == 1 ? 0 : i * (count - 1) / (parts - 1));
  return chosen;
}

constexpr size_t mostLines = 8;

/// norm(i, record) for i in [0, count): a line for each of some records.
plot::Chart alongNetwork(const Flow &flow, size_t count, StringRef title, StringRef x, StringRef y,
                         function_ref<double(size_t, size_t)> norm) {
  plot::Chart chart;
  chart.title = title.str();
  chart.x.label = x.str();
  chart.y.label = y.str();
  chart.y.logarithmic = true;
  for (size_t record : evenly(flow.steps.size(), mostLines)) {
    plot::Series &line = chart.series.emplace_back();
    line.name = formatv("step {0}", flow.steps[record]);
    for (size_t i = 0; i < count; ++i)
      line.points.emplace_back(double(i + 1), norm(i, record));
  }
  return chart;
}

/// What layers multiply with, in the network's order: the depth that a gradient has to reach.
std::vector<std::pair<std::string, const Norms *>> matrices(const Flow &flow) {
  std::vector<std::pair<std::string, const Norms *>> found;
  for (const FlowLayer &layer : flow.layers)
    for (const FlowLayer::Tensor &tensor : layer.tensors)
      if (tensor.isMatrix)
        found.emplace_back(layer.name, &tensor.gradient);
  return found;
}

plot::Chart overSteps(const Flow &flow, ArrayRef<std::pair<std::string, const Norms *>> weights) {
  plot::Chart chart;
  chart.title = "gradients of weights over training";
  chart.x.label = "step";
  chart.y.label = "norm of the gradient";
  chart.y.logarithmic = true;
  for (size_t i : evenly(weights.size(), mostLines)) {
    plot::Series &line = chart.series.emplace_back();
    line.name = formatv("{0} ({1})", weights[i].first, i + 1);
    for (size_t record = 0; record < flow.steps.size(); ++record)
      line.points.emplace_back(double(flow.steps[record]), (*weights[i].second)[record]);
  }
  return chart;
}

} // namespace

std::string flowTable(const Flow &flow) {
  if (flow.steps.empty())
    return "";
  std::string text;
  raw_string_ostream os(text);
  const size_t width = longestName(flow);
  const auto cell = [&](StringRef name) { return left_justify(name, width); };
  const std::string columns = formatv("{0,10}{1,10}{2,10}", "first", "median", "last").str();
  os << "L2 norms of " << flow.steps.size() << " records, step " << flow.steps.front() << " to " << flow.steps.back()
     << "\n";
  if (!flow.blocks.empty()) {
    os << "\n" << cell("") << "  gradient at the block's sum       branch                          skip\n";
    os << cell("block") << columns << "  " << columns << "  " << columns << "\n";
    for (const FlowBlock &block : flow.blocks)
      os << cell(block.name) << summary(block.gradient) << "  " << summary(block.branch) << "  " << summary(block.skip)
         << "\n";
  }
  os << "\n" << cell("") << "  gradient of the parameter\n" << cell("parameter") << columns << "\n";
  for (const FlowLayer &layer : flow.layers)
    for (const FlowLayer::Tensor &tensor : layer.tensors)
      os << cell(layer.name + "." + tensor.name) << summary(tensor.gradient) << "\n";
  return text;
}

void writeFlow(json::OStream &json, const Flow &flow) {
  const auto norms = [&](StringRef name, const Norms &values) {
    json.attributeArray(name, [&] {
      for (double value : values)
        std::isfinite(value) ? json.value(value) : json.value(nullptr);
    });
  };
  json.attribute("network", flow.network);
  json.attributeArray("steps", [&] {
    for (uint64_t step : flow.steps)
      json.value(step);
  });
  norms("losses", flow.losses);
  json.attributeArray("blocks", [&] {
    for (const FlowBlock &block : flow.blocks)
      json.object([&] {
        json.attribute("name", block.name);
        norms("gradient", block.gradient);
        norms("branch", block.branch);
        norms("skip", block.skip);
      });
  });
  json.attributeArray("layers", [&] {
    for (const FlowLayer &layer : flow.layers)
      json.object([&] {
        json.attribute("name", layer.name);
        json.attributeObject("gradients", [&] {
          for (const FlowLayer::Tensor &tensor : layer.tensors)
            norms(tensor.name, tensor.gradient);
        });
        json.attributeArray("matrices", [&] {
          for (const FlowLayer::Tensor &tensor : layer.tensors)
            if (tensor.isMatrix)
              json.value(tensor.name);
        });
      });
  });
}

/// The gradients of one layer; false if they are none.
static bool readLayer(const json::Object &object, size_t records, FlowLayer &layer) {
  const auto name = object.getString("name");
  const json::Object *gradients = object.getObject("gradients");
  const json::Array *matrices = object.getArray("matrices");
  if (!name || !gradients || !matrices)
    return false;
  layer.name = name->str();
  for (const auto &[tensor, values] : *gradients) {
    const json::Array *numbers = values.getAsArray();
    if (!numbers || numbers->size() != records)
      return false;
    FlowLayer::Tensor &read = layer.tensors.emplace_back();
    read.name = StringRef(tensor).str();
    read.isMatrix = is_contained(*matrices, json::Value(read.name));
    for (const json::Value &number : *numbers)
      read.gradient.push_back(number.getAsNumber().value_or(std::nan("")));
  }
  // A JSON object has no order.
  sort(layer.tensors, [](const FlowLayer::Tensor &a, const FlowLayer::Tensor &b) { return a.name < b.name; });
  return true;
}

Expected<Flow> readFlow(StringRef text) {
  Expected<json::Value> value = json::parse(text);
  if (!value)
    return value.takeError();
  const json::Object *root = value->getAsObject();
  const json::Array *steps = root ? root->getArray("steps") : nullptr;
  const json::Array *layers = root ? root->getArray("layers") : nullptr;
  const auto network = root ? root->getString("network") : std::nullopt;
  if (!steps || !layers || !network || steps->empty())
    return createStringError("no records of resnetc gradflow");
  Flow flow;
  flow.network = network->str();
  for (const json::Value &step : *steps)
    flow.steps.push_back(uint64_t(step.getAsInteger().value_or(0)));
  for (const json::Value &layer : *layers)
    if (const json::Object *object = layer.getAsObject();
        !object || !readLayer(*object, steps->size(), flow.layers.emplace_back()))
      return createStringError("layer %zu has no gradients of %zu records", flow.layers.size(), steps->size());
  return flow;
}

plot::Picture compareFlows(ArrayRef<const Flow *> flows) {
  plot::Picture picture;
  picture.title = "gradients of weights by depth";
  picture.columns = 3;
  using Pick = double (*)(const Norms &);
  const std::pair<StringRef, Pick> panels[] = {
      {"first record", [](const Norms &norms) { return norms.front(); }},
      {"median of all records", [](const Norms &norms) { return median(norms); }},
      {"last record", [](const Norms &norms) { return norms.back(); }}};
  for (const auto &[title, pick] : panels) {
    plot::Chart &chart = picture.panels.emplace_back();
    chart.title = title.str();
    chart.x.label = "layer with weights";
    chart.y.label = "norm of the gradient";
    chart.y.logarithmic = true;
    for (const Flow *flow : flows) {
      plot::Series &line = chart.series.emplace_back();
      line.name = flow->network;
      for (const auto &[layer, norms] : matrices(*flow))
        line.points.emplace_back(double(line.points.size() + 1), pick(*norms));
    }
  }
  return picture;
}

plot::Picture drawFlow(const Flow &flow) {
  plot::Picture picture;
  picture.title = flow.network + ": gradients through the network";
  picture.colours = plot::Colours::Ordered;
  if (!flow.blocks.empty()) {
    const auto gradient = [&](size_t i, size_t record) { return flow.blocks[i].gradient[record]; };
    const auto ratio = [&](size_t i, size_t record) {
      return flow.blocks[i].branch[record] / flow.blocks[i].skip[record];
    };
    picture.panels.push_back(alongNetwork(flow, flow.blocks.size(), "gradient at each block's sum", "block",
                                          "norm of the gradient", gradient));
    picture.panels.push_back(
        alongNetwork(flow, flow.blocks.size(), "what a block adds to its skip", "block", "|F(x)| / |x|", ratio));
  }
  const auto weights = matrices(flow);
  picture.panels.push_back(alongNetwork(flow, weights.size(), "gradients of weights by depth", "layer with weights",
                                        "norm of the gradient",
                                        [&](size_t i, size_t record) { return (*weights[i].second)[record]; }));
  picture.panels.push_back(overSteps(flow, weights));
  return picture;
}

} // namespace resnetc::train
