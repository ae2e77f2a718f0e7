//===- PartsTest.cpp - networks made of parts of a network -----------------===//

#include "dsl/Parts.h"
#include "DslFixture.h"

using namespace resnetc::dsl;

namespace {

std::vector<std::string> partNames(const Network &network) {
  std::vector<std::string> names;
  for (const RemovablePart &part : removableParts(network))
    names.push_back(part.name);
  return names;
}
std::vector<std::string> parameterNames(const Network &network) {
  std::vector<std::string> names;
  for (const ParameterTensor &tensor : listParameters(network))
    names.push_back(tensor.name);
  return names;
}
using Words = std::vector<std::string>;

Network model(llvm::StringRef name, std::vector<std::string> parameters) {
  llvm::SourceMgr sources;
  Diagnostics diagnostics(sources);
  Options options;
  options.stdFolders = {sourcePath("dsl/std")};
  options.parameters = std::move(parameters);
  auto network = load(sourcePath(("dsl/std/models/" + name + ".rn").str()), options, sources, diagnostics);
  EXPECT_TRUE(network) << name.str();
  return network.value_or(Network());
}

/// What every network made of parts must be: each layer takes what the one before makes.
void expectWhole(const Sequence &layers, Shape shape) {
  for (const Layer &layer : layers) {
    EXPECT_EQ(layer.input, shape) << layer.name;
    shape = layer.output;
  }
}

TEST(Parts, EveryResidualCanBeRemoved) {
  Network network = model("cifar_resnet", {"depth=20"});
  EXPECT_EQ(partNames(network), (Words{"layer1.0", "layer1.1", "layer1.2", "layer2.0", "layer2.1", "layer2.2",
                                       "layer3.0", "layer3.1", "layer3.2"}));
  for (const RemovablePart &part : removableParts(network)) {
    EXPECT_EQ(part.block, "basic_pad");
    Network without = withoutPart(network, part);
    expectWhole(without.layers, network.input);
    EXPECT_EQ(without.output, network.output);
    for (const std::string &name : parameterNames(without))
      EXPECT_TRUE(!llvm::StringRef(name).starts_with(part.name + ".") || name == part.name + ".removed.weight") << name;
  }
}

TEST(Parts, AResidualBecomesItsShortcut) {
  Loaded loaded(inNetwork("residual { conv(8, kernel = 3) }\n"
                          "residual { conv(16, kernel = 3, stride = 2) } shortcut projection\n"
                          "residual { conv(16, kernel = 3) } gated { conv(16, kernel = 1); sigmoid }\n"
                          "residual { conv(24, kernel = 3, stride = 2) } shortcut pad\n"));
  ASSERT_TRUE(loaded.network) << loaded.messages();
  const Network &network = *loaded.network;
  std::vector<RemovablePart> parts = removableParts(network);
  ASSERT_EQ(parts.size(), 4u);
  EXPECT_EQ(withoutPart(network, parts[0]).layers.size(), 3u) << "the identity leaves nothing";
  Network projected = withoutPart(network, parts[1]);
  ASSERT_EQ(projected.layers.size(), 5u);
  EXPECT_TRUE(std::holds_alternative<Conv2d>(projected.layers[1].kind));
  EXPECT_TRUE(std::holds_alternative<BatchNorm>(projected.layers[2].kind));
  EXPECT_EQ(withoutPart(network, parts[2]).layers.size(), 3u) << "of a gated one, too";
  Network padded = withoutPart(network, parts[3]);
  const auto &residual = std::get<Residual>(padded.layers[3].kind);
  ASSERT_EQ(residual.body.size(), 1u);
  EXPECT_EQ(residual.kind, ShortcutKind::Pad);
  EXPECT_EQ(std::get<Conv2d>(residual.body[0].kind).stride, (Pair{2, 2}));
  EXPECT_EQ(parameterNames(padded).back(), padded.layers[3].name + ".removed.weight");
}

TEST(Parts, ResidualsInEachOtherAndAlone) {
  Loaded loaded(inNetwork("residual { residual { conv(8, kernel = 3) } }"));
  ASSERT_TRUE(loaded.network) << loaded.messages();
  std::vector<RemovablePart> parts = removableParts(*loaded.network);
  ASSERT_EQ(parts.size(), 2u);
  Network outer = withoutPart(*loaded.network, parts[0]), inner = withoutPart(*loaded.network, parts[1]);
  ASSERT_EQ(outer.layers.size(), 1u) << "a network has a layer";
  EXPECT_TRUE(std::holds_alternative<Multiply>(outer.layers[0].kind));
  const auto &body = std::get<Residual>(inner.layers[0].kind).body;
  ASSERT_EQ(body.size(), 1u);
  EXPECT_EQ(std::get<Multiply>(body[0].kind).factor, 1);
}

TEST(Parts, OfAPlainNetworkBlocksThatKeepTheShapeCanBeRemoved) {
  Network network = model("cifar_plain", {"depth=20"});
  EXPECT_EQ(partNames(network),
            (Words{"layer1.0", "layer1.1", "layer1.2", "layer2.1", "layer2.2", "layer3.1", "layer3.2"}));
  Network without = withoutPart(network, removableParts(network)[3]);
  expectWhole(without.layers, network.input);
  EXPECT_EQ(without.layers.size(), network.layers.size() - 6);
  Loaded nested("block half(c) { conv(c, kernel = 3); relu }\n"
                "block widen(c) { wide: conv(c, kernel = 3, stride = 2); half(c) }\n"
                "network net { input x: f32[8, 16, 16]; widen(16); half(16) }");
  ASSERT_TRUE(nested.network) << nested.messages();
  EXPECT_EQ(partNames(*nested.network).size(), 2u) << "that of a block that changes the shape, too";
}

TEST(Parts, StagesEndWhereTheShapeChanges) {
  for (llvm::StringRef name : {"cifar_resnet", "cifar_plain", "cifar_preact"}) {
    Network network = model(name, {"depth=20"});
    auto stages = bodyOf(network, Granularity::Stages);
    ASSERT_TRUE(bool(stages));
    EXPECT_EQ(stages->names, (Words{"layer1", "layer2", "layer3"})) << name.str();
    auto blocks = bodyOf(network, Granularity::Blocks);
    ASSERT_TRUE(bool(blocks));
    EXPECT_EQ(blocks->names.size(), 9u);
    EXPECT_EQ(blocks->names[4], "layer2.1");
    EXPECT_EQ(blocks->ends.back(), stages->ends.back());
  }
}

TEST(Parts, FirstPartsHaveTheHeadOnTheirShape) {
  Network network = model("cifar_preact", {"depth=20"});
  auto body = bodyOf(network, Granularity::Stages);
  ASSERT_TRUE(bool(body));
  for (size_t step = 0; step < 3; ++step) {
    auto part = firstPart(network, *body, step);
    ASSERT_TRUE(bool(part)) << llvm::toString(part.takeError());
    expectWhole(part->layers, network.input);
    EXPECT_EQ(part->output, network.output);
    std::vector<ParameterTensor> tensors = listParameters(*part);
    ASSERT_EQ(tensors[tensors.size() - 2].name, "fc.weight");
    EXPECT_EQ(tensors[tensors.size() - 2].shape, (Shape{10, int64_t(16) << step}));
  }
  auto whole = firstPart(network, *body, 2);
  ASSERT_TRUE(bool(whole));
  EXPECT_EQ(parameterNames(*whole), parameterNames(network));
  EXPECT_EQ(parameterLayers(network, body->ends[0]),
            (Words{"conv1", "layer1.0.norm1", "layer1.0.conv1", "layer1.0.norm2", "layer1.0.conv2", "layer1.1.norm1",
                   "layer1.1.conv1", "layer1.1.norm2", "layer1.1.conv2", "layer1.2.norm1", "layer1.2.conv1",
                   "layer1.2.norm2", "layer1.2.conv2"}));
}

TEST(Parts, AHeadThatDoesNotFitIsAnError) {
  Loaded groups("block wide { conv(16, kernel = 3) }\nblock wider { conv(32, kernel = 3) }\n"
                "network net { input x: f32[8, 16, 16]; wide; wider; last: conv(64, kernel = 1, groups = 32) }");
  ASSERT_TRUE(groups.network) << groups.messages();
  auto body = bodyOf(*groups.network, Granularity::Stages);
  ASSERT_TRUE(bool(body));
  EXPECT_EQ(body->ends.size(), 2u);
  auto first = firstPart(*groups.network, *body, 0);
  ASSERT_FALSE(bool(first));
  EXPECT_TRUE(llvm::StringRef(llvm::toString(first.takeError())).starts_with("the head's layer 'last': "));

  Loaded shape("block wide { conv(16, kernel = 3) }\nblock wider { conv(32, kernel = 3) }\n"
               "network net { input x: f32[8, 16, 16]; wide; wider }");
  ASSERT_TRUE(shape.network) << shape.messages();
  auto shapeBody = bodyOf(*shape.network, Granularity::Stages);
  ASSERT_TRUE(bool(shapeBody));
  auto part = firstPart(*shape.network, *shapeBody, 0);
  ASSERT_FALSE(bool(part));
  EXPECT_EQ(llvm::toString(part.takeError()),
            "the head of network 'net' makes 16x16x16 after 'wide1', and 32x16x16 after the whole body");
  Loaded none(inNetwork("conv(8, kernel = 3)"));
  auto nothing = bodyOf(*none.network, Granularity::Stages);
  ASSERT_FALSE(bool(nothing));
  EXPECT_EQ(llvm::toString(nothing.takeError()),
            "network 'net' has neither blocks nor residuals: there is nothing to train step by step");
}

} // namespace
