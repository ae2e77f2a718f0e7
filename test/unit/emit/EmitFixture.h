//===- EmitFixture.h - a model small enough to write by hand ---------------===//
//
// One kernel, written in LLVM IR in place of Halide's: sixteen numbers plus a packed bias, in four parallel tasks.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_TEST_UNIT_EMIT_EMITFIXTURE_H
#define RESNETC_TEST_UNIT_EMIT_EMITFIXTURE_H

#include "compiler/emit/Link.h"
#include "runtime/weights/NamedTensors.h"
#include "llvm/ADT/SmallString.h"
#include "gtest/gtest.h"

namespace resnetc::emit {

inline constexpr unsigned channels = 16;

/// Compiles textual LLVM IR; fails the test and returns nothing if it is wrong.
ObjectBytes compileIR(llvm::StringRef ir);

/// A kernel's object: `<name>_argv` and a global task `<name>_task`, as Halide's have.
std::string kernelIR(llvm::StringRef name);

/// Tables of a network that adds its bias with one kernel.
PlanTables additionTables(llvm::StringRef network);
/// Adds the tables of a training step for two images, which stands for one in its entry points alone: it adds the
/// images to the bias.
void addTraining(PlanTables &tables);
weights::NamedTensors additionWeights(float first);

/// The assembled object; `kernel` is its symbol without "_argv".
llvm::Expected<ObjectBytes> assembleAddition(llvm::StringRef network, llvm::StringRef kernel, bool trains = false);

inline llvm::StringRef text(const ObjectBytes &bytes) { return {bytes.data(), bytes.size()}; }

/// Lines "T name" and "U name" for global and undefined symbols, sorted; "t name" for local ones on request.
std::vector<std::string> symbolsOf(const ObjectBytes &object, bool withLocals = false);

/// A test with a folder of its own.
class FolderTest : public testing::Test {
protected:
  void SetUp() override;
  void TearDown() override;
  std::string path(llvm::StringRef name) const;
  void write(llvm::StringRef name, llvm::StringRef bytes) const;
  /// Runs a shell command in the folder; returns all that it prints, and its status if it is not 0.
  std::string shell(llvm::StringRef command) const;

private:
  llvm::SmallString<128> folder;
};

} // namespace resnetc::emit

#endif // RESNETC_TEST_UNIT_EMIT_EMITFIXTURE_H
