/* Trains one compiled model as an application would, for bench/compare. Built once a model:
 *   cc -O2 -DMODEL=resnet18 -DMODEL_UPPER=RESNET18 training.c resnet18.o -lresnetc_rt -lpthread -lm
 *
 *   training time   THREADS          for each line "steps\n" on stdin: milliseconds of each step
 *   training memory THREADS STEPS    peak memory of this process and what it was before main did anything, in KB
 */
#include "process.h"

#define MODEL_INIT JOIN(MODEL, _init)
#define MODEL_TRAIN_STEP JOIN(MODEL, _train_step)
#define MODEL_BATCH JOIN(MODEL_UPPER, _TRAIN_BATCH)
#define MODEL_CLASSES JOIN(MODEL_UPPER, _CLASSES)
#define MODEL_ELEMENTS JOIN(MODEL_UPPER, _INPUT_ELEMENTS)
#define MODEL_STATE JOIN(MODEL_UPPER, _STATE_BYTES)
#define MODEL_WORKSPACE JOIN(MODEL_UPPER, _TRAIN_WORKSPACE_BYTES)

struct session {
  resnetc_context context;
  float *images;
  int32_t *labels;
  void *state, *workspace;
};

/* Normalised noise and labels at random; u8 pictures take its bytes as they are. */
static void fill(struct session *session) {
  unsigned state = 1;
  for (size_t i = 0; i < MODEL_BATCH * MODEL_ELEMENTS; ++i)
    session->images[i] = (float)((state = state * 1664525u + 1013904223u) >> 8) / 8388608.0f - 1.0f;
  for (size_t i = 0; i < MODEL_BATCH; ++i)
    session->labels[i] = (int32_t)(((state = state * 1664525u + 1013904223u) >> 8) % MODEL_CLASSES);
}

static void create(struct session *session, unsigned threads) {
  resnetc_pool *pool = threads > 1 ? resnetc_pool_create(threads) : NULL;
  if (threads > 1 && !pool)
    fail("threads", "refused");
  int status = resnetc_context_init(&session->context, pool);
  if (status)
    fail("context", resnetc_status_string(status));
  session->images = huge_pages(MODEL_BATCH * MODEL_ELEMENTS * sizeof(float));
  session->labels = malloc(MODEL_BATCH * sizeof(int32_t));
  session->state = huge_pages(MODEL_STATE);
  session->workspace = huge_pages(MODEL_WORKSPACE(threads));
  fill(session);
  status = MODEL_INIT(1, session->state);
  if (status)
    fail("init", resnetc_status_string(status));
}

static double step(struct session *session) {
  float loss;
  double start = now_ms();
  int status = MODEL_TRAIN_STEP(&session->context, session->state, session->images, session->labels, MODEL_BATCH, NULL,
                                &loss, session->workspace);
  if (status)
    fail("train_step", resnetc_status_string(status));
  if (loss != loss)
    fail("train_step", "the loss is no number");
  return now_ms() - start;
}

static void answer_rounds(struct session *session) {
  char line[64];
  while (fgets(line, sizeof line, stdin)) {
    for (int steps = atoi(line); steps > 0; --steps)
      printf("%.6f ", step(session));
    printf("\n");
    fflush(stdout);
  }
}

/* "VmHWM", "VmRSS": kilobytes. */
static long memory_kb(const char *field) {
  char line[128];
  long kb = -1;
  FILE *file = fopen("/proc/self/status", "r");
  while (file && fgets(line, sizeof line, file))
    if (!strncmp(line, field, strlen(field)))
      kb = atol(line + strlen(field) + 1);
  if (!file || kb < 0)
    fail("/proc/self/status", "could not be read");
  fclose(file);
  return kb;
}

int main(int argc, char **argv) {
  if (argc < 3)
    fail("usage", "training time THREADS | training memory THREADS STEPS");
  long before = memory_kb("VmRSS");
  struct session session;
  create(&session, (unsigned)atoi(argv[2]));
  if (!strcmp(argv[1], "memory") && argc == 4) {
    for (int steps = atoi(argv[3]); steps > 0; --steps)
      step(&session);
    printf("%ld %ld\n", memory_kb("VmHWM"), before);
  } else {
    answer_rounds(&session);
  }
  if (session.context.pool)
    resnetc_pool_destroy(session.context.pool);
  free(session.images);
  free(session.labels);
  free(session.state);
  free(session.workspace);
  return 0;
}
