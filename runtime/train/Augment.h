//===- Augment.h - random changes of training images -----------------------===//
//
// Every random number is a function of (seed, epoch, image): neither threads nor the batch at which a run was resumed
// change a bit.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_TRAIN_AUGMENT_H
#define RESNETC_RUNTIME_TRAIN_AUGMENT_H

#include "resnetc/abi.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstddef>
#include <cstdint>
#include <string>

namespace resnetc::train {

/// What is done to each image, in this order. Pixels from outside of the image, and those cut out, are 0 of the input's
/// element: black, before the network normalises.
struct Augmentation {
  /// Pixels of border on each side before an image of the old size is cut out at a random place (Krizhevsky 2012; He et
  /// al. 2015, section 4.2, with 4).
  int64_t cropPad = 0;
  bool flip = false; ///< left and right, with probability 1/2
  /// Side of a square set to 0, its centre any pixel, so that it may stick out (DeVries and Taylor 2017).
  int64_t cutout = 0;
  /// Alpha of mixup (Zhang et al. 2018): a batch is mixed with a permutation of itself,
  ///   x = mix x_i + (1 - mix) x_p(i), mix ~ Beta(alpha, alpha), one for the batch. 0: none.
  double mixup = 0;
};

/// What is wrong with an augmentation of such images, in words; empty if nothing is. Crop, flip and cutout need
/// pictures, [C, H, W]: of a signal [C, L] they would mix up the channels.
std::string augmentationProblem(const Augmentation &augmentation, const resnetc_tensor_shape &shape);

/// One image's share of the random bits.
struct ImageDraw {
  int64_t shiftY = 0, shiftX = 0; ///< in [-cropPad, cropPad]: where the cut begins
  bool flip = false;
  int64_t cutoutY = 0, cutoutX = 0; ///< the square's centre
};

/// For image `index` of the data set in `epoch` (from 0). Philox4x32-10 with counter (index, epoch, purpose), key seed.
ImageDraw drawImage(const Augmentation &augmentation, const resnetc_tensor_shape &shape, uint64_t seed, uint64_t epoch,
                    uint64_t index);

/// Crop, flip and cutout of one image; `from` and `to` are dense images and do not overlap.
void augmentImage(const Augmentation &augmentation, const resnetc_tensor_shape &shape, const ImageDraw &draw,
                  const uint8_t *from, uint8_t *to);

/// A permutation of [0, order.size()): Fisher and Yates with Philox(seed, epoch): the images of an epoch in
/// the order of training. At most 2^32 images.
void drawOrder(uint64_t seed, uint64_t epoch, llvm::MutableArrayRef<uint32_t> order);

/// A batch's share: mix ~ Beta(alpha, alpha) in [0, 1], and which image each is mixed with.
/// `batch`: its index in the epoch.
float drawMixup(double alpha, uint64_t seed, uint64_t epoch, uint64_t batch, llvm::MutableArrayRef<uint32_t> partners);

/// to = mix a + (1 - mix) b of one image; bytes are rounded to the nearest.
void mixImages(const resnetc_tensor_shape &shape, float mix, const uint8_t *a, const uint8_t *b, uint8_t *to);

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_AUGMENT_H
