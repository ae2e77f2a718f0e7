//===- PlanDialect.cpp - the dialect, its types and attributes ------------===//

#include "compiler/ir/plan/Plan.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace resnetc;
using namespace resnetc::plan;

#include "compiler/ir/plan/PlanDialect.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "compiler/ir/plan/PlanTypes.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "compiler/ir/plan/PlanAttributes.cpp.inc"

#include "compiler/ir/plan/PlanInterfaces.cpp.inc"

void PlanDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "compiler/ir/plan/PlanTypes.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "compiler/ir/plan/PlanAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "compiler/ir/plan/PlanOps.cpp.inc"
      >();
}

//===-- !plan.buffer -------------------------------------------------------===//

BufferType BufferType::get(MLIRContext *context, const kernels::TensorSpec &tensor, int64_t batch, MemorySpace space) {
  return get(context, tensor.layout, tensor.element, tensor.channels, tensor.height, tensor.width, tensor.border, batch,
             space);
}

kernels::TensorSpec BufferType::getTensor() const {
  return {getLayout(), getElement(), getChannels(), getHeight(), getWidth(), getBorder()};
}
int64_t BufferType::getBytesPerImage() const { return getTensor().bytesPerImage(); }
int64_t BufferType::getBytes() const { return getBatch() * getBytesPerImage(); }
BufferType BufferType::withBatch(int64_t batch) const { return get(getContext(), getTensor(), batch, getSpace()); }

void BufferType::print(AsmPrinter &printer) const {
  printer << '<' << getTensor().str() << ", batch = " << getBatch() << ", "
          << (getSpace() == MemorySpace::Host ? "host" : "device") << '>';
}

static ParseResult parseTensor(AsmParser &parser, kernels::TensorSpec &tensor) {
  StringRef layout, element;
  SMLoc where = parser.getCurrentLocation();
  SmallVector<int64_t, 3> shape;
  if (parser.parseKeyword(&layout) || parser.parseColon() || parser.parseKeyword(&element) || parser.parseColon() ||
      parser.parseDimensionList(shape, /*allowDynamic=*/false, /*withTrailingX=*/false))
    return failure();
  if (layout != "planar" && layout != "blocked16")
    return parser.emitError(where, "layout is planar or blocked16, not '") << layout << "'";
  if (element != "f32" && element != "u8")
    return parser.emitError(where, "element is f32 or u8, not '") << element << "'";
  if (shape.size() != 3)
    return parser.emitError(where, "a buffer has channels x height x width");
  tensor.layout = layout == "planar" ? kernels::Layout::Planar : kernels::Layout::Blocked16;
  tensor.element = element == "f32" ? kernels::Element::F32 : kernels::Element::U8;
  tensor.channels = shape[0];
  tensor.height = shape[1];
  tensor.width = shape[2];
  return success(failed(parser.parseOptionalPlus()) || succeeded(parser.parseInteger(tensor.border)));
}

Type BufferType::parse(AsmParser &parser) {
  kernels::TensorSpec tensor;
  int64_t batch = 0;
  StringRef space;
  SMLoc where = parser.getCurrentLocation();
  if (parser.parseLess() || parseTensor(parser, tensor) || parser.parseComma() || parser.parseKeyword("batch") ||
      parser.parseEqual() || parser.parseInteger(batch) || parser.parseComma() || parser.parseKeyword(&space) ||
      parser.parseGreater())
    return {};
  if (space != "host" && space != "device") {
    parser.emitError(where, "memory space is host or device, not '") << space << "'";
    return {};
  }
  return parser.getChecked<BufferType>(parser.getContext(), tensor.layout, tensor.element, tensor.channels,
                                       tensor.height, tensor.width, tensor.border, batch,
                                       space == "host" ? MemorySpace::Host : MemorySpace::Device);
}

LogicalResult BufferType::verify(function_ref<InFlightDiagnostic()> emitError, kernels::Layout layout,
                                 kernels::Element element, int64_t channels, int64_t height, int64_t width,
                                 int64_t border, int64_t batch, MemorySpace space) {
  if (channels < 1 || height < 1 || width < 1 || border < 0 || batch < 1)
    return emitError() << "extents and batch are at least 1, the border at least 0";
  kernels::TensorSpec tensor{layout, element, channels, height, width, border};
  int64_t bytes = 0;
  if (llvm::MulOverflow(tensor.bytesPerImage(), batch, bytes) || bytes >= int64_t(1) << 48)
    return emitError() << tensor.str() << " with batch " << batch << " is too large";
  return success();
}

LogicalResult WeightType::verify(function_ref<InFlightDiagnostic()> emitError, int64_t bytes) {
  return bytes > 0 ? success() : LogicalResult(emitError() << "a weight has at least one byte");
}

//===-- #plan.tensor -------------------------------------------------------===//

void TensorAttr::print(AsmPrinter &printer) const {
  printer << '<';
  printer.printString(getName());
  printer << " : [";
  llvm::interleaveComma(getShape(), printer);
  printer << ']' << (getStable() ? "" : " unstable") << '>';
}

Attribute TensorAttr::parse(AsmParser &parser, Type) {
  std::string name;
  SmallVector<int64_t, 4> shape;
  auto parseExtent = [&] { return parser.parseInteger(shape.emplace_back()); };
  if (parser.parseLess() || parser.parseString(&name) || parser.parseColon() ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseExtent))
    return {};
  bool stable = failed(parser.parseOptionalKeyword("unstable"));
  if (parser.parseGreater())
    return {};
  return parser.getChecked<TensorAttr>(parser.getContext(), name, shape, stable);
}

LogicalResult TensorAttr::verify(function_ref<InFlightDiagnostic()> emitError, StringRef name, ArrayRef<int64_t> shape,
                                 bool stable) {
  if (name.empty() || name.contains('\n') || name.contains('\0'))
    return emitError() << "a tensor has a name without line ends and zeros";
  if (shape.empty() || shape.size() > 4)
    return emitError() << "tensor \"" << name << "\" has rank " << shape.size() << ", not 1 to 4";
  int64_t elements = 1;
  for (int64_t extent : shape)
    if (extent < 1 || llvm::MulOverflow(elements, extent, elements) || elements >= int64_t(1) << 40)
      return emitError() << "tensor \"" << name << "\" has an extent below 1, or too many elements";
  return success();
}
