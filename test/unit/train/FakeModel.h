//===- FakeModel.h - a model written by hand, small enough to be run at every step ----------------===//
//
// Softmax regression on images u8[1, 4, 4] of three classes, trained by SGD with momentum, and a running mean of the
// pixels. Deterministic, and learns.
//
//===--------------------------------------------------------------------------------------------===//

#ifndef RESNETC_TEST_UNIT_TRAIN_FAKEMODEL_H
#define RESNETC_TEST_UNIT_TRAIN_FAKEMODEL_H

#include "runtime/train/Model.h"
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

namespace resnetc {

class FakeModel {
public:
  static constexpr size_t classes = 3, pixels = 16, parameters = classes * pixels;

  static train::Model make() {
    static const FakeModel model;
    return {&model.info, run, init, gradients, update, get, set, nullptr, fold};
  }

  /// The step whose loss becomes NaN.
  inline static uint64_t poisonedStep = ~uint64_t(0);
  /// How much gradients depend on the step's number, as those of a dropout do.
  inline static double dropout = 1e-3;

private:
  FakeModel() {
    tensors[0] = {"running", 1, RESNETC_INIT_CONSTANT, {pixels}, 0};
    tensors[1] = {"w", 2, RESNETC_INIT_HE_NORMAL, {classes, pixels}, 0};
    training.batch = 8;
    training.slots = 1;
    training.tensor_count = 2;
    training.least_images = 1;
    training.tensors = tensors.data();
    training.decay_bytes = training.parameter_bytes = parameters * 4;
    training.tensor_bytes = training.parameter_bytes + pixels * 4;
    training.state_bytes = training.tensor_bytes + training.parameter_bytes;
    training.workspace_bytes = training.parameter_bytes;
    info.abi_version = RESNETC_ABI_VERSION;
    info.name = "fake";
    info.compiler = "by hand";
    info.input = {RESNETC_U8, 3, {1, 4, 4}};
    info.output = {RESNETC_F32, 1, {classes}};
    info.schema_hash = 42;
    info.tensor_count = 2;
    info.packed_bytes = training.tensor_bytes;
    info.workspace_bytes = 64;
    info.plan = &plan;
    info.training = &training;
  }

  static void logits(const float *w, const uint8_t *image, double *result) {
    for (size_t c = 0; c < classes; ++c) {
      result[c] = 0;
      for (size_t p = 0; p < pixels; ++p)
        result[c] += double(w[c * pixels + p]) * image[p] / 255;
    }
  }
  static int run(const resnetc_context *, const void *weights, const void *images, size_t n, float *result, void *) {
    for (size_t i = 0; i < n; ++i) {
      double values[classes];
      logits(static_cast<const float *>(weights), static_cast<const uint8_t *>(images) + i * pixels, values);
      for (size_t c = 0; c < classes; ++c)
        result[i * classes + c] = float(values[c]);
    }
    return RESNETC_OK;
  }
  static int init(uint64_t seed, void *state) {
    auto *w = static_cast<float *>(state);
    std::memset(state, 0, make().training().state_bytes);
    for (size_t i = 0; i < parameters; ++i)
      w[i] = float((i * 37 + seed * 11) % 23) / 23 - 0.5f;
    return RESNETC_OK;
  }
  static int gradients(const resnetc_context *, void *state, const resnetc_train_batch *batch,
                       const resnetc_hyper *hyper, float *loss, void *workspace) {
    auto *w = static_cast<float *>(state), *g = static_cast<float *>(workspace), *running = w + parameters;
    std::memset(g, 0, parameters * 4);
    double sum = 0;
    for (size_t i = 0; i < batch->n; ++i) {
      const uint8_t *image = static_cast<const uint8_t *>(batch->images) + i * pixels;
      double values[classes], total = 0;
      logits(w, image, values);
      for (double &value : values)
        total += value = std::exp(value);
      sum -= std::log(values[batch->labels[i]] / total);
      for (size_t c = 0; c < classes; ++c)
        for (size_t p = 0; p < pixels; ++p)
          g[c * pixels + p] += float((values[c] / total - (int32_t(c) == batch->labels[i])) * image[p] / 255) /
                               float(batch->n) * float(1 + dropout * double(hyper->step % 7));
      for (size_t p = 0; p < pixels; ++p)
        running[p] = 0.9f * running[p] + 0.1f * image[p];
    }
    *loss = hyper->step == poisonedStep ? std::numeric_limits<float>::quiet_NaN() : float(sum / double(batch->n));
    return RESNETC_OK;
  }
  static int update(const resnetc_context *, void *state, const resnetc_hyper *hyper, void *workspace) {
    auto *w = static_cast<float *>(state), *g = static_cast<float *>(workspace), *slot = w + parameters + pixels;
    for (size_t i = 0; i < parameters; ++i) {
      slot[i] = hyper->momentum * slot[i] + g[i];
      w[i] -= hyper->learning_rate * slot[i];
    }
    return RESNETC_OK;
  }
  static size_t offsetOf(const char *name) { return std::string(name) == "w" ? 0 : parameters; }
  static int get(const void *state, const char *name, float *values, size_t count) {
    std::memcpy(values, static_cast<const float *>(state) + offsetOf(name), count * 4);
    return RESNETC_OK;
  }
  static int set(void *state, const char *name, const float *values, size_t count) {
    std::memcpy(static_cast<float *>(state) + offsetOf(name), values, count * 4);
    return RESNETC_OK;
  }
  static int fold(const void *state, void *packed) {
    std::memcpy(packed, state, make().training().tensor_bytes);
    return RESNETC_OK;
  }

  std::array<resnetc_tensor_info, 2> tensors;
  resnetc_plan plan = {};
  resnetc_training training = {};
  resnetc_model_info info = {};
};

} // namespace resnetc

#endif // RESNETC_TEST_UNIT_TRAIN_FAKEMODEL_H
