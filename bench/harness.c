/* Runs one compiled model as an application would, for bench/compare and bench/logits. Built once a model:
 *   cc -O2 -DMODEL=resnet50 -DMODEL_UPPER=RESNET50 harness.c resnet50.o -lresnetc_rt -lpthread -lm
 *
 *   harness time   WEIGHTS THREADS BATCH           for each line "calls\n" on stdin: milliseconds of each call
 *   harness first  WEIGHTS THREADS BATCH           milliseconds from the start of main to the first result
 *   harness logits WEIGHTS THREADS BATCH IN OUT    raw pictures in, raw float logits out
 */
#include "process.h"

#define MODEL_RUN JOIN(MODEL, _run)
#define MODEL_WORKSPACE JOIN(MODEL_UPPER, _WORKSPACE_BYTES)

static size_t picture_bytes(void) {
  size_t bytes = MODEL_INFO.input.element == RESNETC_U8 ? 1 : sizeof(float);
  for (unsigned i = 0; i < MODEL_INFO.input.rank; ++i)
    bytes *= MODEL_INFO.input.extents[i];
  return bytes;
}

static size_t logit_count(void) {
  size_t count = 1;
  for (unsigned i = 0; i < MODEL_INFO.output.rank; ++i)
    count *= MODEL_INFO.output.extents[i];
  return count;
}

static void fill(unsigned char *pictures, size_t bytes) {
  unsigned state = 1;
  for (size_t i = 0; i < bytes; ++i)
    pictures[i] = (unsigned char)((state = state * 1664525u + 1013904223u) >> 24);
  if (MODEL_INFO.input.element == RESNETC_F32)
    for (size_t i = 0; i < bytes / sizeof(float); ++i)
      ((float *)pictures)[i] = (float)pictures[i * sizeof(float) + 3] / 255.0f - 0.5f;
}

struct session {
  resnetc_weights file;
  const void *weights;
  resnetc_context context;
  size_t batch;
  unsigned char *pictures;
  float *logits;
  void *workspace;
};

static void load(struct session *session, const char *path, unsigned threads, size_t batch) {
  char error[512];
  if (resnetc_weights_open(path, &session->file, error, sizeof error))
    fail(path, error);
  session->weights = resnetc_weights_packed(&session->file, &MODEL_INFO, error, sizeof error);
  if (!session->weights)
    fail(path, error);
  resnetc_pool *pool = threads > 1 ? resnetc_pool_create(threads) : NULL;
  if (threads > 1 && !pool)
    fail("threads", "refused");
  int status = resnetc_context_init(&session->context, pool);
  if (status)
    fail("context", resnetc_status_string(status));
  session->batch = batch;
  session->pictures = huge_pages(batch * picture_bytes());
  session->logits = malloc(batch * logit_count() * sizeof(float));
  session->workspace = huge_pages(MODEL_WORKSPACE(threads));
}

static void unload(struct session *session) {
  if (session->context.pool)
    resnetc_pool_destroy(session->context.pool);
  resnetc_weights_close(&session->file);
  free(session->pictures);
  free(session->logits);
  free(session->workspace);
}

static double call(struct session *session) {
  double start = now_ms();
  int status = MODEL_RUN(&session->context, session->weights, session->pictures, session->batch, session->logits,
                         session->workspace);
  if (status)
    fail("run", resnetc_status_string(status));
  return now_ms() - start;
}

static void answer_rounds(struct session *session) {
  /* The mapped file has 4 KB pages; a program that runs for long may as well copy. */
  void *copy = huge_pages(MODEL_INFO.packed_bytes);
  session->weights = memcpy(copy, session->weights, MODEL_INFO.packed_bytes);
  char line[64];
  while (fgets(line, sizeof line, stdin)) {
    for (int calls = atoi(line); calls > 0; --calls)
      printf("%.6f ", call(session));
    printf("\n");
    fflush(stdout);
  }
  free(copy);
}

static void read_pictures(struct session *session, const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file || fread(session->pictures, picture_bytes(), session->batch, file) != session->batch)
    fail(path, "could not be read");
  fclose(file);
}

static void write_logits(const struct session *session, const char *path) {
  size_t count = session->batch * logit_count();
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(session->logits, sizeof(float), count, file) != count || fclose(file))
    fail(path, "could not be written");
}

int main(int argc, char **argv) {
  double start = now_ms();
  if (argc < 5)
    fail("usage", "harness time|first|logits WEIGHTS THREADS BATCH [INPUT OUTPUT]");
  struct session session;
  memset(&session, 0, sizeof session);
  load(&session, argv[2], (unsigned)atoi(argv[3]), (size_t)atol(argv[4]));
  if (!strcmp(argv[1], "logits") && argc == 7) {
    read_pictures(&session, argv[5]);
    memset(session.workspace, 0xff, MODEL_WORKSPACE((unsigned)atoi(argv[3]))); /* NaNs: nothing stale may show */
    call(&session);
    write_logits(&session, argv[6]);
  } else {
    fill(session.pictures, session.batch * picture_bytes());
    if (!strcmp(argv[1], "first")) {
      call(&session);
      printf("%.6f\n", now_ms() - start);
    } else {
      answer_rounds(&session);
    }
  }
  unload(&session);
  return 0;
}
