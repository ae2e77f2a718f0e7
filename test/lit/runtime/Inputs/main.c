/* An application that uses everything of the runtime: pool, weights file, pack, run, training (which
 * this model refuses). */
#include "tiny.h"
#include <stdio.h>

static const float weights[16] __attribute__((aligned(64))) = {3};

static void train(const resnetc_weights *file, char *error, size_t error_bytes) {
  static float state[16] __attribute__((aligned(64)));
  const int32_t label = 0;
  float loss;
  printf("%s\n", resnetc_status_string(tiny_init(1, state)));
  tiny_import(file, state, error, error_bytes);
  tiny_train_step(NULL, state, weights, &label, 1, NULL, &loss, NULL);
  tiny_gradients(NULL, state, NULL, NULL, &loss, NULL);
  tiny_update(NULL, state, NULL, NULL);
  tiny_set(state, "weight", weights, 1);
  tiny_get(state, "weight", &loss, 1);
  tiny_gradient(state, "weight", &loss, 1);
  tiny_fold(state, state);
}

int main(int argc, char **argv) {
  const float images[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  float logits[8];
  char error[300] = "";
  resnetc_pool *pool = resnetc_pool_create(2);
  resnetc_context context;
  resnetc_weights file;
  int status = resnetc_context_init(&context, pool);
  if (status == RESNETC_OK)
    status = tiny_run(&context, weights, images, 2, logits, NULL);
  printf("%s: %g %g\n", resnetc_status_string(status), logits[0], logits[7]);
  if (argc > 1 && resnetc_weights_open(argv[1], &file, error, sizeof error) != RESNETC_OK)
    printf("%s\n", error);
  if (argc > 2) {
    resnetc_weights_check(&file, error, sizeof error);
    resnetc_weights_packed(&file, &tiny_info, error, sizeof error);
    tiny_pack(&file, NULL, error, sizeof error);
    train(&file, error, sizeof error);
    resnetc_weights_close(&file);
  }
  resnetc_pool_destroy(pool);
  return status;
}
