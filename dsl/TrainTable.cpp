//===- TrainTable.cpp - what a train section may say --------------------------------------------===//

#include "dsl/TrainTable.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace resnetc::dsl;

namespace {

using Type = TrainType;
constexpr double infinity = std::numeric_limits<double>::infinity();

constexpr Range positive = {0, infinity, true, false};
constexpr Range notNegative = {0, infinity};
constexpr Range fraction = {0, 1, false, true};
constexpr Range count = {1, 1e9};

constexpr TrainParameter required(llvm::StringRef name, Type type, Range range) {
  return {name, type, range, TrainDefault::Required, 0, {}};
}
constexpr TrainParameter optional(llvm::StringRef name, Type type, Range range, double otherwise) {
  return {name, type, range, TrainDefault::Number, otherwise, {}};
}

constexpr TrainParameter crossEntropy[] = {
    optional("label_smoothing", Type::Real, fraction, 0),
    {"class_weights", Type::Reals, notNegative},
};
constexpr TrainChoiceInfo losses[] = {{"cross_entropy", crossEntropy}};

constexpr TrainParameter sgd[] = {
    required("lr", Type::Real, positive),
    optional("momentum", Type::Real, fraction, 0),
    optional("nesterov", Type::Flag, {}, false),
    optional("weight_decay", Type::Real, notNegative, 0),
};
constexpr TrainParameter adamw[] = {
    required("lr", Type::Real, positive),
    optional("beta1", Type::Real, fraction, 0.9),
    optional("beta2", Type::Real, fraction, 0.999),
    optional("eps", Type::Real, positive, 1e-8),
    optional("weight_decay", Type::Real, notNegative, 0.01),
};
constexpr TrainChoiceInfo optimizers[] = {{"sgd", sgd}, {"adamw", adamw}};

// Epochs; a warmup of less than one is fine. Of one_cycle it is a share of all epochs.
constexpr TrainParameter step[] = {
    required("every", Type::Integer, count),
    optional("factor", Type::Real, {0, 1, true, false}, 0.1),
    optional("warmup", Type::Real, notNegative, 0),
};
// What is left of the rate at the end is `final` of it. one_cycle begins with 1 / div of the rate and ends with that
// divided by final_div, as torch.optim.lr_scheduler.OneCycleLR.
constexpr TrainParameter cosine[] = {
    optional("warmup", Type::Real, notNegative, 0),
    optional("final", Type::Real, {0, 1}, 0),
};
constexpr TrainParameter oneCycle[] = {
    optional("warmup", Type::Real, {0, 1, true, true}, 0.3),
    optional("div", Type::Real, {1, infinity}, 25),
    optional("final_div", Type::Real, {1, infinity}, 1e4),
};
constexpr TrainChoiceInfo schedules[] = {{"constant", {}}, {"step", step}, {"cosine", cosine}, {"one_cycle", oneCycle}};

constexpr TrainParameter randomCrop[] = {required("pad", Type::Integer, {1, 4096})};
constexpr TrainParameter cutout[] = {required("size", Type::Integer, {1, 4096})};
constexpr TrainParameter mixup[] = {required("alpha", Type::Real, positive)};
constexpr TrainChoiceInfo augmentations[] = {
    {"random_crop", randomCrop}, {"flip", {}}, {"cutout", cutout}, {"mixup", mixup}};

constexpr TrainParameter settings[] = {
    {"loss", Type::Choice, {}, TrainDefault::None, 0, losses},
    {"optimizer", Type::Choice, {}, TrainDefault::None, 0, optimizers},
    {"schedule", Type::Choice, {}, TrainDefault::None, 0, schedules},
    {"augment", Type::Choices, {}, TrainDefault::None, 0, augmentations},
    {"batch", Type::Integer, {1, 1 << 20}},
    {"epochs", Type::Integer, count},
    {"seed", Type::Integer, notNegative},
    {"ema", Type::Real, fraction},
    {"clip", Type::Real, positive},
    {"accumulate", Type::Integer, {1, 1 << 20}},
    {"patience", Type::Integer, count},
    {"holdout", Type::Real, {0, 1, true, true}},
    {"decay_norm_and_bias", Type::Flag},
    {"zero_init_residual", Type::Flag},
};

} // namespace

std::string Range::describe() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (std::isfinite(low))
    os << (isLowOpen ? "above " : "at least ") << llvm::format("%.10g", low);
  if (std::isfinite(low) && std::isfinite(high))
    os << " and ";
  if (std::isfinite(high))
    os << (isHighOpen ? "below " : "at most ") << llvm::format("%.10g", high);
  return text;
}

llvm::ArrayRef<TrainParameter> resnetc::dsl::trainSettings() { return settings; }
