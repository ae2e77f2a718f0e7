//===- Stop.h - a wish from outside that a run ends ---------------------------------------------===//

#ifndef RESNETC_RUNTIME_TRAIN_STOP_H
#define RESNETC_RUNTIME_TRAIN_STOP_H

#include <csignal>

namespace resnetc::train {

/// While one exists, the first SIGINT or SIGTERM is remembered in place of ending the process, so that the run can
/// finish its step and save. A second one does what it did before. One at a time.
class StopSignals {
public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals &) = delete;
  StopSignals &operator=(const StopSignals &) = delete;

  /// SIGINT, SIGTERM, or 0 as long as nobody asked.
  static int requested();

private:
  struct sigaction interrupt, terminate; ///< what was there before
};

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_STOP_H
