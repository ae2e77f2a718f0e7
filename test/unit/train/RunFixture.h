//===- RunFixture.h - short runs of the fake model ----------------------------------------------===//

#ifndef RESNETC_TEST_UNIT_TRAIN_RUNFIXTURE_H
#define RESNETC_TEST_UNIT_TRAIN_RUNFIXTURE_H

#include "FakeModel.h"
#include "NumberedSet.h"
#include "runtime/train/Stop.h"
#include "runtime/train/Trainer.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <gtest/gtest.h>

namespace resnetc {

/// Sends itself SIGINT after a batch, as a user might.
class StopAfter : public train::Log {
public:
  explicit StopAfter(uint64_t batch) : batch(batch) {}
  void begin(const train::RunRecord &) override {}
  void step(const train::StepRecord &record) override {
    steps.push_back(record);
    if (record.step == batch)
      raise(SIGINT);
  }
  void epoch(const train::EpochRecord &record) override { epochs.push_back(record); }
  std::vector<train::StepRecord> steps;
  std::vector<train::EpochRecord> epochs;

private:
  uint64_t batch;
};

class RunFixture : public testing::Test {
protected:
  RunFixture() {
    llvm::sys::fs::createUniqueDirectory("resnetc-train", folder);
    settings.epochs = 3;
    settings.batch = 8;
    settings.learningRate = 0.5;
    settings.hyper.momentum = 0.9f;
    settings.schedule.kind = train::ScheduleKind::Cosine;
    settings.augment.flip = true;
    outputs.weights = (folder + "/net.rnw").str();
    outputs.last = (folder + "/net.last.rnw").str();
    outputs.checkpoint = (folder + "/net.ckpt").str();
    outputs.classNames = {"a", "b", "c"};
    resnetc_context_init(&context, nullptr);
    FakeModel::poisonedStep = ~uint64_t(0);
    FakeModel::dropout = 1e-3;
  }
  ~RunFixture() override { llvm::sys::fs::remove_directories(folder); }

  static constexpr uint64_t never = ~uint64_t(0);

  /// Trains from the begin, or from the checkpoint, up to batch `stop` of the run.
  llvm::Expected<train::Ending> run(uint64_t stop = never, bool resume = false) {
    const train::StopSignals signals;
    log = std::make_unique<StopAfter>(stop);
    train::RunFiles files(model, context, train::describe(settings), outputs);
    const train::RunData data = {&images, validates ? &test : nullptr};
    train::Trainer trainer(model, context, settings, data, files, *log);
    if (resume) {
      auto checkpoint = train::readCheckpoint(outputs.checkpoint);
      if (!checkpoint)
        return checkpoint.takeError();
      if (llvm::Error error = train::checkpointFits(*checkpoint, train::describe(settings), model, outputs.checkpoint))
        return error;
      if (llvm::Error error = trainer.resume(std::move(*checkpoint)))
        return error;
    } else if (llvm::Error error = trainer.begin())
      return error;
    auto ending = trainer.run();
    end = std::move(trainer.state());
    return ending;
  }

  static std::string contents(const std::string &path) {
    auto buffer = llvm::MemoryBuffer::getFile(path);
    return buffer ? (*buffer)->getBuffer().str() : "no file " + path;
  }
  static std::string bytes(const AlignedBytes &bytes) {
    return {reinterpret_cast<const char *>(bytes.data()), bytes.size};
  }

  llvm::SmallString<128> folder;
  const train::Model model = FakeModel::make();
  NumberedSet images{50}, test{20};
  bool validates = true;
  train::Settings settings;
  train::Outputs outputs;
  resnetc_context context;
  std::unique_ptr<StopAfter> log;
  train::RunState end;
};

} // namespace resnetc

#endif // RESNETC_TEST_UNIT_TRAIN_RUNFIXTURE_H
