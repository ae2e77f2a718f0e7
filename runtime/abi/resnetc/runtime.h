/* resnetc's runtime for applications: contexts, thread pools, weights files, status.
 *
 * Inference calls no malloc and creates no thread; only resnetc_pool_create does. All memory
 * is the caller's. A model's own header declares <name>_run and includes this one. */
#ifndef RESNETC_RUNTIME_H
#define RESNETC_RUNTIME_H

#include "resnetc/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum resnetc_status {
  RESNETC_OK = 0,
  RESNETC_ERROR_ARGUMENT = 1, /* a null or misaligned pointer, a zero size, a label or name that there is none of */
  RESNETC_ERROR_ABI = 2,      /* object, header and runtime are of different ABI versions */
  RESNETC_ERROR_CPU = 3,      /* the object has no variant for this CPU */
  RESNETC_ERROR_MEMORY = 4,   /* no memory, or the wrong memory space */
  RESNETC_ERROR_IO = 5,       /* a file could not be opened, read or mapped */
  RESNETC_ERROR_FORMAT = 6,   /* a weights file is damaged or of a foreign format */
  RESNETC_ERROR_WEIGHTS = 7,  /* a sound weights file that belongs to another network */
  RESNETC_ERROR_TASK = 8,     /* a task of the application's parallel_for failed */
  RESNETC_ERROR_KERNEL = 9    /* a kernel reported an error */
} resnetc_status;

/* One line of English for a status; never NULL. */
const char *resnetc_status_string(int status);

/* The ABI version this runtime was built with, and its release ("0.1.0"). */
uint32_t resnetc_runtime_abi_version(void);
const char *resnetc_runtime_version(void);

/* RESNETC_CPU_* bits of the CPU this process runs on; asked of the CPU once. */
uint64_t resnetc_cpu_features(void);

/* ---- threads ---- */

/* Runs task(task_context, i) for i in [0, count), returns 0 or the first nonzero result. A thread that runs training
 * steps or their tasks needs 1 MiB of stack. */
typedef int (*resnetc_task)(void *task_context, int index);
typedef int (*resnetc_parallel_for)(void *pool, resnetc_task task, void *task_context, int count);

typedef struct resnetc_pool resnetc_pool;

/* A pool of `threads` threads, the caller counted: threads - 1 are created here. 0 means one per CPU, at most 64.
 * Returns NULL where memory or threads are refused. Concurrent callers, and tasks that call parallel_for themselves,
 * share the threads; after a task's error tasks that have not begun are left out. Destroy it when no call is in flight.
 */
resnetc_pool *resnetc_pool_create(uint32_t threads);
void resnetc_pool_destroy(resnetc_pool *pool);
uint32_t resnetc_pool_threads(const resnetc_pool *pool);
int resnetc_pool_parallel_for(void *pool, resnetc_task task, void *task_context, int count);

/* ---- context ---- */

typedef struct resnetc_profile_event {
  uint32_t label;  /* resnetc_step.label */
  uint32_t opcode; /* resnetc_opcode */
  double seconds;
} resnetc_profile_event;

/* How to run: immutable while calls are in flight, may be shared by concurrent callers. */
typedef struct resnetc_context {
  uint32_t abi_version; /* RESNETC_ABI_VERSION of the application's headers */
  uint32_t threads;
  resnetc_parallel_for parallel_for;                                          /* NULL: one thread */
  void *pool;                                                                 /* first argument of parallel_for */
  void (*profile)(void *profile_context, const resnetc_profile_event *event); /* NULL: no profile */
  void *profile_context;
  uint64_t cpu_features; /* what kernels may use; a test may take bits away */
} resnetc_context;

/* A context on `pool`; NULL for one thread. */
#define resnetc_context_init(context, pool) resnetc_context_init_abi((context), (pool), RESNETC_ABI_VERSION)
int resnetc_context_init_abi(resnetc_context *context, resnetc_pool *pool, uint32_t abi_version);

/* ---- weights files (.rnw) ---- */

