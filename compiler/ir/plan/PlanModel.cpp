//===- PlanModel.cpp - the model's interface and its kernels --------------===//

#include "compiler/ir/plan/Plan.h"
#include "runtime/core/NaturalOrder.h"

using namespace mlir;
using namespace resnetc;
using namespace resnetc::plan;

/// What the caller hands over: the interface's NCHW of one image.
static LogicalResult verifyInterface(ModelOp op, StringRef name, BufferType buffer, bool vector) {
  if (buffer.getLayout() != kernels::Layout::Planar || buffer.getBorder() != 0 || buffer.getBatch() != 1)
    return op.emitOpError() << name << " must be one planar image without border, is " << buffer;
  if (vector && (buffer.getHeight() != 1 || buffer.getWidth() != 1))
    return op.emitOpError() << name << " is a vector, but has a map: " << buffer;
  return success();
}

LogicalResult ModelOp::verify() {
  if (failed(verifyInterface(*this, "input", getInputBuffer(), getInputVector())) ||
      failed(verifyInterface(*this, "output", getOutputBuffer(), getOutputVector())))
    return failure();
  if (getOutputBuffer().getElement() != kernels::Element::F32)
    return emitOpError() << "output must be f32";
  if (int64_t(getPackedBytes()) < 0 || getPackedBytes() % alignment != 0)
    return emitOpError() << "size of the packed weights must be a multiple of " << alignment;
  for (size_t i = 1; i < getSchema().size(); ++i)
    if (!NaturalLess()(getTensor(i - 1).getName(), getTensor(i).getName()))
      return emitOpError() << "schema must be in natural order of names, each name once: \"" << getTensor(i).getName()
                           << "\" follows \"" << getTensor(i - 1).getName() << "\"";
  return success();
}

int64_t ModelOp::findTensor(StringRef name) {
  auto schema = getSchema().getAsRange<TensorAttr>();
  auto found = std::lower_bound(schema.begin(), schema.end(), name, [](TensorAttr tensor, StringRef wanted) {
    return NaturalLess()(tensor.getName(), wanted);
  });
  return found != schema.end() && (*found).getName() == name ? std::distance(schema.begin(), found) : -1;
}

LogicalResult KernelOp::verify() {
  auto spec = kernels::KernelSpec::parse(getSpec());
  if (!spec)
    return emitOpError() << llvm::toString(spec.takeError());
  if (llvm::Error error = spec->verify())
    return emitOpError() << "kernel spec: " << llvm::toString(std::move(error));
  if (spec->str() != getSpec())
    return emitOpError() << "kernel spec is not in its canonical form: \"" << spec->str() << "\"";
  return success();
}

kernels::KernelSpec KernelOp::getKernel() { return llvm::cantFail(kernels::KernelSpec::parse(getSpec())); }
