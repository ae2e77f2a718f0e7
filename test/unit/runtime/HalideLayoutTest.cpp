//===- HalideLayoutTest.cpp - our halide_buffer_t is Halide's -------------===//

#include "runtime/core/HalideBuffer.h"
#include "runtime/core/Hooks.h"
#include <HalideRuntime.h>
#include <cstddef>
#include <type_traits>

using Ours = resnetc::rt::HalideBuffer;

static_assert(sizeof(Ours) == sizeof(halide_buffer_t) && alignof(Ours) == alignof(halide_buffer_t));
static_assert(offsetof(Ours, device) == offsetof(halide_buffer_t, device));
static_assert(offsetof(Ours, deviceInterface) == offsetof(halide_buffer_t, device_interface));
static_assert(offsetof(Ours, host) == offsetof(halide_buffer_t, host));
static_assert(offsetof(Ours, flags) == offsetof(halide_buffer_t, flags));
static_assert(offsetof(Ours, type) == offsetof(halide_buffer_t, type) && sizeof(Ours::type) == sizeof(halide_type_t));
static_assert(offsetof(Ours, dimensions) == offsetof(halide_buffer_t, dimensions));
static_assert(offsetof(Ours, dim) == offsetof(halide_buffer_t, dim));
static_assert(offsetof(Ours, padding) == offsetof(halide_buffer_t, padding));

static_assert(std::is_same_v<decltype(&resnetc_rt_do_par_for), decltype(&halide_do_par_for)>);
static_assert(std::is_same_v<decltype(&resnetc_rt_error), decltype(&halide_error)>);
