//===- Hooks.h - what generated kernels call ------------------------------===//
//
// Halide's code calls hooks named halide_*. The emitter renames those of a model's kernels to resnetc_rt_*, so that
// another Halide library in the program keeps its own. Kernels without assertions need two of them. There is no
// resnetc_rt_malloc and no catch-all: a kernel that wants more than this does not link.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_CORE_HOOKS_H
#define RESNETC_RUNTIME_CORE_HOOKS_H

#include <cstdint>

#pragma GCC visibility push(default)
extern "C" {

typedef int (*resnetc_rt_halide_task)(void *user_context, int index, uint8_t *closure);

/// halide_do_par_for: task(user_context, i, closure) for i in [min, min + size) with the context's parallel_for.
/// Returns the first nonzero result.
int resnetc_rt_do_par_for(void *user_context, resnetc_rt_halide_task task, int min, int size, uint8_t *closure);

/// halide_error: the run ends with RESNETC_ERROR_KERNEL.
void resnetc_rt_error(void *user_context, const char *message);

} // extern "C"
#pragma GCC visibility pop

#endif // RESNETC_RUNTIME_CORE_HOOKS_H
