//===- Weights.cpp - named tensors into and out of a training state -----------------------------===//

#include "runtime/train/Weights.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace resnetc::train {

static std::vector<int64_t> shapeOf(const resnetc_tensor_info &tensor) {
  return {tensor.extents, tensor.extents + tensor.rank};
}

static size_t elementsOf(ArrayRef<int64_t> shape) {
  size_t count = 1;
  for (const int64_t extent : shape)
    count *= static_cast<size_t>(extent);
  return count;
}

Expected<weights::NamedTensors> tensorsOf(const Model &model, const void *state) {
  const resnetc_training &training = model.training();
  weights::NamedTensors result;
  for (uint32_t i = 0; i < training.tensor_count; ++i) {
    const resnetc_tensor_info &info = training.tensors[i];
    weights::NamedTensor tensor;
    tensor.shape = shapeOf(info);
    tensor.data.resize(elementsOf(tensor.shape));
    if (const int status = model.get(state, info.name, tensor.data.data(), tensor.data.size()))
      return createStringError("reading tensor '%s' of the state: %s", info.name, resnetc_status_string(status));
    result.emplace(info.name, std::move(tensor));
  }
  return result;
}

Expected<InitReport> initialiseFrom(const weights::NamedTensors &tensors, StringRef file, const Model &model,
                                    void *state) {
  const resnetc_training &training = model.training();
  InitReport report;
  StringSet<> names;
  for (uint32_t i = 0; i < training.tensor_count; ++i) {
    const resnetc_tensor_info &info = training.tensors[i];
    const std::vector<int64_t> shape = shapeOf(info);
    names.insert(info.name);
    const auto found = tensors.find(std::string(info.name));
    if (found == tensors.end()) {
      report.missing.emplace_back(info.name);
      continue;
    }
    const weights::NamedTensor &tensor = found->second;
    if (weights::significantExtents(tensor.shape) != weights::significantExtents(shape)) {
      report.otherShape.push_back(formatv("{0} ({1} in the file, {2} in the network)", info.name,
                                          weights::shapeText(tensor.shape), weights::shapeText(shape)));
      continue;
    }
    if (const int status = model.set(state, info.name, tensor.data.data(), tensor.data.size()))
      return createStringError("writing tensor '%s' of the state: %s", info.name, resnetc_status_string(status));
    report.taken.emplace_back(info.name);
  }
  for (const auto &[name, tensor] : tensors)
    if (!names.contains(name))
      report.unused.push_back(name);
  if (report.taken.empty())
    return createStringError(inconvertibleErrorCode(),
                             file + ": no tensor of it fits network '" + model.info->name + "'\n" + report.text());
  return report;
}

std::string InitReport::text() const {
  std::string text = formatv("{0} tensors taken", taken.size());
  const auto add = [&](StringRef what, ArrayRef<std::string> names) {
    constexpr size_t shown = 8;
    if (names.empty())
      return;
    const ArrayRef<std::string> first = names.take_front(shown);
    text += formatv("\n  {0} ({1}): {2:$[, ]}", what, names.size(), make_range(first.begin(), first.end()));
    if (names.size() > shown)
      text += formatv(" and {0} more", names.size() - shown);
  };
  add("not in the file, initialised", missing);
  add("of another shape, initialised", otherShape);
  add("of the file, unused", unused);
  return text;
}

} // namespace resnetc::train
