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

/* The halves of a step are the step, and what a caller does to the gradients in between counts. */
static void check_halves(unsigned char *state, void *workspace) {
  unsigned char *halves = aligned(TINY_STATE_BYTES), *before = aligned(TINY_STATE_BYTES);
  float *gradients = (float *)((char *)workspace + tiny_info.training->gradients_offset);
  resnetc_train_batch batch = {pictures, labels, NULL, BATCH, 0, 0};
  resnetc_hyper hyper = TINY_HYPER;
  float losses[2];
  memcpy(halves, state, TINY_STATE_BYTES);
  for (uint64_t i = 0; i < 3; ++i) {
    step(NULL, state, BATCH, hyper.step = i, &losses[0], workspace);
    CHECK(tiny_gradients(NULL, halves, &batch, &hyper, &losses[1], workspace) == RESNETC_OK);
    CHECK(tiny_update(NULL, halves, &hyper, workspace) == RESNETC_OK);
    CHECK(losses[0] == losses[1] && memcmp(state, halves, TINY_STATE_BYTES) == 0);
  }
  /* Without gradients the optimiser only decays: running statistics alone follow the pictures. */
  CHECK(tiny_gradients(NULL, halves, &batch, &hyper, NULL, workspace) == RESNETC_OK);
  memcpy(before, halves, TINY_STATE_BYTES);
  memset(gradients, 0, tiny_info.training->parameter_bytes);
  hyper.learning_rate = 0;
  CHECK(tiny_update(NULL, halves, &hyper, workspace) == RESNETC_OK);
  CHECK(memcmp(before, halves, TINY_TENSORS_BYTES) == 0);
  free(halves);
  free(before);
  printf("two halves are a step\n");
}

/* Mixup: losses and gradients are blends of those of either label. */
static void check_second_labels(unsigned char *state, void *workspace) {
  static float gradients[3][1 << 16];
  const size_t count = tiny_info.training->parameter_bytes / 4;
  int32_t others[BATCH];
  float losses[3];
  resnetc_train_batch batch = {pictures, labels, others, BATCH, 0, 0};
  CHECK(count <= sizeof gradients[0] / 4);
  for (int i = 0; i < BATCH; ++i)
    others[i] = (i + 1) % CLASSES;
  for (int i = 0; i < 3; ++i) {
    batch.mix = i == 2 ? 0.25f : (float)i;
    CHECK(tiny_gradients(NULL, state, &batch, NULL, &losses[i], workspace) == RESNETC_OK);
    memcpy(gradients[i], (char *)workspace + tiny_info.training->gradients_offset, 4 * count);
  }
  CHECK(losses[0] != losses[1] && fabs(losses[2] - 0.25 * losses[1] - 0.75 * losses[0]) < 1e-5);
  for (size_t k = 0; k < count; ++k)
    CHECK(fabs(gradients[2][k] - 0.25 * gradients[1][k] - 0.75 * gradients[0][k]) < 1e-4);
  batch.second_labels = NULL; /* the same bits as with the whole share for the first label */
  CHECK(tiny_gradients(NULL, state, &batch, NULL, &losses[0], workspace) == RESNETC_OK);
  CHECK(losses[0] == losses[1]);
  CHECK(memcmp(gradients[1], (char *)workspace + tiny_info.training->gradients_offset, 4 * count) == 0);
  printf("second labels have their share\n");
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
  check_halves(state, workspace);
  check_second_labels(state, workspace);
  check_names(state, workspace);
  check_gradients(state, workspace);
  check_fold(argv[1], state);
  free(state);
  free(workspace);
  return 0;
}
