//===- Measure.cpp - many runs of a model, and what their times say --------===//

#include "compiler/tools/resnetc/Measure.h"
#include <algorithm>
#include <cmath>

using namespace llvm;

namespace resnetc::tool {

Latency summarise(std::vector<double> seconds) {
  llvm::sort(seconds);
  size_t rank = static_cast<size_t>(std::ceil(0.99 * static_cast<double>(seconds.size())));
  return {seconds.front(), seconds[seconds.size() / 2], seconds[std::max<size_t>(rank, 1) - 1], seconds.size()};
}

Expected<std::unique_ptr<PoolContext>> PoolContext::create(uint32_t threads) {
  std::unique_ptr<PoolContext> result(new PoolContext);
  if (threads != 1) {
    result->pool = resnetc_pool_create(threads);
    if (!result->pool)
      return createStringError("cannot create a pool of %u threads", threads);
  }
  resnetc_context_init(&result->context, result->pool);
  return result;
}

PoolContext::~PoolContext() {
  if (pool)
    resnetc_pool_destroy(pool);
}

void PoolContext::profileInto(std::map<uint32_t, double> &seconds) {
  context.profile_context = &seconds;
  context.profile = [](void *map, const resnetc_profile_event *event) {
    auto [entry, isNew] = static_cast<std::map<uint32_t, double> *>(map)->try_emplace(event->label, event->seconds);
    if (!isNew)
      entry->second = std::min(entry->second, event->seconds);
  };
}

Error ReadyModel::run(const resnetc_context &context, const void *images, size_t n, float *logits) const {
  if (int status = model.run(&context, weights, images, n, logits, workspace.data()))
    return createStringError("%s", resnetc_status_string(status));
  return Error::success();
}

uint64_t elementsPerImage(const resnetc_tensor_shape &shape) {
  uint64_t count = 1;
  for (uint32_t i = 0; i < shape.rank; ++i)
    count *= shape.extents[i];
  return count;
}

uint64_t bytesPerImage(const resnetc_tensor_shape &shape) {
  return elementsPerImage(shape) * (shape.element == RESNETC_U8 ? 1 : sizeof(float));
}

} // namespace resnetc::tool
