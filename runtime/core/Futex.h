//===- Futex.h - sleeping on a word ---------------------------------------===//

#ifndef RESNETC_RUNTIME_CORE_FUTEX_H
#define RESNETC_RUNTIME_CORE_FUTEX_H

#include <atomic>
#include <cstdint>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace resnetc::rt {

static_assert(sizeof(std::atomic<uint32_t>) == 4, "the kernel reads the word itself");

/// Sleeps while `word` holds `expected`; may return without a reason.
inline void futexWait(std::atomic<uint32_t> &word, uint32_t expected) {
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected, nullptr, nullptr, 0);
}

inline void futexWake(std::atomic<uint32_t> &word, int sleepers) {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, sleepers, nullptr, nullptr, 0);
}

} // namespace resnetc::rt

#endif // RESNETC_RUNTIME_CORE_FUTEX_H
