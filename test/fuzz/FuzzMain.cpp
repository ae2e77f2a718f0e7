//===- FuzzMain.cpp - libFuzzer's entry, with a limit in CPU time -----------===//
//
// libFuzzer's own -timeout counts the wall's time, which on a busy machine finds hangs
// where there are none. The limit here counts what this process computes.
//
//===----------------------------------------------------------------------===//

#include "Targets.h"
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sys/time.h>

namespace {

void armCpuLimit(long seconds) {
  itimerval limit{};
  limit.it_value.tv_sec = seconds;
  setitimer(ITIMER_PROF, &limit, nullptr);
}

void onCpuLimit(int) {
  constexpr char message[] = "fuzz: one input takes more CPU time than allowed\n";
  [[maybe_unused]] size_t written = fwrite(message, 1, sizeof message - 1, stderr);
  abort(); // libFuzzer's handler keeps the input
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int *, char ***) {
  signal(SIGPROF, onCpuLimit);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  armCpuLimit(RESNETC_FUZZ_CPU_SECONDS);
  std::string problem = resnetc::fuzz::RESNETC_FUZZ_TARGET({reinterpret_cast<const char *>(data), size});
  armCpuLimit(0);
  if (!problem.empty()) {
    fprintf(stderr, "fuzz: %s\n", problem.c_str());
    abort();
  }
  return 0;
}
