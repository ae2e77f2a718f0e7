//===- TrainingModel.h - a training model written by hand -----------------===//

#ifndef RESNETC_TEST_UNIT_RUNTIME_TRAININGMODEL_H
#define RESNETC_TEST_UNIT_RUNTIME_TRAININGMODEL_H

#include "TestModel.h"
#include <memory>
#include <string>

namespace resnetc::test {

/// Where one filter alone lies in a state.
inline resnetc_pack_step filterPlace(uint32_t tensor, uint32_t co, uint32_t ci, uint32_t ky, uint32_t kx,
                                     uint32_t inputBlock, uint32_t tile, uint32_t groups = 1) {
  resnetc_pack_step step = {};
  step.opcode = RESNETC_PACK_FILTER;
  step.filter = tensor;
  step.bias = step.gamma = step.beta = step.mean = step.variance = RESNETC_NO_TENSOR;
  step.output_channels = co, step.input_channels = ci, step.kernel_height = ky, step.kernel_width = kx;
  step.input_block = inputBlock, step.output_tile = tile, step.groups = groups, step.count = 1;
  step.output_padded = (co + 16 * tile - 1) / (16 * tile) * 16 * tile;
  return step;
}

/// Where one vector lies; `elements` is 1 if all channels share one.
inline resnetc_pack_step vectorPlace(uint32_t tensor, uint32_t channels, uint32_t elements) {
  resnetc_pack_step step = filterPlace(RESNETC_NO_TENSOR, channels, elements, 0, 0, 0, 1);
  step.opcode = RESNETC_PACK_VECTOR;
  step.bias = tensor;
  return step;
}

inline uint64_t placeBytes(const resnetc_pack_step &s) {
  if (s.opcode == RESNETC_PACK_VECTOR)
    return s.output_padded * 4;
  const uint64_t inputs =
      s.groups > 1 ? s.input_block : (s.input_channels + s.input_block - 1) / s.input_block * s.input_block;
  return s.output_padded * inputs * s.kernel_height * s.kernel_width * 4;
}

/// A TestModel with training tables: add tensors in order of names, fill `training` and `trainingProgram`, then link().
struct TrainingModel : TestModel {
  using TestModel::TestModel;

  /// A tensor and its place; places follow each other.
  void add(const std::string &name, std::vector<uint64_t> extents, resnetc_pack_step place,
           resnetc_init init = RESNETC_INIT_HE_NORMAL, double value = 0) {
    names.push_back(std::make_unique<std::string>(name));
    resnetc_tensor_info tensor = {names.back()->c_str(), uint32_t(extents.size()), uint32_t(init), {}, value};
    for (size_t i = 0; i < extents.size(); ++i)
      tensor.extents[i] = extents[i];
    tensors.push_back(tensor);
    place.offset = training.tensor_bytes;
    training.tensor_bytes += (placeBytes(place) + 63) / 64 * 64;
    places.push_back(place);
  }

  const resnetc_model_info *link() {
    linkedProgram = {training.batch,
                     uint32_t(trainingProgram.steps.size()),
                     uint32_t(trainingProgram.operands.size()),
                     0,
                     trainingProgram.steps.data(),
                     trainingProgram.operands.data(),
                     nullptr,
                     training.workspace_bytes};
    training.program = &linkedProgram;
    training.pack_steps = places.data();
    training.pack_step_count = uint32_t(places.size());
    training.tensors = tensors.data();
    training.tensor_count = info.tensor_count = uint32_t(tensors.size());
    if (!training.parameter_bytes)
      training.parameter_bytes = training.tensor_bytes;
    training.state_bytes = training.tensor_bytes + training.slots * training.parameter_bytes;
    info.training = &training;
    return TestModel::link();
  }

  std::vector<resnetc_tensor_info> tensors;
  std::vector<resnetc_pack_step> places;
  TestProgram trainingProgram;
  resnetc_training training = {};

private:
  std::vector<std::unique_ptr<std::string>> names;
  resnetc_program linkedProgram = {};
};

} // namespace resnetc::test

#endif // RESNETC_TEST_UNIT_RUNTIME_TRAININGMODEL_H
