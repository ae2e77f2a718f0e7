//===- ConvGradientTest.cpp - gradients of convolutions against naive loops ===//

#include "TrainingRunner.h"
#include "compiler/kernels/FilterTile.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace resnetc::kernels;
using namespace resnetc::test;
using Role = OperandRole;

namespace {
/// A forward convolution with odd sizes, of blocked maps.
KernelSpec randomForward(Random &random) {
  KernelSpec conv;
  do
    conv = randomJob(KernelOp::Conv2d, "x86-64", random).spec;
  while (conv.input.layout != Layout::Blocked16);
  conv.epilogue = {};
  conv.residual = conv.second = std::nullopt;
  if (random.oneIn(3))
    conv.strideHeight = conv.strideWidth = 1;
  if (random.oneIn(6))
    conv.strideHeight = random.between(1, 3), conv.strideWidth = random.between(1, 4);
  if (random.oneIn(5)) { // groups of one input whose outputs end inside a block
    conv.groups = conv.input.channels = random.between(2, 3);
    conv.output.channels = conv.groups * random.between(6, 11);
    conv.filterTile = 1;
  }
  auto extent = [](int64_t in, int64_t window, int64_t stride, int64_t pad, int64_t dilation) {
    return (in + 2 * pad - dilation * (window - 1) - 1) / stride + 1;
  };
  conv.output.height =
      extent(conv.input.height, conv.windowHeight, conv.strideHeight, conv.padHeight, conv.dilationHeight);
  conv.output.width = extent(conv.input.width, conv.windowWidth, conv.strideWidth, conv.padWidth, conv.dilationWidth);
  return conv;
}

/// Calls `each` for all products dy[oy][ox] * filter[k] * x[iy][ix] that a convolution is made of.
template <typename Each> void forEachProduct(const KernelSpec &conv, Each each) {
  int64_t inputs = conv.input.channels / conv.groups, outputs = conv.output.channels / conv.groups;
  Index in{conv.input}, out{conv.output};
  for (int64_t n = 0; n < conv.batch; ++n)
    for (int64_t co = 0; co < conv.output.channels; ++co)
      for (int64_t oy = 0; oy < conv.output.height; ++oy)
        for (int64_t ox = 0; ox < conv.output.width; ++ox)
          for (int64_t c = 0; c < inputs; ++c)
            for (int64_t ky = 0; ky < conv.windowHeight; ++ky)
              for (int64_t kx = 0; kx < conv.windowWidth; ++kx) {
                int64_t iy = oy * conv.strideHeight + ky * conv.dilationHeight - conv.padHeight;
                int64_t ix = ox * conv.strideWidth + kx * conv.dilationWidth - conv.padWidth;
                if (iy >= 0 && iy < conv.input.height && ix >= 0 && ix < conv.input.width)
                  each(out(n, co, oy, ox), ((co * inputs + c) * conv.windowHeight + ky) * conv.windowWidth + kx,
                       in(n, co / outputs * inputs + c, iy, ix));
              }
}

std::vector<double> randomFilter(const KernelSpec &conv, Random &random, bool integers) {
  std::vector<double> filter(conv.output.channels * (conv.input.channels / conv.groups) * conv.windowHeight *
                             conv.windowWidth);
  for (double &value : filter)
    value = integers ? double(random.between(-4, 4)) : float(random.real());
  return filter;
}

std::string randomSchedule(Random &random, bool filterGradient) {
  if (random.oneIn(3))
    return "";
  auto number = [&](int64_t low, int64_t high) { return std::to_string(random.between(low, high)); };
  const char *orders[] = {"serial", "rows", "channels"};
  std::string text = "U=" + std::to_string(1 << random.between(0, 3)) + " UK=" + number(0, 1) + " CT=" + number(1, 3) +
                     " order=" + orders[random.between(0, 2)];
  return filterGradient ? text : text + " B=" + number(1, 4) + " PX=" + number(1, 14) + " PY=" + number(1, 3);
}

KernelSpec gradientOf(const KernelSpec &conv, KernelOp op) {
  KernelSpec spec = conv;
  spec.op = op;
  spec.input = withBorder(conv.output, gradientBorder(conv));
  spec.output = conv.input;
  return spec;
}

TrainingCase inputGradientCase(Random &random, bool integers) {
  KernelSpec conv = randomForward(random);
  TrainingCase result;
  KernelSpec &spec = result.spec = gradientOf(conv, KernelOp::Conv2dInputGradient);
  spec.input.border += random.between(0, 1);
  spec.filterTile = spec.groups == 1 && spec.output.channelBlocks() % 2 == 0 ? random.between(1, 2) : 1;
  std::vector<double> filter = randomFilter(conv, random, integers), dx, size;
  std::vector<double> dy = randomImages(conv.output, conv.batch, random, integers);
  dx.resize(conv.batch * conv.input.channels * conv.input.height * conv.input.width);
  size = dx;
  if (random.oneIn(2)) {
    spec.epilogue.residual = true;
    spec.residual = withBorder(spec.output, random.oneIn(2) ? spec.output.border : 0);
    dx = randomImages(spec.output, conv.batch, random, integers);
    result.inputs[Role::Residual].values = dx;
    for (size_t i = 0; i < dx.size(); ++i)
      size[i] = std::fabs(dx[i]);
  }
  forEachProduct(conv, [&](int64_t out, int64_t k, int64_t in) {
    dx[in] += dy[out] * filter[k];
    size[in] += std::fabs(dy[out] * filter[k]);
  });
  double steps = 16.0 * spec.input.channelBlocks() * conv.windowHeight * conv.windowWidth + 4;
  result.inputs[Role::Input].values = dy;
  result.inputs[Role::Filter].values = packTransposed(spec, filter);
  result.expected[Role::Output].values = dx;
  for (double each : size)
    if (!integers)
      result.expected[Role::Output].bound.push_back(steps * unit * each);
  result.schedule = randomSchedule(random, false);
  return result;
}

TEST(ConvGradients, OfInputs) {
  Random random(11);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 26; ++i)
    cases.push_back(inputGradientCase(random, i % 3 == 0));
  checkCases(cases);
}

