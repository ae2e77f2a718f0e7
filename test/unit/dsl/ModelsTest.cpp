//===- ModelsTest.cpp - the networks that come with the compiler --------------===//

#include "DslFixture.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace resnetc::dsl;

namespace {

struct Model {
  const char *name;                    ///< of the file and of the network in it
  int64_t trainable;                   ///< parameters without running statistics
  std::vector<std::string> settings{}; ///< as after --set
  const char *folder = "dsl/std/models";
};

void PrintTo(const Model &model, std::ostream *os) { *os << model.name << " " << llvm::join(model.settings, " "); }

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
    options.parameters = GetParam().settings;
    std::string path = llvm::formatv("{0}/{1}.rn", GetParam().folder, GetParam().name);
    return load(sourcePath(path), options, sources, diagnostics);
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

std::string testName(const testing::TestParamInfo<Model> &info) {
  std::string name = info.param.name;
  for (const std::string &setting : info.param.settings)
    for (char c : "_" + setting)
      name += llvm::isAlnum(c) ? c : '_';
  return name;
}

// sum(p.numel() for p in model.parameters()) of torchvision 0.29.2's models of these names.
INSTANTIATE_TEST_SUITE_P(Torchvision, Models,
                         testing::Values(Model{"resnet18", 11689512}, Model{"resnet34", 21797672},
                                         Model{"resnet50", 25557032}, Model{"resnet50", 25557032, {"v1=true"}},
                                         Model{"resnet101", 44549160}, Model{"resnet152", 60192808},
                                         Model{"wide_resnet50_2", 68883240}, Model{"resnext50_32x4d", 25028904}),
                         testName);

// The same of timm 1.0.31: resnet50c, resnet50d, seresnet50, resnetv2_18, resnetv2_50, and ResNetV2 with 3, 24, 36 and
// 3 blocks.
INSTANTIATE_TEST_SUITE_P(Timm, Models,
                         testing::Values(Model{"resnet50c", 25576264}, Model{"resnet50d", 25576264},
                                         Model{"seresnet50", 28088024}, Model{"preact_resnet18", 11687720},
                                         Model{"preact_resnet50", 25549352}, Model{"preact_resnet200", 64666152}),
                         testName);

// torchvision's ResNets without `downsample` (bench/networks.py).
INSTANTIATE_TEST_SUITE_P(Plain, Models, testing::Values(Model{"plain18", 11515688}, Model{"plain34", 21623848}),
                         testName);

// He et al. 2015, table 6: 0.27, 0.46, 0.66, 0.85, 1.7 and 19.4 million; to the unit those of bench/modules.py.
INSTANTIATE_TEST_SUITE_P(CifarResNet, Models,
                         testing::Values(Model{"cifar_resnet", 269722}, Model{"cifar_resnet", 464154, {"depth=32"}},
                                         Model{"cifar_resnet", 658586, {"depth=44"}},
                                         Model{"cifar_resnet", 853018, {"depth=56"}},
                                         Model{"cifar_resnet", 1727962, {"depth=110"}},
                                         Model{"cifar_resnet", 19421274, {"depth=1202"}},
                                         Model{"cifar_plain", 853018, {"depth=56"}}),
                         testName);

INSTANTIATE_TEST_SUITE_P(Examples, Models, testing::Values(Model{"fashion", 269434, {}, "examples/fashion"}), testName);

// He et al. 2016, table 4: 1.7 million twice and 10.2 (their last convolution projects nothing where ours does: 10.3).
INSTANTIATE_TEST_SUITE_P(CifarPreact, Models,
                         testing::Values(Model{"cifar_preact", 1730522}, Model{"cifar_preact", 1703258, {"depth=164"}},
                                         Model{"cifar_preact", 10327706, {"depth=1001"}}),
                         testName);

// Zagoruyko and Komodakis 2016, table 4: 36.5 and 8.9 million.
INSTANTIATE_TEST_SUITE_P(Wide, Models,
                         testing::Values(Model{"wrn", 36479194}, Model{"wrn", 8949210, {"depth=40", "width=4"}}),
                         testName);

// Of the modules in bench/modules.py, written from the papers. ReZero adds one factor a block to ResNet-20.
INSTANTIATE_TEST_SUITE_P(Others, Models,
                         testing::Values(Model{"cifar_stochastic", 1727962}, Model{"cifar_rezero", 269722 + 9},
                                         Model{"cifar_skipinit", 271699}, Model{"cifar_fixup", 268393},
                                         Model{"residual_mlp", 1257738},
                                         Model{"residual_mlp", 2308362, {"layer_norms=true"}},
                                         Model{"signal_resnet", 479242}, Model{"signal_resnet18", 3851397}),
                         testName);

// He et al. 2016, table 1. Gates and convolutions of the shortcut stand in the 7 blocks that keep the shape.
INSTANTIATE_TEST_SUITE_P(Shortcuts, Models,
                         testing::Values(Model{"cifar_shortcuts", 269722, {"row=0", "depth=20"}},
                                         Model{"cifar_shortcuts", 269722, {"row=1", "depth=20"}},
                                         Model{"cifar_shortcuts", 269722, {"row=2", "depth=20"}},
                                         Model{"cifar_shortcuts", 269722, {"row=3", "depth=20"}},
                                         Model{"cifar_shortcuts", 280970, {"row=4", "depth=20"}},
                                         Model{"cifar_shortcuts", 280970, {"row=5", "depth=20"}},
                                         Model{"cifar_shortcuts", 281210, {"row=6", "depth=20"}},
                                         Model{"cifar_shortcuts", 269722, {"row=7", "depth=20"}}),
                         testName);

// He et al. 2016, table 2: the order of a block's layers changes no number but the projections' and the last norm's.
INSTANTIATE_TEST_SUITE_P(Activations, Models,
                         testing::Values(Model{"cifar_activations", 1727962, {"row=0"}},
                                         Model{"cifar_activations", 1727962, {"row=1"}},
                                         Model{"cifar_activations", 1727962, {"row=2"}},
                                         Model{"cifar_activations", 1727962, {"row=3"}},
                                         Model{"cifar_activations", 1730522, {"row=4"}},
                                         Model{"cifar_activations", 313114, {"row=0", "deep=true", "n=3"}},
                                         Model{"cifar_activations", 270234, {"row=1", "deep=true", "n=3"}},
                                         Model{"cifar_activations", 270234, {"row=2", "deep=true", "n=3"}},
                                         Model{"cifar_activations", 270234, {"row=3", "deep=true", "n=3"}},
                                         Model{"cifar_activations", 312218, {"row=4", "deep=true", "n=3"}}),
                         testName);

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
