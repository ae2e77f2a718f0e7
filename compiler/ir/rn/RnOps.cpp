//===- RnOps.cpp - verifiers of the rn ops --------------------------------===//

#include "compiler/ir/rn/Rn.h"
#include "compiler/ir/rn/RnShapes.h"
#include "mlir/IR/OpImplementation.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace mlir;
using namespace resnetc::rn;

#include "compiler/ir/rn/RnInterfaces.cpp.inc"

/// An activation by its bare name: `activation relu`.
static ParseResult parseActivation(OpAsmParser &parser, ActivationAttr &activation) {
  return resnetc::rn::detail::parseActivation(parser, activation);
}
static void printActivation(OpAsmPrinter &printer, Operation *, ActivationAttr activation) {
  resnetc::rn::detail::printActivation(printer, activation);
}

#define GET_OP_CLASSES
#include "compiler/ir/rn/RnOps.cpp.inc"

//===-- what verifiers share -------------------------------------------------===//

static std::string text(ArrayRef<int64_t> shape) {
  std::string result;
  llvm::raw_string_ostream os(result);
  llvm::interleave(shape, os, "x");
  return result;
}

/// The result has the extents that the op makes.
static LogicalResult verifyShape(Operation *op, Type result, ArrayRef<int64_t> expected) {
  if (imageShape(result) == expected)
    return success();
  return op->emitOpError() << "makes " << text(expected) << ", but the result type says " << text(imageShape(result));
}

/// A per-channel parameter has one element a channel.
static LogicalResult verifyPerChannel(Operation *op, StringRef name, Value parameter, int64_t channels) {
  if (!parameter)
    return success();
  int64_t elements = cast<RankedTensorType>(parameter.getType()).getDimSize(0);
  if (elements == channels)
    return success();
  auto error = op->emitOpError() << name << " has " << elements << " elements for " << channels << " channels";
  if (Operation *made = parameter.getDefiningOp())
    error.attachNote(made->getLoc()) << name << " is made here";
  return error;
}

/// Both values have a layout or neither has, and then in the same order.
static LogicalResult verifySameOrder(Operation *op, Type a, Type b) {
  if (hasLayout(a) != hasLayout(b))
    return op->emitOpError("one of input and result has a layout and the other has none");
  if (getLayout(a).getOrder() != getLayout(b).getOrder())
    return op->emitOpError() << "changes the layout from " << stringifyOrder(getLayout(a).getOrder()) << " to "
                             << stringifyOrder(getLayout(b).getOrder()) << ", which only rn.to_layout may do";
  return success();
}

/// An op that keeps shape and order.
static LogicalResult verifySameShape(Operation *op, Type input, Type result) {
  if (failed(verifySameOrder(op, input, result)))
    return failure();
  return verifyShape(op, result, imageShape(input));
}

/// Height and width, each within low..maxExtent.
static LogicalResult verifyPair(Operation *op, StringRef name, ArrayRef<int64_t> pair, int64_t low) {
  if (pair.size() != 2)
    return op->emitOpError() << name << " needs 2 numbers (height, width), has " << pair.size();
  for (int64_t value : pair)
    if (value < low || value > maxExtent)
      return op->emitOpError() << name << " must be within " << low << ".." << maxExtent << ", is " << value;
  return success();
}

/// Of both sides (height, width), or of each side.
static LogicalResult verifyPads(Operation *op, ArrayRef<int64_t> pads) {
  if (pads.size() != 4)
    return verifyPair(op, "pads", pads, 0);
  for (ArrayRef<int64_t> pair : {pads.take_front(2), pads.drop_front(2)})
    if (failed(verifyPair(op, "pads", pair, 0)))
      return failure();
  return success();
}

static LogicalResult verifyEps(Operation *op, llvm::APFloat eps) {
  double value = eps.convertToDouble();
  if (!std::isfinite(value) || value < 0)
    return op->emitOpError("eps must be finite and not negative");
  return success();
}

LogicalResult resnetc::rn::detail::verifyEpilogue(Operation *op) {
  auto epilogue = cast<EpilogueOp>(op);
  auto outputs = epilogue.getOutputs();
  if (static_cast<bool>(epilogue.getScale()) != static_cast<bool>(epilogue.getShift()))
    return op->emitOpError("affine needs both a scale and a shift");
  if (outputs.empty() || outputs.size() > (epilogue.getScale() ? 2u : 1u))
    return op->emitOpError() << "has " << outputs.size() << " results; it stores one value"
                             << (epilogue.getScale() ? " or two" : ", and a second one only with affine");
  if (!epilogue.getScale() && !epilogue.getAffineActivation().isNone())
    return op->emitOpError("affine_activation needs affine");
  int64_t count = channels(outputs[0].getType());
  if (failed(verifyPerChannel(op, "scale", epilogue.getScale(), count)) ||
      failed(verifyPerChannel(op, "shift", epilogue.getShift(), count)))
    return failure();
  for (Value output : outputs.drop_front())
    if (failed(verifySameShape(op, outputs[0].getType(), output.getType())))
      return failure();
  return success();
}

