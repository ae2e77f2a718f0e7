//===- Progress.h - one line that tells how far long work is ---------------===//

#ifndef RESNETC_COMPILER_TOOLS_RESNETC_PROGRESS_H
#define RESNETC_COMPILER_TOOLS_RESNETC_PROGRESS_H

#include <chrono>
#include <cstddef>
#include <string>

namespace resnetc::tool {

/// "kernels [#######.....] 12/41, 5.2/s, 6 s left" on stderr, rewritten in place; nothing if stderr is no terminal.
class Progress {
public:
  explicit Progress(std::string what) : what(std::move(what)) {}
  void update(size_t done, size_t total);

private:
  std::string what;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};

} // namespace resnetc::tool

#endif // RESNETC_COMPILER_TOOLS_RESNETC_PROGRESS_H
