//===- Settings.cpp - what a training run is told -----------------------------------------------===//

#include "runtime/train/Settings.h"
#include "llvm/Support/FormatVariadic.h"
#include <charconv>

using namespace llvm;

namespace resnetc::train {

std::string exactNumber(double value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

static std::string describe(const Schedule &schedule) {
  const std::string warmup = exactNumber(schedule.warmup);
  switch (schedule.kind) {
  case ScheduleKind::Step:
    return formatv("step(every = {0}, factor = {1}, warmup = {2})", schedule.every, exactNumber(schedule.factor),
                   warmup);
  case ScheduleKind::Cosine:
    return formatv("cosine(warmup = {0}, final = {1})", warmup, exactNumber(schedule.final));
  case ScheduleKind::OneCycle:
    return formatv("one_cycle(warmup = {0}, div = {1}, final_div = {2})", warmup, exactNumber(schedule.div),
                   exactNumber(schedule.finalDiv));
  case ScheduleKind::Constant:
    break;
  }
  return schedule.warmup > 0 ? "constant(warmup = " + warmup + ")" : "constant";
}

static std::string describe(const Augmentation &augment) {
  std::vector<std::string> parts;
  if (augment.cropPad)
    parts.push_back(formatv("random_crop(pad = {0})", augment.cropPad));
  if (augment.flip)
    parts.emplace_back("flip");
  if (augment.cutout)
    parts.push_back(formatv("cutout(size = {0})", augment.cutout));
  if (augment.mixup > 0)
    parts.push_back("mixup(alpha = " + exactNumber(augment.mixup) + ")");
  return formatv("[{0:$[, ]}]", make_range(parts.begin(), parts.end()));
}

SettingLines describe(const Settings &settings) {
  SettingLines lines = settings.identity;
  const auto add = [&](StringRef name, std::string value) { lines.emplace_back(name.str(), std::move(value)); };
  add("learning rate", exactNumber(settings.learningRate));
  add("schedule", describe(settings.schedule));
  add("augment", describe(settings.augment));
  add("batch", std::to_string(settings.batch));
  add("epochs", std::to_string(settings.epochs));
  add("seed", std::to_string(settings.seed));
  const auto addIf = [&](StringRef name, double value) {
    if (value > 0)
      add(name, exactNumber(value));
  };
  addIf("accumulate", settings.accumulate > 1 ? static_cast<double>(settings.accumulate) : 0);
  addIf("patience", static_cast<double>(settings.patience));
  addIf("ema", settings.ema);
  addIf("clip", settings.clip);
  addIf("holdout", settings.holdout);
  return lines;
}

} // namespace resnetc::train
