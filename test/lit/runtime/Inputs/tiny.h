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
#ifdef __cplusplus
}
#endif
#endif
