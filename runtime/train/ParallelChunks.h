//===- ParallelChunks.h - long arrays on all threads, in a fixed order --------------------------===//

#ifndef RESNETC_RUNTIME_TRAIN_PARALLELCHUNKS_H
#define RESNETC_RUNTIME_TRAIN_PARALLELCHUNKS_H

#include "resnetc/runtime.h"
#include <algorithm>

namespace resnetc::train {

/// Elements that one task looks at. Cut by the array alone, so that a sum of the chunks' sums has the same bits for any
/// number of threads.
inline constexpr size_t chunkElements = 16384;

inline size_t chunkCount(size_t elements) { return (elements + chunkElements - 1) / chunkElements; }

/// Calls work(chunk, begin, end) for each chunk of [0, elements), on the context's threads.
template <typename Work> void forEachChunk(const resnetc_context &context, size_t elements, const Work &work) {
  struct Task {
    const Work &work;
    size_t elements;
    static int run(void *self, int chunk) {
      const Task &task = *static_cast<Task *>(self);
      const size_t begin = static_cast<size_t>(chunk) * chunkElements;
      task.work(static_cast<size_t>(chunk), begin, std::min(begin + chunkElements, task.elements));
      return 0;
    }
  } task{work, elements};
  const int count = static_cast<int>(chunkCount(elements));
  if (context.parallel_for && count > 1)
    context.parallel_for(context.pool, Task::run, &task, count);
  else
    for (int chunk = 0; chunk < count; ++chunk)
      Task::run(&task, chunk);
}

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_PARALLELCHUNKS_H
