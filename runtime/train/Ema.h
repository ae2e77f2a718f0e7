//===- Ema.h - a moving average of the weights --------------------------------------------------===//

#ifndef RESNETC_RUNTIME_TRAIN_EMA_H
#define RESNETC_RUNTIME_TRAIN_EMA_H

#include "runtime/train/Model.h"

namespace resnetc::train {

/// average += (1 - d) (state - average) for all tensors of the state, running statistics included (they belong to the
/// weights that made them: timm and torch's AveragedModel with use_buffers do the same). d = min(decay, (1 + t) / (10 +
/// t)) after `t` steps before this one, so that the average forgets the random first weights (TensorFlow's
/// ExponentialMovingAverage with num_updates). A constant stays the same bits.
void updateAverage(const resnetc_context &context, const resnetc_training &training, double decay, uint64_t t,
                   const void *state, void *average);

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_EMA_H
