//===- ForwardChain.cpp - the forward pass of a step as a chain -----------===//

#include "compiler/passes/plan/ForwardChain.h"
#include <algorithm>

using namespace mlir;
using namespace resnetc;
using namespace resnetc::plan;

static void collectUsers(Value value, SmallVectorImpl<Operation *> &users) {
  for (Operation *user : value.getUsers())
    if (auto view = dyn_cast<ViewOp>(user))
      collectUsers(view, users);
    else
      users.push_back(user);
}

SmallVector<Operation *> resnetc::plan::usersOf(BufferOp buffer) {
  SmallVector<Operation *> users;
  collectUsers(buffer, users);
  return users;
}

static int64_t costOf(const kernels::KernelSpec &spec) {
  constexpr double flopsPerNanosecond = 200, bytesPerNanosecond = 15;
  return int64_t(std::max(2.0 * spec.multiplyAdds() / flopsPerNanosecond, spec.memoryTraffic() / bytesPerNanosecond));
}

ForwardChain::ForwardChain(ProgramOp program) {
  readKernels(program);
  numberOps(program);
  if (loss < 0)
    return;
  collectBuffers(program);
  cutSegments();
  sumGradients(program);
}

void ForwardChain::readKernels(ProgramOp program) {
  for (KernelOp kernel : program->getParentOfType<ModuleOp>().getOps<KernelOp>())
    specs[kernel.getSymName()] = kernel.getKernel();
}

void ForwardChain::numberOps(ProgramOp program) {
  for (Operation &op : program.getBody().front()) {
    if (auto call = dyn_cast<CallOp>(op); call && specs[call.getKernel()].op == kernels::KernelOp::CrossEntropy)
      loss = int64_t(ops.size());
    position[&op] = int64_t(ops.size());
    ops.push_back(&op);
  }
}

int ForwardChain::find(Value value) const {
  auto found = index.find(value);
  return found == index.end() ? -1 : found->second;
}

/// Per-channel numbers are small and stay; activations have images.
void ForwardChain::collectBuffers(ProgramOp program) {
  for (BufferOp buffer : program.getBody().getOps<BufferOp>()) {
    ChainBuffer entry{buffer, {}, buffer.getType().getBytes()};
    int64_t firstWrite = int64_t(ops.size());
    int writers = 0;
    for (Operation *user : usersOf(buffer)) {
      int64_t at = position.lookup(user);
      auto call = dyn_cast<CallOp>(user);
      if (call && llvm::is_contained(call.getOutputs(), buffer.getResult())) {
        ++writers;
        entry.writer = call;
        firstWrite = std::min(firstWrite, at);
      }
      if (at > loss) {
        entry.firstBackward = entry.firstBackward < 0 ? at : std::min(entry.firstBackward, at);
        entry.lastBackward = std::max(entry.lastBackward, at);
      }
    }
    bool isActivation = buffer.getType().getLayout() == kernels::Layout::Blocked16;
    if (firstWrite >= loss || (!isActivation && buffer.getType().getBatch() == 1))
      continue;
    if (writers != 1 || entry.writer.getOutputs().size() != 1)
      entry.writer = {};
    if (entry.writer) {
      const kernels::KernelSpec &spec = specs[entry.writer.getKernel()];
      entry.cost = costOf(spec);
      entry.isCheap = spec.multiplyAdds() == 0;
    }
    index[buffer] = int(allBuffers.size());
    allBuffers.push_back(entry);
  }
}

/// A segment ends behind a call where the last forward use of every activation but one is over.
void ForwardChain::cutSegments() {
  llvm::DenseMap<int64_t, SmallVector<int>> writtenAt, lastReadAt;
  SmallVector<int64_t> lastRead;
  for (auto [number, buffer] : llvm::enumerate(allBuffers)) {
    int64_t written = loss, last = -1;
    for (Operation *user : usersOf(buffer.buffer)) {
      int64_t at = position.lookup(user);
      auto call = dyn_cast<CallOp>(user);
      if (call && llvm::is_contained(call.getOutputs(), buffer.buffer.getResult()))
        written = std::min(written, at);
      if (at <= loss)
        last = std::max(last, at);
    }
    writtenAt[written].push_back(int(number));
    lastReadAt[last].push_back(int(number));
    lastRead.push_back(last);
  }
  int live = 0;
  ChainSegment segment;
  for (int64_t at = 0; at < loss; ++at) {
    for (int buffer : writtenAt.lookup(at)) {
      segment.buffers.push_back(buffer);
      allBuffers[buffer].segment = int(allSegments.size());
      ++live;
    }
    live -= int(lastReadAt.lookup(at).size());
    if (live == 1 && writtenAt.contains(at) && lastRead[segment.buffers.back()] > at) {
      allSegments.push_back(std::move(segment));
      segment = {};
    }
  }
  if (!segment.buffers.empty())
    allSegments.push_back(std::move(segment));
}

void ForwardChain::sumGradients(ProgramOp program) {
  gradients.assign(ops.size() + 1, 0);
  for (BufferOp buffer : program.getBody().getOps<BufferOp>()) {
    if (int found = find(buffer); found >= 0 && allBuffers[found].isSaved())
      continue;
    int64_t first = int64_t(ops.size()), last = -1;
    for (Operation *user : usersOf(buffer)) {
      first = std::min(first, position.lookup(user));
      last = std::max(last, position.lookup(user));
    }
    if (last < first)
      continue;
    gradients[first] += buffer.getType().getBytes();
    gradients[last + 1] -= buffer.getType().getBytes();
  }
  for (size_t at = 1; at < gradients.size(); ++at)
    gradients[at] += gradients[at - 1];
}

int64_t ForwardChain::gradientBytes(int64_t first, int64_t last) const {
  return first > last ? 0 : *std::max_element(gradients.begin() + first, gradients.begin() + last + 1);
}
