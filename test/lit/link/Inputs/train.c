/* A training object: memory from the application, tensors by name, the same bits for any threads, a smaller batch. */
#include "application.h"
#include <math.h>

enum { BATCH = (int)TINY_TRAIN_BATCH };

static float pictures[BATCH * PIXELS];
static int32_t labels[BATCH];

static void step(const resnetc_context *context, unsigned char *state, size_t n, uint64_t count, float *loss,
                 void *workspace) {
  resnetc_hyper hyper = TINY_HYPER;
  hyper.step = count;
  CHECK(tiny_train_step(context, state, pictures, labels, n, &hyper, loss, workspace) == RESNETC_OK);
}

/* Twenty steps, every third of them with a smaller batch; the last loss. */
static float train(unsigned threads, unsigned char *state, void *workspace) {
  resnetc_context context;
  resnetc_pool *pool = resnetc_pool_create(threads);
  float first = 0, loss = 0;
  CHECK(resnetc_context_init(&context, pool) == RESNETC_OK);
  CHECK(tiny_init(7, state) == RESNETC_OK);
  memset(workspace, 0xff, TINY_TRAIN_WORKSPACE_BYTES(threads)); /* stale memory must not show */
  for (unsigned i = 0; i < 20; ++i) {
    step(&context, state, i % 3 == 1 ? BATCH - 2 : BATCH, i, &loss, workspace);
    first = i ? first : loss;
  }
  CHECK(loss < first);
  resnetc_pool_destroy(pool);
  return loss;
}

static void check_threads(unsigned char *state, void *workspace) {
  unsigned char *other = aligned(TINY_STATE_BYTES);
  const float loss = train(1, state, workspace);
  for (unsigned threads = 2; threads <= 8; threads += threads < 4 ? 1 : 4) {
    CHECK(train(threads, other, workspace) == loss);
    CHECK(memcmp(state, other, TINY_STATE_BYTES) == 0);
  }
  free(other);
  printf("1, 2, 3, 4 and 8 threads: the same state\n");
}

/* Pictures behind the n-th are not read: here they are another process's memory, as far as the step is concerned. */
static void check_smaller_batch(const unsigned char *state, void *workspace) {
  unsigned char *left = aligned(TINY_STATE_BYTES), *right = aligned(TINY_STATE_BYTES);
  float kept[PIXELS], losses[2];
  memcpy(left, state, TINY_STATE_BYTES);
  memcpy(right, state, TINY_STATE_BYTES);
  step(NULL, left, BATCH - 1, 20, &losses[0], workspace);
  memcpy(kept, pictures + (BATCH - 1) * PIXELS, sizeof kept);
  memset(pictures + (BATCH - 1) * PIXELS, 0xff, sizeof kept); /* not a number */
  step(NULL, right, BATCH - 1, 20, &losses[1], workspace);
  memcpy(pictures + (BATCH - 1) * PIXELS, kept, sizeof kept);
  CHECK(losses[0] == losses[1] && memcmp(left, right, TINY_STATE_BYTES) == 0);
  free(left);
  free(right);
  printf("a smaller batch reads its own pictures\n");
}

/* Every tensor out and in again; a step of a parameter against its gradient. */
static void check_names(unsigned char *state, void *workspace) {
  const resnetc_training *training = tiny_info.training;
  unsigned char *copy = aligned(TINY_STATE_BYTES);
  static float values[24 * 24 * 9], gradient[24 * 24 * 9];
  size_t parameters = 0;
  float loss;
  step(NULL, state, BATCH, 20, &loss, workspace);
  CHECK(tiny_init(1, copy) == RESNETC_OK);
  for (uint32_t i = 0; i < TINY_TENSORS_COUNT; ++i) {
    const resnetc_tensor_info *tensor = &training->tensors[i];
    size_t count = 1;
    for (uint32_t d = 0; d < tensor->rank; ++d)
      count *= tensor->extents[d];
    CHECK(tiny_get(state, tensor->name, values, count) == RESNETC_OK);
    CHECK(tiny_set(copy, tensor->name, values, count) == RESNETC_OK);
    if (tiny_gradient(workspace, tensor->name, gradient, count) == RESNETC_OK) {
      int moved = 0;
      for (size_t k = 0; k < count; ++k)
        moved |= gradient[k] != 0;
      CHECK(moved);
      ++parameters;
    } else {
      CHECK(strstr(tensor->name, ".running_"));
    }
  }
  CHECK(memcmp(state, copy, TINY_TENSORS_BYTES) == 0);
  CHECK(tiny_get(state, "no.such.tensor", values, 1) == RESNETC_ERROR_ARGUMENT);
  labels[BATCH - 1] = CLASSES;
  CHECK(tiny_train_step(NULL, copy, pictures, labels, BATCH, NULL, &loss, workspace) == RESNETC_ERROR_ARGUMENT);
  CHECK(memcmp(state, copy, TINY_TENSORS_BYTES) == 0);
  labels[BATCH - 1] = 0;
  free(copy);
  printf("%u tensors by name, %u of them with gradients\n", (unsigned)TINY_TENSORS_COUNT, (unsigned)parameters);
}

