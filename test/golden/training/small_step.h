/* What the programs here share: memory, files and records.
 * A record is a line "NAME COUNT" and COUNT raw floats. */
#ifndef SMALL_STEP_H
#define SMALL_STEP_H
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

/* WEIGHTS.rnw IMAGES LABELS; the workspace holds NaNs: nothing stale may show. */
static void read_inputs(char **paths) {
  char error[512];
  resnetc_weights weights;
  if (resnetc_weights_open(paths[0], &weights, error, sizeof error))
    fail(paths[0], error);
  if (small_import(&weights, state, error, sizeof error))
    fail(paths[0], error);
  resnetc_weights_close(&weights);
  read_file(paths[1], images, sizeof images);
  read_file(paths[2], labels, sizeof labels);
  memset(workspace, 0xff, sizeof workspace);
}

#endif
