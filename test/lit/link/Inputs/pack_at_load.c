/* An object without weights: one .rnw is folded and packed at load, another is mapped as it is. */
#include "application.h"

static int run_with(const void *weights, float *logits) {
  static float pictures[PIXELS];
  fill_pictures(pictures, 1);
  void *workspace = aligned(TINY_WORKSPACE_BYTES(1));
  int status = tiny_run(NULL, weights, pictures, 1, logits, workspace);
  free(workspace);
  return status;
}

int main(int argc, char **argv) {
  char words[256];
  resnetc_weights named, packed;
  float from_named[CLASSES], from_packed[CLASSES];
  CHECK(argc == 3);
  if (resnetc_weights_open(argv[1], &named, words, sizeof words) ||
      resnetc_weights_open(argv[2], &packed, words, sizeof words)) {
    fprintf(stderr, "%s\n", words);
    return 1;
  }
  CHECK(resnetc_weights_check(&named, words, sizeof words) == RESNETC_OK);
  void *memory = aligned(TINY_WEIGHTS_BYTES);
  if (tiny_pack(&named, memory, words, sizeof words)) {
    fprintf(stderr, "%s\n", words);
    return 1;
  }
  const void *mapped = resnetc_weights_packed(&packed, &tiny_info, words, sizeof words);
  if (!mapped) {
    fprintf(stderr, "%s\n", words);
    return 1;
  }
  CHECK(memcmp(mapped, memory, TINY_WEIGHTS_BYTES) == 0);
  CHECK(run_with(memory, from_named) == RESNETC_OK && run_with(mapped, from_packed) == RESNETC_OK);
  CHECK(memcmp(from_named, from_packed, sizeof from_named) == 0);
  resnetc_weights_close(&packed);
  resnetc_weights_close(&named);
  free(memory);
  puts("packed at load and packed by the compiler are the same bytes");
  return 0;
}
