//===- UserContext.h - what a kernel's user_context points at -------------===//
//
// One per run, on the stack of the caller of run: nothing is global, so that any number of runs go on at once.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_CORE_USERCONTEXT_H
#define RESNETC_RUNTIME_CORE_USERCONTEXT_H

#include "runtime/core/Api.h"
#include <atomic>

namespace resnetc::rt {

struct UserContext {
  const resnetc_context *context;      ///< null: one thread
  std::atomic<int> status{RESNETC_OK}; ///< the first error, from any thread

  explicit UserContext(const resnetc_context *context) : context(context) {}

  void fail(int error) {
    int none = RESNETC_OK;
    status.compare_exchange_strong(none, error, std::memory_order_relaxed);
  }
};

} // namespace resnetc::rt

#endif // RESNETC_RUNTIME_CORE_USERCONTEXT_H
