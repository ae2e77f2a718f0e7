//===- RnwReader.cpp - reads weights files (.rnw) --------------------------===//

#include "runtime/core/WeightsTable.h"
#include "runtime/weights/Rnw.h"
#include <cstring>

using namespace llvm;

namespace resnetc::weights {

static const Weights &tableOf(const resnetc_weights &file) { return *static_cast<const Weights *>(file.table); }

Expected<RnwFile> RnwFile::open(StringRef path) {
  RnwFile result;
  result.path = path.str();
  char words[512] = "";
  if (resnetc_weights_open(result.path.c_str(), &result.file, words, sizeof words) ||
      resnetc_weights_check(&result.file, words, sizeof words))
    return createStringError(inconvertibleErrorCode(), path + ": " + words);
  return result;
}

RnwFile &RnwFile::operator=(RnwFile &&other) {
  std::swap(path, other.path);
  std::swap(file, other.file);
  return *this;
}

bool RnwFile::isPacked() const { return tableOf(file).kind() == Kind::Packed; }

std::string RnwFile::network() const { return tableOf(file).network()->str(); }

std::vector<std::string> RnwFile::classNames() const {
  std::vector<std::string> names;
  if (const auto *list = tableOf(file).class_names())
    for (const flatbuffers::String *name : *list)
      names.push_back(name->str());
  return names;
}

Expected<NamedTensors> RnwFile::namedTensors() const {
  if (isPacked())
    return createStringError(inconvertibleErrorCode(), path +
                                                           ": the weights are packed for a compiled network, their "
                                                           "names are gone; give the file that 'resnetc import' made");
  NamedTensors tensors;
  for (const Tensor *source : *tableOf(file).tensors()) {
    const std::string name = source->name()->str();
    if (source->element() != Element::F32)
      return createStringError(inconvertibleErrorCode(), path + ": tensor '" + name + "' is not f32");
    NamedTensor &tensor = tensors[name];
    tensor.shape.assign(source->shape()->begin(), source->shape()->end());
    tensor.data.resize(source->bytes() / sizeof(float));
    if (!tensor.data.empty())
      std::memcpy(tensor.data.data(), file.data + source->offset(), source->bytes());
  }
  return tensors;
}

} // namespace resnetc::weights