//===-- structure ------------------------------------------------------------===//

Value NetworkOp::getOutput() { return cast<ReturnOp>(getBody().front().getTerminator()).getOutput(); }

ParseResult NetworkOp::parse(OpAsmParser &parser, OperationState &result) {
  StringAttr name;
  OpAsmParser::Argument input;
  if (parser.parseSymbolName(name, SymbolTable::getSymbolAttrName(), result.attributes) || parser.parseLParen() ||
      parser.parseArgument(input, /*allowType=*/true) || parser.parseRParen() ||
      parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();
  return parser.parseRegion(*result.addRegion(), {input});
}

void NetworkOp::print(OpAsmPrinter &printer) {
  printer << ' ';
  printer.printSymbolName(getSymName());
  printer << '(';
  printer.printRegionArgument(getInput());
  printer << ')';
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs(), {SymbolTable::getSymbolAttrName()});
  printer << ' ';
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

LogicalResult NetworkOp::verifyRegions() {
  Block &block = getBody().front();
  if (block.getNumArguments() != 1)
    return emitOpError() << "has one input, not " << block.getNumArguments();
  Type input = block.getArgument(0).getType();
  if (!isActivation(input) || !(cast<RankedTensorType>(input).getElementType().isF32() ||
                                cast<RankedTensorType>(input).getElementType().isUnsignedInteger(8)))
    return emitOpError() << "input must be a map (?xCxHxW) or a vector (?xF) of f32 or ui8, is " << input;
  if (getSignal() && (imageShape(input).size() != 3 || imageShape(input)[1] != 1))
    return emitOpError() << "signal needs an input of ?xCx1xL, is " << input;
  if (!isa_and_present<ReturnOp>(block.empty() ? nullptr : &block.back()))
    return emitOpError("must end with rn.return");

  llvm::StringMap<ParameterOp> seen;
  auto result = walk([&](ParameterOp parameter) -> WalkResult {
    auto [first, isNew] = seen.try_emplace(parameter.getName(), parameter);
    if (isNew || first->second.getType() == parameter.getType())
      return WalkResult::advance();
    auto error = parameter.emitOpError() << "'" << parameter.getName() << "' is " << parameter.getType()
                                         << " here but has another type elsewhere";
    error.attachNote(first->second.getLoc()) << "here it is " << first->second.getType();
    return error;
  });
  return failure(result.wasInterrupted());
}

LogicalResult ParameterOp::verify() {
  if (getName().empty())
    return emitOpError("needs a name");
  return success();
}

LogicalResult ResidualOp::verifyRegions() {
  for (Region *region : {&getBody(), &getShortcut()}) {
    StringRef name = region == &getBody() ? "body" : "shortcut";
    Block &block = region->front();
    if (block.getNumArguments() != 1 || block.getArgument(0).getType() != getInput().getType())
      return emitOpError() << name << " must take one argument of the input's type " << getInput().getType();
    auto yield = dyn_cast_if_present<YieldOp>(block.empty() ? nullptr : &block.back());
    if (!yield)
      return emitOpError() << name << " must end with rn.yield";
    if (imageShape(yield.getValue().getType()) == imageShape(getType()))
      continue;
    auto error = emitOpError() << "adds to " << text(imageShape(getType())) << ", but its " << name << " makes "
                               << text(imageShape(yield.getValue().getType()));
    error.attachNote(yield.getLoc()) << name << " ends here";
    return error;
  }
  return success();
}

//===-- layers with parameters -----------------------------------------------===//

LogicalResult Conv2dOp::verify() {
  if (failed(verifyPair(*this, "strides", getStrides(), 1)) || failed(verifyPads(*this, getPads())) ||
      failed(verifyPair(*this, "dilations", getDilations(), 1)))
    return failure();
  auto filter = cast<RankedTensorType>(getFilter().getType()).getShape();
  int64_t inputChannels = channels(getInput().getType()), groups = getGroups();
  if (groups < 1 || inputChannels % groups || filter[0] % groups)
    return emitOpError() << "cannot part " << inputChannels << " input and " << filter[0] << " output channels into "
                         << groups << " groups";
  if (filter[1] != inputChannels / groups) {
    auto error = emitOpError() << "filter takes " << filter[1] << " channels, the input has " << inputChannels / groups
                               << (groups > 1 ? " in each group" : "");
    if (Operation *made = getFilter().getDefiningOp())
      error.attachNote(made->getLoc()) << "the filter is made here";
    return error;
  }
  auto window = filterWindow(getFilter().getType());
  auto expected =
      windowedShape(imageShape(getInput().getType()), filter[0], window, getStrides(), getPads(), getDilations());
  if (!expected)
    return emitOpError() << "window " << text(window) << " with dilation " << text(getDilations())
                         << " does not fit into a map of " << text(imageShape(getInput().getType()).drop_front())
                         << " with pads " << text(getPads());
  for (Value output : getOutputs())
    if (failed(verifyShape(*this, output.getType(), *expected)))
      return failure();
  if (getResidual() && failed(verifySameShape(*this, getResidual().getType(), getOutputs()[0].getType())))
    return failure();
  if (hasLayout(getInput().getType()) != hasLayout(getOutputs()[0].getType()))
    return emitOpError("one of input and result has a layout and the other has none");
  return verifyPerChannel(*this, "bias", getBias(), filter[0]);
}

LogicalResult LinearOp::verify() {
  auto weight = cast<RankedTensorType>(getWeight().getType()).getShape();
  if (weight[1] != channels(getInput().getType()))
    return emitOpError() << "weight takes " << weight[1] << " features, the input has "
                         << channels(getInput().getType());
  if (failed(verifyPerChannel(*this, "bias", getBias(), weight[0])) ||
      failed(verifySameOrder(*this, getInput().getType(), getType())))
    return failure();
  return verifyShape(*this, getType(), {weight[0]});
}

LogicalResult BatchNormOp::verify() {
  int64_t count = channels(getInput().getType());
  for (auto [name, parameter] : {std::pair<StringRef, Value>("gamma", getGamma()),
                                 {"beta", getBeta()},
                                 {"mean", getMean()},
                                 {"variance", getVariance()}})
    if (failed(verifyPerChannel(*this, name, parameter, count)))
      return failure();
  if (failed(verifyEps(*this, getEps())))
    return failure();
  return verifySameShape(*this, getInput().getType(), getType());
}

LogicalResult LayerNormOp::verify() {
  int64_t count = channels(getInput().getType());
  if (failed(verifyPerChannel(*this, "gamma", getGamma(), count)) ||
      failed(verifyPerChannel(*this, "beta", getBeta(), count)) || failed(verifyEps(*this, getEps())))
    return failure();
  return verifySameShape(*this, getInput().getType(), getType());
}

LogicalResult AffineOp::verify() {
  int64_t count = channels(getInput().getType());
  if (failed(verifyPerChannel(*this, "scale", getScale(), count)) ||
      failed(verifyPerChannel(*this, "shift", getShift(), count)))
    return failure();
  return verifySameShape(*this, getInput().getType(), getType());
}

//===-- layers without parameters --------------------------------------------===//

LogicalResult NormalizeOp::verify() {
  size_t count = channels(getInput().getType());
  if (getMean().size() != count || getStd().size() != count)
    return emitOpError() << "has " << getMean().size() << " means and " << getStd().size() << " deviations for "
                         << count << " channels";
  if (!llvm::all_of(getMean(), [](double value) { return std::isfinite(value); }))
    return emitOpError("mean must be finite");
  if (!llvm::all_of(getStd(), [](double value) { return std::isfinite(value) && value > 0; }))
    return emitOpError("std must be finite and positive");
  return verifyShape(*this, getType(), imageShape(getInput().getType()));
}

LogicalResult ActivationOp::verify() { return verifySameShape(*this, getInput().getType(), getType()); }

/// A window of a pool holds at least one pixel of the map.
template <typename Pool> static LogicalResult verifyPool(Pool op) {
  if (failed(verifyPair(op, "kernel", op.getKernel(), 1)) || failed(verifyPair(op, "strides", op.getStrides(), 1)) ||
      failed(verifyPads(op, op.getPads())))
    return failure();
  for (auto [index, pad] : llvm::enumerate(op.getPads()))
    if (int64_t kernel = op.getKernel()[index % 2]; 2 * pad > kernel)
      return op.emitOpError() << "pads must be at most half the kernel, but " << pad << " is more than half of "
                              << kernel;
  auto image = imageShape(op.getInput().getType());
  auto expected = windowedShape(image, image[0], op.getKernel(), op.getStrides(), op.getPads(), {1, 1}, op.getCeil());
  if (!expected)
    return op.emitOpError() << "window " << text(op.getKernel()) << " does not fit into a map of "
                            << text(image.drop_front()) << " with pads " << text(op.getPads());
  if (failed(verifySameOrder(op, op.getInput().getType(), op.getType())))
    return failure();
  return verifyShape(op, op.getType(), *expected);
}

LogicalResult MaxPool2dOp::verify() { return verifyPool(*this); }
LogicalResult AvgPool2dOp::verify() { return verifyPool(*this); }

static LogicalResult verifyGlobalPool(Operation *op, Type input, Type result) {
  if (failed(verifySameOrder(op, input, result)))
    return failure();
  return verifyShape(op, result, {channels(input)});
}
LogicalResult GlobalAvgPoolOp::verify() { return verifyGlobalPool(*this, getInput().getType(), getType()); }
LogicalResult GlobalMaxPoolOp::verify() { return verifyGlobalPool(*this, getInput().getType(), getType()); }

template <typename Drop> static LogicalResult verifyDrop(Drop op) {
  double rate = op.getRate().convertToDouble();
  if (!(rate >= 0 && rate < 1))
    return op.emitOpError("rate must be at least 0 and below 1");
  return verifySameShape(op, op.getInput().getType(), op.getType());
}
LogicalResult DropoutOp::verify() { return verifyDrop(*this); }
LogicalResult DropPathOp::verify() { return verifyDrop(*this); }

LogicalResult MultiplyOp::verify() {
  auto image = imageShape(getInput().getType()), gate = imageShape(getGate().getType());
  bool isPixel = gate.front() == image.front() && llvm::all_of(gate.drop_front(), [](int64_t e) { return e == 1; });
  if (!isPixel && gate != image)
    return emitOpError() << "gate is " << text(gate) << "; it must be " << text(image) << ", or one pixel of "
                         << image.front() << " channels";
  if (failed(verifySameOrder(*this, getGate().getType(), getType())))
    return failure();
  return verifySameShape(*this, getInput().getType(), getType());
}

LogicalResult ConcatOp::verify() {
  if (getInputs().size() < 2)
    return emitOpError() << "needs two or more inputs, has " << getInputs().size();
  SmallVector<int64_t, 3> expected(imageShape(getInputs().front().getType()));
  expected.front() = 0;
  for (Value input : getInputs()) {
    auto image = imageShape(input.getType());
    if (image.drop_front() != ArrayRef(expected).drop_front())
      return emitOpError() << "puts " << text(image) << " behind " << text(imageShape(getInputs().front().getType()));
    expected.front() += image.front();
    if (failed(verifySameOrder(*this, input.getType(), getType())))
      return failure();
  }
  return verifyShape(*this, getType(), expected);
}

LogicalResult FlattenOp::verify() {
  auto image = imageShape(getInput().getType());
  int64_t elements = 1;
  for (int64_t extent : image) // bounded by isActivation
    elements *= extent;
  if (failed(verifySameOrder(*this, getInput().getType(), getType())))
    return failure();
  auto layout = getLayout(getInput().getType());
  if (elements != image[0] && (layout.getOrder() != Order::Planar || layout.getBorder() != 0))
    return emitOpError("flattens a map of more than one pixel only if it is planar without border");
  return verifyShape(*this, getType(), {elements});
}

LogicalResult SoftmaxOp::verify() { return verifySameShape(*this, getInput().getType(), getType()); }

LogicalResult PadShortcutOp::verify() {
  if (failed(verifyPair(*this, "strides", getStrides(), 1)) ||
      failed(verifySameOrder(*this, getInput().getType(), getType())))
    return failure();
  int64_t from = channels(getInput().getType()), to = channels(getType());
  if (imageShape(getInput().getType()).size() == 1 && llvm::any_of(getStrides(), [](int64_t s) { return s != 1; }))
    return emitOpError("has strides, but a vector has no places");
  if (to < from)
    return emitOpError() << "adds channels, cannot make " << to << " of " << from;
  return verifyShape(*this, getType(), subsampledShape(imageShape(getInput().getType()), to, getStrides()));
}

LogicalResult AddOp::verify() {
  for (Value operand : {getBody(), getSkip()})
    if (failed(verifySameShape(*this, operand.getType(), getOutputs()[0].getType())))
      return failure();
  return success();
}

LogicalResult ToLayoutOp::verify() { return verifyShape(*this, getType(), imageShape(getInput().getType())); }

//===-- arithmetic on parameters ---------------------------------------------===//

LogicalResult ScaleFilterOp::verify() {
  auto filter = cast<RankedTensorType>(getFilter().getType());
  if (filter.getRank() < 2 || filter.getRank() > 4)
    return emitOpError() << "scales a filter of rank 3 or 4 or a matrix of rank 2, not rank " << filter.getRank();
  return verifyPerChannel(*this, "scale", getScale(), filter.getDimSize(0));
}

LogicalResult FillOp::verify() {
  if (!getValue().isFinite())
    return emitOpError("value must be finite");
  return success();
}

LogicalResult BroadcastOp::verify() {
  if (int64_t elements = cast<RankedTensorType>(getInput().getType()).getDimSize(0); elements != 1)
    return emitOpError() << "broadcasts one element, not " << elements;
  return success();
}
