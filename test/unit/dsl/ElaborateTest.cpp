//===- ElaborateTest.cpp - values, shapes, locations, call chains ------------------------------===//

#include "DslFixture.h"

using namespace resnetc::dsl;

namespace {

TEST(Elaborate, LayersKnowWhereTheyWereWrittenAndThroughWhichCallsTheyCame) {
  Loaded loaded("block inner { c: conv(4, kernel = 3) }\n"
                "block outer { inner: inner }\n" +
                inNetwork("  group: { relu; outer }"));
  ASSERT_TRUE(loaded.network) << loaded.messages();
  const Layer &conv = loaded.network->layers[1];
  EXPECT_EQ(conv.name, "group.1.inner.c");
  EXPECT_EQ(loaded.diagnostics.describe(conv.location), "net.rn:1:18");
  ASSERT_EQ(conv.chain.size(), 2u);
  EXPECT_EQ(conv.chain[0].callee, "outer");
  EXPECT_EQ(conv.chain[0].path, "group.1");
  EXPECT_EQ(loaded.diagnostics.describe(conv.chain[0].location), "net.rn:5:18");
  EXPECT_EQ(conv.chain[1].callee, "inner");
  EXPECT_EQ(conv.chain[1].path, "group.1.inner");
  EXPECT_EQ(conv.input, (Shape{8, 16, 16}));
  EXPECT_EQ(conv.output, (Shape{4, 16, 16}));
}

TEST(Elaborate, SizesFollowTheFormula) {
  struct Case {
    const char *layer;
    Shape output;
  };
  for (const Case &each :
       {Case{"conv(4, kernel = 7, stride = 2)", {4, 8, 8}}, Case{"conv(4, kernel = 1, stride = 3)", {4, 6, 6}},
        Case{"conv(4, kernel = 16, pad = 0)", {4, 1, 1}}, Case{"conv(4, kernel = 3, dilation = 4)", {4, 16, 16}},
        Case{"conv(4, kernel = [3, 5], pad = [0, 1])", {4, 14, 14}},
        Case{"conv(8, kernel = 3, groups = 8)", {8, 16, 16}}, Case{"max_pool(kernel = 3, stride = 2)", {8, 8, 8}},
        Case{"max_pool(kernel = 3)", {8, 6, 6}}, Case{"avg_pool(kernel = 2, pad = 0)", {8, 8, 8}},
        Case{"global_avg_pool", {8}}, Case{"flatten", {2048}}}) {
    Loaded loaded(inNetwork(each.layer));
    ASSERT_TRUE(loaded.network) << loaded.messages();
    EXPECT_EQ(loaded.network->output, each.output) << each.layer;
  }
}

TEST(Elaborate, AfterAShapeErrorShapesAreNotCheckedButValuesAre) {
  Loaded loaded(inNetwork("linear(3)\nlinear(4)\nconv(8, kernel = 99, pad = 0)\nresidual { conv(4, kernel = 3) }\n"
                          "conv(0, kernel = 1)"));
  EXPECT_EQ(loaded.heads(), "linear needs a vector, not 8x16x16\nchannels of conv must be at least 1, not 0\n");
}

TEST(Elaborate, ShortcutKinds) {
  Loaded loaded(inNetwork("residual { relu }\n"
                          "residual { relu } shortcut pad\n"
                          "residual { relu } shortcut projection\n"
                          "a: residual { relu } shortcut projection_always\n"
                          "residual { conv(16, kernel = 3, stride = 2) } shortcut pad\n"
                          "residual { relu } shortcut { }"));
  ASSERT_TRUE(loaded.network) << loaded.messages();
  auto at = [&](size_t index) -> const Residual & { return std::get<Residual>(loaded.network->layers[index].kind); };
  EXPECT_EQ(at(0).kind, ShortcutKind::Identity);
  EXPECT_EQ(at(1).kind, ShortcutKind::Identity);
  EXPECT_EQ(at(2).kind, ShortcutKind::Identity);
  EXPECT_EQ(at(3).kind, ShortcutKind::Branch);
  EXPECT_EQ(at(3).shortcut.size(), 2u);
  EXPECT_EQ(at(4).kind, ShortcutKind::Pad);
  EXPECT_EQ(at(4).stride, (std::array<int64_t, 2>{2, 2}));
  EXPECT_EQ(at(5).kind, ShortcutKind::Identity);
}

TEST(Elaborate, AShortcutMayBeABlock) {
  Loaded loaded("block half(channels) { c: conv(channels, kernel = 1, stride = 2) }\n" +
                inNetwork("residual { conv(4, kernel = 3, stride = 2) } shortcut half(4)\n"
                          "residual { conv(4, kernel = 3, stride = 2) } shortcut way: half(4)"));
  ASSERT_TRUE(loaded.network) << loaded.messages();
  EXPECT_EQ(std::get<Residual>(loaded.network->layers[0].kind).shortcut[0].name, "half1.c");
  EXPECT_EQ(std::get<Residual>(loaded.network->layers[1].kind).shortcut[0].name, "way.c");
}

TEST(Elaborate, ABlockMayDefineANameThatAnImportHas) {
  Loaded loaded("import std.resnet\nblock basic(n) { own: conv(n, kernel = 1) }\n" + inNetwork("a: basic(3)"));
  ASSERT_TRUE(loaded.network) << loaded.messages();
  EXPECT_EQ(loaded.network->layers[0].name, "a.own");
}

TEST(Elaborate, DefaultsSeeEarlierParametersOfTheirBlock) {
  Loaded loaded("block b(n, twice = 2 * n) { conv(twice, kernel = 1) }\n" + inNetwork("b(3); b(twice = 5, n = 1)"));
  ASSERT_TRUE(loaded.network) << loaded.messages();
  EXPECT_EQ(loaded.network->layers[0].output[0], 6);
  EXPECT_EQ(loaded.network->layers[1].output[0], 5);
}

TEST(Elaborate, NormalizeFillsOneValueForAllChannels) {
  Loaded loaded(inNetwork("normalize(mean = 0.5, std = [1, 2, 3, 4, 5, 6, 7, 8])"));
  ASSERT_TRUE(loaded.network) << loaded.messages();
  const auto &normalize = std::get<Normalize>(loaded.network->layers[0].kind);
  EXPECT_EQ(normalize.mean, std::vector<double>(8, 0.5));
  EXPECT_EQ(normalize.std.back(), 8);
}

TEST(Elaborate, ASignalHasWindowsOfHeightOne) {
  Loaded loaded("network net { input x: f32[2, 20]; conv(4, 3, stride = 2, dilation = 2); max_pool(2, pad = [0, 1]) }");
  ASSERT_TRUE(loaded.network) << loaded.messages();
  const auto &conv = std::get<Conv2d>(loaded.network->layers[0].kind);
  EXPECT_EQ(conv.kernel, (Pair{1, 3}));
  EXPECT_EQ(conv.stride, (Pair{1, 2}));
  EXPECT_EQ(conv.pad, (Pair{0, 2}));
  EXPECT_EQ(conv.padEnd, (Pair{0, 2}));
  EXPECT_EQ(conv.dilation, (Pair{1, 2}));
  const auto &pool = std::get<MaxPool>(loaded.network->layers[1].kind);
  EXPECT_EQ(pool.kernel, (Pair{1, 2}));
  EXPECT_EQ(pool.pad, (Pair{0, 0}));
  EXPECT_EQ(pool.padEnd, (Pair{0, 1}));
  EXPECT_EQ(loaded.network->output, (Shape{4, 5}));
  EXPECT_EQ(listParameters(*loaded.network)[0].shape, (Shape{4, 2, 3}));
}

TEST(Elaborate, PaddingOnEachSide) {
  Loaded loaded(inNetwork("conv(4, 3, pad = 2); conv(4, 3, pad = [1, 2]); conv(4, 3, pad = [1, 2, 3, 4])"));
  ASSERT_TRUE(loaded.network) << loaded.messages();
  auto pads = [&](size_t index) {
    const auto &conv = std::get<Conv2d>(loaded.network->layers[index].kind);
    return std::array<int64_t, 4>{conv.pad[0], conv.pad[1], conv.padEnd[0], conv.padEnd[1]};
  };
  EXPECT_EQ(pads(0), (std::array<int64_t, 4>{2, 2, 2, 2}));
  EXPECT_EQ(pads(1), (std::array<int64_t, 4>{1, 2, 1, 2}));
  EXPECT_EQ(pads(2), (std::array<int64_t, 4>{1, 2, 3, 4}));
  EXPECT_EQ(loaded.network->output, (Shape{4, 20, 24}));
}

// With ceil, sizes are those that PyTorch's max_pool2d(ceil_mode=True) gives.
TEST(Elaborate, CeilPoolsBeginInsideTheMapOrItsLeadingPadding) {
  struct {
    int64_t size, kernel, stride, pad, output;
  } cases[] = {{7, 2, 2, 0, 4}, {7, 3, 2, 1, 4}, {5, 2, 3, 0, 2}, {4, 2, 3, 0, 2}, {3, 2, 2, 1, 2},
               {2, 3, 2, 0, 1}, {6, 2, 4, 0, 2}, {4, 1, 3, 0, 2}, {4, 2, 4, 0, 1}, {8, 3, 2, 0, 4}};
  for (const auto &each : cases) {
    Loaded loaded("network net { input x: f32[1, " + std::to_string(each.size) + "]; max_pool(" +
                  std::to_string(each.kernel) + ", stride = " + std::to_string(each.stride) +
                  ", pad = " + std::to_string(each.pad) + ", ceil = true) }");
    ASSERT_TRUE(loaded.network) << loaded.messages();
    EXPECT_EQ(loaded.network->output[1], each.output) << each.size << ' ' << each.kernel << ' ' << each.stride;
  }
}

TEST(Elaborate, GatesAreOfTheShapeOrOneValueForEachChannel) {
  for (const char *good : {"sigmoid", "global_avg_pool", "max_pool(16, pad = 0)", ""})
    EXPECT_TRUE(Loaded(inNetwork("scale { " + std::string(good) + " }")).network) << good;
  for (const char *bad : {"conv(4, 1)", "flatten", "max_pool([16, 1], pad = 0)", "global_avg_pool; linear(1)"})
    EXPECT_FALSE(Loaded(inNetwork("scale { " + std::string(bad) + " }")).network) << bad;
}

TEST(Elaborate, ConstantsAreSeenByTheFileAndThoseThatImportItAndHiddenByParameters) {
  Loaded loaded("const n = 3\nconst twice = 2 * n\nblock b(n) { conv(n, kernel = 1) }\n" +
                inNetwork("repeat n as i { b(i + 1) }; conv(twice, kernel = 1)"));
  ASSERT_TRUE(loaded.network) << loaded.messages();
  EXPECT_EQ(loaded.network->layers[2].output[0], 3);
  EXPECT_EQ(loaded.network->output[0], 6);
}

TEST(Elaborate, TheTrainSectionHasItsTypes) {
  Loaded loaded("const rate = 1\nnetwork net { input x: f32[4]; relu }\n"
                "train net { optimizer = adamw(rate); epochs = 2 * 3; augment = [flip]; zero_init_residual = !false }");
  ASSERT_TRUE(loaded.network && loaded.network->train) << loaded.messages();
  const auto &settings = loaded.network->train->settings;
  ASSERT_EQ(settings.size(), 4u);
  const auto &adamw = std::get<TrainChoice>(settings[0].second.data);
  EXPECT_EQ(adamw.name, "adamw");
  ASSERT_EQ(adamw.arguments.size(), 5u);
  EXPECT_EQ(std::get<double>(adamw.arguments[0].second.data), 1.0);
  EXPECT_EQ(std::get<double>(adamw.arguments[3].second.data), 1e-8);
  EXPECT_EQ(settings[1].first, "epochs");
  EXPECT_EQ(std::get<int64_t>(settings[1].second.data), 6);
  EXPECT_EQ(std::get<TrainChoice>(std::get<std::vector<TrainValue>>(settings[2].second.data)[0].data).name, "flip");
  EXPECT_TRUE(std::get<bool>(settings[3].second.data));
  EXPECT_FALSE(Loaded(inNetwork("relu")).network->train);
}

TEST(Elaborate, VectorInput) {
  Loaded loaded("network net { input x: f32[784]; linear(10); relu; softmax }");
  ASSERT_TRUE(loaded.network) << loaded.messages();
  EXPECT_EQ(loaded.network->output, (Shape{10}));
}

} // namespace
