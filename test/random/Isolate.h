//===- Isolate.h - a check in a process of its own --------------------------===//

#ifndef RESNETC_TEST_RANDOM_ISOLATE_H
#define RESNETC_TEST_RANDOM_ISOLATE_H

#include "test/random/Check.h"
#include <functional>

namespace resnetc::test {

/// What `check` returns in a forked process; "crash: …" or "hang: …" if it does not return. Several threads may call
/// this at once.
Failure isolated(const std::function<Failure()> &check, unsigned seconds);

} // namespace resnetc::test

#endif // RESNETC_TEST_RANDOM_ISOLATE_H
