//===- KernelSpec.h - what one kernel computes, as plain data -------------===//
//
// The hand-over between the compiler's IR and the kernel generator: op, shapes,
// layouts, epilogue. It knows neither MLIR nor Halide. Its canonical text is the
// operand of `plan.kernel`, the key of the kernel cache and the first half of a
// line in the tuning database:
//
//   conv2d batch=1 in=blocked16:f32:64x56x56+1 out=blocked16:f32:64x56x56+1
//     window=3x3 stride=1x1 pad=1x1 tile=1 epilogue=bias,residual,relu
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_KERNELS_KERNELSPEC_H
#define RESNETC_COMPILER_KERNELS_KERNELSPEC_H

#include "compiler/kernels/Activation.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <optional>
#include <string>

namespace resnetc::kernels {

/// Channels in one block of the blocked layout: one AVX-512, two AVX2, four NEON registers.
inline constexpr int64_t channelBlock = 16;

enum class KernelOp {
  Normalize,     ///< out = (in * (u8 ? 1/255 : 1) - mean[c]) / std[c]; also the entry layout change
  Conv2d,        ///< cross-correlation; a linear layer is a 1x1 conv2d on a 1x1 map
  MaxPool2d,     ///< padding counts as -infinity
  AvgPool2d,     ///< padding counts as zero; divides by the window, or by what lies inside the map
  GlobalAvgPool, ///< mean over height x width; out is 1x1
  GlobalMaxPool, ///< maximum over height x width; NaN wins
  Elementwise,   ///< out = epilogue(in): standalone add, affine, relu
  Multiply,      ///< out = epilogue(in * other), or in * (1 - other); an `other` of one pixel counts for all
  Concat,        ///< the channels of in, then those of other
  LayerNorm,     ///< out = epilogue((in - mean) / sqrt(variance + eps)) over the channels of each pixel
  PadShortcut,   ///< option A: in[c, y * stride, x * stride], zero for channels that in has not
  Softmax,       ///< over channels of a 1x1 map
  Copy,          ///< layout change only: the exit (blocked16 -> planar), flatten of a map and its inverse
  // Training. `vec(k)` stands for k rows of the input's channels, padded to blocks: dense floats without images.
  // Operands and results in order; those in brackets where the spec says so.
  Conv2dInputGradient,  ///< dy, transposed filter, [residual] -> dx
  TransposeFilter,      ///< filter -> transposed filter, as Conv2dInputGradient of the same in and out reads it
  Conv2dFilterGradient, ///< x, dy -> `partials` sums, each as the packed filter: of equal chunks of the images
  SumPartials,          ///< floats -> fewer floats: the sum of equal pieces, first to last
  BatchNormPartials,    ///< x -> vec(2 batch): mean and sum of squared differences of each image
  BatchNormCombine,     ///< partials, gamma, beta, counters -> vec(4): mean, biased variance, scale, shift;
                        ///< with `frozen`: running mean, running variance, gamma, beta -> the same
  BatchNormApply,       ///< x, [residual], statistics -> y = activation(x * scale + shift + residual)
  UpdateStatistics,     ///< statistics, counters, running mean, running variance -> the last two, in the same memory
  BatchNormGradientPartials, ///< dy, x, statistics, [output] -> [masked dy], vec(2 batch): sum dy, sum dy (x - mean)
  BatchNormGradientCombine,  ///< partials, statistics, gamma, counters -> vec(5): dgamma, dbeta, a, b, c
  BatchNormGradientApply,    ///< dy, x, [residual], coefficients, [output], counters -> dx = a dy + b x + c + residual
  ChannelSum,                ///< dy, [x] -> vec(1): sum of dy (times x) over images and pixels
  SumChannels,               ///< floats -> as many: their sum in each of the first out.channels, then zeros
  ActivationGradient,        ///< dy, saved -> dx = dy * f'(saved); f' in terms of f's output with `ofOutput`
  MaxPool2dGradient,         ///< dy, x, y -> dx: to the first maximum in row-major order
  AvgPool2dGradient,         ///< dy -> dx
  GlobalAvgPoolGradient,     ///< dy -> dx
  GlobalMaxPoolGradient,     ///< dy, x, y -> dx: to the first maximum
  GateGradient,              ///< dy, x -> dgate: dy * x, summed over pixels where the gate has one
  ChannelSlice,              ///< x -> y: channels from `first` on
  PadShortcutGradient,       ///< dy -> dx
  LayerNormGradient,         ///< dy, x, gamma -> dx, normalised x
  SoftmaxGradient,           ///< dy, y -> dx
  CrossEntropy,              ///< logits, labels, second labels, counters -> losses, dlogits
  RandomDrop,                ///< x, counters -> y = x * mask / (1 - rate)
  Sgd,                       ///< parameters, gradients, momentum, hyper -> parameters, momentum, in the same memory
  AdamW, ///< parameters, gradients, first, second moment, hyper -> parameters, first, second moment, likewise
};

/// Operands of training: 32 bytes each.
///   counters: int32 {valid images, seed low, seed high, step, bits of the float mix, 0, 0, 0}; images from `valid` on
///   are
///             none; mix is the first labels' share of the loss
///   hyper:    float {lr, momentum, weight decay, beta1, beta2, epsilon, 1 - beta1^step, 1 - beta2^step}
inline constexpr int64_t countersBytes = 32, hyperBytes = 32;

enum class Element { F32, U8 };

enum class Layout {
  Planar,    ///< [batch][channels][height + 2 border][width + 2 border]: the interface's NCHW
  Blocked16, ///< [batch][ceil(channels / 16)][height + 2 border][width + 2 border][16]; padding channels hold zero
};

/// One activation as a kernel sees it. A vector is a 1x1 map.
struct TensorSpec {
  Layout layout = Layout::Blocked16;
  Element element = Element::F32;
  int64_t channels = 0, height = 1, width = 1;
  int64_t border = 0; ///< zeros around each map, written by the producer of the buffer

