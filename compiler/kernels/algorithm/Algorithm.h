//===- Algorithm.h - what a kernel computes, in Halide ---------------------===//
//
// One function per KernelOp makes the algorithm: loops over nothing but the maths, no
// word about order, vectors or threads (schedule/cpu does that).
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_KERNELS_ALGORITHM_ALGORITHM_H
#define RESNETC_COMPILER_KERNELS_ALGORITHM_ALGORITHM_H

#include "compiler/kernels/algorithm/Buffers.h"

namespace resnetc::kernels {

/// Where an output element lies. Blocked outputs are indexed (v, x, y, c, n) with channel 16 c + v, planar ones
/// (x, y, c, n).
struct Coordinates {
  Halide::Var v{"v"}, x{"x"}, y{"y"}, c{"c"}, n{"n"};
  bool blocked = true;

  explicit Coordinates(const TensorSpec &output) : blocked(output.layout == Layout::Blocked16) {}
  std::vector<Halide::Var> all() const;
  Channel channel() const;
};

/// Sums over the pixels of a map, in a few interleaved partial sums so that additions need not wait for each other.
struct MapSum {
  Halide::Func parts, total; ///< (v, j, c, n) and (v, c, n)
  Halide::Var j{"j"};
  Halide::RDom pixels, each;
};

/// A pure Halide pipeline with its parameters in the order of KernelSpec.
struct Algorithm {
  explicit Algorithm(const KernelSpec &spec) : at(spec.output) {}

  Coordinates at;
  std::vector<Halide::Argument> arguments; ///< inputs; the outputs follow by themselves
  Halide::Func output{"output"};           ///< one value, or two where the epilogue has two results
  /// What is summed up (or maximised) per output element before the epilogue; undefined if there is no such thing.
  Halide::Func reduction{"reduction"};
  /// The first of two results, kept in a register between its two uses: the residual it was made from may be gone as
  /// soon as it is stored. Undefined with one result.
  Halide::Func first{"first"};
  Halide::RDom window; ///< the domain of `reduction`'s update
  std::vector<Halide::Func>
      helpers; ///< values of an image (softmax) or a pixel (layer_norm), in the order of their use

  std::vector<Halide::Internal::IRMutator *> passes; ///< over the loops, by the schedule; the pipeline will own them

  // Training.
  Halide::Func alongside{"alongside"}; ///< an output of other extents than `output`, behind it; mostly undefined
  std::vector<MapSum> sums;            ///< in the order of their use
  std::vector<OutputBuffer> buffers;   ///< of all outputs; empty where the spec's output and second say it
};

/// The constant-shaped output buffers, and the pass that moves them to their interior.
void defineOutputBuffers(Algorithm &algorithm, const KernelSpec &spec, Halide::Pipeline &pipeline);
/// All outputs, in the order of arguments.
std::vector<Halide::Func> outputsOf(const Algorithm &algorithm);

Algorithm normalizeAlgorithm(const KernelSpec &spec);
Algorithm conv2dAlgorithm(const KernelSpec &spec);
Algorithm maxPool2dAlgorithm(const KernelSpec &spec);
Algorithm avgPool2dAlgorithm(const KernelSpec &spec);
Algorithm globalAvgPoolAlgorithm(const KernelSpec &spec);
Algorithm globalMaxPoolAlgorithm(const KernelSpec &spec);
Algorithm elementwiseAlgorithm(const KernelSpec &spec);
Algorithm multiplyAlgorithm(const KernelSpec &spec);
Algorithm concatAlgorithm(const KernelSpec &spec);
Algorithm layerNormAlgorithm(const KernelSpec &spec);
Algorithm padShortcutAlgorithm(const KernelSpec &spec);
Algorithm softmaxAlgorithm(const KernelSpec &spec);
Algorithm copyAlgorithm(const KernelSpec &spec);

/// Zero in the lanes of a last block that are no channels; what they would read may be anything.
Halide::Expr zeroInPadding(const KernelSpec &spec, const Channel &channel, const Halide::Expr &value);

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_ALGORITHM_ALGORITHM_H
