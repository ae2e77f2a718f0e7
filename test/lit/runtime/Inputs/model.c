/* An object as the compiler emits it, written by hand: logits[i] = image[i] * weights[0]. */
#include "resnetc/runtime.h"

typedef struct {
  void *before[2];
  float *host;
} buffer;

int resnetc_rt_do_par_for(void *user, int (*task)(void *, int, unsigned char *), int min, int size,
                          unsigned char *closure);

static int scale_one(void *user, int i, unsigned char *closure) {
  void **args = (void **)closure;
  (void)user;
  ((buffer *)args[3])->host[i] = ((buffer *)args[1])->host[i] * ((buffer *)args[2])->host[0];
  return 0;
}

static int scale(void **args) {
  return resnetc_rt_do_par_for(*(void **)args[0], scale_one, 0, 4, (unsigned char *)args);
}

static const resnetc_kernel kernels[] = {scale};
static const resnetc_variant variants[] = {{0, "any", kernels}};
static const resnetc_operand operands[] = {{RESNETC_BASE_INPUT, 0, 0, 0, 0, {0, 0}},
                                           {RESNETC_BASE_WEIGHTS, 0, 0, 0, 0, {0, 0}},
                                           {RESNETC_BASE_OUTPUT, 0, 0, 0, 0, {0, 0}}};
static const resnetc_step steps[] = {{RESNETC_STEP_CALL, 0, 0, 0, 3, 0, 0}};
static const resnetc_program programs[] = {{1, 1, 3, 0, steps, operands, 0, 0}};
static const resnetc_plan plan = {1, 1, 1, 0, variants, programs, 0};
const resnetc_model_info tiny_info = {RESNETC_ABI_VERSION,
                                      sizeof(resnetc_model_info),
                                      "tiny",
                                      "by hand",
                                      "",
                                      {RESNETC_F32, 1, {4, 0, 0, 0}},
                                      {RESNETC_F32, 1, {4, 0, 0, 0}},
                                      0,
                                      0,
                                      0,
                                      0,
                                      1,
                                      0,
                                      0,
                                      1,
                                      64,
                                      0,
                                      &plan,
                                      0};

int tiny_run(const resnetc_context *context, const void *weights, const void *images, size_t n, float *logits,
             void *workspace) {
  return resnetc_rt_run(&tiny_info, context, weights, images, n, logits, workspace);
}
int tiny_pack(const resnetc_weights *weights, void *packed, char *error, size_t error_bytes) {
  return resnetc_rt_pack(&tiny_info, weights, packed, error, error_bytes);
}
int tiny_init(uint64_t seed, void *state) { return resnetc_rt_init(&tiny_info, seed, state); }
int tiny_train_step(const resnetc_context *context, void *state, const void *images, const int32_t *labels, size_t n,
                    const resnetc_hyper *hyper, float *loss, void *workspace) {
  return resnetc_rt_train_step(&tiny_info, context, state, images, labels, n, hyper, loss, workspace);
}
int tiny_gradients(const resnetc_context *context, void *state, const resnetc_train_batch *batch,
                   const resnetc_hyper *hyper, float *loss, void *workspace) {
  return resnetc_rt_gradients(&tiny_info, context, state, batch, hyper, loss, workspace);
}
int tiny_update(const resnetc_context *context, void *state, const resnetc_hyper *hyper, void *workspace) {
  return resnetc_rt_update(&tiny_info, context, state, hyper, workspace);
}
int tiny_get(const void *state, const char *tensor, float *values, size_t count) {
  return resnetc_rt_get(&tiny_info, state, tensor, values, count);
}
int tiny_set(void *state, const char *tensor, const float *values, size_t count) {
  return resnetc_rt_set(&tiny_info, state, tensor, values, count);
}
int tiny_gradient(const void *workspace, const char *tensor, float *values, size_t count) {
  return resnetc_rt_gradient(&tiny_info, workspace, tensor, values, count);
}
int tiny_import(const resnetc_weights *weights, void *state, char *error, size_t error_bytes) {
  return resnetc_rt_import(&tiny_info, weights, state, error, error_bytes);
}
int tiny_fold(const void *state, void *packed) { return resnetc_rt_fold(&tiny_info, state, packed); }