  bool isGiven() const { return channels != 0; } ///< some training kernels have no input, or no output tensor
  int64_t channelBlocks() const;                 ///< ceil(channels / 16)
  /// Elements of one image with border and padding channels.
  int64_t elementsPerImage() const;
  int64_t bytesPerImage() const;
  std::string str() const;
  bool operator==(const TensorSpec &) const;
};

/// What happens to the accumulator before it is stored, in this order:
///   y = acc + bias[c] + residual;  first = activation(y)
///   second = affine ? (scale[c] * first + shift[c], then affineActivation)
/// With `affine`, the kernel stores `second` and, if `keepFirst`, `first` too (two results: the
/// sum and the activated sum of full pre-activation).
struct Epilogue {
  bool bias = false;
  bool residual = false;
  Activation activation;
  bool affine = false;
  Activation affineActivation;
  bool keepFirst = false;
  bool operator==(const Epilogue &) const;
};

/// Buffer arguments of inference, always in this order and only those that are there (KernelOperands knows all):
///   input, other, filter, bias, residual, scale, shift, output, second output.
/// Shapes (innermost last):
///   filter   [ct][cb][ky][kx][ci][tile][16] as RESNETC_PACK_FILTER says, padded with zeros; with groups there is one
///            cb, and ci counts filterInputs() channels from firstInput() on
///   transposed filter  [ct of dx][cb of dy][ky][kx][ci of dy][tile][16]; with groups as a filter
///   bias, scale, shift  [output channels, padded to 16 * tile]
/// With affine and not keepFirst there is one output: `second`.
struct KernelSpec {
  KernelOp op = KernelOp::Conv2d;
  int64_t batch = 1; ///< images per call, a constant of the kernel
  TensorSpec input, output;
  std::optional<TensorSpec> other;    ///< the second operand of Multiply, Concat and gradients
  std::optional<TensorSpec> saved;    ///< gradients: a third operand, the op's output
  std::optional<TensorSpec> residual; ///< differs from output only in border
  std::optional<TensorSpec> second;   ///< with keepFirst: the second result; differs only in border
  int64_t windowHeight = 1, windowWidth = 1;
  int64_t strideHeight = 1, strideWidth = 1;
  int64_t padHeight = 0, padWidth = 0; ///< top and left; the far side follows from the output's extent
  int64_t dilationHeight = 1, dilationWidth = 1;
  int64_t groups = 1;                        ///< Conv2d
  int64_t filterTile = 1;                    ///< Conv2d: blocks of 16 output channels that lie together in the filter
  int64_t forwardTile = 1;                   ///< TransposeFilter: filterTile of the filter that it reads
  int64_t partials = 1;                      ///< Conv2dFilterGradient: equal chunks of the images, each with a sum
  bool countPadding = true;                  ///< AvgPool2d: divide by the whole window
  bool complement = false;                   ///< Multiply: by 1 - other; GateGradient: of that
  bool clampImages = false;                  ///< Normalize, Copy: image n reads image min(n, valid - 1), by counters
  bool frozen = false;                       ///< BatchNormCombine, BatchNormGradientCombine: statistics are constants
  bool ofOutput = false;                     ///< ActivationGradient: `saved` is f's output, not its input
  bool perImage = false;                     ///< RandomDrop: whole images
  bool nesterov = false;                     ///< Sgd
  bool winograd = false;                     ///< 3x3 convolutions and gradients: F(2x2, 3x3), see Winograd.cpp
  bool decay = false;                        ///< Sgd, AdamW: with weight decay
  int64_t firstChannel = 0;                  ///< ChannelSlice
  uint64_t stream = 0;                       ///< RandomDrop: which random numbers (see Philox.h)
  double epsilon = 0;                        ///< LayerNorm, batch norm: added to the variance
  double momentum = 0;                       ///< UpdateStatistics
  double smoothing = 0;                      ///< CrossEntropy
  double rate = 0;                           ///< RandomDrop: share of what becomes zero
  llvm::SmallVector<double, 0> classWeights; ///< CrossEntropy: one per class, or none
  llvm::SmallVector<double, 3> mean, std;    ///< Normalize: constants of the kernel, one per channel
  Epilogue epilogue;
  /// AvgPool2d with countPadding: zeros behind the map that count. -1: all that the windows reach, so that every window
  /// is divided by its size; else a last window that stands out further (ceil) is divided by what counts of it.
  int64_t padEndHeight = -1, padEndWidth = -1;

