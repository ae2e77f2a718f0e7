//===- EvaluateModel.cpp - data sets for a command's network ---------------===//

#include "compiler/tools/resnetc/EvaluateModel.h"
#include "compiler/tools/resnetc/Progress.h"

using namespace llvm;

namespace resnetc::tool {

Expected<data::DataSets> openData(StringRef folder, StringRef classes, const resnetc_tensor_shape &input,
                                  const resnetc_tensor_shape &output) {
  const uint64_t count = elementsPerImage(output);
  if (output.rank < 1 || output.extents[0] != count)
    return createStringError("the network's output is no vector of classes; labelled images need one number a class");
  std::vector<std::string> names;
  if (!classes.empty()) {
    auto read = data::readClassNames(classes);
    if (!read)
      return read.takeError();
    names = std::move(*read);
  }
  return data::openDataSets(folder, input, int64_t(count), names);
}

Expected<train::Evaluation> evaluateModel(const ReadyModel &model, const resnetc_context &context,
                                          const data::DataSet &set, size_t batch, bool quiet) {
  Progress line("images");
  train::EvaluateOptions options;
  options.batch = batch;
  const auto progress = [&](size_t done, size_t total) {
    if (!quiet)
      line.update(done, total);
    return true;
  };
  options.progress = progress;
  const auto run = [&](const void *images, size_t n, float *logits) {
    return model.model.run(&context, model.weights, images, n, logits, model.workspace.data());
  };
  return train::evaluate(run, set, elementsPerImage(model.model.info().output), options);
}

} // namespace resnetc::tool