/// A convolution that F(2x2, 3x3) can compute, of any size of map.
KernelSpec randomWinograd(Random &random) {
  KernelSpec conv;
  conv.batch = random.between(1, 4);
  conv.input.channels = random.between(1, 40);
  conv.output.channels = random.between(1, 40);
  conv.input.width = conv.output.width = random.between(1, 18);
  conv.input.height = conv.output.height = random.between(1, 13);
  conv.input.border = random.between(1, 2);
  conv.windowHeight = conv.windowWidth = 3;
  conv.padHeight = conv.padWidth = 1;
  return conv;
}

/// A convolution, forward or its gradient, by fewer products. Terms of a tile's other pixel enter and cancel: the bound
/// takes the largest sum of sizes around.
TrainingCase winogradCase(Random &random, bool integers, bool isGradient) {
  KernelSpec conv = randomWinograd(random);
  TrainingCase result;
  KernelSpec &spec = result.spec = conv;
  if (isGradient)
    spec = gradientOf(conv, KernelOp::Conv2dInputGradient);
  spec.winograd = true;
  spec.filterTile = spec.output.channelBlocks() % 2 == 0 ? random.between(1, 2) : 1;
  conv.filterTile = isGradient ? 1 : spec.filterTile;
  spec.output.border = random.between(0, 1);
  std::vector<double> filter = randomFilter(conv, random, integers), sums, sizes;
  std::vector<double> in = randomImages(spec.input, spec.batch, random, integers);
  sums.resize(spec.batch * spec.output.channels * spec.output.height * spec.output.width);
  sizes = sums;
  if (random.oneIn(2)) {
    spec.epilogue.residual = true;
    spec.residual = spec.output;
    result.inputs[Role::Residual].values = sums = randomImages(spec.output, spec.batch, random, integers);
  }
  forEachProduct(conv, [&](int64_t out, int64_t k, int64_t from) {
    int64_t read = isGradient ? out : from, written = isGradient ? from : out;
    sums[written] += in[read] * filter[k];
    sizes[written] += std::fabs(in[read] * filter[k]);
  });
  double largest = 4 * *std::max_element(sizes.begin(), sizes.end()) + 2;
  result.inputs[Role::Input].values = in;
  result.inputs[Role::Filter].values = isGradient ? packTransposed(spec, filter) : packFilter(conv, filter);
  result.expected[Role::Output].values = sums;
  if (!integers)
    result.expected[Role::Output].bound.assign(sums.size(), (64.0 * spec.input.channelBlocks() + 16) * unit * largest);
  if (!random.oneIn(3))
    result.schedule = "B=" + std::to_string(random.between(1, 2)) + " PX=" + std::to_string(random.between(1, 16)) +
                      " PY=" + std::to_string(random.between(1, 4)) + " YB=" + std::to_string(random.between(1, 8)) +
                      " U=4 order=" + (random.oneIn(2) ? "rows" : "serial");
  return result;
}

TEST(ConvGradients, ByFewerProducts) {
  Random random(15);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 24; ++i)
    cases.push_back(winogradCase(random, i % 3 == 0, i % 2));
  checkCases(cases);
}

TEST(ConvGradients, TransposedFilters) {
  Random random(12);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 16; ++i) {
    KernelSpec conv = randomForward(random);
    TrainingCase each;
    each.spec = gradientOf(conv, KernelOp::TransposeFilter);
    each.spec.batch = 1;
    each.spec.forwardTile = conv.filterTile;
    each.spec.filterTile = conv.groups == 1 && each.spec.output.channelBlocks() % 2 == 0 ? random.between(1, 2) : 1;
    std::vector<double> filter = randomFilter(conv, random, /*integers=*/false);
    each.inputs[Role::Filter].values = packFilter(conv, filter);
    each.expected[Role::Output].values = packTransposed(each.spec, filter);
    cases.push_back(each);
  }
  checkCases(cases);
}

