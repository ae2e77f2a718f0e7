//===- Buffers.h - tensors of a kernel as Halide parameters ----------------===//
//
// Every extent and stride is a constant. Borders: an input's index moves inwards by its
// border; an output is indexed by its interior and moved after lowering (InteriorOffset),
// because Halide writes all of an output buffer that it is told of.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_KERNELS_ALGORITHM_BUFFERS_H
#define RESNETC_COMPILER_KERNELS_ALGORITHM_BUFFERS_H

#include "Halide.h"
#include "compiler/kernels/KernelSpec.h"

namespace resnetc::kernels {

/// The channel of an element: number `flat`, that is lane `lane` of block `block`.
struct Channel {
  Halide::Expr flat, block, lane;
  static Channel ofFlat(const Halide::Expr &flat);
  static Channel ofLane(const Halide::Expr &block, const Halide::Expr &lane);
};

/// An activation that a kernel reads.
class InputTensor {
public:
  InputTensor(const TensorSpec &spec, int64_t batch, const std::string &name);
  /// Coordinates without border: (0, 0) is the map's first pixel, -1 the border's innermost one. A planar tensor's
  /// channels that are not there read some channel that is.
  Halide::Expr at(const Channel &channel, const Halide::Expr &x, const Halide::Expr &y, const Halide::Expr &n) const;
  const Halide::ImageParam &parameter() const { return param; }
  const TensorSpec spec;

private:
  Halide::ImageParam param;
};

/// Extents and strides of a buffer, innermost dimension first, in elements.
struct BufferShape {
  std::vector<int> extents, strides;
};
/// Interior extents with the strides of a tensor that has a border: (lane, x, y, block, n) or (x, y, channel, n).
BufferShape interiorShape(const TensorSpec &spec, int64_t batch);
/// Elements from the start of the buffer to the interior's first one.
int interiorOffset(const TensorSpec &spec);

/// A dense parameter of 64-byte aligned memory: filters and vectors.
Halide::ImageParam denseParameter(const std::string &name, const std::vector<int> &extents,
                                  Halide::Type type = Halide::Float(32));

/// Memory that an output Func is stored in; `offset` elements from its start to the first one.
struct OutputBuffer {
  BufferShape shape;
  int offset = 0;
  bool aligned = true;
};
OutputBuffer tensorOutput(const TensorSpec &spec, int64_t batch);
/// Dense, innermost extent first.
OutputBuffer denseOutput(const std::vector<int> &extents);

/// Moves the loads and stores of outputs from the buffer's start to the interior.
class InteriorOffset : public Halide::Internal::IRMutator {
public:
  explicit InteriorOffset(std::map<std::string, int> offsets) : offsets(std::move(offsets)) {}

private:
  using IRMutator::visit;
  Halide::Expr visit(const Halide::Internal::Load *op) override;
  Halide::Internal::Stmt visit(const Halide::Internal::Store *op) override;
  const std::map<std::string, int> offsets;
};

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_ALGORITHM_BUFFERS_H
