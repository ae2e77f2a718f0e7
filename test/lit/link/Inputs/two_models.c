/* Two models, and a Halide-generated library with Halide's own runtime, in one program. */
#include "HalideRuntime.h"
#include "application.h"
#include "foreign.h"
#include "other.h"

int main(void) {
  static float pictures[PIXELS];
  float first[CLASSES], second[CLASSES];
  fill_pictures(pictures, 1);
  void *workspace = aligned(TINY_WORKSPACE_BYTES(1) + OTHER_WORKSPACE_BYTES(1));
  CHECK(tiny_run(NULL, tiny_weights, pictures, 1, first, workspace) == RESNETC_OK);
  CHECK(other_run(NULL, other_weights, pictures, 1, second, workspace) == RESNETC_OK);
  CHECK(memcmp(first, second, sizeof first) != 0); /* same shapes, other weights */

  int32_t numbers[64];
  halide_dimension_t dimension = {0, 64, 1, 0};
  halide_buffer_t buffer = {0};
  buffer.host = (uint8_t *)numbers;
  buffer.type.code = halide_type_int;
  buffer.type.bits = 32;
  buffer.type.lanes = 1;
  buffer.dimensions = 1;
  buffer.dim = &dimension;
  CHECK(foreign(&buffer) == 0);
  for (int i = 0; i < 64; ++i)
    CHECK(numbers[i] == 3 * i);
  CHECK(tiny_run(NULL, tiny_weights, pictures, 1, second, workspace) == RESNETC_OK);
  CHECK(memcmp(first, second, sizeof first) == 0);
  free(workspace);
  puts("two models and a foreign Halide library run side by side");
  return 0;
}
