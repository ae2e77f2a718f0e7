//===- PrintTable.cpp - a line for each layer, and totals ------------------===//

#include "compiler/inspect/Numbers.h"
#include "compiler/inspect/Print.h"
#include "dsl/InferShape.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace resnetc::inspect {
namespace {

constexpr size_t columns = 9;
/// A line of the table; with a single cell, a heading that may be wider than its column.
using Row = std::vector<std::string>;

class TableBuilder {
public:
  TableBuilder(const Inspection &inspection) : inspection(inspection) {
    rows.push_back({"layer", "kind", "output", "parameters", "MACs", "field", "layout", "memory", "kernel"});
    addEntry();
  }

  void add(const Nodes &nodes, unsigned indent) {
    for (const Node &node : nodes) {
      unsigned inside = indent;
      if (node.count > 1) {
        rows.push_back({std::string(indent, ' ') + heading(node)});
        inside += 2;
      }
      if (node.layer)
        addLayer(*node.layer, inside);
      for (const Branch &branch : node.branches) {
        bool isNamed = !branch.role.empty() && branch.role != "body";
        if (isNamed)
          rows.push_back({std::string(inside + 2, ' ') + branch.role.str() + ":"});
        add(branch.nodes, inside + (node.layer ? 2 : 0) + (isNamed ? 2 : 0));
      }
    }
  }

  void print(raw_ostream &os) const {
    size_t widths[columns] = {};
    for (const Row &row : rows)
      if (row.size() == columns)
        for (size_t i = 0; i < columns; ++i)
          widths[i] = std::max(widths[i], row[i].size());
    for (const Row &row : rows) {
      std::string line = row.size() == 1 ? row[0] : "";
      for (size_t i = 0; row.size() == columns && i < columns; ++i) {
        bool isNumber = i == 3 || i == 4 || i == 5 || i == 7;
        std::string padding(widths[i] - row[i].size(), ' ');
        line += (i ? "  " : "") + (isNumber ? padding + row[i] : row[i] + padding);
      }
      os << StringRef(line).rtrim() << '\n';
    }
  }

private:
  static std::string heading(const Node &node) {
    std::string text = std::to_string(node.count) + " x";
    if (!node.block.empty())
      text += " " + node.block;
    return text + ": " + node.name + " to " + node.last + ", the first of them:";
  }

  void addEntry() {
    Row row = {"",
               inspection.network.inputType == dsl::ElementType::U8 ? "input u8" : "input f32",
               dsl::describe(inspection.network.input),
               "",
               "",
               "",
               "",
               "",
               ""};
    addCode(row, inspection.entryCalls());
    rows.push_back(std::move(row));
  }

  void addLayer(const dsl::Layer &layer, unsigned indent) {
    Costs costs = layerCosts(layer);
    const LayerCode &code = inspection.code(layer);
    Row row = {std::string(indent, ' ') + layer.name,
               dsl::describe(layer),
               dsl::describe(layer.output),
               costs.parameters ? withCommas(costs.parameters) : "",
               costs.multiplyAdds ? withUnit(costs.multiplyAdds) : "",
               fieldText(inspection.field(layer)),
               "",
               "",
               code.within.empty() ? "none" : "in " + code.within};
    addCode(row, code.calls);
    if (!code.calls.empty() && !code.within.empty())
      row[8] += ", then in " + code.within;
    rows.push_back(std::move(row));
  }

  static void addCode(Row &row, const std::vector<const CallFacts *> &calls) {
    if (calls.empty())
      return;
    const CallFacts &last = *calls.back();
    row[6] = toString(last.output.layout).str();
    if (last.output.border)
      row[6] += "+" + std::to_string(last.output.border);
    int64_t bytes = 0;
    row[8].clear();
    for (const CallFacts *call : calls) {
      bytes += call->outputBytes;
      row[8] += (row[8].empty() ? "" : ", then ") + kernelText(call->kernel);
    }
    row[7] = withByteUnit(bytes);
  }

  const Inspection &inspection;
  std::vector<Row> rows;
};

void printTotals(const Inspection &inspection, raw_ostream &os) {
  const Costs &costs = inspection.costs;
  const PlanFacts &plan = inspection.plan;
  os << formatv("\n{0}: {1} weight layers, {2} parameters, {3}MAC for one input, receptive field {4}\n",
                inspection.network.name, costs.weightLayers, withCommas(costs.parameters), withUnit(costs.multiplyAdds),
                fieldText(inspection.widestField()));
  os << formatv("batch {0}: {1} distinct kernels, workspace {2}, packed weights {3}\n", plan.batch, plan.kernels,
                withByteUnit(plan.workspaceBytes), withByteUnit(plan.packedBytes));
}

} // namespace

void printTable(const Inspection &inspection, bool all, raw_ostream &os) {
  TableBuilder table(inspection);
  table.add(makeTree(inspection.network, /*fold=*/!all), 0);
  table.print(os);
  printTotals(inspection, os);
}

} // namespace resnetc::inspect
