//===- RnOps.cpp - verifiers of the rn ops --------------------------------===//

#include "compiler/ir/rn/Rn.h"
#include "compiler/ir/rn/RnShapes.h"
#include "compiler/ir/rn/RnVerify.h"
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
  SmallVector<OpAsmParser::Argument, 2> arguments; // image, labels
  if (parser.parseSymbolName(name, SymbolTable::getSymbolAttrName(), result.attributes) ||
      parser.parseArgumentList(arguments, OpAsmParser::Delimiter::Paren, /*allowType=*/true) ||
      parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();
  return parser.parseRegion(*result.addRegion(), arguments);
}

void NetworkOp::print(OpAsmPrinter &printer) {
  printer << ' ';
  printer.printSymbolName(getSymName());
  printer << '(';
  llvm::interleaveComma(getBody().getArguments(), printer,
                        [&](BlockArgument argument) { printer.printRegionArgument(argument); });
  printer << ')';
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs(), {SymbolTable::getSymbolAttrName()});
  printer << ' ';
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

LogicalResult NetworkOp::verifyRegions() {
  Block &block = getBody().front();
  if (block.getNumArguments() != 1 && block.getNumArguments() != 2)
    return emitOpError() << "has one input, and labels in training, not " << block.getNumArguments();
  if (Value labels = getLabels(); labels && !isLabels(labels.getType()))
    return emitOpError() << "labels must be tensor<?xi32>, are " << labels.getType();
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
  auto expected =
      convolvedShape(*this, getInput().getType(), getFilter(), getStrides(), getPads(), getDilations(), getGroups());
  if (failed(expected))
    return failure();
  for (Value output : getOutputs())
    if (failed(verifyShape(*this, output.getType(), *expected)))
      return failure();
  if (getResidual() && failed(verifySameShape(*this, getResidual().getType(), getOutputs()[0].getType())))
    return failure();
  if (hasLayout(getInput().getType()) != hasLayout(getOutputs()[0].getType()))
    return emitOpError("one of input and result has a layout and the other has none");
  return verifyPerChannel(*this, "bias", getBias(), expected->front());
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

template <typename Pool> static LogicalResult verifyPool(Pool op) {
  auto expected = pooledShape(op, op.getInput().getType(), op.getKernel(), op.getStrides(), op.getPads(), op.getCeil());
  if (failed(expected) || failed(verifySameOrder(op, op.getInput().getType(), op.getType())))
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
  if (failed(verifyDropRate(op, op.getRate())))
    return failure();
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
