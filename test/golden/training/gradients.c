/* One batch of small.rn with two labels an image, and what `compile --probe` measures: what check_training.py compares.
 *   gradients WEIGHTS.rnw IMAGES LABELS > RECORDS */
#include "small_step.h"

enum { LANES = 16, SECOND = 3, CLASSES = SMALL_CLASSES };

int main(int argc, char **argv) {
  static const char *const kinds[] = {"branch", "skip", "gradient"};
  const resnetc_training *training = small_info.training;
  int32_t second[SMALL_TRAIN_BATCH];
  resnetc_train_batch batch = {images, labels, second, SMALL_TRAIN_BATCH, 0.25f, 0};
  float loss;
  if (argc != 4)
    fail("usage", "gradients WEIGHTS.rnw IMAGES LABELS");
  read_inputs(argv + 1);
  for (size_t i = 0; i < SMALL_TRAIN_BATCH; ++i)
    second[i] = (labels[i] + SECOND) % CLASSES;
  check("gradients", small_gradients(NULL, state, &batch, NULL, &loss, workspace));
  record("loss", "", &loss, 1);
  record_gradients();
  for (uint32_t i = 0; i < training->probe_count; ++i) {
    char name[64];
    snprintf(name, sizeof name, "%s %s", kinds[training->probes[i].kind], training->probes[i].name);
    record("probe", name, (const float *)(workspace + training->probes_offset) + i * LANES, 1);
  }
  return 0;
}
