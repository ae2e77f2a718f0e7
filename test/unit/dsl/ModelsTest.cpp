//===- ModelsTest.cpp - the networks that come with the compiler --------------===//

#include "DslFixture.h"
#include "llvm/ADT/STLExtras.h"

using namespace resnetc::dsl;

namespace {

struct Model {
  const char *path, *name;
  int64_t trainable; ///< without running statistics
};

int64_t countTrainable(const Network &network) {
  int64_t sum = 0;
  for (const ParameterTensor &tensor : listParameters(network))
    if (!llvm::StringRef(tensor.name).contains(".running_"))
      sum += *countElements(tensor.shape);
  return sum;
}

class Models : public testing::TestWithParam<Model> {
protected:
  std::optional<Network> loadModel() {
    Options options;
    options.stdFolders = {sourcePath("dsl/std")};
    return load(sourcePath(GetParam().path), options, sources, diagnostics);
  }
  llvm::SourceMgr sources;
  Diagnostics diagnostics{sources};
};

TEST_P(Models, HasTheKnownNumberOfParametersAndStableNames) {
  std::optional<Network> network = loadModel();
  if (!network)
    diagnostics.print(llvm::errs(), false);
  ASSERT_TRUE(network);
  EXPECT_EQ(network->name, GetParam().name);
  EXPECT_EQ(countTrainable(*network), GetParam().trainable);
  for (const ParameterTensor &tensor : listParameters(*network))
    EXPECT_TRUE(tensor.isStable) << tensor.name;
}

// Of torchvision.models; of the CIFAR networks by hand: 0.27 M, 0.86 M, 1.7 M in the paper.
INSTANTIATE_TEST_SUITE_P(Std, Models,
                         testing::Values(Model{"dsl/std/models/resnet18.rn", "resnet18", 11689512},
                                         Model{"dsl/std/models/resnet34.rn", "resnet34", 21797672},
                                         Model{"dsl/std/models/resnet50.rn", "resnet50", 25557032},
                                         Model{"dsl/std/models/resnet101.rn", "resnet101", 44549160},
                                         Model{"dsl/std/models/resnet152.rn", "resnet152", 60192808},
                                         Model{"dsl/std/models/resnet20.rn", "resnet20", 269722},
                                         Model{"dsl/std/models/resnet56.rn", "resnet56", 853018},
                                         Model{"dsl/std/models/resnet110.rn", "resnet110", 1727962},
                                         Model{"dsl/std/models/preact110.rn", "preact110", 1730522},
                                         Model{"dsl/std/models/preact164.rn", "preact164", 1703258},
                                         Model{"examples/fashion/fashion.rn", "fashion", 269434}),
                         [](const auto &info) { return std::string(info.param.name); });

TEST(ResNet18, HasTorchvisionsNames) {
  llvm::SourceMgr sources;
  Diagnostics diagnostics(sources);
  Options options{{sourcePath("dsl/std")}, "", {}};
  std::optional<Network> network = load(sourcePath("dsl/std/models/resnet18.rn"), options, sources, diagnostics);
  ASSERT_TRUE(network);
  std::vector<std::string> names;
  for (const ParameterTensor &tensor : listParameters(*network))
    names.push_back(tensor.name + " " + describe(tensor.shape));
  EXPECT_EQ(names.size(), 102u); // the state_dict's 122 less 20 num_batches_tracked
  for (const char *name : {"conv1.weight 64x3x7x7", "bn1.running_var 64", "layer1.0.conv1.weight 64x64x3x3",
                           "layer2.0.downsample.0.weight 128x64x1x1", "layer2.0.downsample.1.running_mean 128",
                           "layer4.1.bn2.bias 512", "fc.weight 1000x512", "fc.bias 1000"})
    EXPECT_TRUE(llvm::is_contained(names, name)) << name;
}

TEST(ResNet50, StridesInTheMiddleConvolution) {
  llvm::SourceMgr sources;
  Diagnostics diagnostics(sources);
  Options options{{sourcePath("dsl/std")}, "", {}};
  std::string text = printed(load(sourcePath("dsl/std/models/resnet50.rn"), options, sources, diagnostics));
  EXPECT_NE(text.find("layer2.0.conv1: conv(128, kernel = 1) : 256x56x56 -> 128x56x56"), std::string::npos) << text;
  EXPECT_NE(text.find("layer2.0.conv2: conv(128, kernel = 3, stride = 2) : 128x56x56 -> 128x28x28"), std::string::npos);
  EXPECT_NE(text.find("layer2.0.downsample.0: conv(512, kernel = 1, stride = 2) : 256x56x56 -> 512x28x28"),
            std::string::npos);
}

} // namespace
