/* Trains the net of train.rn on Fashion-MNIST, in this program's own memory: ./train [folder of the data [epochs]] */
#include "train.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

enum { TRAIN = 60000, TEST = 10000, PIXELS = 28 * 28, CLASSES = 10, THREADS = 2, BATCH = (int)FASHION_TRAIN_BATCH };
enum { WORKSPACE = (int)(FASHION_TRAIN_WORKSPACE_BYTES(THREADS) + FASHION_WORKSPACE_BYTES(THREADS)) };

static unsigned char memory[FASHION_STATE_BYTES + FASHION_WEIGHTS_BYTES + WORKSPACE + 63]; /* all of the network's */
static unsigned char pictures[TRAIN][PIXELS], test_pictures[TEST][PIXELS], batch[BATCH][PIXELS];
static unsigned char classes[TRAIN], test_classes[TEST];
static float logits[TEST][CLASSES];
static int order[TRAIN];

static void check(int status, const char *what) {
  if (status != RESNETC_OK)
    exit(fprintf(stderr, "train: %s: %s\n", what, resnetc_status_string(status)) > 0);
}

/* Data of an IDX file, behind its header of 4 bytes and 4 an extent. */
static void read_idx(const char *folder, const char *name, int header, void *data, unsigned bytes) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s-ubyte.gz", folder, name);
  gzFile file = gzopen(path, "rb");
  const int good = file && gzseek(file, header, SEEK_SET) == header && gzread(file, data, bytes) == (int)bytes;
  check(good ? RESNETC_OK : RESNETC_ERROR_IO, path);
  gzclose(file);
}

static double accuracy(const resnetc_context *context, const void *state, void *weights, void *workspace) {
  int right = 0;
  check(fashion_fold(state, weights), "fold"); /* batch norms go into the filters */
  check(fashion_run(context, weights, test_pictures, TEST, logits[0], workspace), "run");
  for (int i = 0, best = 0; i < TEST; right += best == test_classes[i++], best = 0)
    for (int c = 1; c < CLASSES; ++c)
      best = logits[i][c] > logits[i][best] ? c : best;
  return 100.0 * right / TEST;
}

int main(int argc, char **argv) {
  const char *folder = argc > 1 ? argv[1] : "/usr/share/datasets/fashion-mnist";
  const int epochs = argc > 2 ? atoi(argv[2]) : 4, batches = (TRAIN + BATCH - 1) / BATCH;
  unsigned char *state = memory + (64 - (size_t)memory % 64) % 64; /* sizes are multiples of 64 */
  unsigned char *weights = state + FASHION_STATE_BYTES, *workspace = weights + FASHION_WEIGHTS_BYTES;
  resnetc_hyper hyper = FASHION_HYPER; /* what the train section says */
  const float rate = hyper.learning_rate;
  int32_t labels[BATCH];
  resnetc_context context;
  check(resnetc_context_init(&context, resnetc_pool_create(THREADS)), "context_init");
  read_idx(folder, "train-images-idx3", 16, pictures, sizeof pictures);
  read_idx(folder, "train-labels-idx1", 8, classes, sizeof classes);
  read_idx(folder, "t10k-images-idx3", 16, test_pictures, sizeof test_pictures);
  read_idx(folder, "t10k-labels-idx1", 8, test_classes, sizeof test_classes);
  for (int i = 0; i < TRAIN; ++i)
    order[i] = i;
  check(fashion_init(hyper.seed, state), "init");
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const time_t start = time(NULL);
    double sum = 0;
    for (int i = 0, n; i < TRAIN; i += n) { /* the last batch is smaller */
      float loss;
      for (n = 0; n < BATCH && i + n < TRAIN; ++n) { /* draws a picture of those that are left */
        const int drawn = i + n + rand() % (TRAIN - i - n), picture = order[drawn];
        order[drawn] = order[i + n], order[i + n] = picture;
        memcpy(batch[n], pictures[picture], PIXELS), labels[n] = classes[picture];
      }
      check(fashion_train_step(&context, state, batch, labels, (size_t)n, &hyper, &loss, workspace), "train_step");
      sum += (double)loss * n;
      hyper.learning_rate = rate * (1 - (float)++hyper.step / (float)(epochs * batches)); /* down to zero */
    }
    printf("epoch %d: loss %.4f, accuracy %.2f %%, %d s\n", epoch + 1, sum / TRAIN,
           accuracy(&context, state, weights, workspace), (int)(time(NULL) - start));
    fflush(stdout);
  }
  return 0;
}
