//===- ReplayTest.cpp - the corpus in the ordinary build --------------------===//
//
// Every text that a fuzzer found worth keeping, and every one that it found wrong: no
// crash, no broken promise, no more than a second of CPU time (with room for sanitizers).
//
//===----------------------------------------------------------------------===//

#include "Targets.h"
#include "dsl/Layers.h"
#include "dsl/Lexer.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <ctime>
#include <gtest/gtest.h>

using namespace resnetc;

namespace {

constexpr double allowedSeconds = 10;

std::unique_ptr<llvm::MemoryBuffer> read(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  EXPECT_TRUE(buffer) << path;
  return buffer ? std::move(*buffer) : nullptr;
}

void replay(const char *target, std::string (*run)(llvm::StringRef)) {
  std::string folder = std::string(RESNETC_SOURCE_DIR "/test/fuzz/corpus/") + target;
  unsigned count = 0;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator file(folder, error), end; file != end && !error; file.increment(error)) {
    std::unique_ptr<llvm::MemoryBuffer> buffer = read(file->path());
    if (!buffer)
      continue;
    SCOPED_TRACE(file->path());
    std::clock_t begin = std::clock(); // of this process, so that a busy machine does not matter
    EXPECT_EQ(run(buffer->getBuffer()), "");
    EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, allowedSeconds);
    ++count;
  }
  EXPECT_FALSE(error) << error.message();
  EXPECT_GT(count, 10u) << "of " << folder;
}

TEST(Replay, Parse) { replay("parse", fuzz::parseTarget); }
TEST(Replay, Format) { replay("format", fuzz::formatTarget); }
TEST(Replay, Elaborate) { replay("elaborate", fuzz::elaborateTarget); }

TEST(Dictionary, HasEveryWordOfTheLanguage) {
  std::unique_ptr<llvm::MemoryBuffer> buffer = read(RESNETC_SOURCE_DIR "/test/fuzz/rn.dict");
  ASSERT_TRUE(buffer);
  llvm::SmallVector<llvm::StringRef> lines;
  buffer->getBuffer().split(lines, '\n');
  auto check = [&](llvm::StringRef word) {
    EXPECT_TRUE(llvm::is_contained(lines, ("\"" + word + "\"").str())) << word.str();
  };
  for (const dsl::LayerInfo &layer : dsl::allLayers()) {
    check(layer.name);
    for (const dsl::LayerParameter &parameter : layer.parameters)
      check(parameter.name);
  }
}

} // namespace
