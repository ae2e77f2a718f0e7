//===- Augment.cpp - random changes of training images ---------------------===//

#include "runtime/train/Augment.h"
#include "runtime/core/Random.h"
#include <algorithm>
#include <cstring>

using namespace llvm;

namespace resnetc::train {

namespace {

/// What random bits are for: the last word of Philox's counter. 0 is the initial values of parameters.
enum Purpose : uint32_t { purposeOrder = 1, purposeImage, purposeCutout, purposeMix, purposePartners };

/// In [0, bound): the high word of the product; a number's probability is off by at most 2^-32.
uint32_t below(uint32_t word, uint32_t bound) { return uint64_t(word) * bound >> 32; }

rt::Words draw(uint64_t seed, uint64_t epoch, uint64_t index, Purpose purpose) {
  // 2^40 indices and 2^24 epochs: more than anyone trains.
  const uint32_t middle = uint32_t(index >> 32) << 24 | uint32_t(epoch & 0xffffff);
  return rt::philox({{uint32_t(index), middle, uint32_t(epoch >> 24), purpose}}, seed);
}

/// Planes of rows of pixels, each pixel of `bytes` bytes.
struct Planes {
  int64_t count = 1, height = 1, width = 1, bytes = 1;

  explicit Planes(const resnetc_tensor_shape &shape) : bytes(shape.element == RESNETC_U8 ? 1 : sizeof(float)) {
    if (shape.rank >= 1)
      width = shape.extents[shape.rank - 1];
    if (shape.rank >= 2)
      height = shape.extents[shape.rank - 2];
    for (uint32_t i = 0; i + 2 < shape.rank; ++i)
      count *= shape.extents[i];
  }
  int64_t total() const { return count * height * width * bytes; }
};

template <typename Pixel> void reverseRow(const uint8_t *from, int64_t count, uint8_t *to) {
  const auto *source = reinterpret_cast<const Pixel *>(from);
  std::reverse_copy(source, source + count, reinterpret_cast<Pixel *>(to));
}

/// A permutation by Fisher and Yates; the i-th exchange uses word i of a stream.
void shuffle(uint64_t seed, uint64_t epoch, uint64_t first, Purpose purpose, MutableArrayRef<uint32_t> order) {
  for (uint32_t i = 0; i < order.size(); ++i)
    order[i] = i;
  rt::Words words;
  for (uint32_t used = 0, i = order.size(); i > 1; --i, ++used) {
    if (used % 4 == 0)
      words = draw(seed, epoch, first + used / 4, purpose);
    std::swap(order[i - 1], order[below(words.word[used % 4], i)]);
  }
}

/// The random numbers of one batch's mixture: uniform and normal, one block of Philox each time.
class MixStream {
public:
  MixStream(uint64_t seed, uint64_t epoch, uint64_t batch) : seed(seed), epoch(epoch), batch(batch) {}

  /// ln of a Gamma(alpha, 1) variate: Marsaglia and Tsang 2000, and for alpha < 1 their section 6: G(alpha + 1) U^(1 /
  /// alpha), as logarithms because the power underflows for small alpha.
  double logGamma(double alpha) {
    const double boost = alpha < 1 ? rt::logarithm(uniform()) / alpha : 0;
    const double d = (alpha < 1 ? alpha + 1 : alpha) - 1.0 / 3, c = 1 / (3 * __builtin_sqrt(d));
    while (true) {
      const double x = normal(), base = 1 + c * x;
      const double u = uniform();
      if (base <= 0)
        continue;
      const double v = base * base * base;
      if (rt::logarithm(u) < 0.5 * x * x + d - d * v + d * rt::logarithm(v))
        return rt::logarithm(d * v) + boost;
    }
  }

private:
  rt::Words next() { return draw(seed, epoch, batch << 12 | count++, purposeMix); }
  double uniform() {
    const rt::Words words = next();
    return rt::unit(words.word[0], words.word[1]);
  }
  double normal() {
    const rt::Words words = next();
    rt::Normal pair(uint64_t(words.word[1]) << 32 | words.word[0], words.word[2]);
    return pair.at(0);
  }

