//===- Pack.cpp - folds batch norms into filters and lays these out -------===//
//
// The same code runs inside the compiler (`resnetc compile --weights`) and at load time (<name>_pack), so that both
// give the same bytes: computed in double, rounded once.
//
//===----------------------------------------------------------------------===//

#include "runtime/core/Arguments.h"
#include "runtime/core/PackInputs.h"
#include "runtime/core/State.h"
#include <string.h>

using namespace resnetc::rt;

namespace {

/// gamma / sqrt(variance + epsilon) of channel `c`, a missing factor being 1.
double scaleOf(const resnetc_pack_step &step, const PackInputs &in, uint32_t c) {
  double scale = in.gamma ? double(in.gamma[c]) : 1.0;
  if (in.variance)
    scale /= __builtin_sqrt(double(in.variance[c]) + step.epsilon);
  return scale;
}

/// bias * scale + (beta - mean * scale), missing terms left out.
double shiftOf(const resnetc_pack_step &step, const PackInputs &in, uint32_t c) {
  const double scale = scaleOf(step, in, c);
  double shift = in.beta ? double(in.beta[c]) : 0.0;
  if (in.mean)
    shift -= double(in.mean[c]) * scale;
  return in.bias ? double(in.bias[c]) * scale + shift : shift;
}

float vectorOf(const resnetc_pack_step &step, const PackInputs &in, uint32_t c) {
  if (!in.bias)
    return float(step.epsilon);
  return in.bias[step.input_channels == 1 ? 0 : c];
}

/// One vector of channels from `first`, for all kernel positions and all channels of one input block. In the packed
/// filter the vectors of one tile follow each other, so that neighbours in ci are tile * 16 floats apart.
void packVector(const resnetc_pack_step &step, const PackInputs &in, uint32_t first, uint32_t inputBlock, float *out) {
  const size_t positions = size_t(step.kernel_height) * step.kernel_width;
  const size_t perVector = size_t(step.output_tile) * vectorChannels, perPosition = step.input_block * perVector;
  for (uint32_t v = 0; v < vectorChannels; ++v) {
    const uint32_t co = first + v;
    const bool isChannel = co < step.output_channels;
    const double scale = isChannel ? scaleOf(step, in, co) : 0.0;
    for (uint32_t i = 0; i < step.input_block; ++i) {
      const size_t ci = size_t(inputBlock) * step.input_block + i;
      float *to = out + i * perVector + v;
      if (!isChannel || ci >= step.input_channels) {
        for (size_t k = 0; k < positions; ++k)
          to[k * perPosition] = 0.0f;
        continue;
      }
      const float *from = in.filter + in.layout.first(co, uint32_t(ci));
      for (size_t k = 0; k < positions; ++k)
        to[k * perPosition] = float(double(from[k * in.layout.positionDistance()]) * scale);
    }
  }
}

/// The same for one block of a grouped filter: zero for channels of other groups.
void packGroupedVector(const resnetc_pack_step &step, const PackInputs &in, uint32_t first, float *out) {
  const size_t positions = size_t(step.kernel_height) * step.kernel_width;
  const uint32_t outputs = step.output_channels / step.groups, inputs = step.input_channels;
  const bool depthwise = outputs == 1 && inputs == 1;
  const uint64_t lastInput = uint64_t(inputs) * step.groups - step.input_block;
  uint64_t firstInput = uint64_t(first / outputs) * inputs;
  firstInput = firstInput < lastInput ? firstInput : lastInput;
  for (uint32_t v = 0; v < vectorChannels; ++v) {
    const uint32_t co = first + v;
    const bool isChannel = co < step.output_channels;
    const double scale = isChannel ? scaleOf(step, in, co) : 0.0;
    const uint64_t group = co / outputs;
    for (uint32_t i = 0; i < step.input_block; ++i) {
      const uint64_t ci = depthwise ? co : firstInput + i;
      const bool isOwn = isChannel && ci / inputs == group;
      const float *from = isOwn ? in.filter + in.layout.first(co, uint32_t(ci % inputs)) : nullptr;
      for (size_t k = 0; k < positions; ++k)
        out[(k * step.input_block + i) * vectorChannels + v] =
            isOwn ? float(double(from[k * in.layout.positionDistance()]) * scale) : 0.0f;
    }
  }
}

void packGroupedFilter(const resnetc_pack_step &step, const PackInputs &in, float *out) {
  const size_t blockFloats = size_t(step.kernel_height) * step.kernel_width * step.input_block * vectorChannels;
  for (uint32_t first = 0; first < step.output_padded; first += vectorChannels, out += blockFloats)
    packGroupedVector(step, in, first, out);
}

void packFilter(const resnetc_pack_step &step, const PackInputs &in, float *out) {
  if (step.groups > 1)
    return packGroupedFilter(step, in, out);
  const uint32_t tileChannels = step.output_tile * vectorChannels;
  const uint32_t inputBlocks = (step.input_channels + step.input_block - 1) / step.input_block;
  const size_t blockFloats = size_t(step.kernel_height) * step.kernel_width * step.input_block * tileChannels;
  for (uint32_t tile = 0; tile < step.output_padded; tile += tileChannels)
    for (uint32_t cb = 0; cb < inputBlocks; ++cb, out += blockFloats)
      for (uint32_t b = 0; b < tileChannels; b += vectorChannels)
        packVector(step, in, tile + b, cb, out + b);
}

void packStep(const resnetc_pack_step &step, const PackInputs &in, float *out) {
  if (step.opcode == RESNETC_PACK_FILTER)
    return packFilter(step, in, out);
  for (uint32_t c = 0; c < step.output_padded; ++c)
    out[c] = c >= step.output_channels            ? 0.0f
             : step.opcode == RESNETC_PACK_VECTOR ? vectorOf(step, in, c)
             : step.opcode == RESNETC_PACK_SHIFT  ? float(shiftOf(step, in, c))
                                                  : float(scaleOf(step, in, c));
}

/// Packs every tensor that `find` finds. find(step, inputs): false with words in `text`.
template <typename Find> int packAll(const resnetc_model_info &info, void *packed, const Find &find, ErrorText &text) {
  uint8_t *const out = static_cast<uint8_t *>(packed);
  memset(out, 0, info.packed_bytes); // gaps for alignment too, so that equal weights are equal bytes
  for (uint32_t i = 0; i < info.plan->pack_step_count; ++i) {
    const resnetc_pack_step &repeated = info.plan->pack_steps[i];
    for (uint32_t turn = 0; turn < repeated.count || !repeated.count; ++turn) {
      const resnetc_pack_step step = turnOf(repeated, turn);
      if (!repeated.count || !packedStepBytes(step, info.packed_bytes)) {
        text << "the model's object is damaged: pack step " << i << " makes no sense";
        return RESNETC_ERROR_ABI;
      }
      PackInputs inputs;
      if (!find(step, inputs))
        return RESNETC_ERROR_WEIGHTS;
      packStep(step, inputs, reinterpret_cast<float *>(out + step.offset));
    }
  }
  return RESNETC_OK;
}

} // namespace

