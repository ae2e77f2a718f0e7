//===- LogFilesTest.cpp - files that logs write, and how they are cut back -===//

#include "runtime/plot/CsvTable.h"
#include "runtime/train/log/AppendedFile.h"
#include "runtime/train/log/EventFile.h"
#include "runtime/train/log/Log.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace llvm;
using namespace resnetc;
using namespace resnetc::train;

namespace {

/// "" of success.
std::string words(Error error) { return toString(std::move(error)); }

class LogFiles : public testing::Test {
protected:
  void SetUp() override { ASSERT_FALSE(sys::fs::createUniqueDirectory("logs", folder)); }
  void TearDown() override { sys::fs::remove_directories(folder); }

  std::string at(StringRef name) const { return (folder + "/" + name).str(); }
  static std::string read(const std::string &path) {
    auto buffer = MemoryBuffer::getFile(path);
    return buffer ? (*buffer)->getBuffer().str() : "no file";
  }
  static void append(const std::string &path, StringRef text) {
    std::error_code code;
    raw_fd_ostream(path, code, sys::fs::OF_Append) << text;
  }

  /// Two batches an epoch.
  static RunRecord run() { return {"net", 3, 2, {{"batch", "128"}, {"quoted", "a \"b\""}}}; }
  static void tellEpoch(Log &log, uint64_t epoch) {
    for (uint64_t step : {2 * epoch - 1, 2 * epoch}) {
      StepRecord record;
      record.step = step;
      record.epoch = epoch;
      record.loss = 1.0 / static_cast<double>(step);
      log.step(record);
    }
    EpochRecord record;
    record.epoch = epoch;
    record.step = 2 * epoch;
    record.trainLoss = 0.5;
    record.top1 = 0.75;
    record.seconds = 1.25;
    record.isBest = epoch == 1;
    log.epoch(record);
  }
  static void tell(std::unique_ptr<Log> log, uint64_t from, uint64_t to) {
    log->begin(run());
    for (uint64_t epoch = from; epoch <= to; ++epoch)
      tellEpoch(*log, epoch);
    EXPECT_EQ(words(log->flush()), "");
  }
  static std::unique_ptr<Log> resumed(std::unique_ptr<Log> log, uint64_t step, uint64_t epoch) {
    log->resumeAt(step, epoch);
    return log;
  }

