//===- Execute.cpp - walks a model's steps --------------------------------===//
//
// Everything that an application can get wrong is asked once, before the first step; kernels are compiled without
// assertions. The tables themselves are the compiler's and trusted, but for what would run past this file's stack.
//
//===----------------------------------------------------------------------===//

#include "runtime/core/Border.h"
#include "runtime/core/HalideBuffer.h"
#include "runtime/core/UserContext.h"
#include <time.h>

using namespace resnetc::rt;

namespace {

constexpr uint32_t maxOperands = 16;
constexpr uint32_t maxLoops = RESNETC_AXES;
constexpr size_t arenaAlignment = 64;

bool isAligned(const void *pointer, size_t alignment) { return reinterpret_cast<uintptr_t>(pointer) % alignment == 0; }

size_t elementBytes(uint32_t element) {
  switch (element) {
  case RESNETC_U8:
    return 1;
  case RESNETC_F64:
  case RESNETC_I64:
    return 8;
  default:
    return 4;
  }
}

size_t imageBytes(const resnetc_tensor_shape &shape) {
  size_t bytes = elementBytes(shape.element);
  for (uint32_t i = 0; i < shape.rank && i < 4; ++i)
    bytes *= shape.extents[i];
  return bytes;
}

/// n images at `pointer` are an array that can be: not null, aligned as C aligns its elements, inside the address
/// space.
bool isArray(const void *pointer, const resnetc_tensor_shape &shape, size_t n) {
  size_t bytes;
  return pointer && isAligned(pointer, elementBytes(shape.element)) &&
         !__builtin_mul_overflow(imageBytes(shape), n, &bytes) && bytes <= PTRDIFF_MAX;
}

int checkAbi(const resnetc_model_info *info, const resnetc_context *context) {
  if (!info)
    return RESNETC_ERROR_ARGUMENT;
  if (info->abi_version != RESNETC_ABI_VERSION || info->struct_bytes != sizeof(resnetc_model_info))
    return RESNETC_ERROR_ABI;
  if (context && context->abi_version != RESNETC_ABI_VERSION)
    return RESNETC_ERROR_ABI;
  return RESNETC_OK;
}

bool isOnHost(const resnetc_model_info &info) {
  return info.weights_memory == RESNETC_MEMORY_HOST && info.workspace_memory == RESNETC_MEMORY_HOST &&
         info.input_memory == RESNETC_MEMORY_HOST && info.output_memory == RESNETC_MEMORY_HOST;
}

/// The best variant for this CPU. A context may take features away, but not lend any.
const resnetc_variant *chooseVariant(const resnetc_plan &plan, const resnetc_context *context) {
  const uint64_t features = resnetc_cpu_features() & (context ? context->cpu_features : ~uint64_t(0));
  for (uint32_t i = 0; i < plan.variant_count; ++i)
    if (!(plan.variants[i].cpu_features & ~features))
      return &plan.variants[i];
  return nullptr;
}

double now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

/// The walk of one program over one group of images.
class Walk {
public:
  Walk(const resnetc_program &program, const resnetc_kernel *kernels, UserContext &user)
      : program(program), kernels(kernels), user(user) {
    args[0] = &userPointer;
    for (uint32_t i = 0; i < maxOperands; ++i)
      args[i + 1] = &buffers[i];
  }

  uint8_t *bases[RESNETC_BASES] = {}; ///< by resnetc_base

  int run();

private:
  struct Loop {
    uint32_t begin, axis, trips;
  };

  uint8_t *address(const resnetc_operand &operand) const {
    int64_t offset = int64_t(operand.offset);
    for (uint32_t axis = 0; axis < RESNETC_AXES; ++axis)
      offset += index[axis] * operand.stride[axis];
    return bases[operand.base] + offset;
  }

  int call(const resnetc_step &step);
  int timed(const resnetc_step &step);
  bool enter(uint32_t &at);
  void next(uint32_t &at);

  const resnetc_program &program;
  const resnetc_kernel *kernels;
  UserContext &user;
  UserContext *userPointer = &user;
  int64_t index[RESNETC_AXES] = {};
  Loop loops[maxLoops] = {};
  uint32_t depth = 0;
  HalideBuffer buffers[maxOperands] = {};
  void *args[maxOperands + 1];
};

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
  if (step.opcode == RESNETC_STEP_BORDER) {
    zeroBorder(buffers[0].host, program.borders[step.index]);
    return RESNETC_OK;
  }
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

int Walk::run() {
  const bool profiled = user.context && user.context->profile;
  for (uint32_t at = 0; at < program.step_count;) {
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

} // namespace

int resnetc_rt_run(const resnetc_model_info *info, const resnetc_context *context, const void *weights,
                   const void *images, size_t n, void *logits, void *workspace) {
  if (const int status = checkAbi(info, context))
    return status;
  if (!isOnHost(*info))
    return RESNETC_ERROR_MEMORY;
  if (!n || !isArray(images, info->input, n) || !isArray(logits, info->output, n))
    return RESNETC_ERROR_ARGUMENT;
  if ((info->packed_bytes && !weights) || !isAligned(weights, arenaAlignment) ||
      (info->workspace_bytes && !workspace) || !isAligned(workspace, arenaAlignment))
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
