/* Classifies the 10,000 test pictures of Fashion-MNIST with a network that resnetc compiled.
 *
 *   ./fashion <folder of the IDX files> [fashion.o]
 *
 * Plain C99: the network is an object with a header; its weights and the names of its classes lie in the object. */
#define _POSIX_C_SOURCE 200809L
#include "fashion.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#ifndef FASHION_CLASS_COUNT
#error "compile the network with weights that have class names: resnetc import --classes, or resnetc train"
#endif

enum { SIDE = 28, PIXELS = SIDE * SIDE, CLASSES = 10, THREADS = 2, SHOWN = 6 };

typedef struct {
  size_t count;
  unsigned char *pixels; /* count x 28 x 28 */
  unsigned char *labels;
} data_set;

static void fail(const char *what, const char *why) {
  fprintf(stderr, "fashion: %s: %s\n", what, why);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- the data set ---- */

static unsigned big_endian(const unsigned char *bytes) {
  return (unsigned)bytes[0] << 24 | (unsigned)bytes[1] << 16 | (unsigned)bytes[2] << 8 | bytes[3];
}

/* Reads an IDX file of bytes, packed or not: magic 0, 0, 8, rank; extents; data. The first extent is returned. */
static unsigned char *read_idx(const char *folder, const char *name, unsigned rank, size_t item_bytes, size_t *count) {
  char path[4096];
  unsigned char header[16], *data;
  gzFile file;
  snprintf(path, sizeof path, "%s/%s.gz", folder, name);
  if (access(path, R_OK) != 0)
    snprintf(path, sizeof path, "%s/%s", folder, name);
  file = gzopen(path, "rb");
  if (!file)
    fail(path, "cannot be opened (Debian's package dataset-fashion-mnist has it)");
  if (gzread(file, header, 4 + 4 * rank) != (int)(4 + 4 * rank) || big_endian(header) != 0x800 + rank)
    fail(path, "is not an IDX file of bytes");
  *count = big_endian(header + 4);
  if (!*count || *count > 1000000 || (rank == 3 && (big_endian(header + 8) != SIDE || big_endian(header + 12) != SIDE)))
    fail(path, "has other extents than Fashion-MNIST");
  data = malloc(*count * item_bytes);
  if (!data || gzread(file, data, (unsigned)(*count * item_bytes)) != (int)(*count * item_bytes))
    fail(path, "is cut short");
  gzclose(file);
  return data;
}

static data_set read_test_set(const char *folder) {
  data_set set;
  size_t labels;
  set.pixels = read_idx(folder, "t10k-images-idx3-ubyte", 3, PIXELS, &set.count);
  set.labels = read_idx(folder, "t10k-labels-idx1-ubyte", 1, 1, &labels);
  if (labels != set.count)
    fail(folder, "has another number of labels than of pictures");
  return set;
}

/* ---- the network ---- */

typedef struct {
  resnetc_context context;
  void *workspace;
} network;

static void check(int status) {
  if (status != RESNETC_OK)
    fail("fashion_run", resnetc_status_string(status));
}

static network make_network(resnetc_pool *pool) {
  network net = {0};
  const resnetc_tensor_shape *in = &fashion_info.input;
  if (!pool)
    fail("resnetc_pool_create", "no memory or no threads");
  check(resnetc_context_init(&net.context, pool));
  if (in->element != RESNETC_U8 || in->rank != 3 || in->extents[0] * in->extents[1] * in->extents[2] != PIXELS ||
      fashion_info.output.extents[0] != CLASSES || FASHION_CLASS_COUNT != CLASSES)
    fail(fashion_info.name, "is not a network from u8[1, 28, 28] to ten classes");
  if (posix_memalign(&net.workspace, FASHION_WORKSPACE_ALIGN, FASHION_WORKSPACE_BYTES(THREADS)) != 0)
    fail("workspace", "no memory");
  return net;
}

static void classify(const network *net, const unsigned char *pixels, size_t n, float *logits) {
  check(fashion_run(&net->context, fashion_weights, pixels, n, logits, net->workspace));
}

static int best_class(const float *logits) {
  int best = 0;
  for (int c = 1; c < CLASSES; ++c)
    if (logits[c] > logits[best])
      best = c;
  return best;
}

/* How sure the network is of its best class: softmax. */
static double confidence(const float *logits) {
  const float top = logits[best_class(logits)];
  double sum = 0;
  for (int c = 0; c < CLASSES; ++c)
    sum += exp((double)logits[c] - top);
  return 1 / sum;
}

/* ---- pictures in the terminal ---- */

/* Two rows of pixels in one line of text: upper half blocks in 24 greys, or characters. */
static void print_line(const unsigned char *upper, const unsigned char *lower, int colour) {
  static const char ramp[] = " .:-=+*#%@";
  for (int x = 0; x < SIDE; ++x)
    if (colour)
      printf("\033[38;5;%d;48;5;%dm\xe2\x96\x80", 232 + upper[x] * 23 / 255, 232 + lower[x] * 23 / 255);
    else
      putchar(ramp[(upper[x] + lower[x]) * 9 / 510]);
  if (colour)
    printf("\033[0m");
}

static void print_row(const data_set *set, const float *logits, const size_t *shown, int count, int colour) {
  char text[64];
  for (int y = 0; y < SIDE; y += 2, putchar('\n'))
    for (int i = 0; i < count; ++i) {
      const unsigned char *picture = set->pixels + shown[i] * PIXELS;
      print_line(picture + y * SIDE, picture + (y + 1) * SIDE, colour);
      printf("  ");
    }
  for (int i = 0; i < count; ++i) {
    const float *scores = logits + shown[i] * CLASSES;
    snprintf(text, sizeof text, "%s %.0f %%", fashion_class_names[best_class(scores)], 100 * confidence(scores));
    printf("%-*s  ", SIDE, text);
  }
  putchar('\n');
  for (int i = 0; i < count; ++i) {
    const int label = set->labels[shown[i]] % CLASSES;
    snprintf(text, sizeof text, label == best_class(logits + shown[i] * CLASSES) ? "right" : "wrong: %s",
             fashion_class_names[label]);
    printf("%-*s  ", SIDE, text);
  }
  printf("\n\n");
}

/* The first pictures of several classes that were classified right, and two that were not. */
static int choose(const data_set *set, const float *logits, size_t *shown) {
  int count = 0, seen[CLASSES] = {0};
  for (int wrong = 0; wrong < 2; ++wrong)
    for (size_t i = 0, end = wrong ? SHOWN : SHOWN - 2; i < set->count && (size_t)count < end; ++i) {
      const int label = set->labels[i] % CLASSES;
      if (!seen[label] && (best_class(logits + i * CLASSES) != label) == wrong) {
        seen[label] = 1;
        shown[count++] = i;
      }
    }
  return count;
}

static void print_pictures(const data_set *set, const float *logits) {
  const char *no_colour = getenv("NO_COLOR");
  const int colour = isatty(STDOUT_FILENO) && !(no_colour && *no_colour);
  struct winsize window;
  size_t shown[SHOWN];
  const int count = choose(set, logits, shown);
  int per_row = 80 / (SIDE + 2);
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col >= SIDE + 2)
    per_row = window.ws_col / (SIDE + 2);
  for (int i = 0; i < count; i += per_row)
    print_row(set, logits, shown + i, count - i < per_row ? count - i : per_row, colour);
}

