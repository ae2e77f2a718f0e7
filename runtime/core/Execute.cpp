//===- Execute.cpp - inference --------------------------------------------===//

#include "runtime/core/Arguments.h"
#include "runtime/core/Walk.h"

using namespace resnetc::rt;

int resnetc_rt_run(const resnetc_model_info *info, const resnetc_context *context, const void *weights,
                   const void *images, size_t n, void *logits, void *workspace) {
  if (const int status = checkAbi(info, context))
    return status;
  if (!isOnHost(*info))
    return RESNETC_ERROR_MEMORY;
  if (!n || !isArray(images, info->input, n) || !isArray(logits, info->output, n))
    return RESNETC_ERROR_ARGUMENT;
  if (!isArena(weights, info->packed_bytes) || !isArena(workspace, info->workspace_bytes))
    return RESNETC_ERROR_ARGUMENT;
  const resnetc_plan &plan = *info->plan;
  const resnetc_variant *variant = chooseVariant(plan, context);
  if (!variant)
    return RESNETC_ERROR_CPU;

  UserContext user(context);
  size_t done = 0;
  for (uint32_t p = 0; p < plan.program_count; ++p) {
    const resnetc_program &program = plan.programs[p];
    Walk walk(program, variant->kernels, user);
    // Kernels write only to what the compiler made an output: the bases of inputs lose their const here alone.
    walk.bases[RESNETC_BASE_WORKSPACE] = static_cast<uint8_t *>(workspace);
    walk.bases[RESNETC_BASE_WEIGHTS] = static_cast<uint8_t *>(const_cast<void *>(weights));
    for (; program.batch && n - done >= program.batch; done += program.batch) {
      walk.bases[RESNETC_BASE_INPUT] =
          static_cast<uint8_t *>(const_cast<void *>(images)) + done * imageBytes(info->input);
      walk.bases[RESNETC_BASE_OUTPUT] = static_cast<uint8_t *>(logits) + done * imageBytes(info->output);
      if (const int status = walk.run())
        return status;
    }
  }
  return done == n ? RESNETC_OK : RESNETC_ERROR_ABI; // no program for one image: not the tables of this version
}
