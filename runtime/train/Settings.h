//===- Settings.h - what a training run is told -------------------------------------------------===//

#ifndef RESNETC_RUNTIME_TRAIN_SETTINGS_H
#define RESNETC_RUNTIME_TRAIN_SETTINGS_H

#include "resnetc/abi.h"
#include "runtime/train/Augment.h"
#include "runtime/train/Schedule.h"
#include <string>
#include <utility>
#include <vector>

namespace resnetc::train {

/// {"schedule", "cosine(warmup = 5)"}: in a fixed order, numbers with all their digits.
using SettingLines = std::vector<std::pair<std::string, std::string>>;

/// What decides the weights that a run ends with, beside the model and the data.
struct Settings {
  uint64_t epochs = 10;
  uint64_t batch = 128;    ///< images of a full batch: what the model was compiled for
  uint64_t accumulate = 1; ///< batches whose gradients make one step
  uint64_t patience = 0;   ///< epochs without a better validation before the end; 0: no early stop
  uint64_t seed = 1;       ///< of initial weights, order, augmentation, dropout
  double ema = 0;          ///< decay of the weights' moving average; 0: none
  double clip = 0;         ///< the most that the gradients' norm may be; 0: as it is
  double holdout = 0;      ///< share of the training data that validates
  Schedule schedule;
  Augmentation augment;
  double learningRate = 0.1;        ///< the schedule's base
  resnetc_hyper hyper = {};         ///< of the optimiser; its learning_rate, seed and step are not read
  std::vector<double> classWeights; ///< of the loss: what a batch's mean is divided by; empty: images
  /// Further lines that a resumed run must have alike: optimizer, loss, network, data.
  SettingLines identity;
};

/// All of them in words: what is printed, saved beside the weights and compared when a run is resumed.
SettingLines describe(const Settings &settings);

/// The shortest decimal number that reads back as the same double.
std::string exactNumber(double value);

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_SETTINGS_H
