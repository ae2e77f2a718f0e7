//===- PackRuns.cpp - pack steps of equal blocks are one step -------------===//

#include "compiler/emit/PackRuns.h"
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <map>
#include <optional>
#include <string>

namespace resnetc::emit {

namespace {

constexpr uint32_t resnetc_pack_step::*tensorFields[] = {&resnetc_pack_step::filter, &resnetc_pack_step::bias,
                                                         &resnetc_pack_step::gamma,  &resnetc_pack_step::beta,
                                                         &resnetc_pack_step::mean,   &resnetc_pack_step::variance};

/// How far `b` lies behind `a`; nothing if they differ in more, or not all tensors are at one distance.
struct Distance {
  uint32_t tensors;
  uint64_t offset;
};

std::optional<Distance> distance(const resnetc_pack_step &a, const resnetc_pack_step &b) {
  resnetc_pack_step same = b;
  std::optional<uint32_t> tensors;
  for (auto field : tensorFields) {
    if ((a.*field == RESNETC_NO_TENSOR) != (b.*field == RESNETC_NO_TENSOR) || a.*field > b.*field)
      return std::nullopt;
    if (a.*field != RESNETC_NO_TENSOR && tensors.value_or(b.*field - a.*field) != b.*field - a.*field)
      return std::nullopt;
    if (a.*field != RESNETC_NO_TENSOR)
      tensors = b.*field - a.*field;
    same.*field = a.*field;
  }
  same.offset = a.offset;
  if (b.offset <= a.offset || std::memcmp(&same, &a, sizeof a) != 0)
    return std::nullopt;
  return Distance{tensors.value_or(0), b.offset - a.offset};
}

class Runs {
public:
  explicit Runs(const std::vector<resnetc_pack_step> &steps) : steps(steps), taken(steps.size()) {
    for (size_t i = 0; i < steps.size(); ++i) {
      atOffset[steps[i].offset] = i;
      alike[kind(steps[i])].push_back(i);
    }
  }

  std::vector<resnetc_pack_step> repeated() {
    std::vector<resnetc_pack_step> result;
    for (size_t i = 0; i < steps.size(); ++i)
      if (!taken[i])
        result.push_back(longestFrom(i));
    return result;
  }

private:
  static constexpr int attempts = 16; ///< that the second step of a run is looked for among

  /// All that steps of one run have in common.
  static std::string kind(resnetc_pack_step step) {
    for (auto field : tensorFields)
      step.*field = step.*field == RESNETC_NO_TENSOR;
    step.offset = 0;
    return std::string(reinterpret_cast<const char *>(&step), sizeof step);
  }

  /// The run of `first` and steps at `stride` behind it.
  std::vector<size_t> run(size_t first, Distance stride) const {
    std::vector<size_t> members = {first};
    for (;;) {
      const resnetc_pack_step &last = steps[members.back()];
      auto next = atOffset.find(last.offset + stride.offset);
      if (next == atOffset.end() || taken[next->second])
        return members;
      std::optional<Distance> found = distance(last, steps[next->second]);
      if (!found || found->tensors != stride.tensors)
        return members;
      members.push_back(next->second);
    }
  }

  resnetc_pack_step longestFrom(size_t first) {
    std::vector<size_t> longest = {first};
    Distance stride = {0, 0};
    const std::vector<size_t> &others = alike[kind(steps[first])];
    int left = attempts;
    for (auto other = std::upper_bound(others.begin(), others.end(), first); other != others.end() && left; ++other) {
      std::optional<Distance> candidate = taken[*other] ? std::nullopt : distance(steps[first], steps[*other]);
      left -= !taken[*other];
      if (!candidate)
        continue;
      std::vector<size_t> members = run(first, *candidate);
      if (members.size() > longest.size()) {
        longest = std::move(members);
        stride = *candidate;
      }
    }
    for (size_t member : longest)
      taken[member] = true;
    resnetc_pack_step step = steps[first];
    step.count = uint32_t(longest.size());
    step.tensor_stride = stride.tensors;
    step.offset_stride = stride.offset;
    return step;
  }

  const std::vector<resnetc_pack_step> &steps;
  std::vector<bool> taken;
  std::map<uint64_t, size_t> atOffset;
  std::map<std::string, std::vector<size_t>> alike;
};

} // namespace

std::vector<resnetc_pack_step> repeatPackSteps(const std::vector<resnetc_pack_step> &steps) {
  return Runs(steps).repeated();
}

} // namespace resnetc::emit
