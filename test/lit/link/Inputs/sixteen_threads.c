/* Sixteen threads call one model at once through one shared pool, each with its own workspace. */
#include "application.h"
#include <pthread.h>

static float pictures[16 * PIXELS], expected[16 * CLASSES];
static resnetc_context context;

static void *classify(void *argument) {
  size_t thread = (size_t)argument;
  void *workspace = aligned(TINY_WORKSPACE_BYTES(4));
  for (int round = 0; round < 50; ++round) {
    float logits[CLASSES];
    CHECK(tiny_run(&context, tiny_weights, pictures + thread * PIXELS, 1, logits, workspace) == RESNETC_OK);
    CHECK(memcmp(logits, expected + thread * CLASSES, sizeof logits) == 0);
  }
  free(workspace);
  return NULL;
}

int main(void) {
  fill_pictures(pictures, 16);
  void *workspace = aligned(TINY_WORKSPACE_BYTES(1));
  CHECK(tiny_run(NULL, tiny_weights, pictures, 16, expected, workspace) == RESNETC_OK);
  resnetc_pool *pool = resnetc_pool_create(4);
  CHECK(pool && resnetc_context_init(&context, pool) == RESNETC_OK);
  pthread_t threads[16];
  for (size_t i = 0; i < 16; ++i)
    CHECK(pthread_create(&threads[i], NULL, classify, (void *)i) == 0);
  for (size_t i = 0; i < 16; ++i)
    CHECK(pthread_join(threads[i], NULL) == 0);
  resnetc_pool_destroy(pool);
  free(workspace);
  puts("sixteen threads agree");
  return 0;
}