/* The loss with one tensor moved by `by` along its gradient; the state stays. */
static double moved_loss(const unsigned char *state, const char *name, const float *gradient, size_t count, double by,
                         void *workspace) {
  static float values[24 * 24 * 9];
  unsigned char *copy = aligned(TINY_STATE_BYTES);
  float loss;
  memcpy(copy, state, TINY_STATE_BYTES);
  CHECK(tiny_get(copy, name, values, count) == RESNETC_OK);
  for (size_t k = 0; k < count; ++k)
    values[k] += (float)(by * gradient[k]);
  CHECK(tiny_set(copy, name, values, count) == RESNETC_OK);
  step(NULL, copy, BATCH, 30, &loss, workspace);
  free(copy);
  return loss;
}

/* Along a tensor's gradient the loss grows by the square of the gradient's length: central differences, of the step
 * size that fits best, since relu has kinks and floats few digits. */
static void check_gradients(unsigned char *state, void *workspace) {
  static float gradient[24 * 24 * 9];
  CHECK(tiny_init(7, state) == RESNETC_OK);
  for (uint32_t i = 0; i < TINY_TENSORS_COUNT; ++i) {
    const resnetc_tensor_info *tensor = &tiny_info.training->tensors[i];
    size_t count = 1;
    double square = 0, best = 1;
    for (uint32_t d = 0; d < tensor->rank; ++d)
      count *= tensor->extents[d];
    moved_loss(state, tensor->name, gradient, count, 0, workspace);
    if (tiny_gradient(workspace, tensor->name, gradient, count) != RESNETC_OK)
      continue;
    for (size_t k = 0; k < count; ++k)
      square += (double)gradient[k] * gradient[k];
    for (double by = 3e-2; by > 2e-4; by /= 3) {
      const double h = by / sqrt(square), grown = (moved_loss(state, tensor->name, gradient, count, h, workspace) -
                                                   moved_loss(state, tensor->name, gradient, count, -h, workspace)) /
                                                  (2 * h);
      best = fmin(best, fabs(grown / square - 1));
    }
    if (best > 0.02)
      printf("%s: the loss does not grow along the gradient: off by %g\n", tensor->name, best);
  }
  printf("gradients are those of the loss\n");
}

/* Folding what was imported is packing. */
static void check_fold(const char *path, unsigned char *state) {
  unsigned char *packed = aligned(TINY_WEIGHTS_BYTES), *folded = aligned(TINY_WEIGHTS_BYTES);
  resnetc_weights file;
  char words[300];
  CHECK(resnetc_weights_open(path, &file, words, sizeof words) == RESNETC_OK);
  CHECK(tiny_import(&file, state, words, sizeof words) == RESNETC_OK);
  CHECK(tiny_pack(&file, packed, words, sizeof words) == RESNETC_OK);
  CHECK(tiny_fold(state, folded) == RESNETC_OK);
  CHECK(memcmp(packed, folded, TINY_WEIGHTS_BYTES) == 0);
  resnetc_weights_close(&file);
  free(packed);
  free(folded);
  printf("importing and folding is packing\n");
}

int main(int argc, char **argv) {
  unsigned char *state = aligned(TINY_STATE_BYTES);
  void *workspace = aligned(TINY_TRAIN_WORKSPACE_BYTES(8));
  CHECK(argc == 2);
  fill_pictures(pictures, BATCH);
  for (int i = 0; i < BATCH; ++i)
    labels[i] = i % CLASSES;
  check_threads(state, workspace);
  check_smaller_batch(state, workspace);
  check_names(state, workspace);
  check_gradients(state, workspace);
  check_fold(argv[1], state);
  free(state);
  free(workspace);
  return 0;
}
