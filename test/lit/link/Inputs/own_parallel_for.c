/* The application brings its own parallel_for; a task's failure comes back as status. */
#include "application.h"

struct counter {
  int regions, tasks, fail;
};

static int run_backwards(void *pool, resnetc_task task, void *task_context, int count) {
  struct counter *counter = pool;
  counter->regions += 1;
  if (counter->fail)
    return 42;
  for (int i = count - 1; i >= 0; --i, ++counter->tasks) {
    int status = task(task_context, i);
    if (status)
      return status;
  }
  return 0;
}

int main(void) {
  static float pictures[PIXELS];
  float expected[CLASSES], logits[CLASSES];
  struct counter counter = {0, 0, 0};
  fill_pictures(pictures, 1);
  void *workspace = aligned(TINY_WORKSPACE_BYTES(3));
  CHECK(tiny_run(NULL, tiny_weights, pictures, 1, expected, workspace) == RESNETC_OK);
  resnetc_context context;
  CHECK(resnetc_context_init(&context, NULL) == RESNETC_OK);
  context.parallel_for = run_backwards;
  context.pool = &counter;
  context.threads = 3;
  CHECK(tiny_run(&context, tiny_weights, pictures, 1, logits, workspace) == RESNETC_OK);
  CHECK(memcmp(logits, expected, sizeof logits) == 0);
  CHECK(counter.regions > 0 && counter.tasks > 0);
  counter.fail = 1;
  CHECK(tiny_run(&context, tiny_weights, pictures, 1, logits, workspace) == RESNETC_ERROR_TASK);
  context.abi_version = RESNETC_ABI_VERSION + 1;
  CHECK(tiny_run(&context, tiny_weights, pictures, 1, logits, workspace) == RESNETC_ERROR_ABI);
  puts(resnetc_status_string(RESNETC_ERROR_ABI));
  free(workspace);
  return 0;
}
