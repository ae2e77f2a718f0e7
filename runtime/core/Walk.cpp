//===- Walk.cpp - walks a program's steps ---------------------------------===//

#include "runtime/core/Walk.h"
#include "runtime/core/Border.h"
#include <time.h>

namespace resnetc::rt {

static double now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

const resnetc_variant *chooseVariant(const resnetc_plan &plan, const resnetc_context *context) {
  const uint64_t features = resnetc_cpu_features() & (context ? context->cpu_features : ~uint64_t(0));
  for (uint32_t i = 0; i < plan.variant_count; ++i)
    if (!(plan.variants[i].cpu_features & ~features))
      return &plan.variants[i];
  return nullptr;
}

/// A CALL or BORDER step.
int Walk::call(const resnetc_step &step) {
  const resnetc_operand *operands = program.operands + step.first_operand;
  if (step.operand_count > maxOperands)
    return RESNETC_ERROR_ABI;
  for (uint32_t i = 0; i < step.operand_count; ++i) {
    if (operands[i].memory_space != RESNETC_MEMORY_HOST)
      return RESNETC_ERROR_MEMORY;
    if (operands[i].base >= RESNETC_BASES)
      return RESNETC_ERROR_ABI;
    buffers[i].host = address(operands[i]);
  }
  if (step.opcode == RESNETC_STEP_BORDER)
    return zeroBorder(user, buffers[0].host, program.borders[step.index]);
  if (kernels[step.index](args))
    user.fail(RESNETC_ERROR_KERNEL); // kept only if no hook has said more
  return user.status.load(std::memory_order_relaxed);
}

int Walk::timed(const resnetc_step &step) {
  const double start = now();
  const int status = call(step);
  const resnetc_profile_event event = {step.label, step.opcode, now() - start};
  user.context->profile(user.context->profile_context, &event);
  return status;
}

/// At a LOOP: steps into it, or behind its END if it makes no trip.
bool Walk::enter(uint32_t &at) {
  const resnetc_step &step = program.steps[at];
  if (depth == maxLoops || step.index >= RESNETC_AXES)
    return false;
  if (step.count) {
    loops[depth++] = {++at, step.index, step.count};
    return true;
  }
  for (uint32_t open = 0; at < program.step_count; ++at) {
    open += program.steps[at].opcode == RESNETC_STEP_LOOP;
    if (program.steps[at].opcode == RESNETC_STEP_END && --open == 0)
      break;
  }
  ++at;
  return true;
}

/// At an END: back to the loop's begin, or on.
void Walk::next(uint32_t &at) {
  Loop &loop = loops[depth - 1];
  if (++index[loop.axis] < loop.trips) {
    at = loop.begin;
    return;
  }
  index[loop.axis] = 0;
  --depth;
  ++at;
}

int Walk::run(uint32_t first, uint32_t end) {
  const bool profiled = user.context && user.context->profile;
  if (first > end || end > program.step_count)
    return RESNETC_ERROR_ABI;
  for (uint32_t at = first; at < end;) {
    const resnetc_step &step = program.steps[at];
    switch (step.opcode) {
    case RESNETC_STEP_CALL:
    case RESNETC_STEP_BORDER:
      if (const int status = profiled ? timed(step) : call(step))
        return status;
      ++at;
      break;
    case RESNETC_STEP_LOOP:
      if (!enter(at))
        return RESNETC_ERROR_ABI;
      break;
    case RESNETC_STEP_END:
      if (!depth)
        return RESNETC_ERROR_ABI;
      next(at);
      break;
    default:
      return RESNETC_ERROR_ABI;
    }
  }
  return depth ? RESNETC_ERROR_ABI : RESNETC_OK;
}

} // namespace resnetc::rt
