/* Trains small.rn on one stored batch and writes what check_training.py compares.
 *   train WEIGHTS.rnw IMAGES LABELS THREADS STEPS > RESULTS
 * RESULTS: for each record a line "NAME COUNT" and COUNT raw floats. */
#include "small.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Alignas(64) unsigned char state[SMALL_STATE_BYTES];
static _Alignas(64) unsigned char workspace[SMALL_TRAIN_WORKSPACE_BYTES(2)];
static float images[SMALL_TRAIN_BATCH][SMALL_INPUT_ELEMENTS];
static int32_t labels[SMALL_TRAIN_BATCH];
static float values[1 << 16];

static void fail(const char *what, const char *why) {
  fprintf(stderr, "train: %s: %s\n", what, why);
  exit(1);
}

static void check(const char *what, int status) {
  if (status)
    fail(what, resnetc_status_string(status));
}

static void read_file(const char *path, void *memory, size_t bytes) {
  FILE *file = fopen(path, "rb");
  if (!file || fread(memory, 1, bytes, file) != bytes)
    fail(path, "could not be read");
  fclose(file);
}

static void record(const char *kind, const char *name, const float *data, size_t count) {
  printf("%s%s%s %zu\n", kind, *name ? " " : "", name, count);
  fwrite(data, sizeof(float), count, stdout);
}

static size_t elements(const resnetc_tensor_info *tensor) {
  size_t count = 1;
  for (uint32_t i = 0; i < tensor->rank; ++i)
    count *= tensor->extents[i];
  if (count > sizeof values / sizeof *values)
    fail(tensor->name, "is too large");
  return count;
}

static void record_gradients(void) {
  for (size_t i = 0; i < SMALL_TENSORS_COUNT; ++i) {
    const resnetc_tensor_info *tensor = &small_info.training->tensors[i];
    size_t count = elements(tensor);
    /* Running statistics have none. */
    int trained = !strstr(tensor->name, "running_");
    int status = small_gradient(workspace, tensor->name, values, count);
    if (trained)
      check(tensor->name, status);
    else if (status != RESNETC_ERROR_ARGUMENT)
      fail(tensor->name, "has a gradient");
    if (trained)
      record("gradient", tensor->name, values, count);
  }
}

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
  char error[512];
  resnetc_weights weights;
  if (resnetc_weights_open(argv[1], &weights, error, sizeof error))
    fail(argv[1], error);
  if (small_import(&weights, state, error, sizeof error))
    fail(argv[1], error);
  resnetc_weights_close(&weights);
  read_file(argv[2], images, sizeof images);
  read_file(argv[3], labels, sizeof labels);
  memset(workspace, 0xff, sizeof workspace); /* NaNs: nothing stale may show */
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
