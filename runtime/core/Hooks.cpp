//===- Hooks.cpp - what generated kernels call ----------------------------===//

#include "runtime/core/Hooks.h"
#include "runtime/core/UserContext.h"

using resnetc::rt::UserContext;

namespace {

/// A Halide task as a resnetc_task.
struct ParFor {
  UserContext *user;
  resnetc_rt_halide_task task;
  int min;
  uint8_t *closure;
};

int runTask(void *context, int index) {
  const ParFor &loop = *static_cast<const ParFor *>(context);
  const int error = loop.task(loop.user, loop.min + index, loop.closure);
  if (error)
    loop.user->fail(RESNETC_ERROR_KERNEL);
  return error;
}

} // namespace

int resnetc_rt_do_par_for(void *user_context, resnetc_rt_halide_task task, int min, int size, uint8_t *closure) {
  UserContext *user = static_cast<UserContext *>(user_context);
  ParFor loop{user, task, min, closure};
  const resnetc_context *context = user->context;
  if (!context || !context->parallel_for || size <= 1) {
    for (int i = 0; i < size; ++i)
      if (const int error = runTask(&loop, i))
        return error;
    return 0;
  }
  const int error = context->parallel_for(context->pool, runTask, &loop, size);
  if (error)
    user->fail(RESNETC_ERROR_TASK); // kept only if no task has said more
  return error;
}

void resnetc_rt_error(void *user_context, const char *) {
  static_cast<UserContext *>(user_context)->fail(RESNETC_ERROR_KERNEL);
}
