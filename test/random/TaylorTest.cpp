// Whole nets with smooth activations: what is left of the loss behind its value and its slope shrinks with the square
// of the distance, for the gradients that differentiate makes.
#include "test/random/Loaded.h"
#include "test/random/TrainingNetwork.h"
#include "gtest/gtest.h"

using namespace resnetc;
using namespace resnetc::test;

namespace {

struct Net {
  const char *name, *text;
};

const Net nets[] = {
    {"residual", R"(
network net {
  input image: u8[3, 9, 7]
  conv(6, kernel = 3); batch_norm; silu
  residual { conv(6, kernel = 3); batch_norm; silu; conv(6, kernel = 3); batch_norm }; silu
  residual { conv(9, kernel = 3, stride = 2); batch_norm; silu; conv(9, kernel = 3); batch_norm } shortcut projection; silu
  residual { conv(12, kernel = 3, stride = 2); batch_norm; silu; conv(12, kernel = 3); batch_norm } shortcut pad; silu
  global_avg_pool; linear(5)
})"},
    {"pre-activation bottleneck", R"(
network net {
  input image: f32[3, 8, 8]
  conv(8, kernel = 3)
  repeat 2 {
    residual { batch_norm; gelu; conv(4, kernel = 1); batch_norm; gelu; conv(4, kernel = 3); batch_norm; gelu; conv(8, kernel = 1) }
  }
  batch_norm; gelu; global_avg_pool; linear(5)
})"},
    {"grouped, squeezed and excited", R"(
network net {
  input image: f32[3, 7, 7]
  conv(8, kernel = 3); batch_norm; silu
  residual {
    conv(8, kernel = 3, groups = 4); batch_norm; silu; conv(8, kernel = 3, dilation = 2); batch_norm
    scale { global_avg_pool; linear(4); silu; linear(8); sigmoid }
  }
  tanh; avg_pool(kernel = 2, stride = 2, pad = 0); concat { conv(3, kernel = 1) } { conv(4, kernel = 3); gelu }
  flatten; linear(5)
}
train net { loss = cross_entropy(label_smoothing = 0.1, class_weights = [1, 2, 0.5, 1, 3]) })"},
    {"highway", R"(
network net {
  input image: f32[2, 11]
  conv(6, kernel = 3)
  residual { conv(6, kernel = 3); tanh } gated { conv(6, kernel = 1, bias = true); sigmoid }
  layer_norm; drop_path(0.3); global_avg_pool; linear(4)
})"},
    {"vectors", R"(
network net {
  input image: f32[10]
  linear(12); batch_norm; tanh
  residual { linear(12); layer_norm; gelu(approximate = true); dropout(0.3); linear(12); learned_scale(init = 0.1) }
  residual { linear(12); elu; learned_bias; linear(12); softmax; multiply(3.0) }
  linear(4); softmax
})"},
};

TEST(Taylor, theRemainderIsOfSecondOrder) {
  for (const Net &net : nets) {
    Loaded loaded(net.text);
    ASSERT_TRUE(loaded.module) << net.name << ": " << loaded.failure;
    auto network = trainable(*loaded.module, /*smooth=*/false);
    auto step = differentiated(*network, {});
    ASSERT_TRUE(step) << net.name << ": " << loaded.objections;
    TrainingValues values(networkOf(*network), 3, 4, 4);
    auto result = llvm::cantFail(values.run<double>(networkOf(*step)));
    std::mt19937 random(9);
    llvm::StringMap<std::vector<double>> direction;
    double slope = 0;
    for (auto &[name, gradient] : result.gradients)
      for (double element : gradient) {
        direction[name].push_back(std::uniform_real_distribution<double>(-1, 1)(random));
        slope += element * direction[name].back();
      }
    auto remainder = [&](double h) {
      return std::abs(values.loss(networkOf(*step), direction, h) - values.loss(networkOf(*step), {}, 0) - h * slope);
    };
    for (double h : {4e-4, 2e-4, 1e-4})
      EXPECT_NEAR(std::log2(remainder(h) / remainder(h / 2)), 2.0, 0.1) << net.name << ", h = " << h;
    EXPECT_GT(std::abs(slope), 1e-3) << net.name;
  }
}

} // namespace
