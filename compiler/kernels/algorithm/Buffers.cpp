//===- Buffers.cpp - tensors of a kernel as Halide parameters --------------===//

#include "compiler/kernels/algorithm/Buffers.h"

using namespace Halide;
using namespace Halide::Internal;
using namespace resnetc::kernels;

static constexpr int block16 = static_cast<int>(channelBlock);

/// What every allocation of the compiler and the runtime keeps. The application's own images and logits are planar and
/// promise nothing but their element's alignment.
static constexpr int alignment = 64;

Channel Channel::ofFlat(const Expr &flat) { return {flat, flat / block16, flat % block16}; }
Channel Channel::ofLane(const Expr &block, const Expr &lane) { return {block * block16 + lane, block, lane}; }

static Type typeOf(Element element) { return element == Element::F32 ? Float(32) : UInt(8); }

BufferShape resnetc::kernels::interiorShape(const TensorSpec &spec, int64_t batch) {
  int width = spec.width + 2 * spec.border, height = spec.height + 2 * spec.border;
  int image = spec.elementsPerImage();
  if (spec.layout == Layout::Planar)
    return {{int(spec.width), int(spec.height), int(spec.channels), int(batch)}, {1, width, width * height, image}};
  return {{block16, int(spec.width), int(spec.height), int(spec.channelBlocks()), int(batch)},
          {1, block16, block16 * width, block16 * width * height, image}};
}

int resnetc::kernels::interiorOffset(const TensorSpec &spec) {
  int pixel = spec.layout == Layout::Planar ? 1 : block16;
  return pixel * spec.border * (spec.width + 2 * spec.border + 1);
}

static void constrain(OutputImageParam param, const BufferShape &shape) {
  for (int i = 0, rank = shape.extents.size(); i < rank; ++i)
    param.dim(i).set_bounds(0, shape.extents[i]).set_stride(shape.strides[i]);
}

InputTensor::InputTensor(const TensorSpec &spec, int64_t batch, const std::string &name)
    : spec(spec), param(typeOf(spec.element), spec.layout == Layout::Planar ? 4 : 5, name) {
  BufferShape shape = interiorShape(spec, batch);
  int x = spec.layout == Layout::Planar ? 0 : 1;
  shape.extents[x] += 2 * spec.border;
  shape.extents[x + 1] += 2 * spec.border;
  constrain(param, shape);
  if (spec.layout == Layout::Blocked16)
    param.set_host_alignment(alignment);
}

Expr InputTensor::at(const Channel &channel, const Expr &x, const Expr &y, const Expr &n) const {
  int border = spec.border;
  if (spec.layout == Layout::Blocked16)
    return param(channel.lane, x + border, y + border, channel.block, n);
  return param(x + border, y + border, min(channel.flat, int(spec.channels) - 1), n);
}

static BufferShape denseShape(const std::vector<int> &extents) {
  BufferShape shape{extents, {}};
  int stride = 1;
  for (int extent : extents) {
    shape.strides.push_back(stride);
    stride *= extent;
  }
  return shape;
}

ImageParam resnetc::kernels::denseParameter(const std::string &name, const std::vector<int> &extents, Type type) {
  ImageParam param(type, extents.size(), name);
  constrain(param, denseShape(extents));
  param.set_host_alignment(alignment);
  return param;
}

OutputBuffer resnetc::kernels::tensorOutput(const TensorSpec &spec, int64_t batch) {
  return {interiorShape(spec, batch), interiorOffset(spec), spec.layout == Layout::Blocked16};
}

OutputBuffer resnetc::kernels::denseOutput(const std::vector<int> &extents) { return {denseShape(extents)}; }

/// A dense vector's index must stay a ramp: any other sum of vectors is stored lane by lane.
static Expr moved(const Expr &index, int offset) {
  if (const Ramp *ramp = index.as<Ramp>())
    return Ramp::make(moved(ramp->base, offset), ramp->stride, ramp->lanes);
  return simplify(index + make_const(index.type(), offset));
}

Expr InteriorOffset::visit(const Load *op) {
  auto found = offsets.find(op->name);
  if (found == offsets.end())
    return IRMutator::visit(op);
  Expr index = moved(mutate(op->index), found->second);
  return Load::make(op->type, op->name, index, op->image, op->param, mutate(op->predicate),
                    op->alignment + found->second);
}

Stmt InteriorOffset::visit(const Store *op) {
  auto found = offsets.find(op->name);
  if (found == offsets.end())
    return IRMutator::visit(op);
  Expr index = moved(mutate(op->index), found->second);
  return Store::make(op->name, mutate(op->value), index, op->param, mutate(op->predicate),
                     op->alignment + found->second);
}
