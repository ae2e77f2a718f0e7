//===- Stop.cpp - a wish from outside that a run ends -------------------------------------------===//

#include "runtime/train/Stop.h"

namespace resnetc::train {
namespace {

volatile std::sig_atomic_t requestedSignal = 0;
struct sigaction previousInterrupt, previousTerminate;

/// Puts back what was there, so that the next signal of either kind ends the process.
void remember(int signal) {
  requestedSignal = signal;
  sigaction(SIGINT, &previousInterrupt, nullptr);
  sigaction(SIGTERM, &previousTerminate, nullptr);
}

} // namespace

StopSignals::StopSignals() {
  requestedSignal = 0;
  struct sigaction action = {};
  action.sa_handler = remember;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, nullptr, &previousInterrupt);
  sigaction(SIGTERM, nullptr, &previousTerminate);
  interrupt = previousInterrupt;
  terminate = previousTerminate;
  // A shell that starts a job in the background makes it ignore SIGINT: so it stays.
  if (interrupt.sa_handler != SIG_IGN)
    sigaction(SIGINT, &action, nullptr);
  if (terminate.sa_handler != SIG_IGN)
    sigaction(SIGTERM, &action, nullptr);
}

StopSignals::~StopSignals() {
  sigaction(SIGINT, &interrupt, nullptr);
  sigaction(SIGTERM, &terminate, nullptr);
}

int StopSignals::requested() { return requestedSignal; }

} // namespace resnetc::train
