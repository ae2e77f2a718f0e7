//===- TrainSettings.cpp - a train section as the trainer's settings ----------------------------===//

#include "compiler/tools/resnetc/TrainSettings.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace resnetc::tool {
namespace {

/// Names, types and ranges were checked by the front end.
double numberOf(const dsl::TrainValue &value) {
  if (const auto *integer = std::get_if<int64_t>(&value.data))
    return static_cast<double>(*integer);
  return std::get<double>(value.data);
}

const dsl::TrainValue *findArgument(const dsl::TrainChoice &choice, StringRef name) {
  for (const auto &[argument, value] : choice.arguments)
    if (argument == name)
      return &value;
  return nullptr;
}

void setNumber(const dsl::TrainChoice &choice, StringRef name, double &number) {
  if (const dsl::TrainValue *value = findArgument(choice, name))
    number = numberOf(*value);
}
void setNumber(const dsl::TrainChoice &choice, StringRef name, int64_t &number) {
  if (const dsl::TrainValue *value = findArgument(choice, name))
    number = std::get<int64_t>(value->data);
}

train::Schedule scheduleOf(const dsl::TrainChoice &choice) {
  train::Schedule schedule;
  schedule.kind = StringSwitch<train::ScheduleKind>(choice.name)
                      .Case("step", train::ScheduleKind::Step)
                      .Case("cosine", train::ScheduleKind::Cosine)
                      .Case("one_cycle", train::ScheduleKind::OneCycle)
                      .Default(train::ScheduleKind::Constant);
  setNumber(choice, "warmup", schedule.warmup);
  setNumber(choice, "every", schedule.every);
  setNumber(choice, "factor", schedule.factor);
  setNumber(choice, "final", schedule.final);
  setNumber(choice, "div", schedule.div);
  setNumber(choice, "final_div", schedule.finalDiv);
  return schedule;
}

void addAugmentation(const dsl::TrainChoice &choice, train::Augmentation &augment) {
  if (choice.name == "random_crop")
    setNumber(choice, "pad", augment.cropPad);
  else if (choice.name == "flip")
    augment.flip = true;
  else if (choice.name == "cutout")
    setNumber(choice, "size", augment.cutout);
  else if (choice.name == "mixup")
    setNumber(choice, "alpha", augment.mixup);
}

std::string choiceText(const dsl::TrainChoice &choice) {
  if (choice.arguments.empty())
    return choice.name;
  std::string text = choice.name + "(";
  StringRef separator;
  for (const auto &[name, value] : choice.arguments) {
    text += (separator + name + " = " + valueText(value)).str();
    separator = ", ";
  }
  return text + ")";
}

} // namespace

const dsl::TrainValue *findSetting(const std::optional<dsl::TrainSection> &section, StringRef name) {
  if (section)
    for (const auto &[setting, value] : section->settings)
      if (setting == name)
        return &value;
  return nullptr;
}

std::string valueText(const dsl::TrainValue &value) {
  if (const auto *flag = std::get_if<bool>(&value.data))
    return *flag ? "true" : "false";
  if (const auto *integer = std::get_if<int64_t>(&value.data))
    return std::to_string(*integer);
  if (const auto *real = std::get_if<double>(&value.data))
    return train::exactNumber(*real);
  if (const auto *choice = std::get_if<dsl::TrainChoice>(&value.data))
    return choiceText(*choice);
  std::string text = "[";
  StringRef separator;
  for (const dsl::TrainValue &element : std::get<std::vector<dsl::TrainValue>>(value.data)) {
    text += (separator + valueText(element)).str();
    separator = ", ";
  }
  return text + "]";
}

train::Settings trainSettings(const std::optional<dsl::TrainSection> &section, const resnetc_training &training) {
  train::Settings settings;
  settings.hyper = training.hyper;
  settings.learningRate = static_cast<double>(training.hyper.learning_rate);
  if (const dsl::TrainValue *optimizer = findSetting(section, "optimizer"))
    tool::setNumber(std::get<dsl::TrainChoice>(optimizer->data), "lr", settings.learningRate);
  settings.batch = training.batch;
  const auto setInteger = [&](StringRef name, uint64_t &number) {
    if (const dsl::TrainValue *value = findSetting(section, name))
      number = static_cast<uint64_t>(std::get<int64_t>(value->data)); // a seed may be larger than a double holds
  };
  const auto setNumber = [&](StringRef name, double &number) {
    if (const dsl::TrainValue *value = findSetting(section, name))
      number = numberOf(*value);
  };
  setInteger("epochs", settings.epochs);
  setInteger("accumulate", settings.accumulate);
  setInteger("patience", settings.patience);
  setInteger("seed", settings.seed);
  setNumber("ema", settings.ema);
  setNumber("clip", settings.clip);
  setNumber("holdout", settings.holdout);
  if (const dsl::TrainValue *schedule = findSetting(section, "schedule"))
    settings.schedule = scheduleOf(std::get<dsl::TrainChoice>(schedule->data));
  if (const dsl::TrainValue *augment = findSetting(section, "augment"))
    for (const dsl::TrainValue &choice : std::get<std::vector<dsl::TrainValue>>(augment->data))
      addAugmentation(std::get<dsl::TrainChoice>(choice.data), settings.augment);
  if (const dsl::TrainValue *loss = findSetting(section, "loss"))
    if (const auto *weights = findArgument(std::get<dsl::TrainChoice>(loss->data), "class_weights"))
      for (const dsl::TrainValue &weight : std::get<std::vector<dsl::TrainValue>>(weights->data))
        settings.classWeights.push_back(numberOf(weight));
  for (StringRef name : {"loss", "optimizer", "decay_norm_and_bias", "zero_init_residual"})
    if (const dsl::TrainValue *value = findSetting(section, name))
      settings.identity.emplace_back(name.str(), valueText(*value));
  return settings;
}

} // namespace resnetc::tool
