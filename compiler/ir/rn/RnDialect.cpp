//===- RnDialect.cpp - types, layouts and the dialect itself --------------===//

#include "compiler/ir/rn/Rn.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace resnetc::rn;

#include "compiler/ir/rn/RnEnums.cpp.inc"

#include "compiler/ir/rn/RnDialect.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "compiler/ir/rn/RnAttributes.cpp.inc"

void RnDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "compiler/ir/rn/RnAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "compiler/ir/rn/RnOps.cpp.inc"
      >();
}

/// Every extent in 1..maxExtent, their product at most maxElements.
static bool isBounded(ArrayRef<int64_t> shape) {
  int64_t elements = 1;
  for (int64_t extent : shape)
    if (extent < 1 || extent > maxExtent || llvm::MulOverflow(elements, extent, elements) || elements > maxElements)
      return false;
  return true;
}

bool resnetc::rn::isActivation(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && (tensor.getRank() == 2 || tensor.getRank() == 4) && tensor.isDynamicDim(0) &&
         isBounded(tensor.getShape().drop_front()) && (!tensor.getEncoding() || isa<LayoutAttr>(tensor.getEncoding()));
}

bool resnetc::rn::isParameter(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getRank() >= 1 && tensor.hasStaticShape() && isBounded(tensor.getShape()) &&
         !tensor.getEncoding();
}

bool resnetc::rn::isLabels(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getRank() == 1 && tensor.isDynamicDim(0) && tensor.getElementType().isSignlessInteger(32);
}

ArrayRef<int64_t> resnetc::rn::imageShape(Type activation) {
  return cast<RankedTensorType>(activation).getShape().drop_front();
}

int64_t resnetc::rn::channels(Type activation) { return imageShape(activation).front(); }

std::array<int64_t, 2> resnetc::rn::filterWindow(Type filter) {
  auto shape = cast<RankedTensorType>(filter).getShape();
  return {shape.size() == 4 ? shape[2] : 1, shape.back()};
}

RankedTensorType resnetc::rn::activationType(Type element, ArrayRef<int64_t> image, LayoutAttr layout) {
  SmallVector<int64_t, 4> shape = {ShapedType::kDynamic};
  shape.append(image.begin(), image.end());
  return RankedTensorType::get(shape, element, layout);
}

LayoutAttr resnetc::rn::getLayout(Type activation) {
  if (auto layout = dyn_cast_if_present<LayoutAttr>(cast<RankedTensorType>(activation).getEncoding()))
    return layout;
  return LayoutAttr::get(activation.getContext(), Order::Planar, 0);
}

bool resnetc::rn::hasLayout(Type activation) {
  return isa_and_present<LayoutAttr>(cast<RankedTensorType>(activation).getEncoding());
}

RankedTensorType resnetc::rn::withLayout(Type activation, LayoutAttr layout) {
  auto tensor = cast<RankedTensorType>(activation);
  return RankedTensorType::get(tensor.getShape(), tensor.getElementType(), layout);
}

//===-- activations ----------------------------------------------------------===//

/// Functions with a slope or an alpha.
static bool takesParameter(Activation function) {
  return function == Activation::LeakyRelu || function == Activation::Elu;
}

bool resnetc::rn::isRecoverable(ActivationAttr activation) {
  switch (activation.getFunction()) {
  case Activation::LeakyRelu:
  case Activation::Elu:
    return activation.getParameter() > 0;
  case Activation::Gelu:
  case Activation::GeluTanh:
  case Activation::Silu:
  case Activation::HardSwish:
    return false;
  default:
    return true;
  }
}

ParseResult resnetc::rn::detail::parseActivation(AsmParser &parser, ActivationAttr &activation) {
  StringRef name;
  SMLoc at = parser.getCurrentLocation();
  if (parser.parseKeyword(&name))
    return failure();
  auto function = symbolizeActivation(name);
  if (!function)
    return parser.emitError(at) << "'" << name
                                << "' is no activation; there are none, relu, relu6, leaky_relu(slope), elu(alpha), "
                                   "gelu, gelu_tanh, silu, sigmoid, tanh, hard_sigmoid, hard_swish and hard_tanh";
  double parameter = 0;
  if (takesParameter(*function) && (parser.parseLParen() || parser.parseFloat(parameter) || parser.parseRParen()))
    return failure();
  activation =
      ActivationAttr::getChecked([&] { return parser.emitError(at); }, parser.getContext(), *function, parameter);
  return success(activation != nullptr);
}

void resnetc::rn::detail::printActivation(AsmPrinter &printer, ActivationAttr activation) {
  printer << stringifyActivation(activation.getFunction());
  if (!takesParameter(activation.getFunction()))
    return;
  printer << '(';
  printer.printFloat(llvm::APFloat(activation.getParameter()));
  printer << ')';
}

Attribute ActivationAttr::parse(AsmParser &parser, Type) {
  ActivationAttr activation;
  if (parser.parseLess() || resnetc::rn::detail::parseActivation(parser, activation) || parser.parseGreater())
    return {};
  return activation;
}

void ActivationAttr::print(AsmPrinter &printer) const {
  printer << '<';
  resnetc::rn::detail::printActivation(printer, *this);
  printer << '>';
}

LogicalResult ActivationAttr::verify(function_ref<InFlightDiagnostic()> emitError, Activation function,
                                     llvm::APFloat parameter) {
  if (!parameter.isFinite())
    return emitError() << stringifyActivation(function) << " needs a finite parameter";
  if (!takesParameter(function) && !parameter.isPosZero())
    return emitError() << stringifyActivation(function) << " has no parameter";
  return success();
}

//===-- layouts ----------------------------------------------------------------===//

LogicalResult LayoutAttr::verify(function_ref<InFlightDiagnostic()> emitError, Order order, int64_t border) {
  if (border < 0 || border > maxExtent)
    return emitError() << "border must be within 0.." << maxExtent << ", is " << border;
  return success();
}

LogicalResult LayoutAttr::verifyEncoding(ArrayRef<int64_t> shape, Type elementType,
                                         function_ref<InFlightDiagnostic()> emitError) const {
  if (shape.size() != 2 && shape.size() != 4)
    return emitError() << "a layout belongs to a map or a vector, not to a tensor of rank " << shape.size();
  if (shape.size() == 2 && getBorder() != 0)
    return emitError() << "a vector has no border, is given " << getBorder();
  return success();
}
