//===- TrainerTest.cpp - the training loop ------------------------------------------------------===//

#include "RunFixture.h"

using namespace resnetc;
using namespace resnetc::train;

namespace {

class TrainerTest : public RunFixture {
protected:
  Ending finish(uint64_t stop = never, bool resume = false) {
    auto ending = run(stop, resume);
    if (!ending) {
      ADD_FAILURE() << toString(ending.takeError());
      return Ending::Signal;
    }
    return *ending;
  }
  std::string failure(uint64_t stop = never, bool resume = false) {
    auto ending = run(stop, resume);
    return ending ? "no error" : toString(ending.takeError());
  }
  void useEverything() {
    settings.accumulate = 2;
    settings.ema = 0.9;
    settings.clip = 0.3;
    settings.augment.mixup = 0.2;
  }
};

TEST_F(TrainerTest, LearnsAndTellsEachEpoch) {
  EXPECT_EQ(finish(), Ending::Finished);
  ASSERT_EQ(log->epochs.size(), 3u);
  EXPECT_LT(log->epochs[2].trainLoss, log->epochs[0].trainLoss);
  EXPECT_EQ(log->steps.size(), 21u); // of 50 images the last batch of an epoch has two
  EXPECT_EQ(log->epochs[1].step, 14u);
  EXPECT_EQ(end.history.size(), 3u);
  EXPECT_TRUE(end.position.isFinished);
  EXPECT_EQ(end.position.step, 21u);
}

TEST_F(TrainerTest, ResumesAtEveryStepToTheSameBits) {
  useEverything();
  finish();
  const std::string weights = contents(outputs.weights), last = contents(outputs.last), state = bytes(end.state);
  ASSERT_EQ(end.position.step, 12u); // 7 batches are 4 steps
  for (uint64_t batch : {2, 4, 6, 7, 9, 11, 13, 14, 16, 18, 20, 21}) {
    SCOPED_TRACE(batch);
    llvm::sys::fs::remove(outputs.weights);
    llvm::sys::fs::remove(outputs.last);
    EXPECT_EQ(finish(batch), Ending::Signal);
    EXPECT_EQ(finish(never, true), Ending::Finished);
    EXPECT_EQ(bytes(end.state), state);
    EXPECT_EQ(contents(outputs.last), last);
    EXPECT_EQ(contents(outputs.weights), weights);
  }
}

TEST_F(TrainerTest, ResumesAfterAStopAtEachStep) {
  useEverything();
  finish();
  const std::string state = bytes(end.state);
  const double loss = end.history[1].trainLoss;
  bool resume = false;
  for (uint64_t batch : {2, 4, 6, 7, 9, 11, 13, 14, 16, 18, 20, 21}) {
    EXPECT_EQ(finish(batch, resume), Ending::Signal);
    resume = true;
  }
  EXPECT_EQ(finish(never, true), Ending::Finished);
  EXPECT_EQ(bytes(end.state), state);
  EXPECT_EQ(end.history[1].trainLoss, loss);
}

TEST_F(TrainerTest, ARunThatHasEndedEndsAgain) {
  finish();
  const std::string state = bytes(end.state);
  EXPECT_EQ(finish(never, true), Ending::Finished);
  EXPECT_EQ(bytes(end.state), state);
}

TEST_F(TrainerTest, TheBestWeightsAreInTheCheckpoint) {
  finish();
  const std::string best = contents(outputs.weights);
  llvm::sys::fs::remove(outputs.weights);
  finish(never, true);
  EXPECT_EQ(contents(outputs.weights), best);
}

TEST_F(TrainerTest, AnotherSeedGivesOtherWeights) {
  finish();
  const std::string state = bytes(end.state);
  settings.seed = 2;
  finish();
  EXPECT_NE(bytes(end.state), state);
}

TEST_F(TrainerTest, ALossThatIsNoNumberStopsAndKeepsTheCheckpoint) {
  finish(14);
  const std::string checkpoint = contents(outputs.checkpoint);
  FakeModel::poisonedStep = 16;
  const std::string words = failure(never, true);
  EXPECT_NE(words.find("the loss became nan in epoch 3, step 17, at learning rate"), std::string::npos) << words;
  EXPECT_NE(words.find("--lr"), std::string::npos) << words;
  EXPECT_NE(words.find("net.ckpt is the last good checkpoint"), std::string::npos) << words;
  auto kept = readCheckpoint(outputs.checkpoint); // the epoch's end after batch 14 was saved
  ASSERT_TRUE(bool(kept));
  EXPECT_EQ(kept->run.position.step, 14u);
  EXPECT_EQ(kept->run.position.epoch, 2u);
}

TEST_F(TrainerTest, AWeightThatIsNoNumberIsNotSaved) {
  settings.learningRate = 1e38;
  settings.hyper.momentum = 1e30f;
  const std::string words = failure();
  EXPECT_NE(words.find("Try a smaller learning rate"), std::string::npos) << words;
  EXPECT_EQ(words.find("last good checkpoint"), std::string::npos) << words;
  EXPECT_FALSE(llvm::sys::fs::exists(outputs.checkpoint));
  EXPECT_FALSE(llvm::sys::fs::exists(outputs.weights));
}

TEST_F(TrainerTest, StopsEarlyWithTheBestWeights) {
  settings.epochs = 9;
  settings.patience = 2;
  settings.learningRate = 1e-12; // no epoch will be better than the first
  EXPECT_EQ(finish(), Ending::EarlyStop);
  EXPECT_EQ(end.position.epoch, 3u);
  EXPECT_EQ(end.position.bestEpoch, 1u);
  EXPECT_TRUE(end.position.isFinished);
  EXPECT_EQ(finish(never, true), Ending::EarlyStop);
  EXPECT_EQ(end.position.epoch, 3u);
}

TEST_F(TrainerTest, WithoutValidationTheLastWeightsAreSaved) {
  validates = false;
  EXPECT_EQ(finish(), Ending::Finished);
  EXPECT_EQ(end.position.bestEpoch, 0u);
  EXPECT_FALSE(log->epochs[0].top1);
  EXPECT_TRUE(llvm::sys::fs::exists(outputs.weights));
  EXPECT_FALSE(llvm::sys::fs::exists(outputs.last));
}

TEST_F(TrainerTest, ABatchMayBeLargerThanTheData) {
  settings.batch = 64;
  EXPECT_EQ(finish(), Ending::Finished);
  EXPECT_EQ(log->steps.size(), 3u);
}

TEST_F(TrainerTest, AccumulatedBatchesAreOneLargeBatch) {
  FakeModel::dropout = 0;
  settings.epochs = 1;
  settings.accumulate = 7;
  finish();
  EXPECT_EQ(end.position.step, 1u);
  ASSERT_EQ(log->steps.size(), 1u);
  EXPECT_EQ(log->steps[0].step, 7u);
  const double loss = log->steps[0].loss;
  const RunState accumulated = std::move(end);
  settings.accumulate = 1;
  settings.batch = 50;
  finish();
  EXPECT_EQ(end.position.step, 1u);
  EXPECT_NEAR(log->steps[0].loss, loss, 1e-6);
  const auto *one = reinterpret_cast<const float *>(end.state.data());
  const auto *seven = reinterpret_cast<const float *>(accumulated.state.data());
  for (size_t i = 0; i < FakeModel::parameters; ++i)
    EXPECT_NEAR(one[i], seven[i], 1e-6);
}

TEST_F(TrainerTest, NoImagesIsAnError) {
  NumberedSet nothing{0};
  RunFiles files(model, context, describe(settings), outputs);
  const RunData data = {&nothing, nullptr};
  StopAfter silent(never);
  Trainer trainer(model, context, settings, data, files, silent);
  EXPECT_EQ(toString(trainer.begin()), "there are 0 images to train with, but a step of this network needs at least 1");
}

TEST_F(TrainerTest, ADamagedPictureEndsTheRunWithItsName) {
  images.damaged = 17;
  EXPECT_EQ(failure(), "image.png: damaged");
}

TEST_F(TrainerTest, CheckpointsComeAfterSoManySteps) {
  outputs.checkpointSeconds = 0;
  outputs.checkpointSteps = 3;
  settings.epochs = 1;
  FakeModel::poisonedStep = 5; // checkpoints after step 3; at step 6 the loss is no number
  failure();
  auto checkpoint = readCheckpoint(outputs.checkpoint);
  ASSERT_TRUE(bool(checkpoint));
  EXPECT_EQ(checkpoint->run.position.step, 3u);
}

TEST(StopSignals, TheSecondSignalEndsTheProcess) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        const StopSignals signals;
        raise(SIGTERM);
        if (StopSignals::requested() != SIGTERM)
          exit(1);
        raise(SIGINT);
        exit(2);
      },
      testing::KilledBySignal(SIGINT), "");
}

} // namespace
