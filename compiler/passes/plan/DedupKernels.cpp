//===- DedupKernels.cpp - kernels with equal texts become one -------------===//

#include "compiler/passes/plan/Passes.h"
#include "llvm/ADT/StringMap.h"

namespace resnetc::plan {
#define GEN_PASS_DEF_DEDUPKERNELS
#include "compiler/passes/plan/Passes.h.inc"
} // namespace resnetc::plan

using namespace mlir;
using namespace resnetc::plan;

namespace {
struct DedupKernels : resnetc::plan::impl::DedupKernelsBase<DedupKernels> {
  using DedupKernelsBase::DedupKernelsBase;

  void runOnOperation() override {
    llvm::StringMap<KernelOp> old; // by symbol
    for (KernelOp kernel : getOperation().getOps<KernelOp>())
      old[kernel.getSymName()] = kernel;
    if (old.empty())
      return;

    // The kernels are made anew where the first of the old ones stands, so that names and order follow first use.
    OpBuilder builder(*getOperation().getOps<KernelOp>().begin());
    llvm::StringMap<StringAttr> merged; // text -> symbol
    llvm::StringMap<int> counters;
    getOperation().walk([&](CallOp call) {
      KernelOp kernel = old.lookup(call.getKernel());
      StringAttr &symbol = merged[kernel.getSpec()];
      if (!symbol) {
        StringRef stem = toString(kernel.getKernel().op);
        symbol = builder.getStringAttr(stem + "_" + Twine(counters[stem]++));
        KernelOp::create(builder, kernel.getLoc(), symbol, kernel.getSpecAttr());
      }
      call.setKernel(symbol);
    });
    for (auto &entry : old)
      entry.second.erase();
  }
};
} // namespace
