//===- Walk.h - walks a program's steps -----------------------------------===//
//
// The tables are the compiler's and trusted, but for what would run past this class's arrays.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_CORE_WALK_H
#define RESNETC_RUNTIME_CORE_WALK_H

#include "runtime/core/HalideBuffer.h"
#include "runtime/core/UserContext.h"

namespace resnetc::rt {

/// The best variant for this CPU, or null. A context may take features away, but not lend any.
const resnetc_variant *chooseVariant(const resnetc_plan &plan, const resnetc_context *context);

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

  /// The steps in [first, end), which hold whole loops.
  int run(uint32_t first, uint32_t end);
  int run() { return run(0, program.step_count); }

private:
  static constexpr uint32_t maxOperands = 16;
  static constexpr uint32_t maxLoops = RESNETC_AXES;

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

} // namespace resnetc::rt

#endif // RESNETC_RUNTIME_CORE_WALK_H
