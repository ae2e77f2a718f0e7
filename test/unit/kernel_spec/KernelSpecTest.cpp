// The text form is a bijection on sound kernels, hostile texts are refused in words, sizes are exact.

#include "compiler/kernels/KernelOperands.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>

using namespace resnetc::kernels;

namespace {
KernelSpec conv3x3() {
  KernelSpec spec;
  spec.input = {Layout::Blocked16, Element::F32, 64, 56, 56, 1};
  spec.output = spec.input;
  spec.windowHeight = spec.windowWidth = 3;
  spec.padHeight = spec.padWidth = 1;
  return spec;
}

std::string message(llvm::Error error) { return llvm::toString(std::move(error)); }

std::string verifyText(llvm::StringRef text) {
  auto spec = KernelSpec::parse(text);
  if (!spec)
    return "parse: " + message(spec.takeError());
  return message(spec->verify());
}

// The texts of sound kernels of every op.
const char *soundTexts[] = {
    "normalize batch=1 in=planar:u8:3x224x224 out=planar:f32:3x224x224+3 mean=0.485,0.456,0.406 "
    "std=0.229,0.224,0.225",
    "conv2d batch=1 in=planar:f32:3x224x224+3 out=blocked16:f32:64x112x112 window=7x7 stride=2x2 pad=3x3 tile=2 "
    "epilogue=bias,relu",
    "conv2d batch=16 in=blocked16:f32:64x56x56+1 out=blocked16:f32:64x56x56+1 window=3x3 stride=1x1 pad=1x1 tile=1 "
    "epilogue=bias,residual,relu",
    "conv2d batch=1 in=blocked16:f32:64x8x8 out=blocked16:f32:64x8x8+1 residual=blocked16:f32:64x8x8 "
    "second=blocked16:f32:64x8x8+2 window=1x1 stride=1x1 pad=0x0 tile=4 "
    "epilogue=residual,affine,affine_relu,keep_first",
    "conv2d batch=1 in=blocked16:f32:64x8x8+2 out=blocked16:f32:64x8x8 window=3x3 stride=1x1 pad=2x2 dilation=2x2 "
    "groups=32 tile=1 epilogue=bias,leaky_relu:0.01,affine,affine_silu",
    "multiply batch=1 in=blocked16:f32:64x8x8 out=blocked16:f32:64x8x8 other=blocked16:f32:64x1x1 complement=true",
    "concat batch=1 in=blocked16:f32:20x8x8 out=blocked16:f32:36x8x8 other=blocked16:f32:16x8x8",
    "layer_norm batch=1 in=blocked16:f32:20x8x8 out=blocked16:f32:20x8x8 epsilon=1e-05 epilogue=affine",
    "global_max_pool batch=1 in=blocked16:f32:512x7x7 out=blocked16:f32:512x1x1",
    "max_pool2d batch=1 in=blocked16:f32:64x112x112 out=blocked16:f32:64x56x56+1 window=3x3 stride=2x2 pad=1x1",
    "avg_pool2d batch=1 in=blocked16:f32:64x8x8 out=blocked16:f32:64x4x4 window=2x2 stride=2x2 pad=0x0 "
    "count_padding=false",
    "avg_pool2d batch=1 in=blocked16:f32:64x9x8 out=blocked16:f32:64x5x4 window=3x2 stride=2x2 pad=1x0 pad_end=0x0",
    "global_avg_pool batch=1 in=blocked16:f32:512x7x7 out=blocked16:f32:512x1x1",
    "elementwise batch=1 in=blocked16:f32:64x8x8+1 out=blocked16:f32:64x8x8+1 epilogue=residual,relu",
    "pad_shortcut batch=1 in=blocked16:f32:16x28x27 out=blocked16:f32:32x14x14 stride=2x2",
    "softmax batch=1 in=planar:f32:10x1x1 out=planar:f32:10x1x1",
    "copy batch=2 in=blocked16:f32:10x1x1 out=planar:f32:10x1x1",
    "copy batch=2 in=blocked16:f32:10x3x3 out=planar:f32:90x1x1",
};

TEST(KernelSpecText, RoundTrips) {
  for (const char *text : soundTexts) {
    auto spec = KernelSpec::parse(text);
    ASSERT_TRUE(bool(spec)) << text << ": " << message(spec.takeError());
    EXPECT_EQ(spec->str(), text);
    EXPECT_EQ(message(spec->verify()), "") << text;
  }
}

TEST(KernelSpecText, FieldsInAnyOrderGiveTheCanonicalText) {
  auto spec = KernelSpec::parse("conv2d tile=1 pad=1x1 epilogue=relu,bias stride=1x1 window=3x3 "
                                "out=blocked16:f32:64x56x56 in=blocked16:f32:64x56x56+1 batch=1");
  ASSERT_TRUE(bool(spec));
  EXPECT_EQ(spec->str(), "conv2d batch=1 in=blocked16:f32:64x56x56+1 out=blocked16:f32:64x56x56 window=3x3 "
                         "stride=1x1 pad=1x1 tile=1 epilogue=bias,relu");
}

TEST(KernelSpecText, DoublesReadBackExactly) {
  KernelSpec spec;
  spec.op = KernelOp::Normalize;
  spec.input = {Layout::Planar, Element::F32, 1, 2, 2, 0};
  spec.output = spec.input;
  spec.mean = {0.1 + 0.2};
  spec.std = {1e-300};
  auto again = KernelSpec::parse(spec.str());
  ASSERT_TRUE(bool(again));
  EXPECT_EQ(again->mean[0], 0.1 + 0.2);
  EXPECT_EQ(again->std[0], 1e-300);
}

TEST(KernelSpecText, RefusesWhatItCannotRead) {
  std::pair<const char *, const char *> cases[] = {
      {"", "op: '' is no kernel"},
      {"matmul batch=1", "op: 'matmul' is no kernel"},
      {"copy batch=1 in=planar:f32:1x1x1", "out: missing"},
      {"copy batch=1 batch=2 in=planar:f32:1x1x1 out=planar:f32:1x1x1", "batch: given twice"},
      {"copy batch=-1 in=planar:f32:1x1x1 out=planar:f32:1x1x1", "batch: '-1' is not a whole number"},
      {"copy batch=99999999999999999999 in=planar:f32:1x1x1 out=planar:f32:1x1x1", "batch: '99999999999999999999'"},
      {"copy batch=1 in=planar:f32:1x1 out=planar:f32:1x1x1", "in: '' is not a whole number"},
      {"copy batch=1 in=nhwc:f32:1x1x1 out=planar:f32:1x1x1", "in: unknown layout or element in 'nhwc:f32:1x1x1'"},
      {"copy batch=1 in=planar:f32:1x1x1+ out=planar:f32:1x1x1", "in: '' is not a whole number"},
      {"copy batch=1 in=planar:f32:1x1x1 out=planar:f32:1x1x1 colour=red", "colour: unknown field"},
      {"normalize batch=1 in=planar:f32:1x1x1 out=planar:f32:1x1x1 mean=nan std=1", "mean: 'nan' is not a finite"},
      {"elementwise batch=1 in=planar:f32:1x1x1 out=planar:f32:1x1x1 epilogue=tan", "epilogue: unknown step 'tan'"},
  };
  for (auto [text, expected] : cases)
    EXPECT_NE(verifyText(text).find(expected), std::string::npos) << text << " gave: " << verifyText(text);
}

TEST(KernelSpecVerify, NamesWhatIsWrong) {
  std::pair<const char *, const char *> cases[] = {
      {"conv2d batch=1 in=blocked16:f32:16x8x8 out=blocked16:f32:16x8x8 window=3x3 stride=1x1 pad=1x1",
       "pad along the height is 1, there are 0 zeros"},
      {"conv2d batch=1 in=blocked16:f32:16x8x8+1 out=blocked16:f32:16x9x8 window=3x3 stride=1x1 pad=1x1",
       "windows reach pixel 9 along the height of a map of 8"},
      {"conv2d batch=1 in=blocked16:f32:16x8x8 out=planar:f32:16x8x8", "conv2d writes blocked16"},
      {"conv2d batch=1 in=blocked16:f32:16x8x8 out=blocked16:f32:48x8x8 tile=2", "tile: 2 does not divide"},
      {"conv2d batch=1 in=blocked16:f32:16x8x8 out=blocked16:f32:16x8x8 tile=0", "tile: 0 does not divide"},
      {"conv2d batch=1 in=blocked16:f32:16x8x8 out=blocked16:f32:16x8x8 stride=0x1", "must be at least 1"},
      {"conv2d batch=1 in=blocked16:f32:16x8x8 out=blocked16:f32:16x8x8 epilogue=keep_first", "need affine"},
      {"conv2d batch=1 in=blocked16:f32:16x8x8 out=blocked16:f32:16x8x8 residual=blocked16:f32:16x8x8",
       "residual: given without"},
      {"elementwise batch=1 in=blocked16:f32:16x8x8 out=blocked16:f32:16x8x8 residual=blocked16:f32:32x8x8 "
       "epilogue=residual",
       "only in its border"},
      {"copy batch=1 in=planar:f32:65536x65536x2 out=planar:f32:65536x65536x2", "2^31 elements or more"},
      {"copy batch=2147483647 in=planar:f32:2147483647x2147483647x2147483647 "
       "out=planar:f32:2147483647x2147483647x2147483647",
       "2^31 elements or more"},
      {"conv2d batch=1 in=blocked16:f32:16x8x8 out=blocked16:f32:16x8x8 groups=3", "groups: 3 do not divide"},
      {"multiply batch=1 in=planar:f32:1x8x8 out=planar:f32:1x8x8", "other: multiply and concat have a second"},
      {"multiply batch=1 in=planar:f32:1x8x8 out=planar:f32:1x8x8 other=planar:f32:1x8x7", "its map or one pixel"},
      {"concat batch=1 in=blocked16:f32:1x8x8 out=blocked16:f32:3x8x8 other=blocked16:f32:1x8x8",
       "channels of in and other"},
      {"layer_norm batch=1 in=blocked16:f32:1x8x8 out=blocked16:f32:1x8x8", "epsilon: must be above 0"},
      {"copy batch=0 in=planar:f32:1x1x1 out=planar:f32:1x1x1", "batch: must lie in"},
      {"copy batch=1 in=planar:f32:0x1x1 out=planar:f32:1x1x1", "in: extents must lie in"},
      {"copy batch=1 in=planar:u8:1x1x1 out=planar:f32:1x1x1", "u8 is for the input of normalize only"},
      {"copy batch=1 in=planar:f32:4x2x2 out=planar:f32:15x1x1", "copy keeps the shape, or flattens"},
      {"copy batch=1 in=planar:f32:4x2x2 out=planar:f32:4x2x2 frozen=true", "frozen: copy has none"},
      {"copy batch=1 in=planar:f32:1x1x1 out=planar:f32:1x1x1 window=2x2", "only conv2d and pools"},
      {"copy batch=1 in=planar:f32:1x1x1 out=planar:f32:1x1x1 epilogue=relu", "only conv2d, elementwise"},
      {"max_pool2d batch=1 in=planar:f32:1x8x8 out=planar:f32:1x4x4 window=2x2 stride=2x2 pad=2x2",
       "some window would lie in the padding alone"},
      {"avg_pool2d batch=1 in=planar:f32:1x8x8 out=planar:f32:1x4x4 window=2x2 stride=2x2 pad=0x0 pad_end=2x0",
       "pad_end: must be smaller than the window"},
      {"max_pool2d batch=1 in=planar:f32:1x8x8 out=planar:f32:1x4x4 window=2x2 stride=2x2 pad=0x0 pad_end=0x0",
       "pad_end: only avg_pool2d that counts its padding has it"},
      {"max_pool2d batch=1 in=planar:f32:1x8x8 out=planar:f32:1x6x4 window=2x2 stride=2x2 pad=0x0", "windows reach"},
      {"normalize batch=1 in=planar:u8:3x2x2 out=planar:f32:3x2x2 mean=0 std=1", "one number a channel"},
      {"normalize batch=1 in=planar:u8:1x2x2 out=planar:f32:1x2x2 mean=0 std=0", "std: zero"},
      {"pad_shortcut batch=1 in=planar:f32:8x5x5 out=planar:f32:16x2x2 stride=2x2", "rounded up"},
      {"softmax batch=1 in=planar:f32:8x5x5 out=planar:f32:8x5x5", "softmax is over the channels"},
  };
  for (auto [text, expected] : cases)
    EXPECT_NE(verifyText(text).find(expected), std::string::npos) << text << " gave: " << verifyText(text);
}

TEST(KernelSpecSizes, Conv) {
  KernelSpec spec = conv3x3();
  EXPECT_EQ(spec.input.elementsPerImage(), 64 * 58 * 58);
  EXPECT_EQ(spec.input.bytesPerImage(), 4 * 64 * 58 * 58);
  EXPECT_EQ(spec.multiplyAdds(), int64_t(64) * 64 * 9 * 56 * 56);
  EXPECT_EQ(spec.filterBytes(), 64 * 64 * 9 * 4);
  EXPECT_EQ(spec.vectorBytes(), 64 * 4);
  spec.batch = 16;
  spec.epilogue.bias = spec.epilogue.residual = true;
  spec.residual = spec.output;
  EXPECT_EQ(spec.memoryTraffic(), 16 * 3 * spec.input.bytesPerImage() + spec.filterBytes() + spec.vectorBytes());
}

TEST(KernelSpecSizes, ChannelsThatFillNoBlock) {
  KernelSpec spec = conv3x3();
  spec.input.channels = 3;
  spec.output.channels = 17;
  EXPECT_EQ(spec.input.channelBlocks(), 1);
  EXPECT_EQ(spec.vectorBytes(), 32 * 4);
  EXPECT_EQ(spec.filterBytes(), 32 * 16 * 9 * 4);
  spec.input.layout = Layout::Planar; // no padding channels
  EXPECT_EQ(spec.filterBytes(), 32 * 3 * 9 * 4);
  EXPECT_EQ(spec.input.elementsPerImage(), 3 * 58 * 58);
}

TEST(KernelSpecSizes, Saturate) {
  TensorSpec huge{Layout::Blocked16, Element::F32, INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX};
  EXPECT_EQ(huge.bytesPerImage(), INT64_MAX);
}

TEST(KernelOperands, AreInTheOrderOfTheHeader) {
  for (const char *text : soundTexts) {
    KernelSpec spec = llvm::cantFail(KernelSpec::parse(text));
    auto operands = operandsOf(spec);
    for (size_t i = 1; i < operands.size(); ++i)
      EXPECT_LT(int(operands[i - 1].role), int(operands[i].role)) << text;
  }
  KernelSpec spec = llvm::cantFail(KernelSpec::parse(soundTexts[3]));
  auto operands = operandsOf(spec);
  ASSERT_EQ(operands.size(), 7u); // input, filter, residual, scale, shift, output, second
  EXPECT_EQ(operands[1].bytes, 64 * 64 * 4);
  EXPECT_EQ(operands[3].bytes, 64 * 4);
  EXPECT_EQ(toString(operands[6].role), "second output");
  EXPECT_EQ(operands[6].bytes, 64 * 12 * 12 * 4);
  EXPECT_TRUE(operands[6].isWritten() && !operands[2].isWritten() && operands[4].isWeight());
}
} // namespace