TrainingCase filterGradientCase(KernelSpec conv, Random &random, bool integers) {
  conv.batch = random.between(1, 6);
  TrainingCase result;
  KernelSpec &spec = result.spec = conv;
  spec.op = KernelOp::Conv2dFilterGradient;
  spec.other = withBorder(conv.output, random.between(conv.winograd, 2));
  conv.winograd = false;
  spec.partials = choosePartials(spec);
  if (random.oneIn(2))
    do
      spec.partials = random.between(1, conv.batch);
    while (conv.batch % spec.partials != 0);
  int64_t floats = conv.filterBytes() / 4;
  spec.output = {Layout::Planar, Element::F32, spec.partials * floats, 1, 1, 0};
  std::vector<double> x = randomImages(conv.input, conv.batch, random, integers);
  std::vector<double> dy = randomImages(conv.output, conv.batch, random, integers);
  size_t size = randomFilter(conv, random, true).size();
  std::vector<std::vector<double>> sums(spec.partials, std::vector<double>(size)), sizes = sums;
  int64_t chunk = conv.output.channels * conv.output.height * conv.output.width * (conv.batch / spec.partials);
  forEachProduct(conv, [&](int64_t out, int64_t k, int64_t in) {
    sums[out / chunk][k] += dy[out] * x[in];
    sizes[out / chunk][k] += std::fabs(dy[out] * x[in]);
  });
  OperandNumbers &expected = result.expected[Role::Output];
  double steps = double(conv.batch * conv.output.height * conv.output.width) + 4;
  if (spec.winograd) // terms of other taps enter and cancel
    for (std::vector<double> &each : sizes)
      each.assign(size, 6 * *std::max_element(each.begin(), each.end()));
  for (int64_t p = 0; p < spec.partials; ++p) {
    for (double value : packFilter(conv, sums[p]))
      expected.values.push_back(value);
    for (double value : packFilter(conv, sizes[p]))
      if (!integers)
        expected.bound.push_back(steps * unit * value);
  }
  result.inputs[Role::Input].values = x;
  result.inputs[Role::Other].values = dy;
  result.schedule = randomSchedule(random, true);
  return result;
}

TEST(ConvGradients, OfFilters) {
  Random random(13);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 26; ++i) {
    KernelSpec conv = randomForward(random);
    if (conv.groups == 1 && random.oneIn(4)) {
      conv.input.layout = Layout::Planar;
      conv.input.channels = random.between(1, 5);
    }
    cases.push_back(filterGradientCase(conv, random, i % 3 == 0));
  }
  checkCases(cases);
}

TEST(ConvGradients, OfFiltersByFewerProducts) {
  Random random(16);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 20; ++i) {
    KernelSpec conv = randomWinograd(random);
    conv.winograd = true;
    conv.filterTile = conv.output.channelBlocks() % 2 == 0 ? random.between(1, 2) : 1;
    cases.push_back(filterGradientCase(conv, random, i % 3 == 0));
  }
  checkCases(cases);
}

TEST(ConvGradients, ChunksDivideRowsAndImages) {
  for (int64_t height : {1, 7, 8, 13, 28, 56, 112})
    for (int64_t batch : {1, 6, 16, 128}) {
      KernelSpec spec;
      spec.op = KernelOp::Conv2dFilterGradient;
      spec.batch = batch;
      spec.input.channels = 64;
      spec.other = spec.input;
      spec.other->height = spec.other->width = spec.input.height = spec.input.width = height;
      spec.partials = choosePartials(spec);
      GradientChunk chunk = chooseGradientChunk(spec);
      EXPECT_EQ(batch % spec.partials, 0);
      EXPECT_EQ(height % chunk.rows, 0);
      EXPECT_EQ(batch / spec.partials % chunk.images, 0);
      EXPECT_TRUE(chunk.images == 1 || chunk.rows == height);
    }
}

TEST(ConvGradients, PartialSumsOfPieces) {
  Random random(14);
  std::vector<TrainingCase> cases;
  for (int64_t floats : {16, 432, 37}) {
    TrainingCase each;
    int64_t pieces = random.between(1, 9);
    each.spec.op = KernelOp::SumPartials;
    each.spec.output = {Layout::Planar, Element::F32, floats, 1, 1, 0};
    each.spec.input = each.spec.output;
    each.spec.input.channels *= pieces;
    std::vector<double> &values = each.inputs[Role::Partials].values;
    std::vector<float> sums(floats);
    for (int64_t i = 0; i < floats * pieces; ++i) {
      values.push_back(float(random.real()));
      sums[i % floats] += float(values.back());
    }
    each.expected[Role::Output].values.assign(sums.begin(), sums.end());
    cases.push_back(each);
  }
  checkCases(cases);
}
} // namespace
