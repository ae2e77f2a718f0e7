//===- ProgressLogTest.cpp - the line that people watch --------------------===//

#include "runtime/train/log/ProgressLog.h"
#include <gtest/gtest.h>

using namespace resnetc::train;
using llvm::StringRef;

namespace {

class Progress : public testing::Test {
protected:
  ProgressLook look(bool inPlace, unsigned columns = 120) {
    return {inPlace, false, columns, [this] { return seconds; }};
  }
  static StepRecord stepRecord(uint64_t step, uint64_t epoch) {
    StepRecord record;
    record.step = step;
    record.epoch = epoch;
    record.loss = 0.51234;
    record.learningRate = 0.4;
    record.imagesPerSecond = 1503.4;
    record.dataWaitShare = 0.0123;
    return record;
  }
  static EpochRecord epochRecord(uint64_t epoch) {
    EpochRecord record;
    record.epoch = epoch;
    record.step = epoch * 100;
    record.trainLoss = 0.75;
    record.validationLoss = 0.5;
    record.top1 = 0.9327;
    record.top5 = 0.999;
    record.learningRate = 1.6e-6;
    record.seconds = 40;
    record.imagesPerSecond = 1500;
    record.isBest = true;
    return record;
  }

  double seconds = 0;
  std::string text;
  llvm::raw_string_ostream os{text};
};

TEST_F(Progress, ALineInPlaceTellsEverything) {
  ProgressLog log(os, look(true));
  log.begin({"net", 10, 100, {{"batch", "128"}, {"schedule", "one_cycle"}}});
  EXPECT_EQ(text, "  batch     128\n  schedule  one_cycle\n");
  text.clear();
  seconds = 5;
  log.step(stepRecord(50, 1));
  EXPECT_EQ(text, "\r\033[Kepoch 1/10 [##########..........]  50/100  loss 0.5123  lr 0.4  1503 images/s  "
                  "wait 1.2 %  1:35 left");
  text.clear();
  seconds = 5.01; // too soon for another one
  log.step(stepRecord(51, 1));
  EXPECT_EQ(text, "");
  log.epoch(epochRecord(1));
  EXPECT_EQ(text, "\r\033[Kepoch 1/10  loss 0.7500  validation loss 0.5000  top-1 93.27 %  top-5 99.90 %  lr 1.6e-06  "
                  "1500 images/s  wait 0.0 %  40.0 s  0:45 left  best\n");
  text.clear();
  seconds = 10;
  log.step(stepRecord(101, 2));
  EXPECT_TRUE(StringRef(text).contains("[....................]  1/100  loss 0.5123  top-1 93.27 %")) << text;
}

TEST_F(Progress, WhatDoesNotFitIsLeftAway) {
  ProgressLog log(os, look(true, 60));
  log.begin({"net", 10, 100, {}});
  seconds = 5;
  log.step(stepRecord(50, 1));
  StringRef line = text;
  EXPECT_TRUE(line.consume_front("\r\033[K"));
  EXPECT_LT(line.size(), 60u);
  EXPECT_TRUE(line.contains("loss 0.5123")) << text;
}

TEST_F(Progress, TheTimeLeftStaysWhereOtherThingsHaveNoRoom) {
  ProgressLog log(os, look(true, 70));
  log.begin({"net", 10, 100, {}});
  seconds = 5;
  log.step(stepRecord(50, 1));
  EXPECT_EQ(text, "\r\033[Kepoch 1/10 [##########..........]  50/100  loss 0.5123  1:35 left") << text.size();
}

TEST_F(Progress, WithoutATerminalThereAreFewPlainLines) {
  ProgressLog log(os, look(false));
  log.begin({"net", 2, 100, {}});
  for (int i = 1; i <= 100; ++i) {
    seconds += 1;
    log.step(stepRecord(i, 1));
  }
  log.note("saved");
  EXPECT_EQ(StringRef(text).count('\n'), 4u) << text;
  EXPECT_FALSE(StringRef(text).contains('\033'));
  EXPECT_FALSE(StringRef(text).contains('\r'));
  EXPECT_TRUE(StringRef(text).ends_with("saved\n"));
}

TEST_F(Progress, TimeLeftOfAResumedRunCountsItsOwnSteps) {
  ProgressLog log(os, look(true));
  log.resumeAt(900, 9);
  log.begin({"net", 10, 100, {}});
  seconds = 10;
  log.step(stepRecord(910, 10));
  EXPECT_TRUE(StringRef(text).contains("1:30 left")) << text;
}

TEST_F(Progress, AnErrorMessageAfterARunStandsOnALineOfItsOwn) {
  {
    ProgressLog log(os, look(true));
    log.begin({"net", 10, 100, {}});
    seconds = 5;
    log.step(stepRecord(50, 1));
  }
  EXPECT_TRUE(StringRef(text).ends_with("\r\033[K"));
}

} // namespace
