//===- GradientFlow.cpp - records of a step's norms -------------------------------------------------===//

#include "runtime/train/GradientFlow.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <limits>

using namespace llvm;

namespace resnetc::train {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

FlowRecorder::FlowRecorder(const Model &model, ArrayRef<std::string> layers) : model(model) {
  all.network = model.info->name;
  for (const std::string &layer : layers)
    places.try_emplace(layer, places.size());
  const resnetc_training &training = model.training();
  StringMap<size_t> known;
  for (uint32_t i = 0; i < training.probe_count; ++i) {
    const auto [block, isNew] = known.try_emplace(training.probes[i].name, all.blocks.size());
    if (isNew)
      all.blocks.push_back({training.probes[i].name, {}, {}, {}});
    blockOf.push_back(block->second);
  }
}

Error FlowRecorder::add(uint64_t step, double loss, const void *workspace) {
  if (all.steps.empty())
    if (Error error = findTrained(workspace))
      return error;
  all.steps.push_back(step);
  all.losses.push_back(loss);
  addProbes(workspace);
  for (const Slot &slot : slots) {
    Expected<bool> isTrained = readGradient(workspace, *slot.tensor);
    if (!isTrained)
      return isTrained.takeError();
    double squares = 0;
    for (float value : values)
      squares += double(value) * double(value);
    all.layers[slot.layer].tensors[slot.inLayer].gradient.push_back(std::sqrt(squares));
  }
  return Error::success();
}

void FlowRecorder::addProbes(const void *workspace) {
  constexpr size_t lanes = 16;
  const resnetc_training &training = model.training();
  const auto *rows = reinterpret_cast<const float *>(static_cast<const uint8_t *>(workspace) + training.probes_offset);
  for (FlowBlock &block : all.blocks)
    for (Norms *norms : {&block.gradient, &block.branch, &block.skip})
      norms->push_back(none);
  for (uint32_t i = 0; i < training.probe_count; ++i) {
    FlowBlock &block = all.blocks[blockOf[i]];
    const uint32_t kind = training.probes[i].kind;
    Norms &norms = kind == RESNETC_PROBE_BRANCH ? block.branch
                   : kind == RESNETC_PROBE_SKIP ? block.skip
                                                : block.gradient;
    norms.back() = std::sqrt(double(rows[i * lanes]));
  }
}

/// False if the tensor is not trained.
Expected<bool> FlowRecorder::readGradient(const void *workspace, const resnetc_tensor_info &tensor) {
  size_t count = 1;
  for (uint32_t axis = 0; axis < tensor.rank; ++axis)
    count *= tensor.extents[axis];
  values.resize(count);
  const int status = model.gradient(workspace, tensor.name, values.data(), count);
  if (status == RESNETC_ERROR_ARGUMENT)
    return false;
  if (status)
    return createStringError("gradient of %s: %s", tensor.name, resnetc_status_string(status));
  return true;
}

/// The trained tensors by layer, in the network's order; layers that are not in it come last.
Error FlowRecorder::findTrained(const void *workspace) {
  const resnetc_training &training = model.training();
  std::vector<const resnetc_tensor_info *> trained;
  for (const resnetc_tensor_info &tensor : ArrayRef(training.tensors, training.tensor_count)) {
    Expected<bool> isTrained = readGradient(workspace, tensor);
    if (!isTrained)
      return isTrained.takeError();
    if (*isTrained)
      trained.push_back(&tensor);
  }
  const auto place = [&](const resnetc_tensor_info *tensor) {
    auto found = places.find(StringRef(tensor->name).rsplit('.').first);
    return found == places.end() ? places.size() : found->second;
  };
  stable_sort(trained, [&](const auto *a, const auto *b) { return place(a) < place(b); });
  for (const resnetc_tensor_info *tensor : trained) {
    const auto [layer, name] = StringRef(tensor->name).rsplit('.');
    if (all.layers.empty() || all.layers.back().name != layer)
      all.layers.push_back({layer.str(), {}});
    std::vector<FlowLayer::Tensor> &tensors = all.layers.back().tensors;
    slots.push_back({tensor, all.layers.size() - 1, tensors.size()});
    tensors.push_back({name.str(), tensor->rank > 1, {}});
  }
  return Error::success();
}

} // namespace resnetc::train
