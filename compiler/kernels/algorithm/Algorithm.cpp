//===- Algorithm.cpp - what all kernels share ------------------------------===//

#include "compiler/kernels/algorithm/Algorithm.h"

using namespace Halide;
using namespace resnetc::kernels;

std::vector<Var> Coordinates::all() const {
  return blocked ? std::vector<Var>{v, x, y, c, n} : std::vector<Var>{x, y, c, n};
}

Channel Coordinates::channel() const { return blocked ? Channel::ofLane(c, v) : Channel::ofFlat(c); }

Expr resnetc::kernels::zeroInPadding(const KernelSpec &spec, const Channel &channel, const Expr &value) {
  bool padded = spec.output.layout == Layout::Blocked16 && spec.output.channels % channelBlock != 0;
  return padded ? select(channel.flat < int(spec.output.channels), value, 0.f) : value;
}

void resnetc::kernels::defineOutputBuffers(Algorithm &algorithm, const KernelSpec &spec, Pipeline &pipeline) {
  std::vector<const TensorSpec *> tensors{&spec.output};
  if (spec.second)
    tensors.push_back(&*spec.second);
  std::vector<OutputImageParam> buffers = algorithm.output.output_buffers();
  std::map<std::string, int> offsets;
  for (size_t i = 0; i < buffers.size(); ++i) {
    BufferShape shape = interiorShape(*tensors[i], spec.batch);
    for (int d = 0, rank = shape.extents.size(); d < rank; ++d) {
      buffers[i].dim(d).set_stride(shape.strides[d]);
      if (i == 0) // a second output has the first one's bounds by definition
        buffers[i].dim(d).set_bounds(0, shape.extents[d]);
    }
    if (tensors[i]->layout == Layout::Blocked16)
      buffers[i].set_host_alignment(64);
    std::string name = algorithm.output.name() + (buffers.size() > 1 ? "." + std::to_string(i) : "");
    if (int offset = interiorOffset(*tensors[i]))
      offsets[name] = offset;
  }
  if (!offsets.empty())
    pipeline.add_custom_lowering_pass(new InteriorOffset(std::move(offsets)));
}
