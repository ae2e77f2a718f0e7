/* The tables that a compiled model's object holds and the runtime reads: the one
 * place where both sides meet. Plain C99 data, no behaviour; resnetc/runtime.h is
 * the header for applications.
 *
 * A model is data: a list of steps that call kernels with operands at byte offsets.
 * The steps' order, offsets and kernels were decided by the compiler's `plan` dialect;
 * the runtime only walks them (runtime/core/Execute.cpp). Any change of layout or
 * meaning here raises RESNETC_ABI_VERSION. */
#ifndef RESNETC_ABI_H
#define RESNETC_ABI_H

#include <stddef.h>
#include <stdint.h>

#define RESNETC_ABI_VERSION 4u

#ifdef __cplusplus
extern "C" {
#endif

/* Where memory lives. Every pointer that crosses the ABI has one; `run` refuses a space
 * that the object was not compiled for. */
enum resnetc_memory_space { RESNETC_MEMORY_HOST = 0, RESNETC_MEMORY_DEVICE = 1 };

/* What an operand's offset counts from. */
enum resnetc_base {
  RESNETC_BASE_WORKSPACE = 0, /* the caller's workspace */
  RESNETC_BASE_WEIGHTS = 1,   /* the packed weights; in training the state, which is written, too */
  RESNETC_BASE_INPUT = 2,     /* the caller's images */
  RESNETC_BASE_OUTPUT = 3,    /* the caller's logits; nothing in training */
  RESNETC_BASE_LABELS = 4,    /* training: the caller's int32_t labels, one for each valid image */
  RESNETC_BASE_STEP = 5,      /* training: resnetc_step_values */
  RESNETC_BASE_SECOND_LABELS =
      6, /* training: the labels of the other images of a mixup; where there are none, LABELS */
  RESNETC_BASES = 7
};

enum resnetc_element { RESNETC_F32 = 0, RESNETC_U8 = 1, RESNETC_F64 = 2, RESNETC_I64 = 3 };

/* Loops over steps: over the images of a batch, and over equal blocks. */
enum resnetc_axis { RESNETC_AXIS_IMAGE = 0, RESNETC_AXIS_BLOCK = 1, RESNETC_AXES = 2 };

/* One buffer argument of a step: base + offset + sum over enclosing loops of index * stride, in bytes. */
typedef struct resnetc_operand {
  uint8_t base;         /* resnetc_base */
  uint8_t memory_space; /* resnetc_memory_space */
  uint16_t reserved16;
  uint32_t reserved32;
  uint64_t offset;
  int64_t stride[RESNETC_AXES];
} resnetc_operand;

enum resnetc_opcode {
  RESNETC_STEP_CALL = 0,   /* kernel `index` with the operands */
  RESNETC_STEP_BORDER = 1, /* write zeros around each map of operand 0; geometry borders[index] */
  RESNETC_STEP_LOOP = 2,   /* run the steps up to the matching END `count` times; `index` is the axis */
  RESNETC_STEP_END = 3
};

typedef struct resnetc_step {
  uint16_t opcode; /* resnetc_opcode */
  uint16_t index;
  uint32_t count;         /* LOOP: trips; CALL: 0 */
  uint32_t first_operand; /* into resnetc_program.operands */
  uint32_t operand_count;
  uint32_t label; /* names the step to the profiler; the compiler's manifest maps it to a layer */
  uint32_t reserved;
} resnetc_step;

/* Zero border of `planes` maps of (height + 2 border) x (width + 2 border) pixels of pixel_bytes each, dense. */
typedef struct resnetc_border {
  uint32_t planes, height, width, border, pixel_bytes, reserved;
} resnetc_border;

/* The steps for exactly `batch` images at once. */
typedef struct resnetc_program {
  uint32_t batch;
  uint32_t step_count;
  uint32_t operand_count;
  uint32_t border_count;
  const resnetc_step *steps;
  const resnetc_operand *operands;
  const resnetc_border *borders;
  uint64_t workspace_bytes; /* for all threads together */
} resnetc_program;

/* A kernel in Halide's argv convention: args[0] points at the user context pointer, args[i] is
 * the i-th halide_buffer_t. All extents and strides are constants inside; only `host` is read. */
typedef int (*resnetc_kernel)(void **args);

/* CPU features a variant needs; bits of resnetc_cpu_features(). */
#define RESNETC_CPU_AVX2 (1u << 0)   /* AVX2, FMA, F16C, BMI2: x86-64-v3 */
#define RESNETC_CPU_AVX512 (1u << 1) /* AVX-512 F, CD, BW, DQ, VL: x86-64-v4 */

/* The kernels of one target. Variants are ordered best first; the first whose features are all there runs. */
typedef struct resnetc_variant {
  uint64_t cpu_features;
  const char *target;
  const resnetc_kernel *kernels;
} resnetc_variant;

/* Folding and packing of named tensors into the packed weights. `tensor` indexes the model's
 * schema: the named tensors in the natural order of their names, in which runs of
 * digits compare as numbers (runtime/core/NaturalOrder.h). RESNETC_NO_TENSOR where there is none. */
#define RESNETC_NO_TENSOR 0xffffffffu

enum resnetc_pack_opcode {
  /* dst[ct][cb][ky][kx][ci][tile][16] = filter[co][ci][ky][kx] * scale[co], zero where a channel
   * is padding. co = (ct * tile + b) * 16 + v; ci counts inside blocks of input_block channels.
   * scale = gamma / sqrt(variance + epsilon), or 1.
   * With groups there is one cb, tile is 1, and ci counts the input_block channels from
   *   min(ct * 16 / outputs * input_channels, all inputs - input_block)
   * on, outputs = output_channels / groups: zero where a channel is of another group than co. In a
   * depth-wise filter (one channel in and out a group) input_block is 1 and lane v has channel ct * 16 + v. */
  RESNETC_PACK_FILTER = 0,
  /* dst[co] = bias * scale + (beta - mean * scale), missing terms left out; zero-padded to output_padded. */
  RESNETC_PACK_SHIFT = 1,
  /* dst[co] = scale; zero-padded. */
  RESNETC_PACK_SCALE = 2,
  /* dst[co] = bias[co], or bias[0] if input_channels is 1, or epsilon if there is no bias; zero-padded. */
  RESNETC_PACK_VECTOR = 3
};

/* A step runs `count` times, for the equal pieces of equal blocks: each time with all its tensors `tensor_stride`
 * further on in the schema and its offset `offset_stride` further on in the packed weights. */
typedef struct resnetc_pack_step {
  uint32_t opcode;
  uint32_t filter, bias, gamma, beta, mean, variance; /* tensors */
  uint32_t output_channels, input_channels /* of a group */, kernel_height, kernel_width;
  uint32_t input_block;   /* 16, or input_channels for planar inputs; see groups above */
  uint32_t output_tile;   /* blocks of 16 output channels that lie together */
  uint32_t output_padded; /* channels after padding: a multiple of 16 * output_tile */
  uint32_t groups;        /* of a filter; 0 counts as 1 */
  uint32_t count;         /* at least 1 */
  uint32_t tensor_stride;
  uint32_t reserved;
  double epsilon;
  uint64_t offset;        /* into the packed weights, multiple of 64 */
  uint64_t offset_stride; /* multiple of 64 */
} resnetc_pack_step;

typedef struct resnetc_tensor_shape {
  uint32_t element; /* resnetc_element */
  uint32_t rank;
  uint64_t extents[4]; /* without the batch, outermost first: C, H, W */
} resnetc_tensor_shape;

/* ---- training: objects of `resnetc compile --train` ---- */

/* What a training step may be told anew each time. `seed` and `step` choose the random bits of dropout and its kind;
 * `step` counts from 0 and makes AdamW's bias corrections. What an optimiser does not know it ignores. */
typedef struct resnetc_hyper {
  uint64_t seed, step;
  float learning_rate, momentum, weight_decay, beta1, beta2, epsilon;
} resnetc_hyper;

/* The images of a step. Mixup (Zhang et al. 2018, equation 1) gives each image two labels:
 *   loss = mix * CE(labels) + (1 - mix) * CE(second_labels),  CE: the train section's loss as torch's mean over the
 * images
 */
typedef struct resnetc_train_batch {
  const void *images;           /* n of them, dense */
  const int32_t *labels;        /* n classes */
  const int32_t *second_labels; /* n classes; NULL: labels alone, whatever `mix` says */
  size_t n;                     /* least_images <= n <= batch */
  float mix;                    /* share of `labels`, in [0, 1]; with 1 the loss has the bits of `labels` alone */
  float reserved;
} resnetc_train_batch;

/* What kernels read at RESNETC_BASE_STEP; 64-byte aligned. */
typedef struct resnetc_step_values {
  int32_t counters[8]; /* valid images, low and high half of the seed, step, bits of the float mix, zeros */
  float hyper[8]; /* learning rate, momentum, weight decay, beta1, beta2, epsilon, 1 - beta1^(step + 1), the same of
                     beta2 */
} resnetc_step_values;

enum resnetc_optimizer { RESNETC_SGD = 0, RESNETC_ADAMW = 1 };

enum resnetc_init {
  RESNETC_INIT_HE_NORMAL = 0, /* normal, standard deviation sqrt(2 / fan in); fan in: all extents but the first */
  RESNETC_INIT_CONSTANT = 1
};

/* One named tensor of the schema. */
typedef struct resnetc_tensor_info {
  const char *name;    /* "layer1.0.conv1.weight" */
  uint32_t rank;       /* extents at and behind it are 0 */
  uint32_t init;       /* resnetc_init */
  uint64_t extents[4]; /* f32, outermost first, as PyTorch stores it */
  double init_value;   /* of RESNETC_INIT_CONSTANT */
} resnetc_tensor_info;

/* What an object of `resnetc compile --train --probe` measures of each residual, y = skip + branch(x), in a step: the
 * sum of squares of all elements of these maps, over all `batch` images of a full step. */
enum resnetc_probe_kind {
  RESNETC_PROBE_BRANCH = 0,  /* the branch's result */
  RESNETC_PROBE_SKIP = 1,    /* the skip, behind its projection if it has one */
  RESNETC_PROBE_GRADIENT = 2 /* the loss's gradient with respect to their sum, before an activation behind it */
};

typedef struct resnetc_probe {
  const char *name; /* of the residual: "layer1.0" */
  uint32_t kind;    /* resnetc_probe_kind */
  uint32_t reserved;
} resnetc_probe;

/* The state is tensors, then slots:
 *   [0, decay_bytes)                trained parameters with weight decay
 *   [decay_bytes, parameter_bytes)  trained parameters without
 *   [parameter_bytes, tensor_bytes) running statistics, and constants that kernels read (VECTOR without a tensor)
 *   then `slots` arrays of parameter_bytes, as the parameters lie: momentum; or first and second moments
 * The gradients lie in the workspace as the parameters do in the state. All offsets and sizes are multiples of 64. */
typedef struct resnetc_training {
  uint32_t batch;     /* images of a full step; a step may have fewer */
  uint32_t optimizer; /* resnetc_optimizer */
  uint32_t slots;     /* 0, 1 or 2 */
  uint32_t pack_step_count;
  uint32_t tensor_count; /* resnetc_model_info.tensor_count */
  uint32_t least_images; /* of a step: 2 where a batch norm has one value a channel of an image, else 1 */
  const resnetc_pack_step
      *pack_steps; /* FILTER of a filter alone, VECTOR of a bias: where each tensor lies in the state */
  const resnetc_program *program;
  const resnetc_tensor_info *tensors; /* in natural order of names */
  uint64_t decay_bytes, parameter_bytes, tensor_bytes, state_bytes;
  uint64_t workspace_bytes;
  uint64_t gradients_offset; /* in the workspace, parameter_bytes of them, valid after a step's gradients */
  uint64_t losses_offset; /* in the workspace: float [batch][16]; lane 0 of each row is the image's share of the loss */
  resnetc_hyper hyper;    /* the train section's */
  uint32_t update_step; /* of the program: the steps from here on are the optimizer's and read no more of the workspace
                           than the gradients; those before it are forward and backward pass */
  uint32_t probe_count;
  const resnetc_probe *probes; /* in the network's order */
  uint64_t probes_offset;      /* in the workspace: float [probe_count][16], lane 0; valid after a step's gradients */
} resnetc_training;

/* The tables behind a model; applications do not look inside. */
typedef struct resnetc_plan {
  uint32_t kernel_count, variant_count, program_count, pack_step_count;
  const resnetc_variant *variants;
  const resnetc_program *programs; /* largest batch first; the last one has batch 1 */
  const resnetc_pack_step *pack_steps;
} resnetc_plan;

/* What an application may ask about a model. Static data of the object. */
typedef struct resnetc_model_info {
  uint32_t abi_version; /* first, for ever: both sides compare it before they read on */
  uint32_t struct_bytes;
  const char *name;     /* the network's name in the .rn file */
  const char *compiler; /* "resnetc 0.1.0" */
  const char *flags;    /* what it was compiled with */
  resnetc_tensor_shape input, output;
  uint32_t weights_memory, workspace_memory, input_memory, output_memory; /* resnetc_memory_space */
  uint64_t schema_hash;  /* of the sorted (name, element, shape) of all named tensors */
  uint32_t tensor_count; /* in the schema */
  uint32_t reserved;
  uint64_t packed_hash;     /* of schema and pack steps: names the packed layout */
  uint64_t packed_bytes;    /* size of the packed weights */
  uint64_t workspace_bytes; /* the largest of the programs */
  const resnetc_plan *plan;
  const resnetc_training *training; /* NULL: for inference alone */
} resnetc_model_info;

#ifdef __cplusplus
}
#endif
#endif
