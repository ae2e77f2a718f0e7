/* What the measured C processes share: MODEL's header, the clock, memory, the way to fail. */
#ifndef RESNETC_BENCH_PROCESS_H
#define RESNETC_BENCH_PROCESS_H

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define TEXT_(a) #a
#define TEXT(a) TEXT_(a)
#include TEXT(MODEL.h)
#define MODEL_INFO JOIN(MODEL, _info)

static void fail(const char *what, const char *why) {
  fprintf(stderr, "%s: %s: %s\n", TEXT(MODEL), what, why);
  exit(1);
}

static double now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec * 1e-6;
}

/* 2 MB pages where the kernel gives them: networks stream all their weights in each call, steps hundreds of megabytes.
 */
static void *huge_pages(size_t bytes) {
  const size_t page = (size_t)2 << 20;
  void *memory = NULL;
  bytes = (bytes + page - 1) / page * page;
  if (posix_memalign(&memory, page, bytes))
    fail("memory", "refused");
  madvise(memory, bytes, MADV_HUGEPAGE);
  return memory;
}

#endif
