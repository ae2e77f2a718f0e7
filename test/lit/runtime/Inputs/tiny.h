#ifndef TINY_H
#define TINY_H
#include "resnetc/runtime.h"
#ifdef __cplusplus
extern "C" {
#endif
extern const resnetc_model_info tiny_info;
int tiny_run(const resnetc_context *context, const void *weights, const void *images, size_t n, float *logits,
             void *workspace);
int tiny_pack(const resnetc_weights *weights, void *packed, char *error, size_t error_bytes);
int tiny_init(uint64_t seed, void *state);
int tiny_train_step(const resnetc_context *context, void *state, const void *images, const int32_t *labels, size_t n,
                    const resnetc_hyper *hyper, float *loss, void *workspace);
int tiny_gradients(const resnetc_context *context, void *state, const resnetc_train_batch *batch,
                   const resnetc_hyper *hyper, float *loss, void *workspace);
int tiny_update(const resnetc_context *context, void *state, const resnetc_hyper *hyper, void *workspace);
int tiny_get(const void *state, const char *tensor, float *values, size_t count);
int tiny_set(void *state, const char *tensor, const float *values, size_t count);
int tiny_gradient(const void *workspace, const char *tensor, float *values, size_t count);
int tiny_import(const resnetc_weights *weights, void *state, char *error, size_t error_bytes);
int tiny_fold(const void *state, void *packed);
#ifdef __cplusplus
}
#endif
#endif