int resnetc_rt_pack(const resnetc_model_info *info, const resnetc_weights *weights, void *packed, char *error,
                    size_t error_bytes) {
  ErrorText text(error, error_bytes);
  if (info && checkAbi(info)) {
    text << resnetc_status_string(RESNETC_ERROR_ABI);
    return RESNETC_ERROR_ABI;
  }
  if (!info || !weights || !weights->table || !packed || !isAligned(packed, arenaAlignment)) {
    text << "pack: an argument is null, or the memory for packed weights is not 64-byte aligned";
    return RESNETC_ERROR_ARGUMENT;
  }
  if (info->weights_memory != RESNETC_MEMORY_HOST) {
    text << resnetc_status_string(RESNETC_ERROR_MEMORY);
    return RESNETC_ERROR_MEMORY;
  }
  if (!isSameNetwork(*info, *weights, text))
    return RESNETC_ERROR_WEIGHTS;
  return packAll(
      *info, packed,
      [&](const resnetc_pack_step &step, PackInputs &inputs) { return findPackInputs(step, *weights, inputs, text); },
      text);
}

int resnetc_rt_fold(const resnetc_model_info *info, const void *state, void *packed) {
  if (const int status = checkState(info, state))
    return status;
  if (!packed || !isAligned(packed, arenaAlignment))
    return RESNETC_ERROR_ARGUMENT;
  ErrorText nowhere(nullptr, 0);
  const int status = packAll(
      *info, packed,
      [&](const resnetc_pack_step &step, PackInputs &inputs) {
        return findStateInputs(step, *info->training, state, inputs);
      },
      nowhere);
  return status == RESNETC_ERROR_WEIGHTS ? RESNETC_ERROR_ABI : status; // the two tables of one object must agree
}
