// Random residual networks as rn text: post- and pre-activation blocks, projections, nested residuals, odd maps.

#ifndef RESNETC_TEST_UNIT_PLAN_RANDOMNETWORK_H
#define RESNETC_TEST_UNIT_PLAN_RANDOMNETWORK_H

#include <cstdint>
#include <random>
#include <string>

namespace resnetc::test {

class RandomNetwork {
public:
  explicit RandomNetwork(uint32_t seed) : random(seed) {}
  /// `rn.network @net` from a u8 picture to 10 numbers, as AstToRn would make it.
  std::string text();

private:
  struct Map {
    std::string name;
    int channels, size;
    std::string type() const;
  };
  int below(int n) { return int(random() % n); }
  std::string fresh() { return "%v" + std::to_string(++values); }
  std::string parameter(const std::string &type);
  Map conv(Map in, int channels, int window, int stride);
  Map batchNorm(Map in);
  Map relu(Map in);
  Map block(Map in, int depth);

  std::mt19937 random;
  int values = 0;
  std::string body;
};

} // namespace resnetc::test

#endif // RESNETC_TEST_UNIT_PLAN_RANDOMNETWORK_H
