//===- CpuSchedules.h - loops for CPUs -------------------------------------===//

#ifndef RESNETC_COMPILER_KERNELS_SCHEDULE_CPU_CPUSCHEDULES_H
#define RESNETC_COMPILER_KERNELS_SCHEDULE_CPU_CPUSCHEDULES_H

#include "compiler/kernels/algorithm/Algorithm.h"
#include "compiler/kernels/schedule/Schedule.h"

namespace resnetc::kernels {

/// Register tiles of output channels x pixels x images: convolutions and linear layers.
void scheduleDirect(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule);

/// 3x3 convolutions in the manner of Winograd, and gradients of their filters.
void scheduleWinograd(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule);
void scheduleWinogradFilterGradient(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule);

/// Kernels without reuse: vectors along the channels of a block, or along a row of a planar map. A reduction (pools)
/// stays in registers.
void scheduleMap(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule);

/// Gradients of max pools: maxima of a tile's windows first, then its pixels.
void scheduleMaxPoolGradient(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule);

/// Layer norm: a pixel's helper values first, then its channels.
void schedulePerPixel(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule);

/// Softmax: an image's helper values first, then its outputs.
void schedulePerImage(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule);

/// Cross entropy: losses, then their gradient, image by image.
void scheduleLoss(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule);

/// Gradients of filters: register tiles of output blocks x input channels, summed over a chunk of pixels.
void scheduleFilterGradient(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule);

/// Another order of a filter's elements: vectors of output lanes.
void scheduleTranspose(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule);

/// Sums over the map of each image and channel block; a second pass over the map where one result is a map.
void scheduleImageSums(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule);

/// Maps, or one pixel, whose values need sums or helper values of the whole map.
void schedulePerMap(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule);

/// Vectors of channels: statistics and coefficients.
void scheduleChannels(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule);

/// Flat vectors of parameters: chunks are tasks.
void scheduleFlat(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule);

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_SCHEDULE_CPU_CPUSCHEDULES_H
