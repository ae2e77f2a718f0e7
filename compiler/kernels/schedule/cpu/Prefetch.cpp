//===- Prefetch.cpp - memory that a kernel will want soon ------------------===//

#include "compiler/kernels/schedule/cpu/Prefetch.h"

using namespace Halide;
using namespace Halide::Internal;
using namespace resnetc::kernels;

/// Floats of a cache line.
static constexpr int lineFloats = 16;

LoopNest &LoopNest::add(const Func &func, int stage, const std::string &variable, int64_t extent) {
  if (extent == 1)
    return *this;
  innermost = func.name() + ".s" + std::to_string(stage) + "." + variable;
  turn = turn * int(extent) + Variable::make(Int(32), innermost);
  turns *= int(extent);
  return *this;
}

/// llvm.prefetch(address, to be read, into all levels, data).
static Stmt prefetchLine(const std::string &buffer, const Expr &index) {
  Expr start = reinterpret(UInt(64), Variable::make(Handle(), buffer));
  Expr address = reinterpret(Handle(), start + cast<uint64_t>(cast<int64_t>(index) * 4));
  return Evaluate::make(Call::make(Int(32), "llvm.prefetch.p0", {address, 0, 3, 1}, Call::Extern));
}

namespace {
class FindUnknown : public IRVisitor {
public:
  explicit FindUnknown(const Scope<> &known) : known(known) {}
  bool found = false;

private:
  using IRVisitor::visit;
  void visit(const Variable *op) override { found |= !known.contains(op->name); }
  const Scope<> &known;
};
} // namespace

bool InsertPrefetches::knowsAll(const Expr &index) const {
  FindUnknown unknown(loops);
  index.accept(&unknown);
  return !unknown.found;
}

Stmt InsertPrefetches::visit(const For *op) {
  ScopedBinding<> bind(loops, op->name);
  std::vector<Stmt> statements;
  for (const Prefetch &each : prefetches)
    if (each.loop == op->name && knowsAll(each.index))
      for (int piece = 0; piece < each.pieces; ++piece)
        for (int line = 0; line < each.lines; ++line)
          statements.push_back(
              prefetchLine(each.buffer, simplify(each.index + (piece * each.pieceStride + line * lineFloats))));
  Stmt body = mutate(op->body);
  if (statements.empty() && body.same_as(op->body))
    return op;
  statements.push_back(body);
  return For::make(op->name, op->min, op->extent, op->for_type, op->partition_policy, op->device_api,
                   Block::make(statements));
}
