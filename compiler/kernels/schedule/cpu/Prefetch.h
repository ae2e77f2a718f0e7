//===- Prefetch.h - memory that a kernel will want soon --------------------===//

#ifndef RESNETC_COMPILER_KERNELS_SCHEDULE_CPU_PREFETCH_H
#define RESNETC_COMPILER_KERNELS_SCHEDULE_CPU_PREFETCH_H

#include "compiler/kernels/algorithm/Algorithm.h"

namespace resnetc::kernels {

/// Loops around each other, outermost first, as Halide names them after lowering; a loop of one turn is none.
struct LoopNest {
  LoopNest &add(const Halide::Func &func, int stage, const std::string &variable, int64_t extent);
  /// How many turns of the innermost one came before in the whole nest.
  Halide::Expr turn = 0;
  int turns = 1;
  std::string innermost;
};

/// Cache lines of one buffer, fetched into the first-level cache at the beginning of each turn of a loop. Halide's own
/// prefetch() neither leaves them in all caches (it emits prefetchnta) nor meets each line.
struct Prefetch {
  std::string loop;
  std::string buffer;  ///< an input or output
  Halide::Expr index;  ///< of the first float from the buffer's start, in terms of loops' variables
  int lines = 1;       ///< behind each other
  int pieces = 1;      ///< such rows of lines,
  int pieceStride = 0; ///< so many floats apart
};

/// Inserts them; where a loop is not there that an index wants, none.
class InsertPrefetches : public Halide::Internal::IRMutator {
public:
  explicit InsertPrefetches(std::vector<Prefetch> prefetches) : prefetches(std::move(prefetches)) {}

private:
  using IRMutator::visit;
  Halide::Internal::Stmt visit(const Halide::Internal::For *op) override;
  bool knowsAll(const Halide::Expr &index) const;

  const std::vector<Prefetch> prefetches;
  Halide::Internal::Scope<> loops;
};

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_SCHEDULE_CPU_PREFETCH_H
