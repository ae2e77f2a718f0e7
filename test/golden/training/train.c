/* Trains small.rn on one stored batch and writes what check_training.py compares.
 *   train WEIGHTS.rnw IMAGES LABELS THREADS STEPS > RECORDS */
#include "small_step.h"

static void record_tensors(void) {
  for (size_t i = 0; i < SMALL_TENSORS_COUNT; ++i) {
    const resnetc_tensor_info *tensor = &small_info.training->tensors[i];
    check(tensor->name, small_get(state, tensor->name, values, elements(tensor)));
    record("after", tensor->name, values, elements(tensor));
  }
}

int main(int argc, char **argv) {
  if (argc != 6)
    fail("usage", "train WEIGHTS.rnw IMAGES LABELS THREADS STEPS");
  read_inputs(argv + 1);
  unsigned threads = (unsigned)atoi(argv[4]);
  resnetc_pool *pool = threads > 1 ? resnetc_pool_create(threads) : NULL;
  resnetc_context context;
  check("context", resnetc_context_init(&context, pool));
  float losses[64];
  size_t steps = (size_t)atoi(argv[5]);
  for (size_t i = 0; i < steps && i < 64; ++i) {
    check("train_step",
          small_train_step(&context, state, images, labels, SMALL_TRAIN_BATCH, NULL, &losses[i], workspace));
    if (i == 0)
      record_gradients();
  }
  record("losses", "", losses, steps);
  record_tensors();
  if (pool)
    resnetc_pool_destroy(pool);
  return 0;
}
