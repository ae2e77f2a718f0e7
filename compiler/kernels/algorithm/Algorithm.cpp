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

std::vector<Func> resnetc::kernels::outputsOf(const Algorithm &algorithm) {
  std::vector<Func> outputs{algorithm.output};
  if (algorithm.alongside.defined())
    outputs.push_back(algorithm.alongside);
  return outputs;
}

void resnetc::kernels::defineOutputBuffers(Algorithm &algorithm, const KernelSpec &spec, Pipeline &pipeline) {
  std::vector<OutputBuffer> wanted = algorithm.buffers;
  if (wanted.empty()) {
    wanted.push_back(tensorOutput(spec.output, spec.batch));
    if (spec.second)
      wanted.push_back(tensorOutput(*spec.second, spec.batch));
  }
  std::map<std::string, int> offsets;
  size_t next = 0;
  for (Func &output : outputsOf(algorithm)) {
    std::vector<OutputImageParam> buffers = output.output_buffers();
    for (size_t i = 0; i < buffers.size(); ++i) {
      const OutputBuffer &buffer = wanted[next++];
      for (int d = 0, rank = buffer.shape.extents.size(); d < rank; ++d) {
        buffers[i].dim(d).set_stride(buffer.shape.strides[d]);
        if (i == 0) // the other results of a tuple have the first one's bounds by definition
          buffers[i].dim(d).set_bounds(0, buffer.shape.extents[d]);
      }
      if (buffer.aligned)
        buffers[i].set_host_alignment(64);
      std::string name = output.name() + (buffers.size() > 1 ? "." + std::to_string(i) : "");
      if (buffer.offset)
        offsets[name] = buffer.offset;
    }
  }
  if (!offsets.empty())
    pipeline.add_custom_lowering_pass(new InteriorOffset(std::move(offsets)));
}
