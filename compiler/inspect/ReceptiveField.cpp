//===- ReceptiveField.cpp - what a layer's output pixel sees ---------------===//

#include "compiler/inspect/ReceptiveField.h"
#include "llvm/Support/MathExtras.h"

namespace resnetc::inspect {
namespace {

/// Larger than any input can be: fields grow no further.
constexpr uint64_t widest = uint64_t(1) << 31;

int64_t bounded(uint64_t pixels) { return static_cast<int64_t>(std::min(widest, pixels)); }

class FieldWalk {
public:
  ReceptiveField walk(const dsl::Sequence &layers, ReceptiveField field) {
    for (const dsl::Layer &layer : layers)
      fields[&layer] = field = std::visit([&](const auto &kind) { return after(kind, field); }, layer.kind);
    return field;
  }

  llvm::DenseMap<const dsl::Layer *, ReceptiveField> fields;

private:
  static ReceptiveField window(ReceptiveField field, dsl::Pair kernel, dsl::Pair dilation, dsl::Pair stride) {
    for (int axis : {0, 1}) {
      uint64_t reach = llvm::SaturatingMultiply<uint64_t>(kernel[axis] - 1, dilation[axis]), jump = field.jump[axis];
      field.size[axis] = bounded(llvm::SaturatingMultiplyAdd<uint64_t>(reach, jump, field.size[axis]));
      field.jump[axis] = bounded(llvm::SaturatingMultiply<uint64_t>(jump, stride[axis]));
    }
    return field;
  }
  static ReceptiveField wider(ReceptiveField a, const ReceptiveField &b) {
    for (int axis : {0, 1}) {
      a.size[axis] = std::max(a.size[axis], b.size[axis]);
      a.jump[axis] = std::max(a.jump[axis], b.jump[axis]);
    }
    a.whole |= b.whole;
    return a;
  }
  static ReceptiveField whole(ReceptiveField field) {
    field.whole = true;
    return field;
  }

  ReceptiveField after(const dsl::Conv2d &conv, ReceptiveField field) {
    return window(field, conv.kernel, conv.dilation, conv.stride);
  }
  ReceptiveField after(const dsl::MaxPool &pool, ReceptiveField field) {
    return window(field, pool.kernel, {1, 1}, pool.stride);
  }
  ReceptiveField after(const dsl::AvgPool &pool, ReceptiveField field) {
    return window(field, pool.kernel, {1, 1}, pool.stride);
  }
  ReceptiveField after(const dsl::GlobalAvgPool &, ReceptiveField field) { return whole(field); }
  ReceptiveField after(const dsl::GlobalMaxPool &, ReceptiveField field) { return whole(field); }
  ReceptiveField after(const dsl::Flatten &, ReceptiveField field) { return whole(field); }
  ReceptiveField after(const dsl::Linear &, ReceptiveField field) { return whole(field); }
  ReceptiveField after(const dsl::Softmax &, ReceptiveField field) { return whole(field); }
  ReceptiveField after(const dsl::Scale &scale, ReceptiveField field) {
    walk(scale.branch, field);
    return field;
  }
  ReceptiveField after(const dsl::Concat &concat, ReceptiveField field) {
    ReceptiveField result = field;
    for (const dsl::Sequence &branch : concat.branches)
      result = wider(result, walk(branch, field));
    return result;
  }
  ReceptiveField after(const dsl::Residual &residual, ReceptiveField field) {
    ReceptiveField body = walk(residual.body, field), skip = walk(residual.shortcut, field);
    if (residual.gate)
      walk(*residual.gate, field);
    return wider(body, skip);
  }
  /// Pixel by pixel.
  template <typename Kind> ReceptiveField after(const Kind &, ReceptiveField field) { return field; }
};

} // namespace

llvm::DenseMap<const dsl::Layer *, ReceptiveField> receptiveFields(const dsl::Network &network) {
  FieldWalk walk;
  walk.walk(network.layers, {});
  return std::move(walk.fields);
}

} // namespace resnetc::inspect