  /// The canonical text: one line, defaults left out, fields in a fixed order.
  std::string str() const;
  /// The inverse of str(); the error names the field.
  static llvm::Expected<KernelSpec> parse(llvm::StringRef text);
  /// Shapes, borders and epilogue agree and every product fits: what verifiers and workers ask.
  llvm::Error verify() const;

  /// Conv2d with groups: the input channels that every block of 16 outputs finds in its filter, enough for the groups
  /// of any block; zero weights where a channel is not of an output's group. 1 where channels are their own groups
  /// (depth-wise): lane by lane.
  int64_t filterInputs() const;
  /// The first of them for output block `block`.
  int64_t firstInput(int64_t block) const;
  bool isDepthwise() const { return groups > 1 && groups == input.channels && groups == output.channels; }

  /// The convolution that a Conv2dInputGradient, TransposeFilter or Conv2dFilterGradient belongs to.
  KernelSpec forwardConv() const;

  int64_t multiplyAdds() const; ///< per call, all images
  /// Bytes that must be read and written at least: input, filter, residual, outputs.
  int64_t memoryTraffic() const;
  /// Bytes of the packed filter (of Conv2dInputGradient and TransposeFilter: the transposed one; of
  /// Conv2dFilterGradient: the forward one) / of one per-channel vector.
  int64_t filterBytes() const;
  int64_t vectorBytes() const;
  /// Bytes of vec(rows).
  int64_t vecBytes(int64_t rows) const;
  bool operator==(const KernelSpec &) const;
};

/// Whether the op belongs to a training step alone.
bool isTraining(KernelOp op);

/// With KernelSpec::winograd, outputs are computed in tiles of 2x2, from 4x4 inputs.
inline constexpr int64_t winogradTile = 2, winogradPoints = 4;

/// Whether KernelSpec::winograd may be set: not whether it is the faster way.
bool canUseWinograd(const KernelSpec &spec);

/// The border that a convolution's dy must have for Conv2dInputGradient; `spec` is that kernel or the Conv2d itself.
int64_t gradientBorder(const KernelSpec &spec);

llvm::StringRef toString(KernelOp op);
std::optional<KernelOp> parseKernelOp(llvm::StringRef name);
llvm::StringRef toString(Layout layout);
llvm::StringRef toString(Element element);

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_KERNELSPEC_H