/* ---- the report ---- */

static int compare_doubles(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Every picture in a call of its own; seconds[i] is how long it took. Returns how many were right. */
static size_t classify_one_by_one(const network *net, const data_set *set, float *logits, double *seconds) {
  size_t right = 0;
  for (size_t i = 0; i < set->count; ++i) {
    const double start = now();
    classify(net, set->pixels + i * PIXELS, 1, logits + i * CLASSES);
    seconds[i] = now() - start;
    right += best_class(logits + i * CLASSES) == set->labels[i];
  }
  return right;
}

int main(int argc, char **argv) {
  resnetc_pool *pool = resnetc_pool_create(THREADS);
  network net = make_network(pool);
  data_set set;
  float *logits;
  double *seconds, start;
  size_t right;
  struct stat object;
  if (argc < 2 || argc > 3) {
    fprintf(stderr, "usage: %s <folder of the IDX files> [fashion.o]\n", argv[0]);
    return 2;
  }
  set = read_test_set(argv[1]);
  logits = malloc(set.count * CLASSES * sizeof *logits);
  seconds = malloc(set.count * sizeof *seconds);
  if (!logits || !seconds)
    fail("logits", "no memory");

  right = classify_one_by_one(&net, &set, logits, seconds);
  qsort(seconds, set.count, sizeof *seconds, compare_doubles);
  print_pictures(&set, logits);
  printf("accuracy %.2f %% (%zu of %zu pictures)\n", 100.0 * (double)right / (double)set.count, right, set.count);
  printf("latency %.3f ms per picture, batch 1, %d threads (median; 99 %% within %.3f ms)\n",
         1e3 * seconds[set.count / 2], THREADS, 1e3 * seconds[set.count * 99 / 100]);
  start = now();
  classify(&net, set.pixels, set.count, logits); /* any number of pictures in one call */
  printf("throughput %.0f pictures a second in one call\n", (double)set.count / (now() - start));
  if (argc == 3 && stat(argv[2], &object) == 0)
    printf("object %.0f KB, of which weights %.0f KB\n", (double)object.st_size / 1e3,
           (double)FASHION_WEIGHTS_BYTES / 1e3);
  printf("workspace %.0f KB\n", (double)FASHION_WORKSPACE_BYTES(THREADS) / 1e3);

  free(set.pixels);
  free(set.labels);
  free(logits);
  free(seconds);
  free(net.workspace);
  resnetc_pool_destroy(pool);
  return 0;
}