/* A mapped weights file. The caller owns the struct; the mapping is read-only and shared. */
typedef struct resnetc_weights {
  const void *mapping;
  size_t mapping_bytes;
  const void *table;   /* the verified FlatBuffer */
  const uint8_t *data; /* 64-byte aligned tensors */
  size_t data_bytes;
} resnetc_weights;

/* Maps and verifies a .rnw file: structure always, data checksums only by resnetc_weights_check.
 * On failure *weights is zeroed and `error` (may be NULL) says in words what is wrong. */
int resnetc_weights_open(const char *path, resnetc_weights *weights, char *error, size_t error_bytes);
int resnetc_weights_check(const resnetc_weights *weights, char *error, size_t error_bytes);
void resnetc_weights_close(resnetc_weights *weights);

/* The packed weights for `info` inside a packed file: no copy. NULL with words in `error` if the
 * file is not packed, or packed for another network. */
const void *resnetc_weights_packed(const resnetc_weights *weights, const resnetc_model_info *info, char *error,
                                   size_t error_bytes);

/* ---- what generated entry points call ---- */

/* <name>_run: `n` images, any n >= 1; logits are n x output extents, dense. */
int resnetc_rt_run(const resnetc_model_info *info, const resnetc_context *context, const void *weights,
                   const void *images, size_t n, void *logits, void *workspace);
/* <name>_pack: folds and packs named tensors into info->packed_bytes at `packed` (64-byte aligned). */
int resnetc_rt_pack(const resnetc_model_info *info, const resnetc_weights *weights, void *packed, char *error,
                    size_t error_bytes);

/* ---- the same for training: info->training is not NULL, else they return RESNETC_ERROR_ARGUMENT ---- */

/* <name>_init: every tensor of the state gets its initial value, drawn from `seed`; the optimiser's slots are zero. */
int resnetc_rt_init(const resnetc_model_info *info, uint64_t seed, void *state);
/* <name>_train_step: forward, backward and optimiser step on n images, least_images <= n <= batch. labels: n, each a
 * class. hyper: NULL takes the train section's with step 0. *loss (may be NULL): the mean loss of the images, before
 * the step. */
int resnetc_rt_train_step(const resnetc_model_info *info, const resnetc_context *context, void *state,
                          const void *images, const int32_t *labels, size_t n, const resnetc_hyper *hyper, float *loss,
                          void *workspace);
/* <name>_gradients: forward and backward pass on a batch. The gradients lie in the workspace as the parameters do in
 * the state, info->training->parameter_bytes at gradients_offset, for <name>_update: a caller may change them in
 * between (clip, average). Running statistics in the state are updated. *loss as above. second_labels as labels; mix
 * within [0, 1]. */
int resnetc_rt_gradients(const resnetc_model_info *info, const resnetc_context *context, void *state,
                         const resnetc_train_batch *batch, const resnetc_hyper *hyper, float *loss, void *workspace);
/* <name>_update: the optimiser's step with the gradients of that workspace. After <name>_gradients with the same hyper
 * this is <name>_train_step, to the last bit. */
int resnetc_rt_update(const resnetc_model_info *info, const resnetc_context *context, void *state,
                      const resnetc_hyper *hyper, void *workspace);
/* <name>_get, <name>_set: a tensor by its name, in PyTorch's order; `count` is its number of elements. */
int resnetc_rt_get(const resnetc_model_info *info, const void *state, const char *tensor, float *values, size_t count);
int resnetc_rt_set(const resnetc_model_info *info, void *state, const char *tensor, const float *values, size_t count);
/* <name>_gradient: of a trained parameter, after a step or its gradients. */
int resnetc_rt_gradient(const resnetc_model_info *info, const void *workspace, const char *tensor, float *values,
                        size_t count);
/* <name>_import: all tensors of an open named weights file; the optimiser's slots are zero. */
int resnetc_rt_import(const resnetc_model_info *info, const resnetc_weights *weights, void *state, char *error,
                      size_t error_bytes);
/* <name>_fold: the state's tensors folded and packed for <name>_run, as <name>_pack does with a file's. */
int resnetc_rt_fold(const resnetc_model_info *info, const void *state, void *packed);

#ifdef __cplusplus
}
#endif
#endif
