//===- EvaluateModel.h - data sets for a command's network -----------------===//

#ifndef RESNETC_COMPILER_TOOLS_RESNETC_EVALUATEMODEL_H
#define RESNETC_COMPILER_TOOLS_RESNETC_EVALUATEMODEL_H

#include "compiler/tools/resnetc/Measure.h"
#include "compiler/tools/resnetc/Options.h"
#include "runtime/data/DataSet.h"
#include "runtime/train/Evaluate.h"

namespace resnetc::tool {

/// Opens a folder for a network with that input and output; `classes`: a file of class names, or empty. The error says,
/// too, if the network is no classifier.
llvm::Expected<data::DataSets> openData(llvm::StringRef folder, llvm::StringRef classes,
                                        const resnetc_tensor_shape &input, const resnetc_tensor_shape &output);

/// The model on all images, `batch` in a call, with a progress line unless `quiet`.
llvm::Expected<train::Evaluation> evaluateModel(const ReadyModel &model, const resnetc_context &context,
                                                const data::DataSet &set, size_t batch, bool quiet);

} // namespace resnetc::tool

#endif // RESNETC_COMPILER_TOOLS_RESNETC_EVALUATEMODEL_H
