/* What the programs of these tests share: pictures, memory, checks. */
#ifndef APPLICATION_H
#define APPLICATION_H
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L /* C99 itself has no aligned allocation */
#endif
#include "tiny.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIXELS = 3 * 13 * 11, CLASSES = 5 };

#define CHECK(condition)                                                                                               \
  do                                                                                                                   \
    if (!(condition)) {                                                                                                \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                                  \
      exit(1);                                                                                                         \
    }                                                                                                                  \
  while (0)

static void fill_pictures(float *pictures, size_t count) {
  unsigned state = 1;
  for (size_t i = 0; i < count * PIXELS; ++i) {
    state = state * 1664525u + 1013904223u;
    pictures[i] = (float)(state >> 8) / (float)(1u << 24) - 0.5f;
  }
}

static void *aligned(size_t bytes) {
  void *memory = NULL;
  CHECK(posix_memalign(&memory, 64, bytes) == 0);
  memset(memory, 0xff, bytes); /* stale workspace must not show */
  return memory;
}
#endif
