//===- Border.cpp - zeros around maps -------------------------------------===//

#include "runtime/core/Border.h"
#include "runtime/core/Hooks.h"
#include <string.h>

using namespace resnetc::rt;

namespace {
/// One after the other, a border of less is written sooner than threads are asked; the planes of a batch make pieces.
constexpr size_t worthwhileBytes = 256 << 10;
constexpr uint32_t pieces = 16;

size_t planeBytes(const resnetc_border &border) {
  const size_t twice = 2 * size_t(border.border);
  return (border.width + twice) * border.pixel_bytes * (border.height + twice);
}

struct Pieces {
  uint8_t *maps;
  const resnetc_border *border;
};

int zeroPiece(void *, int piece, uint8_t *closure) {
  const Pieces &all = *reinterpret_cast<const Pieces *>(closure);
  const uint64_t planes = all.border->planes, first = planes * uint32_t(piece) / pieces;
  resnetc_border part = *all.border;
  part.planes = uint32_t(planes * (uint32_t(piece) + 1) / pieces - first);
  zeroBorder(all.maps + first * planeBytes(part), part);
  return 0;
}
} // namespace

int resnetc::rt::zeroBorder(UserContext &user, uint8_t *maps, const resnetc_border &border) {
  const size_t inside = size_t(border.width) * border.height * border.pixel_bytes;
  if ((planeBytes(border) - inside) * border.planes < worthwhileBytes) {
    zeroBorder(maps, border);
  } else {
    Pieces all{maps, &border};
    resnetc_rt_do_par_for(&user, zeroPiece, 0, pieces, reinterpret_cast<uint8_t *>(&all));
  }
  return user.status.load(std::memory_order_relaxed);
}

void resnetc::rt::zeroBorder(uint8_t *maps, const resnetc_border &border) {
  const size_t pixel = border.pixel_bytes, side = border.border * pixel;
  const size_t row = border.width * pixel + 2 * side, plane = planeBytes(border);
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
