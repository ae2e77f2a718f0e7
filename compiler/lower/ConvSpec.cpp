//===- ConvSpec.cpp - a convolution's kernel, from types and geometry -----===//

#include "compiler/lower/ConvSpec.h"
#include "compiler/kernels/FilterTile.h"

using namespace mlir;
using namespace resnetc;
using namespace resnetc::lower;

kernels::TensorSpec lower::tensorSpec(Type activation) {
  rn::LayoutAttr layout = rn::getLayout(activation);
  ArrayRef<int64_t> image = rn::imageShape(activation);
  kernels::TensorSpec tensor;
  tensor.layout = layout.getOrder() == rn::Order::Planar ? kernels::Layout::Planar : kernels::Layout::Blocked16;
  tensor.element =
      cast<RankedTensorType>(activation).getElementType().isInteger(8) ? kernels::Element::U8 : kernels::Element::F32;
  tensor.channels = image[0];
  tensor.height = image.size() == 3 ? image[1] : 1;
  tensor.width = image.size() == 3 ? image[2] : 1;
  tensor.border = layout.getBorder();
  return tensor;
}

kernels::Activation lower::kernelActivation(rn::ActivationAttr activation) {
  static_assert(int(rn::Activation::Relu) == int(kernels::Function::Relu) &&
                int(rn::Activation::HardTanh) == int(kernels::Function::HardTanh));
  return {static_cast<kernels::Function>(activation.getFunction()), activation.getParameter()};
}

kernels::KernelSpec lower::detail::conv2dSpec(int64_t batch, Type input, Type filter, Type output,
                                              ArrayRef<int64_t> strides, ArrayRef<int64_t> pads,
                                              ArrayRef<int64_t> dilations, int64_t groups) {
  kernels::KernelSpec spec;
  spec.op = kernels::KernelOp::Conv2d;
  spec.batch = batch;
  spec.input = tensorSpec(input);
  spec.output = tensorSpec(output);
  auto [height, width] = rn::filterWindow(filter);
  spec.windowHeight = height;
  spec.windowWidth = width;
  spec.strideHeight = strides[0];
  spec.strideWidth = strides[1];
  spec.padHeight = pads[0];
  spec.padWidth = pads[1];
  spec.dilationHeight = dilations[0];
  spec.dilationWidth = dilations[1];
  spec.groups = groups;
  spec.filterTile = kernels::chooseFilterTile(spec);
  return spec;
}

kernels::KernelSpec lower::linearSpec(int64_t batch, Type input, Type output) {
  kernels::KernelSpec spec;
  spec.op = kernels::KernelOp::Conv2d;
  spec.batch = batch;
  spec.input = tensorSpec(input);
  spec.output = tensorSpec(output);
  spec.filterTile = kernels::chooseFilterTile(spec);
  return spec;
}
