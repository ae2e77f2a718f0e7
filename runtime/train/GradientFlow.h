//===- GradientFlow.h - how large gradients, branches and skips are along a network ---------------===//
//
// What the probes of a step (resnetc compile --train --probe) and the gradients in its workspace say, step after step:
// does the gradient reach the first layer, and how much does each residual change what it is given?
//
//===--------------------------------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_TRAIN_GRADIENTFLOW_H
#define RESNETC_RUNTIME_TRAIN_GRADIENTFLOW_H

#include "runtime/plot/Chart.h"
#include "runtime/train/Model.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include <string>
#include <vector>

namespace resnetc::train {

/// L2 norms, one for each record; NaN where there was none (below the lowest trained layer gradients end).
using Norms = std::vector<double>;

/// A residual, y = skip + branch(x): norms over all images of a batch.
struct FlowBlock {
  std::string name;
  Norms gradient; ///< of the loss, with respect to y
  Norms branch, skip;
};

/// The gradients of a layer's trained tensors.
struct FlowLayer {
  struct Tensor {
    std::string name;      ///< "weight"
    bool isMatrix = false; ///< of rank two or more: what the layer multiplies with
    Norms gradient;
  };
  std::string name;
  std::vector<Tensor> tensors;
};

struct Flow {
  std::string network;
  std::vector<uint64_t> steps; ///< of each record, counted from 0
  std::vector<double> losses;
  std::vector<FlowBlock> blocks; ///< in the network's order
  std::vector<FlowLayer> layers; ///< those that train, likewise
};

/// Makes records of a model's steps.
class FlowRecorder {
public:
  /// `layers`: the names of the network's layers in their order; tensors are called <layer>.<name>.
  FlowRecorder(const Model &model, llvm::ArrayRef<std::string> layers);

  /// A record of the step whose gradients lie in the workspace. Of a batch of resnetc_training.batch images: probes
  /// count all of them.
  llvm::Error add(uint64_t step, double loss, const void *workspace);

  const Flow &flow() const { return all; }

private:
  /// Where the norms of a trained tensor go.
  struct Slot {
    const resnetc_tensor_info *tensor;
    size_t layer, inLayer;
  };

  void addProbes(const void *workspace);
  llvm::Error findTrained(const void *workspace);
  llvm::Expected<bool> readGradient(const void *workspace, const resnetc_tensor_info &tensor);

  const Model &model;
  llvm::StringMap<size_t> places; ///< of layers
  std::vector<size_t> blockOf;    ///< of each probe
  std::vector<Slot> slots;        ///< known from the first record on
  std::vector<float> values;      ///< of the last gradient that was read
  Flow all;
};

/// Norms of the first, the middle and the last record (the middle one by size): a line a residual, then a line a
/// tensor.
std::string flowTable(const Flow &flow);
/// As attributes of an object.
void writeFlow(llvm::json::OStream &json, const Flow &flow);
/// What writeFlow has written, without the blocks. The error says what the text, which is not trusted, lacks.
llvm::Expected<Flow> readFlow(llvm::StringRef text);
/// Norms along the network, a line for each of some records; and over the steps, a line for each of some layers.
plot::Picture drawFlow(const Flow &flow);
/// The gradients of weights by depth, a line a network, in the first record, the median and the last one.
plot::Picture compareFlows(llvm::ArrayRef<const Flow *> flows);

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_GRADIENTFLOW_H
