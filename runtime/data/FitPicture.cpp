//===- FitPicture.cpp - scales and cuts pictures to a network's input ------===//

#include "runtime/data/Picture.h"
#include <algorithm>
#include <cmath>

using namespace llvm;

namespace resnetc::data {

namespace {

constexpr int64_t channels = 3;

/// The source pixels that make one target pixel along an axis, and their weights, which sum to one.
struct Taps {
  int64_t first = 0;
  std::vector<float> weights;
};

/// `count` targets from `offset` on, of an axis of `from` pixels scaled to `to` pixels.
std::vector<Taps> makeTaps(int64_t from, int64_t to, int64_t offset, int64_t count) {
  const double scale = double(from) / double(to), support = std::max(scale, 1.0);
  std::vector<Taps> axis(count);
  for (int64_t i = 0; i < count; ++i) {
    const double centre = (double(offset + i) + 0.5) * scale;
    const int64_t begin = std::max<int64_t>(0, int64_t(centre - support + 0.5));
    const int64_t end = std::min<int64_t>(from, int64_t(centre + support + 0.5));
    Taps &taps = axis[i];
    taps.first = std::min(begin, from - 1);
    double sum = 0;
    std::vector<double> weights;
    for (int64_t at = begin; at < end; ++at) {
      weights.push_back(std::max(0.0, 1 - std::abs((double(at) + 0.5 - centre) / support)));
      sum += weights.back();
    }
    if (sum <= 0) {
      weights.assign(1, 1);
      sum = 1;
    }
    for (double weight : weights)
      taps.weights.push_back(float(weight / sum));
  }
  return axis;
}

uint8_t toByte(float value) { return uint8_t(std::clamp(value + 0.5f, 0.0f, 255.0f)); }

/// Rows first, rounded to bytes between the two directions as Pillow does.
std::vector<uint8_t> scaleRows(const Picture &picture, const std::vector<Taps> &columns) {
  std::vector<uint8_t> result(picture.height * columns.size() * channels);
  uint8_t *out = result.data();
  for (int64_t y = 0; y < picture.height; ++y)
    for (const Taps &taps : columns)
      for (int64_t c = 0; c < channels; ++c) {
        const uint8_t *in = picture.pixels.data() + (y * picture.width + taps.first) * channels + c;
        float sum = 0;
        for (size_t i = 0; i < taps.weights.size(); ++i)
          sum += taps.weights[i] * in[i * channels];
        *out++ = toByte(sum);
      }
  return result;
}

std::vector<uint8_t> scaleColumns(const std::vector<uint8_t> &pixels, int64_t rowBytes, const std::vector<Taps> &rows) {
  std::vector<uint8_t> result(rows.size() * rowBytes);
  uint8_t *out = result.data();
  for (const Taps &taps : rows)
    for (int64_t x = 0; x < rowBytes; ++x) {
      const uint8_t *in = pixels.data() + taps.first * rowBytes + x;
      float sum = 0;
      for (size_t i = 0; i < taps.weights.size(); ++i)
        sum += taps.weights[i] * in[i * rowBytes];
      *out++ = toByte(sum);
    }
  return result;
}

} // namespace

Picture fitPicture(const Picture &picture, int64_t height, int64_t width) {
  if (picture.height == height && picture.width == width)
    return picture;
  // One factor for both directions: the side that is short in proportion covers 8/7 of the target.
  const double cover = std::max(double(height) / picture.height, double(width) / picture.width) * 8 / 7;
  const int64_t scaledHeight = std::max<int64_t>(height, std::llround(picture.height * cover));
  const int64_t scaledWidth = std::max<int64_t>(width, std::llround(picture.width * cover));
  const auto columns = makeTaps(picture.width, scaledWidth, (scaledWidth - width) / 2, width);
  const auto rows = makeTaps(picture.height, scaledHeight, (scaledHeight - height) / 2, height);
  Picture result;
  result.height = height;
  result.width = width;
  result.pixels = scaleColumns(scaleRows(picture, columns), width * channels, rows);
  return result;
}

uint8_t luma(const uint8_t *rgb) { return (rgb[0] * 19595u + rgb[1] * 38470u + rgb[2] * 7471u + 0x8000u) >> 16; }

} // namespace resnetc::data
