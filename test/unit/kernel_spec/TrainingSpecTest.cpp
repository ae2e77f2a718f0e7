// Kernels of a training step: text, refusals, operands and what may be overwritten.

#include "compiler/kernels/FilterTile.h"
#include "compiler/kernels/KernelOperands.h"
#include <gtest/gtest.h>

using namespace resnetc::kernels;

namespace {
std::string message(llvm::Error error) { return llvm::toString(std::move(error)); }

std::string verifyText(llvm::StringRef text) {
  auto spec = KernelSpec::parse(text);
  if (!spec)
    return "parse: " + message(spec.takeError());
  return message(spec->verify());
}

KernelSpec parsed(llvm::StringRef text) { return llvm::cantFail(KernelSpec::parse(text)); }

/// A sound kernel of every op, and its operands: "*" may be overwritten by the first output, "**" by the second,
/// "***" by the third.
struct Sound {
  const char *text, *operands;
};
const Sound sound[] = {
    {"conv2d_input_gradient batch=2 in=blocked16:f32:32x8x8+1 out=blocked16:f32:16x8x8+1 window=3x3 stride=1x1 pad=1x1 "
     "tile=1 epilogue=residual",
     "input 25600, filter 18432, residual* 12800, output 12800"},
    {"conv2d_input_gradient batch=1 in=blocked16:f32:32x4x4+2 out=blocked16:f32:32x8x8 window=7x7 stride=2x2 pad=3x3 "
     "tile=2",
     "input 8192, filter 200704, output 8192"},
    {"conv2d_input_gradient batch=1 in=blocked16:f32:32x8x8+2 out=blocked16:f32:32x8x8 window=3x3 stride=1x1 pad=2x2 "
     "dilation=2x2 groups=4 tile=1",
     "input 18432, filter 18432, output 8192"},
    {"conv2d_input_gradient batch=2 in=blocked16:f32:32x8x8+1 out=blocked16:f32:16x8x8+1 window=3x3 stride=1x1 pad=1x1 "
     "tile=1 winograd=true",
     "input 25600, filter 18432, output 12800"},
    {"transpose_filter batch=1 in=blocked16:f32:32x4x4+2 out=blocked16:f32:16x8x8 window=7x7 stride=2x2 pad=3x3 "
     "forward_tile=2 tile=1",
     "filter 100352, output 100352"},
    {"conv2d_filter_gradient batch=4 in=planar:f32:3x8x8+1 out=planar:f32:864x1x1 other=blocked16:f32:16x8x8 "
     "window=3x3 stride=1x1 pad=1x1 partials=2 tile=1",
     "input 4800, other input 16384, output 3456"},
    {"conv2d_filter_gradient batch=4 in=blocked16:f32:16x7x7+1 out=planar:f32:4608x1x1 other=blocked16:f32:16x7x7+1 "
     "window=3x3 stride=1x1 pad=1x1 partials=2 tile=1 winograd=true",
     "input 20736, other input 20736, output 18432"},
    {"sum_partials batch=1 in=planar:f32:864x1x1 out=planar:f32:432x1x1", "partials 3456, output 1728"},
    {"batch_norm_partials batch=4 in=blocked16:f32:20x8x8+1", "input 51200, output 1024"},
    {"batch_norm_combine batch=4 in=blocked16:f32:20x8x8 epsilon=1e-05",
     "partials 1024, gamma 128, beta 128, counters 32, output 512"},
    {"batch_norm_apply batch=4 in=blocked16:f32:20x8x8 out=blocked16:f32:20x8x8+1 residual=blocked16:f32:20x8x8 "
     "epilogue=residual,relu",
     "input 32768, residual* 32768, statistics 512, output 51200"},
    {"update_statistics batch=4 in=blocked16:f32:20x8x8 momentum=0.1",
     "statistics 512, counters 32, running mean* 128, running variance** 128, output 128, second output 128"},
    {"batch_norm_gradient_partials batch=4 in=blocked16:f32:20x8x8 out=blocked16:f32:20x8x8 "
     "other=blocked16:f32:20x8x8 saved=blocked16:f32:20x8x8+1 epilogue=relu",
     "input* 32768, other input 32768, statistics 512, saved output 51200, output 32768, second output 1024"},
    {"batch_norm_gradient_partials batch=4 in=blocked16:f32:20x8x8 other=blocked16:f32:20x8x8",
     "input* 32768, other input 32768, statistics 512, output 1024"},
    {"batch_norm_gradient_combine batch=4 in=blocked16:f32:20x8x8 frozen=true epsilon=1e-05",
     "partials 1024, statistics 512, gamma 128, counters 32, output 640"},
    {"batch_norm_gradient_apply batch=4 in=blocked16:f32:20x8x8 out=blocked16:f32:20x8x8+1 other=blocked16:f32:20x8x8 "
     "saved=blocked16:f32:20x8x8 epilogue=elu:1",
     "input* 32768, other input 32768, coefficients 640, saved output 32768, counters 32, output 51200"},
    {"batch_norm_gradient_apply batch=4 in=blocked16:f32:20x8x8 out=blocked16:f32:20x8x8 other=blocked16:f32:20x8x8 "
     "epilogue=residual",
     "input* 32768, other input 32768, residual* 32768, coefficients 640, counters 32, output 32768"},
    {"channel_sum batch=4 in=blocked16:f32:20x8x8 other=blocked16:f32:20x8x8",
     "input 32768, other input 32768, output 128"},
    {"sum_channels batch=1 in=planar:f32:32x1x1 out=planar:f32:20x1x1", "input 128, output 128"},
    {"activation_gradient batch=1 in=blocked16:f32:20x8x8 out=blocked16:f32:20x8x8 other=blocked16:f32:20x8x8+1 "
     "of_output=true epilogue=sigmoid",
     "input* 8192, other input 12800, output 8192"},
    {"max_pool2d_gradient batch=1 in=blocked16:f32:16x4x4 out=blocked16:f32:16x8x8 other=blocked16:f32:16x8x8 "
     "saved=blocked16:f32:16x4x4 window=3x3 stride=2x2 pad=1x1",
     "input 1024, other input 4096, saved output 1024, output 4096"},
    {"avg_pool2d_gradient batch=1 in=blocked16:f32:16x4x4 out=blocked16:f32:16x8x8 window=2x2 stride=2x2 pad=0x0 "
     "count_padding=false",
     "input 1024, output 4096"},
    {"global_avg_pool_gradient batch=1 in=blocked16:f32:16x1x1 out=blocked16:f32:16x8x8", "input 64, output 4096"},
    {"global_max_pool_gradient batch=1 in=blocked16:f32:16x1x1 out=blocked16:f32:16x8x8 other=blocked16:f32:16x8x8 "
     "saved=blocked16:f32:16x1x1",
     "input 64, other input 4096, saved output 64, output 4096"},
    {"gate_gradient batch=1 in=blocked16:f32:16x8x8 out=blocked16:f32:16x1x1 other=blocked16:f32:16x8x8 "
     "complement=true",
     "input 4096, other input 4096, output 64"},
    {"channel_slice batch=1 in=blocked16:f32:40x8x8 out=blocked16:f32:20x8x8 first=10", "input 12288, output 8192"},
    {"pad_shortcut_gradient batch=1 in=blocked16:f32:32x4x4 out=blocked16:f32:16x8x7 stride=2x2",
     "input 2048, output 3584"},
    {"layer_norm_gradient batch=1 in=blocked16:f32:20x8x8 out=blocked16:f32:20x8x8 other=blocked16:f32:20x8x8 "
     "epsilon=1e-05",
     "input 8192, other input 8192, gamma 128, output 8192, second output 8192"},
    {"softmax_gradient batch=1 in=planar:f32:10x1x1 out=planar:f32:10x1x1 other=planar:f32:10x1x1",
     "input 40, other input 40, output 40"},
    {"cross_entropy batch=4 in=blocked16:f32:3x1x1 out=blocked16:f32:1x1x1 second=blocked16:f32:3x1x1 smoothing=0.1 "
     "class_weights=1,2,0.5",
     "input 256, labels 16, second labels 16, counters 32, output 256, second output 256"},
    {"random_drop batch=4 in=blocked16:f32:20x8x8 out=blocked16:f32:20x8x8 per_image=true "
     "stream=18446744073709551615 rate=0.5",
     "input* 32768, counters 32, output 32768"},
    {"sgd batch=1 out=planar:f32:100x1x1 nesterov=true decay=true",
     "parameters* 400, gradients 400, momentum** 400, hyper 32, output 400, second output 400"},
    {"adamw batch=1 out=planar:f32:100x1x1",
     "parameters* 400, gradients 400, momentum** 400, second moment*** 400, hyper 32, output 400, second output 400, "
     "third output 400"},
    {"normalize batch=2 in=planar:u8:1x4x4 out=planar:f32:1x4x4 clamp_images=true mean=0 std=1",
     "input 32, counters 32, output 128"},
    {"copy batch=2 in=planar:f32:90x1x1 out=blocked16:f32:10x3x3", "input 720, output 1152"},
};

TEST(TrainingSpecText, RoundTrips) {
  for (const Sound &each : sound) {
    auto spec = KernelSpec::parse(each.text);
    ASSERT_TRUE(bool(spec)) << each.text << ": " << message(spec.takeError());
    EXPECT_EQ(spec->str(), each.text);
    EXPECT_EQ(message(spec->verify()), "") << each.text;
  }
}

std::string describe(const KernelSpec &spec) {
  std::string text;
  for (const KernelOperand &operand : operandsOf(spec)) {
    text += (text.empty() ? "" : ", ") + toString(operand.role).str();
    if (operand.overlap)
      text += std::string(size_t(*operand.overlap) - size_t(OperandRole::Output) + 1, '*');
    text += " " + std::to_string(operand.bytes);
  }
  return text;
}

TEST(TrainingOperands, AreInOrder) {
  for (const Sound &each : sound) {
    KernelSpec spec = parsed(each.text);
    EXPECT_EQ(describe(spec), each.operands) << each.text;
    auto operands = operandsOf(spec);
    for (size_t i = 1; i < operands.size(); ++i)
      EXPECT_LT(int(operands[i - 1].role), int(operands[i].role)) << each.text;
  }
}

TEST(TrainingOperands, OverlapOutputByOutput) {
  auto operands = operandsOf(parsed("sgd batch=1 out=planar:f32:100x1x1"));
  EXPECT_TRUE(operands[0].mayOverlap(operands[4]) && operands[2].mayOverlap(operands[5]));
  EXPECT_FALSE(operands[0].mayOverlap(operands[5]) || operands[1].mayOverlap() || operands[2].mayOverlap(operands[4]));
}

TEST(TrainingSpecVerify, NamesWhatIsWrong) {
  std::pair<const char *, const char *> cases[] = {
      {"conv2d_input_gradient batch=1 in=blocked16:f32:16x8x8 out=blocked16:f32:16x8x8 window=3x3 stride=1x1 pad=1x1",
       "in: the gradient reads 1 zeros around dy, its border is 0"},
      {"conv2d_input_gradient batch=1 in=blocked16:f32:16x8x8 out=planar:f32:16x8x8 window=1x1 stride=1x1 pad=0x0",
       "gradients of convolutions are blocked16"},
      {"conv2d_input_gradient batch=1 in=blocked16:f32:16x8x8 out=blocked16:f32:48x8x8 tile=2", "tile: 2 does not"},
      {"conv2d_input_gradient batch=1 in=blocked16:f32:16x8x8 out=blocked16:f32:16x8x8 epilogue=relu",
       "an activation: conv2d_input_gradient has none"},
      {"conv2d batch=1 in=blocked16:f32:16x8x8+1 out=blocked16:f32:16x4x4 window=3x3 stride=2x2 pad=1x1 winograd=true",
       "winograd: wants a 3x3 window"},
      {"conv2d batch=1 in=blocked16:f32:80x8x8+1 out=blocked16:f32:64x8x8 window=3x3 stride=1x1 pad=1x1 "
       "winograd=true",
       "winograd: wants a 3x3 window"},
      {"conv2d_filter_gradient batch=1 in=blocked16:f32:16x8x7+1 out=planar:f32:2304x1x1 other=blocked16:f32:16x8x7 "
       "window=3x3 stride=1x1 pad=1x1 winograd=true",
       "winograd: wants a 3x3 window"},
      {"transpose_filter batch=1 in=blocked16:f32:16x8x8 out=blocked16:f32:16x8x8 window=3x3 stride=1x1 pad=1x1 "
       "winograd=true",
       "winograd: transpose_filter has none"},
      {"transpose_filter batch=2 in=blocked16:f32:16x8x8 out=blocked16:f32:16x8x8", "batch: parameters have no images"},
      {"conv2d_filter_gradient batch=4 in=blocked16:f32:16x8x8 out=planar:f32:256x1x1 other=blocked16:f32:16x8x8 "
       "partials=3",
       "partials: 3 do not divide 4 images"},
      {"conv2d_filter_gradient batch=4 in=blocked16:f32:16x8x8 out=planar:f32:256x1x1 other=blocked16:f32:16x8x8 "
       "partials=2",
       "out: want planar:f32:512x1x1"},
      {"conv2d_filter_gradient batch=4 in=blocked16:f32:16x8x8 out=planar:f32:256x1x1", "other: dy is missing"},
      {"sum_partials batch=1 in=planar:f32:7x1x1 out=planar:f32:3x1x1", "the longer one a multiple"},
      {"batch_norm_partials batch=1 in=planar:f32:7x1x1", "batch norm works on blocked16"},
      {"batch_norm_partials batch=1 in=blocked16:f32:7x1x1 out=blocked16:f32:7x1x1",
       "out: batch_norm_partials has none"},
      {"batch_norm_combine batch=1 in=blocked16:f32:7x1x1", "epsilon: must be above 0"},
      {"update_statistics batch=1 in=blocked16:f32:7x1x1 momentum=2", "momentum: must lie in [0, 1]"},
      {"batch_norm_gradient_partials batch=1 in=blocked16:f32:7x1x1", "other: want x"},
      {"batch_norm_gradient_partials batch=1 in=blocked16:f32:7x1x1 other=blocked16:f32:7x1x1 epilogue=relu",
       "saved: the activation's output is given"},
      {"batch_norm_gradient_partials batch=1 in=blocked16:f32:7x1x1 out=blocked16:f32:7x1x1 other=blocked16:f32:7x1x1",
       "out: without an activation dy stays"},
      {"activation_gradient batch=1 in=blocked16:f32:7x1x1 out=blocked16:f32:7x1x1 other=blocked16:f32:7x1x1",
       "and an activation"},
      {"max_pool2d_gradient batch=1 in=blocked16:f32:16x4x4 out=blocked16:f32:16x8x8 other=blocked16:f32:16x8x8 "
       "window=2x2 stride=2x2 pad=0x0",
       "saved: want y"},
      {"avg_pool2d_gradient batch=1 in=blocked16:f32:16x9x4 out=blocked16:f32:16x8x8 window=2x2 stride=2x2 pad=0x0",
       "windows reach"},
      {"channel_slice batch=1 in=blocked16:f32:40x8x8 out=blocked16:f32:20x8x8 first=30", "takes a range"},
      {"layer_norm_gradient batch=1 in=blocked16:f32:7x1x1 out=blocked16:f32:7x1x1 other=blocked16:f32:7x1x1",
       "epsilon: must be above 0"},
      {"cross_entropy batch=1 in=blocked16:f32:7x1x1 out=blocked16:f32:1x1x1 second=blocked16:f32:7x1x1 "
       "class_weights=1",
       "class_weights: one number a class"},
      {"cross_entropy batch=1 in=blocked16:f32:7x1x1 out=blocked16:f32:7x1x1", "out: want blocked16:f32:1x1x1"},
      {"random_drop batch=1 in=blocked16:f32:7x1x1 out=blocked16:f32:7x1x1 rate=1", "rate: must lie in [0, 1)"},
      {"sgd batch=1 in=planar:f32:7x1x1 out=planar:f32:7x1x1", "in: sgd has none"},
      {"sgd batch=1", "out: extents must lie in"},
      {"adamw batch=1 out=planar:f32:7x1x1 nesterov=true", "nesterov: adamw has none"},
      {"sgd out=planar:f32:7x1x1", "batch: missing"},
      {"random_drop batch=1 in=blocked16:f32:7x1x1 out=blocked16:f32:7x1x1 stream=-1", "stream: unknown field"},
  };
  for (auto [text, expected] : cases)
    EXPECT_NE(verifyText(text).find(expected), std::string::npos) << text << " gave: " << verifyText(text);
}

/// The border is what the naive formula reads: dy((x + pad - k * dilation) / stride) where it is whole.
TEST(GradientBorder, CoversWhatIsRead) {
  KernelSpec spec;
  spec.input.channels = spec.output.channels = 16;
  for (int64_t window : {1, 2, 3, 5, 7})
    for (int64_t stride : {1, 2, 3, 4})
      for (int64_t dilation : {1, 2, 3})
        for (int64_t pad = 0; pad <= dilation * (window - 1); ++pad)
          for (int64_t in : {1, 7, 8, 13}) {
            int64_t room = in + 2 * pad - dilation * (window - 1) - 1;
            if (room < 0)
              continue;
            int64_t out = room / stride + 1, border = 0;
            for (int64_t x = 0; x < in; ++x)
              for (int64_t k = 0; k < window; ++k)
                if ((x + pad - k * dilation) % stride == 0) {
                  int64_t from = (x + pad - k * dilation) / stride;
                  border = std::max({border, -from, from - (out - 1)});
                }
            spec.windowHeight = spec.windowWidth = window, spec.strideHeight = spec.strideWidth = stride;
            spec.dilationHeight = spec.dilationWidth = dilation, spec.padHeight = spec.padWidth = pad;
            spec.input.height = spec.input.width = in, spec.output.height = spec.output.width = out;
            EXPECT_GE(gradientBorder(spec), border) << spec.str();
            if (stride == 1 || dilation == 1) { // positions without a rest need not reach the furthest pixel
              EXPECT_LE(gradientBorder(spec), border + (stride == 1 ? 0 : 1)) << spec.str();
            }
          }
}
} // namespace
