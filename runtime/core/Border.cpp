//===- Border.cpp - zeros around maps -------------------------------------===//

#include "runtime/core/Border.h"
#include <string.h>

void resnetc::rt::zeroBorder(uint8_t *maps, const resnetc_border &border) {
  const size_t pixel = border.pixel_bytes, side = border.border * pixel;
  const size_t row = border.width * pixel + 2 * side, plane = row * (border.height + 2 * size_t(border.border));
  if (!side)
    return;
  for (uint32_t p = 0; p < border.planes; ++p) {
    uint8_t *at = maps + p * plane;
    // The rows above and the left side of the first row; between two rows the right side of one and the left side of
    // the next lie together; then the last right side and the rows below.
    memset(at, 0, row * border.border + side);
    at += row * border.border + side;
    for (uint32_t y = 1; y < border.height; ++y) {
      at += border.width * pixel;
      memset(at, 0, 2 * side);
      at += 2 * side;
    }
    at += border.width * pixel;
    memset(at, 0, side + row * border.border);
  }
}
