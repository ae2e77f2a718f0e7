//===- GradientFlowTest.cpp - records of probes and gradients -----------------------------------------===//

#include "runtime/train/GradientFlow.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>

using namespace resnetc;
using namespace resnetc::train;

namespace {

/// Tables of a network conv1, layer1.0, layer2.0 (below the lowest trained one, so without a gradient), fc.
struct Tables {
  Tables() {
    training.tensor_count = uint32_t(std::size(tensors));
    training.tensors = tensors;
    training.probe_count = uint32_t(std::size(probes));
    training.probes = probes;
    info.training = &training;
    info.name = "net";
    model.info = &info;
    model.gradient = [](const void *workspace, const char *tensor, float *values, size_t count) -> int {
      if (std::strstr(tensor, "running"))
        return RESNETC_ERROR_ARGUMENT;
      if (std::strstr(tensor, "broken"))
        return RESNETC_ERROR_ABI;
      const float value = std::strstr(tensor, "weight") ? 2.0f : 3.0f;
      std::fill(values, values + count, value * static_cast<const float *>(workspace)[0] / 16);
      return RESNETC_OK;
    };
  }

  // In natural order, as a schema is.
  resnetc_tensor_info tensors[5] = {{"bn.running_mean", 1, 0, {4}, 0},
                                    {"conv1.weight", 4, 0, {2, 2, 1, 1}, 0},
                                    {"fc.bias", 1, 0, {4}, 0},
                                    {"fc.weight", 2, 0, {4, 4}, 0},
                                    {"layer1.0.conv1.weight", 4, 0, {1, 1, 3, 3}, 0}};
  resnetc_probe probes[5] = {{"layer2.0", RESNETC_PROBE_BRANCH, 0},
                             {"layer2.0", RESNETC_PROBE_SKIP, 0},
                             {"layer1.0", RESNETC_PROBE_BRANCH, 0},
                             {"layer1.0", RESNETC_PROBE_SKIP, 0},
                             {"layer1.0", RESNETC_PROBE_GRADIENT, 0}};
  resnetc_training training = {};
  resnetc_model_info info = {};
  Model model;
  /// Lane 0 of each probe's row.
  std::vector<float> workspace = std::vector<float>(5 * 16);
  void measure(std::initializer_list<float> squares) {
    size_t row = 0;
    for (float square : squares)
      workspace[16 * row++] = square;
  }
  const std::vector<std::string> order = {"conv1", "layer2.0.conv1", "layer1.0.conv1", "fc"};
};

TEST(GradientFlow, NormsInTheNetworksOrder) {
  Tables tables;
  FlowRecorder recorder(tables.model, tables.order);
  tables.measure({16, 4, 9, 25, 1});
  ASSERT_FALSE(llvm::errorToBool(recorder.add(0, 2.5, tables.workspace.data())));
  tables.measure({32, 4, 16, 25, 4});
  ASSERT_FALSE(llvm::errorToBool(recorder.add(10, 1.5, tables.workspace.data())));
  const Flow &flow = recorder.flow();
  EXPECT_EQ(flow.steps, (std::vector<uint64_t>{0, 10}));
  EXPECT_EQ(flow.losses, (std::vector<double>{2.5, 1.5}));
  ASSERT_EQ(flow.blocks.size(), 2u);
  EXPECT_EQ(flow.blocks[0].name, "layer2.0");
  EXPECT_EQ(flow.blocks[1].branch, (Norms{3, 4}));
  EXPECT_EQ(flow.blocks[1].skip, (Norms{5, 5}));
  EXPECT_EQ(flow.blocks[1].gradient, (Norms{1, 2}));
  EXPECT_TRUE(std::isnan(flow.blocks[0].gradient[1]));
  ASSERT_EQ(flow.layers.size(), 3u) << "running statistics have no gradient";
  EXPECT_EQ(flow.layers[0].name, "conv1");
  EXPECT_EQ(flow.layers[1].name, "layer1.0.conv1");
  EXPECT_EQ(flow.layers[2].name, "fc");
  ASSERT_EQ(flow.layers[2].tensors.size(), 2u);
  EXPECT_EQ(flow.layers[2].tensors[0].name, "bias");
  EXPECT_FALSE(flow.layers[2].tensors[0].isMatrix);
  EXPECT_EQ(flow.layers[2].tensors[0].gradient, (Norms{6, 12})) << "the root of 4 squares of 3, then twice that";
  EXPECT_TRUE(flow.layers[2].tensors[1].isMatrix);
  EXPECT_EQ(flow.layers[0].tensors[0].gradient, (Norms{4, 8}));
  EXPECT_EQ(flow.layers[1].tensors[0].gradient, (Norms{6, 12}));
}

TEST(GradientFlow, ErrorsNameTheTensor) {
  Tables tables;
  tables.tensors[1].name = "broken.weight";
  FlowRecorder recorder(tables.model, tables.order);
  EXPECT_EQ(llvm::toString(recorder.add(0, 1, tables.workspace.data())),
            std::string("gradient of broken.weight: ") + resnetc_status_string(RESNETC_ERROR_ABI));
}

Flow threeRecords(Tables &tables) {
  FlowRecorder recorder(tables.model, tables.order);
  for (float factor : {4.0f, 1.0f, 9.0f}) {
    tables.measure({16, 4, 9 * factor, 25, factor});
    EXPECT_FALSE(llvm::errorToBool(recorder.add(uint64_t(factor), 1, tables.workspace.data())));
  }
  return recorder.flow();
}

TEST(GradientFlow, TheTableHasFirstMedianAndLast) {
  Tables tables;
  const std::string text = flowTable(threeRecords(tables));
  EXPECT_NE(text.find("L2 norms of 3 records, step 4 to 9\n"), std::string::npos) << text;
  EXPECT_NE(
      text.find("layer1.0               2.00e+00  2.00e+00  3.00e+00    6.00e+00  6.00e+00  9.00e+00    5.00e+00"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("layer2.0                      -         -         -    4.00e+00"), std::string::npos) << text;
  EXPECT_NE(text.find("fc.bias                6.00e+00  6.00e+00  6.00e+00\n"), std::string::npos) << text;
  EXPECT_EQ(flowTable({}), "");
}

TEST(GradientFlow, JsonHasNullWhereNothingWasMeasured) {
  Tables tables;
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::json::OStream json(os);
  json.object([&] { writeFlow(json, threeRecords(tables)); });
  llvm::json::Value value = llvm::cantFail(llvm::json::parse(text));
  const llvm::json::Array &blocks = *value.getAsObject()->getArray("blocks");
  EXPECT_EQ((*blocks[0].getAsObject()->getArray("gradient"))[0].kind(), llvm::json::Value::Null);
  EXPECT_EQ((*blocks[1].getAsObject()->getArray("gradient"))[2].getAsNumber(), 3);
  const llvm::json::Object &conv = *(*value.getAsObject()->getArray("layers"))[0].getAsObject();
  EXPECT_EQ(conv.getString("name"), llvm::StringRef("conv1"));
  EXPECT_EQ(conv.getObject("gradients")->getArray("weight")->size(), 3u);

  const Flow read = llvm::cantFail(readFlow(text)), written = threeRecords(tables);
  EXPECT_EQ(read.network, "net");
  EXPECT_EQ(read.steps, written.steps);
  ASSERT_EQ(read.layers.size(), written.layers.size());
  EXPECT_EQ(read.layers[2].tensors[1].name, "weight");
  EXPECT_TRUE(read.layers[2].tensors[1].isMatrix);
  EXPECT_FALSE(read.layers[2].tensors[0].isMatrix);
  EXPECT_EQ(read.layers[0].tensors[0].gradient, written.layers[0].tensors[0].gradient);
  for (const char *damaged :
       {"", "[]", "{}", R"({"network": "a", "steps": [], "layers": []})",
        R"({"network": "a", "steps": [1], "layers": [3]})",
        R"({"network": "a", "steps": [1], "layers": [{"name": "b", "matrices": [], "gradients": {"w": []}}]})"})
    EXPECT_TRUE(llvm::errorToBool(readFlow(damaged).takeError())) << damaged;
}

TEST(GradientFlow, ThePictureLeavesOutBlocksWhereThereAreNone) {
  Tables tables;
  const Flow flow = threeRecords(tables);
  const plot::Picture picture = drawFlow(flow);
  ASSERT_EQ(picture.panels.size(), 4u);
  EXPECT_EQ(picture.panels[0].series.size(), 3u) << "a line a record";
  EXPECT_EQ(picture.panels[0].series[2].points[1], (std::pair<double, double>(2, 3)));
  EXPECT_EQ(picture.panels[1].series[0].points[0].second, 2) << "branch over skip";
  EXPECT_EQ(picture.panels[3].series.size(), 3u) << "a line a layer with weights";
  EXPECT_EQ(picture.panels[3].series[2].name, "fc (3)");
  tables.training.probe_count = 0;
  const Flow plain = threeRecords(tables);
  EXPECT_EQ(drawFlow(plain).panels.size(), 2u);
  const plot::Picture both = compareFlows({&plain, &flow});
  ASSERT_EQ(both.panels.size(), 3u);
  ASSERT_EQ(both.panels[2].series.size(), 2u);
  EXPECT_EQ(both.panels[2].series[0].points, both.panels[2].series[1].points);
  EXPECT_EQ(both.panels[0].series[1].points[0].second, flow.layers[0].tensors[0].gradient[0]);
}

} // namespace