  uint64_t seed, epoch, batch;
  uint64_t count = 0;
};

} // namespace

std::string augmentationProblem(const Augmentation &augmentation, const resnetc_tensor_shape &shape) {
  const Planes planes(shape);
  const bool isSpatial = augmentation.cropPad || augmentation.flip || augmentation.cutout;
  if (isSpatial && shape.rank != 3)
    return "crop, flip and cutout need an input of pictures, [channels, height, width]; mixup takes any";
  const int64_t side = std::min(planes.height, planes.width);
  if (augmentation.cropPad < 0 || augmentation.cropPad >= side)
    return "a random crop's border of " + std::to_string(augmentation.cropPad) +
           " pixels must be at least 0 and less than the picture's " + std::to_string(side);
  if (augmentation.cutout < 0 || augmentation.cutout > 2 * side)
    return "a cutout of " + std::to_string(augmentation.cutout) +
           " pixels must be at least 0 and at most twice the picture's " + std::to_string(side);
  if (!(augmentation.mixup >= 0 && augmentation.mixup <= 1000))
    return "mixup's alpha must be at least 0 and at most 1000";
  return "";
}

ImageDraw drawImage(const Augmentation &augmentation, const resnetc_tensor_shape &shape, uint64_t seed, uint64_t epoch,
                    uint64_t index) {
  const Planes planes(shape);
  const rt::Words words = draw(seed, epoch, index, purposeImage);
  const auto range = uint32_t(2 * augmentation.cropPad + 1);
  ImageDraw result;
  result.shiftY = int64_t(below(words.word[0], range)) - augmentation.cropPad;
  result.shiftX = int64_t(below(words.word[1], range)) - augmentation.cropPad;
  result.flip = augmentation.flip && (words.word[2] >> 31);
  if (augmentation.cutout) {
    const rt::Words centre = draw(seed, epoch, index, purposeCutout);
    result.cutoutY = below(centre.word[0], uint32_t(planes.height));
    result.cutoutX = below(centre.word[1], uint32_t(planes.width));
  }
  return result;
}

static void cropAndFlip(const Planes &planes, const ImageDraw &draw, const uint8_t *from, uint8_t *to) {
  // The columns of the source that are seen, and where they begin in the target.
  const int64_t left = std::max<int64_t>(0, -draw.shiftX), right = std::max<int64_t>(0, draw.shiftX);
  const int64_t width = planes.width - left - right, rowBytes = planes.width * planes.bytes;
  for (int64_t row = 0; row < planes.count * planes.height; ++row, to += rowBytes) {
    const int64_t y = row % planes.height + draw.shiftY;
    if (y < 0 || y >= planes.height) {
      std::memset(to, 0, rowBytes);
      continue;
    }
    const uint8_t *source = from + (row + draw.shiftY) * rowBytes + right * planes.bytes;
    // What is at the left before the flip is at the right after it.
    const int64_t begin = draw.flip ? right : left;
    std::memset(to, 0, begin * planes.bytes);
    uint8_t *target = to + begin * planes.bytes;
    if (!draw.flip)
      std::memcpy(target, source, width * planes.bytes);
    else if (planes.bytes == 1)
      reverseRow<uint8_t>(source, width, target);
    else
      reverseRow<uint32_t>(source, width, target);
    std::memset(target + width * planes.bytes, 0, rowBytes - (begin + width) * planes.bytes);
  }
}

void augmentImage(const Augmentation &augmentation, const resnetc_tensor_shape &shape, const ImageDraw &draw,
                  const uint8_t *from, uint8_t *to) {
  const Planes planes(shape);
  if (draw.shiftY || draw.shiftX || draw.flip)
    cropAndFlip(planes, draw, from, to);
  else
    std::memcpy(to, from, planes.total());
  if (!augmentation.cutout)
    return;
  const int64_t top = draw.cutoutY - augmentation.cutout / 2, left = draw.cutoutX - augmentation.cutout / 2;
  const int64_t y0 = std::max<int64_t>(0, top), y1 = std::min(planes.height, top + augmentation.cutout);
  const int64_t x0 = std::max<int64_t>(0, left), x1 = std::min(planes.width, left + augmentation.cutout);
  for (int64_t plane = 0; plane < planes.count; ++plane)
    for (int64_t y = y0; y < y1; ++y)
      std::memset(to + ((plane * planes.height + y) * planes.width + x0) * planes.bytes, 0,
                  std::max<int64_t>(0, x1 - x0) * planes.bytes);
}

void drawOrder(uint64_t seed, uint64_t epoch, MutableArrayRef<uint32_t> order) {
  shuffle(seed, epoch, 0, purposeOrder, order);
}

float drawMixup(double alpha, uint64_t seed, uint64_t epoch, uint64_t batch, MutableArrayRef<uint32_t> partners) {
  shuffle(seed, epoch, batch << 20, purposePartners, partners);
  MixStream stream(seed, epoch, batch);
  const double a = stream.logGamma(alpha), b = stream.logGamma(alpha);
  return float(1 / (1 + rt::exponential(b - a)));
}

void mixImages(const resnetc_tensor_shape &shape, float mix, const uint8_t *a, const uint8_t *b, uint8_t *to) {
  const Planes planes(shape);
  const int64_t count = planes.count * planes.height * planes.width;
  const float rest = 1 - mix;
  if (shape.element == RESNETC_U8) {
    for (int64_t i = 0; i < count; ++i)
      to[i] = uint8_t(int32_t(mix * float(a[i]) + rest * float(b[i]) + 0.5f));
    return;
  }
  const auto *x = reinterpret_cast<const float *>(a), *y = reinterpret_cast<const float *>(b);
  auto *result = reinterpret_cast<float *>(to);
  for (int64_t i = 0; i < count; ++i)
    result[i] = mix * x[i] + rest * y[i];
}

} // namespace resnetc::train
