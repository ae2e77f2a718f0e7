//===- PackInputs.cpp - named tensors that a pack step reads --------------===//
//
// The object holds no names, only the hash of all of them and, in its pack steps, the shapes that it needs. A file
// whose hash differs is refused; the steps are then walked to say what differs.
//
//===----------------------------------------------------------------------===//

#include "runtime/core/PackInputs.h"
#include "runtime/core/WeightsTable.h"

using namespace resnetc;
using rt::ErrorText;
using rt::PackInputs;

static const weights::Weights &tableOf(const resnetc_weights &file) {
  return *static_cast<const weights::Weights *>(file.table);
}

namespace {

struct Shape {
  uint64_t extents[4];
  size_t rank;
};

/// Extents of 1 at the end do not count: a 1x1 filter may come from a linear layer, and the other way round.
bool hasShape(const weights::Tensor &tensor, const Shape &shape) {
  const auto &extents = *tensor.shape();
  for (size_t i = 0; i < extents.size() || i < shape.rank; ++i)
    if ((i < extents.size() ? extents[i] : 1) != (i < shape.rank ? shape.extents[i] : 1))
      return false;
  return true;
}

/// The data of tensor `index`; false if it is not f32 of `shape`. No tensor gives null.
bool find(const resnetc_weights &file, uint32_t index, const Shape &shape, const float *&data, ErrorText &error) {
  data = nullptr;
  if (index == RESNETC_NO_TENSOR)
    return true;
  const auto &tensors = *tableOf(file).tensors();
  if (index >= tensors.size()) {
    error << "the model needs a tensor of number " << index << ", the weights file has " << tensors.size();
    return false;
  }
  const weights::Tensor &tensor = *tensors[index];
  if (tensor.element() == weights::Element::F32 && hasShape(tensor, shape)) {
    data = reinterpret_cast<const float *>(file.data + tensor.offset());
    return true;
  }
  uint64_t extents[weights::maxRank];
  for (uint32_t i = 0; i < tensor.shape()->size(); ++i)
    extents[i] = tensor.shape()->Get(i);
  error << "tensor ";
  error.quoted(tensor.name()->c_str(), tensor.name()->size());
  error << " is " << weights::elementName(tensor.element()) << " ";
  error.shape(extents, tensor.shape()->size()) << " in the weights file, the model needs f32 ";
  error.shape(shape.extents, shape.rank);
  return false;
}

} // namespace

bool rt::findPackInputs(const resnetc_pack_step &step, const resnetc_weights &file, PackInputs &inputs,
                        ErrorText &error) {
  const Shape filter = {{step.output_channels, step.input_channels, step.kernel_height, step.kernel_width}, 4};
  const Shape channel = {{step.output_channels}, 1};
  const Shape vector = {{step.input_channels}, 1};
  inputs.layout = FilterLayout(step);
  if (step.opcode == RESNETC_PACK_VECTOR)
    return find(file, step.bias, vector, inputs.bias, error);
  return find(file, step.filter, filter, inputs.filter, error) && find(file, step.bias, channel, inputs.bias, error) &&
         find(file, step.gamma, channel, inputs.gamma, error) && find(file, step.beta, channel, inputs.beta, error) &&
         find(file, step.mean, channel, inputs.mean, error) &&
         find(file, step.variance, channel, inputs.variance, error);
}

bool rt::isSameNetwork(const resnetc_model_info &info, const resnetc_weights &file, ErrorText &error) {
  const weights::Weights &table = tableOf(file);
  const bool isNamed = table.kind() == weights::Kind::Named;
  if (isNamed && table.schema_hash() == info.schema_hash && table.tensors()->size() == info.tensor_count)
    return true;
  error << "the weights file is of network ";
  error.quoted(table.network()->c_str(), table.network()->size()) << ", this model is '" << info.name << "': ";
  if (!isNamed) {
    error << "the file is packed already: resnetc_weights_packed gives its weights";
    return false;
  }
  if (table.tensors()->size() != info.tensor_count) {
    error << "the file has " << table.tensors()->size() << " tensors, the model needs " << info.tensor_count;
    return false;
  }
  PackInputs inputs;
  for (uint32_t i = 0; i < info.plan->pack_step_count; ++i)
    for (uint32_t turn = 0; turn < info.plan->pack_steps[i].count; ++turn)
      if (!findPackInputs(turnOf(info.plan->pack_steps[i], turn), file, inputs, error))
        return false;
  error << "the tensors' names differ (schema ";
  error.hex(table.schema_hash()) << " in the file, ";
  error.hex(info.schema_hash) << " in the model)";
  return false;
}