  SmallString<128> folder;
};

TEST_F(LogFiles, CsvHasARowAnEpochAndEmptyFieldsForWhatWasNotMeasured) {
  tell(makeCsvLog(at("x.csv")), 1, 2);
  EXPECT_EQ(read(at("x.csv")), "epoch,step,train_loss,train_accuracy,validation_loss,top1,top5,learning_rate,seconds,"
                               "images_per_second,data_wait_share,best\n"
                               "1,2,0.5,,,0.75,,0,1.25,0,0,1\n2,4,0.5,,,0.75,,0,1.25,0,0,0\n");
  Expected<plot::CsvTable> table = plot::readCsv(at("x.csv"));
  ASSERT_EQ(words(table.takeError()), "");
  EXPECT_EQ(*table->find("top1"), (std::vector<double>{0.75, 0.75}));
  EXPECT_TRUE(std::isnan((*table->find("top5"))[0]));
  EXPECT_EQ(table->find("top2"), nullptr);
}

/// After a kill at any byte and a resume, a log is that of an undisturbed run.
TEST_F(LogFiles, ResumedLogsHaveNothingTwice) {
  tell(makeCsvLog(at("whole.csv")), 1, 3);
  tell(makeJsonLinesLog(at("whole.jsonl")), 1, 3);
  for (size_t cut : {0, 3, 20}) {
    tell(makeCsvLog(at("x.csv")), 1, 2);
    tell(makeJsonLinesLog(at("x.jsonl")), 1, 2);
    for (StringRef name : {"x.csv", "x.jsonl"}) {
      std::string text = read(at(name));
      std::error_code code;
      raw_fd_ostream(at(name), code) << StringRef(text).drop_back(cut);
    }
    tell(resumed(makeCsvLog(at("x.csv")), 2, 1), 2, 3);
    tell(resumed(makeJsonLinesLog(at("x.jsonl")), 2, 1), 2, 3);
    EXPECT_EQ(read(at("x.csv")), read(at("whole.csv")));
    EXPECT_EQ(read(at("x.jsonl")), read(at("whole.jsonl")));
  }
}

TEST_F(LogFiles, ACheckpointAtAnEpochsLastStepMayLackTheEpoch) {
  tell(makeJsonLinesLog(at("whole.jsonl")), 1, 2);
  tell(makeJsonLinesLog(at("x.jsonl")), 1, 2);
  auto log = resumed(makeJsonLinesLog(at("x.jsonl")), 4, 1);
  log->begin(run());
  EpochRecord record;
  record.epoch = 2;
  record.step = 4;
  record.trainLoss = 0.5;
  record.top1 = 0.75;
  record.seconds = 1.25;
  log->epoch(record);
  EXPECT_EQ(words(log->flush()), "");
  EXPECT_EQ(read(at("x.jsonl")), read(at("whole.jsonl")));
}

TEST_F(LogFiles, JsonLinesAreJson) {
  tell(makeJsonLinesLog(at("x.jsonl")), 1, 1);
  auto log = resumed(makeJsonLinesLog(at("x.jsonl")), 2, 1);
  log->begin(run());
  StepRecord bad;
  bad.step = 3;
  bad.epoch = 2;
  bad.loss = std::nan("");
  log->step(bad);
  log->note("stopped: \xff the loss is no number");
  EXPECT_EQ(words(log->flush()), "");
  SmallVector<StringRef> lines;
  std::string text = read(at("x.jsonl"));
  StringRef(text).rtrim().split(lines, '\n');
  ASSERT_EQ(lines.size(), 6u);
  for (StringRef line : lines)
    EXPECT_EQ(words(json::parse(line).takeError()), "");
  EXPECT_TRUE(lines[0].contains(R"("settings":{"batch":"128","quoted":"a \"b\""})"));
  EXPECT_TRUE(lines[4].contains(R"("loss":null)"));
  EXPECT_TRUE(lines[5].starts_with(R"({"kind":"note","step":3,"epoch":2,)"));
}

TEST_F(LogFiles, ANewRunReplacesAnOldLog) {
  tell(makeCsvLog(at("x.csv")), 1, 3);
  tell(makeCsvLog(at("x.csv")), 1, 1);
  EXPECT_EQ(StringRef(read(at("x.csv"))).count('\n'), 2u);
}

TEST_F(LogFiles, EventFilesAreCutBackToo) {
  auto steps = [&] {
    std::string bytes = read(at("tb/events.out.tfevents.resnetc"));
    std::vector<uint64_t> result;
    StringRef rest = bytes;
    while (std::optional<StringRef> event = takeRecord(rest))
      result.push_back(*eventStep(*event));
    EXPECT_TRUE(rest.empty());
    return result;
  };
  tell(makeTensorBoardLog(at("tb")), 1, 2);
  EXPECT_EQ(steps(), (std::vector<uint64_t>{0, 1, 2, 2, 3, 4, 4}));
  append(at("tb/events.out.tfevents.resnetc"), "torn");
  tell(resumed(makeTensorBoardLog(at("tb")), 2, 1), 2, 3);
  EXPECT_EQ(steps(), (std::vector<uint64_t>{0, 1, 2, 2, 3, 4, 4, 5, 6, 6}));
  auto log = resumed(makeTensorBoardLog(at("tb")), 4, 1); // its epoch will be told again
  log->begin(run());
  EXPECT_EQ(words(log->flush()), "");
  EXPECT_EQ(steps(), (std::vector<uint64_t>{0, 1, 2, 2, 3, 4}));
}

TEST_F(LogFiles, APictureKnowsTheEpochsBeforeAResume) {
  tell(makeCsvLog(at("x.csv")), 1, 3);
  tell(makePlotLog(at("whole.svg"), at("x.csv")), 1, 3);
  tell(resumed(makePlotLog(at("x.svg"), at("x.csv")), 4, 2), 3, 3);
  EXPECT_EQ(read(at("x.svg")), read(at("whole.svg")));
  EXPECT_TRUE(StringRef(read(at("x.svg"))).contains(">validation<"));
  EXPECT_FALSE(StringRef(read(at("x.svg"))).contains("top-5")) << "was not measured";
}

/// Greedy training: three runs of an epoch write the logs of one run of three epochs, and one of them is resumed.
TEST_F(LogFiles, PartsOfARunMakeOneLog) {
  auto part = [&](std::unique_ptr<Log> log, uint64_t before, bool isResumed) {
    std::unique_ptr<Log> shifted = makeShiftedLog(std::move(log), before, 3);
    if (isResumed)
      shifted->resumeAt(0, 0);
    tell(std::move(shifted), 1, 1);
  };
  for (uint64_t before : {0, 1, 2, 1, 2}) {
    part(makeCsvLog(at("x.csv")), before, before == 1);
    part(makeJsonLinesLog(at("x.jsonl")), before, before == 1);
  }
  std::string csv = read(at("x.csv")), json = read(at("x.jsonl"));
  EXPECT_EQ(StringRef(csv).count('\n'), 4u) << csv;
  EXPECT_TRUE(StringRef(csv).contains("\n2,4,0.5,")) << csv;
  EXPECT_TRUE(StringRef(csv).contains("\n3,6,0.5,")) << csv;
  EXPECT_EQ(StringRef(json).count('\n'), 10u) << json;
  EXPECT_TRUE(StringRef(json).contains("\"epochs\":3,"));
}

TEST_F(LogFiles, WhatCantBeWrittenIsToldByFlush) {
  for (auto make : {makeCsvLog, makeJsonLinesLog}) {
    auto log = make(at("none/x"));
    log->begin(run());
    tellEpoch(*log, 1);
    EXPECT_TRUE(StringRef(words(log->flush())).contains("none/x"));
  }
  auto board = makeTensorBoardLog("/proc/none");
  board->begin(run());
  EXPECT_NE(words(board->flush()), "");
  auto picture = makePlotLog(at("none/x.svg"), at("x.csv"));
  picture->begin(run());
  tellEpoch(*picture, 1);
  EXPECT_NE(words(picture->flush()), "");
}

TEST_F(LogFiles, AForeignCsvIsNotCut) {
  append(at("x.csv"), "epoch,loss\n1,2\n");
  auto log = resumed(makeCsvLog(at("x.csv")), 2, 1);
  log->begin(run());
  EXPECT_TRUE(StringRef(words(log->flush())).contains("columns are not those of this version"));
  EXPECT_EQ(read(at("x.csv")), "epoch,loss\n1,2\n");
}

TEST_F(LogFiles, StepsOfJsonLinesAreATable) {
  tell(makeJsonLinesLog(at("x.jsonl")), 1, 2);
  append(at("x.jsonl"), R"({"kind":"step","step":5,"epoch":3,"loss":null,"learning_rate":0,"images_per_second":0,)"
                        R"("data_wait_share":0})"
                        "\n{\"kind\":\"step\",\"torn");
  Expected<plot::CsvTable> table = plot::readJsonLines(at("x.jsonl"), "step");
  ASSERT_EQ(words(table.takeError()), "");
  EXPECT_EQ(*table->find("step"), (std::vector<double>{1, 2, 3, 4, 5}));
  EXPECT_EQ((*table->find("loss"))[3], 0.25);
  EXPECT_TRUE(std::isnan((*table->find("loss"))[4]));
  EXPECT_TRUE(
      StringRef(words(plot::readJsonLines(at("x.jsonl"), "stop").takeError())).contains("no line of kind 'stop'"));
  append(at("y.jsonl"), "{\"kind\":\"step\",\"step\":1}\n{\"kind\":\"step\",\"loss\":1}\n");
  EXPECT_TRUE(StringRef(words(plot::readJsonLines(at("y.jsonl"), "step").takeError())).contains("line 2 has other"));
}

TEST_F(LogFiles, TablesWithMistakesAreRefused) {
  append(at("x.csv"), "a,b\n1,2\n1\n");
  EXPECT_TRUE(StringRef(words(plot::readCsv(at("x.csv")).takeError())).contains("line 3 has 1 fields"));
  append(at("empty.csv"), "");
  EXPECT_TRUE(StringRef(words(plot::readCsv(at("empty.csv")).takeError())).contains("no line with"));
  append(at("torn.csv"), "a,b\r\n1,x\r\n3,");
  Expected<plot::CsvTable> table = plot::readCsv(at("torn.csv"));
  ASSERT_EQ(words(table.takeError()), "");
  EXPECT_EQ(*table->find("a"), (std::vector<double>{1}));
  EXPECT_TRUE(std::isnan((*table->find("b"))[0]));
}

} // namespace
