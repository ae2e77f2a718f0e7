//===- FilterTile.h - how many output channel blocks lie together ---------===//
//
// The only choice of a schedule that the packed weights show: it must be the same for
// every target and batch size of an object, so it is made from the layer's shape alone.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_KERNELS_FILTERTILE_H
#define RESNETC_COMPILER_KERNELS_FILTERTILE_H

#include "compiler/kernels/KernelSpec.h"

namespace resnetc::kernels {

/// KernelSpec::filterTile for a Conv2d of this shape; it divides the output's channel blocks.
/// Must not depend on spec.batch, spec.epilogue or the target: equal filters are packed once.
int64_t chooseFilterTile(const KernelSpec &spec);

/// KernelSpec::partials for a Conv2dFilterGradient of this batch and shape (in, other, window, tile are set): chunks of
/// images whose sums are computed apart, so that many threads have work. It divides the batch, and depends on nothing
/// but the shape, because it says in which order a gradient is summed.
int64_t choosePartials(const KernelSpec &spec);

/// KernelSpec::winograd for a convolution of a training step or its gradients: where it was measured to be faster.
/// Images are its tasks, so it wants a batch of them.
bool chooseWinograd(const KernelSpec &spec);

/// With KernelSpec::winograd: bytes of transformed inputs (and products, or transformed dy) of one row of tiles, and
/// how many of them may lie on a thread's stack, beside transformed filters.
int64_t winogradRowBytes(const KernelSpec &spec);
inline constexpr int64_t mostWinogradRowBytes = 256 << 10;

/// Rows of dy and images that a Conv2dFilterGradient sums up in registers before it adds to what is in memory: as much
/// as a first-level cache holds. They divide the rows, and the images of a partial sum. With KernelSpec::winograd they
/// are rows of tiles.
struct GradientChunk {
  int64_t rows = 1, images = 1;
};
GradientChunk chooseGradientChunk(const KernelSpec &spec);

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_FILTERTILE_H
