//===- CheckpointTest.cpp - a training run on the disk ------------------------------------------===//

#include "RunFixture.h"
#include "llvm/ADT/StringExtras.h"

using namespace resnetc;
using namespace resnetc::train;

namespace {

class CheckpointTest : public RunFixture {
protected:
  void save() {
    auto ending = run(9);
    ASSERT_TRUE(bool(ending)) << toString(ending.takeError());
  }
  std::string problem() { return problemOf(readCheckpoint(outputs.checkpoint)); }
  std::string problemOf(llvm::StringRef bytes) { return problemOf(parseCheckpoint(bytes, "net.ckpt")); }
  std::string problemOf(llvm::Expected<Checkpoint> &&checkpoint) {
    if (!checkpoint)
      return toString(checkpoint.takeError());
    llvm::Error error = checkpointFits(*checkpoint, describe(settings), model, "net.ckpt");
    return error ? toString(std::move(error)) : "none";
  }
};

TEST_F(CheckpointTest, HoldsTheWholeRun) {
  settings.ema = 0.9;
  save();
  auto checkpoint = readCheckpoint(outputs.checkpoint);
  ASSERT_TRUE(bool(checkpoint)) << toString(checkpoint.takeError());
  EXPECT_EQ(checkpoint->settings, describe(settings));
  EXPECT_EQ(checkpoint->compiler, "by hand");
  EXPECT_EQ(bytes(checkpoint->run.state), bytes(end.state));
  EXPECT_EQ(bytes(checkpoint->run.average), bytes(end.average));
  EXPECT_EQ(bytes(checkpoint->run.best), bytes(end.best));
  EXPECT_EQ(checkpoint->run.position.batch, 2u);
  EXPECT_EQ(checkpoint->run.position.epoch, 1u);
  EXPECT_EQ(checkpoint->run.history.size(), 1u);
  EXPECT_EQ(problem(), "none");
}

TEST_F(CheckpointTest, EveryChangedByteIsSeen) {
  save();
  std::string good = contents(outputs.checkpoint);
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
    ASSERT_NE(problemOf(bad), "none") << "byte " << i;
  }
}

TEST_F(CheckpointTest, EveryLengthIsSeen) {
  save();
  const std::string good = contents(outputs.checkpoint);
  for (size_t length = 0; length < good.size(); ++length)
    ASSERT_NE(problemOf(llvm::StringRef(good).take_front(length)), "none") << length;
  const std::string words = problemOf(good + std::string(64, '\0'));
  EXPECT_NE(words.find("its size is not what its header says"), std::string::npos) << words;
}

TEST_F(CheckpointTest, SizesThatOverflowAreSeen) {
  save();
  const std::string good = contents(outputs.checkpoint);
  for (uint64_t size : {~uint64_t(0), ~uint64_t(0) - 63, uint64_t(1) << 63})
    for (size_t section = 0; section < 7; ++section) {
      std::string bad = good;
      std::memcpy(bad.data() + 16 + section * 8, &size, 8);
      EXPECT_NE(problemOf(bad).find("it ends early"), std::string::npos) << problemOf(bad);
    }
}

TEST_F(CheckpointTest, WordsSayWhatIsWrong) {
  EXPECT_NE(problem().find("No such file"), std::string::npos) << problem();
  EXPECT_NE(problemOf("").find("shorter than a checkpoint's header"), std::string::npos);
  EXPECT_NE(problemOf(std::string(200, 'x')).find("it is no checkpoint; begin anew with --fresh"), std::string::npos);
}

TEST_F(CheckpointTest, OtherSettingsAreNamed) {
  save();
  settings.epochs = 4;
  settings.clip = 1;
  settings.augment = {};
  const std::string words = problem();
  EXPECT_NE(words.find("epochs: 3 then, 4 now"), std::string::npos) << words;
  EXPECT_NE(words.find("clip: not set then, 1 now"), std::string::npos) << words;
  EXPECT_NE(words.find("augment: [flip] then, [] now"), std::string::npos) << words;
  EXPECT_EQ(words.find("seed"), std::string::npos) << words;
}

TEST_F(CheckpointTest, AnotherLayoutIsNamed) {
  save();
  auto checkpoint = readCheckpoint(outputs.checkpoint);
  ASSERT_TRUE(bool(checkpoint)) << toString(checkpoint.takeError());
  ++checkpoint->layoutHash;
  const std::string words = toString(checkpointFits(*checkpoint, describe(settings), model, "net.ckpt"));
  EXPECT_NE(words.find("the layout of the training state"), std::string::npos) << words;
}

TEST_F(CheckpointTest, PartsMustFitEachOther) {
  save();
  auto checkpoint = readCheckpoint(outputs.checkpoint);
  ASSERT_TRUE(bool(checkpoint)) << toString(checkpoint.takeError());
  ++checkpoint->run.position.epoch;
  const std::string words = toString(checkpointFits(*checkpoint, describe(settings), model, "net.ckpt"));
  EXPECT_NE(words.find("its parts do not fit each other"), std::string::npos) << words;
}

} // namespace
