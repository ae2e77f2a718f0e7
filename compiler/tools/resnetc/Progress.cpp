//===- Progress.cpp - one line that tells how far long work is -------------===//

#include "compiler/tools/resnetc/Progress.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace resnetc::tool {

void Progress::update(size_t done, size_t total) {
  if (!errs().is_displayed() || total == 0)
    return;
  constexpr size_t width = 24;
  std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  double rate = static_cast<double>(done) / std::max(elapsed.count(), 1e-3);
  size_t filled = done * width / total;
  errs() << "\r" << what << " [" << std::string(filled, '#') << std::string(width - filled, '.') << "] "
         << formatv("{0}/{1}, {2:f1}/s, {3:f0} s left  ", done, total, rate, static_cast<double>(total - done) / rate);
  if (done == total)
    errs() << "\r\033[K"; // the result speaks for itself
}

} // namespace resnetc::tool
