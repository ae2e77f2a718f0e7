//===- Context.cpp - how to run: pool, profile, CPU features --------------===//

#include "runtime/core/Api.h"

int resnetc_context_init_abi(resnetc_context *context, resnetc_pool *pool, uint32_t abi_version) {
  if (!context)
    return RESNETC_ERROR_ARGUMENT;
  // An application built with other headers may have a struct of another size: nothing is written to it.
  if (abi_version != RESNETC_ABI_VERSION)
    return RESNETC_ERROR_ABI;
  *context = resnetc_context();
  context->abi_version = abi_version;
  context->threads = pool ? resnetc_pool_threads(pool) : 1;
  context->parallel_for = pool ? resnetc_pool_parallel_for : nullptr;
  context->pool = pool;
  context->cpu_features = resnetc_cpu_features();
  return RESNETC_OK;
}
