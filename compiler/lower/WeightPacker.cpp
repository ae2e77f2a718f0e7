//===- WeightPacker.cpp - parameter arithmetic becomes packed weights -----===//
//
// FoldBatchNorm leaves three shapes of arithmetic, and each is one pack op:
//   filter:  w | scale_filter(w, bn_scale(gamma, variance))
//   shift:   bias | bn_shift(beta, mean, bn_scale(gamma, variance)[, bias])
//   scale:   bn_scale(gamma, variance)
// Learned and constant factors and summands are vectors: a parameter, broadcast(parameter) or fill.
//
//===----------------------------------------------------------------------===//

#include "compiler/lower/WeightPacker.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace resnetc;
using namespace resnetc::lower;

static InFlightDiagnostic unsupported(Value value, StringRef role) {
  return emitError(value.getLoc()) << role << " is no arithmetic that can be packed when weights are loaded";
}

/// The name of a value that is a parameter itself.
static FailureOr<StringAttr> parameterName(Value value, StringRef role) {
  if (auto parameter = value.getDefiningOp<rn::ParameterOp>())
    return parameter.getNameAttr();
  return unsupported(value, role), failure();
}

NamedAttribute WeightPacker::named(StringRef name, Attribute value) { return {builder.getStringAttr(name), value}; }
NamedAttribute WeightPacker::named(StringRef name, int64_t value) {
  return named(name, builder.getI64IntegerAttr(value));
}

LogicalResult WeightPacker::appendScale(Value scale, Attributes &attributes) {
  auto op = scale.getDefiningOp<rn::BnScaleOp>();
  if (!op)
    return unsupported(scale, "scale");
  auto gamma = parameterName(op.getGamma(), "gamma"), variance = parameterName(op.getVariance(), "variance");
  if (failed(gamma) || failed(variance))
    return failure();
  attributes.append({named("gamma", *gamma), named("variance", *variance), named("epsilon", op.getEpsAttr())});
  return success();
}

/// `attributes` without symbol and offset are the piece's identity.
template <typename Op> plan::PackOp WeightPacker::pack(Location loc, StringRef stem, Attributes attributes) {
  auto key = std::pair(builder.getStringAttr(stem), builder.getDictionaryAttr(attributes));
  if (plan::PackOp found = known.lookup(key))
    return found;
  std::string symbol = (stem + "_" + Twine(counters[stem]++)).str();
  attributes.append({named("sym_name", builder.getStringAttr(symbol)), named("offset", nextOffset)});
  auto op = Op::create(builder, loc, TypeRange(), ValueRange(), attributes);
  nextOffset = llvm::alignTo(nextOffset + op.getPackedBytes(), plan::alignment);
  return known[key] = cast<plan::PackOp>(op.getOperation());
}

FailureOr<plan::PackOp> WeightPacker::filter(Value filter, const kernels::KernelSpec &spec) {
  Attributes attributes;
  Value weight = filter;
  if (auto scaled = filter.getDefiningOp<rn::ScaleFilterOp>()) {
    weight = scaled.getFilter();
    if (failed(appendScale(scaled.getScale(), attributes)))
      return failure();
  }
  auto name = parameterName(weight, "filter");
  if (failed(name))
    return failure();
  bool planar = spec.input.layout == kernels::Layout::Planar;
  int64_t shape[] = {spec.output.channels, spec.input.channels / spec.groups, spec.windowHeight, spec.windowWidth};
  int64_t rank = cast<RankedTensorType>(weight.getType()).getRank();
  if (rank == 3) // a window of 1xK has the order of one of Kx1, whose last extent does not count
    std::swap(shape[2], shape[3]);
  int64_t inputBlock = spec.groups > 1 ? spec.filterInputs() : planar ? spec.input.channels : kernels::channelBlock;
  attributes.append({named("filter", *name), named("shape", builder.getDenseI64ArrayAttr(shape)),
                     named("input_block", inputBlock), named("tile", spec.filterTile)});
  if (spec.groups > 1)
    attributes.push_back(named("groups", spec.groups));
  if (rank == 2)
    attributes.push_back(named("matrix", builder.getUnitAttr()));
  if (rank == 3)
    attributes.push_back(named("signal", builder.getUnitAttr()));
  return pack<plan::PackFilterOp>(filter.getLoc(), "filter", attributes);
}

plan::PackOp WeightPacker::vector(Value value, int64_t channels) {
  Attributes attributes = {named("channels", channels),
                           named("padded", int64_t(llvm::alignTo(channels, kernels::channelBlock)))};
  auto broadcast = value.getDefiningOp<rn::BroadcastOp>();
  auto parameter = (broadcast ? broadcast.getInput() : value).getDefiningOp<rn::ParameterOp>();
  if (auto fill = value.getDefiningOp<rn::FillOp>())
    attributes.push_back(named("value", fill.getValueAttr()));
  else if (parameter)
    attributes.push_back(named("tensor", parameter.getNameAttr()));
  else
    return {};
  if (broadcast)
    attributes.push_back(named("broadcast", builder.getUnitAttr()));
  return pack<plan::PackVectorOp>(value.getLoc(), "vector", attributes);
}

plan::PackOp WeightPacker::vector(StringAttr tensor, int64_t channels) {
  Attributes attributes = {named("channels", channels),
                           named("padded", int64_t(llvm::alignTo(channels, kernels::channelBlock))),
                           named("tensor", tensor)};
  return pack<plan::PackVectorOp>(builder.getUnknownLoc(), "vector", attributes);
}

FailureOr<plan::PackOp> WeightPacker::shift(Value shift, const kernels::KernelSpec &spec) {
  if (isTrained || !shift.getDefiningOp<rn::ParameterOp>()) // a parameter alone is a bias
    if (plan::PackOp packed = vector(shift, spec.output.channels))
      return packed;
  Attributes attributes = {named("channels", spec.output.channels), named("padded", spec.vectorBytes() / 4)};
  Value bias = shift;
  if (auto op = shift.getDefiningOp<rn::BnShiftOp>()) {
    bias = op.getBias();
    auto beta = parameterName(op.getBeta(), "beta"), mean = parameterName(op.getMean(), "mean");
    if (failed(beta) || failed(mean) || failed(appendScale(op.getScale(), attributes)))
      return failure();
    attributes.append({named("beta", *beta), named("mean", *mean)});
  }
  if (bias) {
    auto name = parameterName(bias, "bias");
    if (failed(name))
      return failure();
    attributes.push_back(named("bias", *name));
  }
  return pack<plan::PackShiftOp>(shift.getLoc(), "shift", attributes);
}

FailureOr<plan::PackOp> WeightPacker::scale(Value scale, const kernels::KernelSpec &spec) {
  if (plan::PackOp packed = vector(scale, spec.output.channels))
    return packed;
  Attributes attributes = {named("channels", spec.output.channels), named("padded", spec.vectorBytes() / 4)};
  if (failed(appendScale(scale, attributes)))
    return failure();
  return pack<plan::PackScaleOp>(scale.getLoc(), "scale", attributes);
}
