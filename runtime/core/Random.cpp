//===- Random.cpp - random numbers that depend on their place alone -------===//

#include "runtime/core/Random.h"
#include <string.h>

using namespace resnetc::rt;

Words resnetc::rt::philox(Words counter, uint64_t key) {
  uint32_t k0 = uint32_t(key), k1 = uint32_t(key >> 32);
  uint32_t *c = counter.word;
  for (int round = 0; round < 10; ++round) {
    const uint64_t a = uint64_t(0xD2511F53u) * c[0], b = uint64_t(0xCD9E8D57u) * c[2];
    counter = {{uint32_t(b >> 32) ^ c[1] ^ k0, uint32_t(b), uint32_t(a >> 32) ^ c[3] ^ k1, uint32_t(a)}};
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return counter;
}

namespace {

constexpr double ln2 = 0.693147180559945309417232121458;
constexpr double pi = 3.14159265358979323846264338328;

} // namespace

double resnetc::rt::unit(uint32_t low, uint32_t high) {
  const uint64_t bits = (uint64_t(high) << 32 | low) >> 11;
  return double(bits + 1) * 0x1p-53;
}

// x = m * 2^e with m in [sqrt(1/2), sqrt(2)), ln m = 2 artanh((m - 1) / (m + 1)).
double resnetc::rt::logarithm(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  int exponent = int(bits >> 52) - 1023;
  bits = (bits & 0xfffffffffffffu) | uint64_t(1023) << 52;
  double m;
  memcpy(&m, &bits, sizeof m);
  if (m > 1.41421356237309504880) {
    m *= 0.5;
    ++exponent;
  }
  const double s = (m - 1) / (m + 1), square = s * s;
  double sum = 0;
  for (int power = 23; power >= 1; power -= 2) // s^25 / 25 is below 1e-20
    sum = sum * square + 1.0 / power;
  return exponent * ln2 + 2 * s * sum;
}

// e^x = 2^k e^r, |r| <= ln 2 / 2, by Taylor's series to the 17th power.
double resnetc::rt::exponential(double x) {
  const double turns = x / ln2;
  if (!(turns > -1022))
    return 0;
  if (turns >= 1024)
    return __builtin_inf();
  const int k = int(turns + (turns < 0 ? -0.5 : 0.5));
  const double r =
      (x - k * 0x1.62e42fee00000p-1) - k * 0x1.a39ef35793c76p-33; // ln 2 in two parts: k * the first is exact
  double sum = 1;
  for (int n = 17; n >= 1; --n)
    sum = 1 + r * sum / n;
  // In two factors: 2^1024 alone is no double.
  const uint64_t half = uint64_t(1023 + k / 2) << 52, rest = uint64_t(1023 + k - k / 2) << 52;
  double a, b;
  memcpy(&a, &half, sizeof a);
  memcpy(&b, &rest, sizeof b);
  return sum * a * b;
}

namespace {

/// sin and cos of an angle in [0, pi/4], by Taylor's series to the 17th and 16th power.
void sineAndCosine(double angle, double &sine, double &cosine) {
  const double square = angle * angle;
  sine = cosine = 1;
  for (int n = 8; n >= 1; --n) {
    sine = 1 - square * sine / double(2 * n * (2 * n + 1));
    cosine = 1 - square * cosine / double((2 * n - 1) * 2 * n);
  }
  sine *= angle;
}

/// sin and cos of 2 pi u, u in (0, 1]: by the octant.
void ofTurn(double u, double &sine, double &cosine) {
  const double eighths = 8 * u;
  const int octant = int(eighths) & 7;
  const double rest = eighths - double(int(eighths));
  double s, c;
  // Odd octants are measured from their end, so that the angle is at most pi / 4.
  sineAndCosine((octant & 1 ? 1 - rest : rest) * (pi / 4), s, c);
  const int quadrant = ((octant + 1) / 2) & 3; // whose axis the angle is measured from
  if (octant & 1)
    s = -s;
  sine = quadrant == 0 ? s : quadrant == 1 ? c : quadrant == 2 ? -s : -c;
  cosine = quadrant == 0 ? c : quadrant == 1 ? -s : quadrant == 2 ? -c : s;
}

} // namespace

double Normal::at(uint64_t index) {
  if (index / 2 != block) {
    block = index / 2;
    const Words random = philox({{uint32_t(block), uint32_t(block >> 32), stream, 0}}, seed);
    const double radius = __builtin_sqrt(-2 * logarithm(unit(random.word[0], random.word[1])));
    double sine, cosine;
    ofTurn(unit(random.word[2], random.word[3]), sine, cosine);
    pair[0] = radius * cosine;
    pair[1] = radius * sine;
  }
  return pair[index % 2];
}
