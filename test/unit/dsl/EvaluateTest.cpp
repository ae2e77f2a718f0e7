//===- EvaluateTest.cpp - arithmetic on parameters ------------------------------------===//

#include "DslFixture.h"
#include "dsl/Parser.h"

using namespace resnetc::dsl;

namespace {

/// The value as text, or the error's message.
std::string valueOf(llvm::StringRef text) {
  llvm::SourceMgr sources;
  Diagnostics diagnostics(sources);
  unsigned id = sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, "t.rn"), llvm::SMLoc());
  Environment environment;
  environment.bind("n", Value{int64_t(9)});
  environment.bind("x", Value{0.5});
  auto sink = [&](Location where, const llvm::Twine &message) -> Diagnostic & {
    return diagnostics.error(where, message);
  };
  ast::ExprPtr expr = parseExpression(sources.getMemoryBuffer(id)->getBuffer(), diagnostics);
  std::optional<Value> value = expr ? evaluate(*expr, environment, sink) : std::nullopt;
  EXPECT_NE(value.has_value(), diagnostics.hasErrors());
  EXPECT_LE(diagnostics.errorCount(), 1u);
  return value ? describe(*value) : diagnostics.all().front()->message;
}

TEST(Evaluate, Integers) {
  EXPECT_EQ(valueOf("1 + 2 * 3 - 4"), "the integer 3");
  EXPECT_EQ(valueOf("(6 * n + 2)"), "the integer 56");
  EXPECT_EQ(valueOf("-7 // 2"), "the integer -4");
  EXPECT_EQ(valueOf("-7 % 2"), "the integer 1");
  EXPECT_EQ(valueOf("7 % -2"), "the integer -1");
  EXPECT_EQ(valueOf("n / 3"), "the integer 3");
  EXPECT_EQ(valueOf("n / 2"), "9 / 2 is not whole");
  EXPECT_EQ(valueOf("10 - 3 - 2"), "the integer 5");
}

TEST(Evaluate, IntegersNeverWrap) {
  EXPECT_EQ(valueOf("9223372036854775807 + 1"), "the result does not fit 64 bits");
  EXPECT_EQ(valueOf("4611686018427387904 * 2"), "the result does not fit 64 bits");
  EXPECT_EQ(valueOf("(-9223372036854775807 - 1) // -1"), "the result does not fit 64 bits");
  EXPECT_EQ(valueOf("-(-9223372036854775807 - 1)"), "the result does not fit 64 bits");
  EXPECT_EQ(valueOf("1 // 0"), "division by zero");
  EXPECT_EQ(valueOf("1 % 0"), "division by zero");
}

TEST(Evaluate, Reals) {
  EXPECT_EQ(valueOf("n * x"), "the real number 4.5");
  EXPECT_EQ(valueOf("1 / 4.0"), "the real number 0.25");
  EXPECT_EQ(valueOf("1.0 / 0"), "division by zero");
  EXPECT_EQ(valueOf("1e308 * 10"), "the result is too large for a real number");
  EXPECT_EQ(valueOf("1.5 % 2"), "'%' can't be applied to the real number 1.5 and the integer 2");
}

TEST(Evaluate, Comparisons) {
  EXPECT_EQ(valueOf("n > 3 && x < 1"), "true");
  EXPECT_EQ(valueOf("n == 9.0"), "true");
  EXPECT_EQ(valueOf("false && 1 / 0 == 1"), "false");
  EXPECT_EQ(valueOf("true || 1 / 0 == 1"), "true");
  EXPECT_EQ(valueOf("!(n <= 8) != false"), "true");
  EXPECT_EQ(valueOf("n && true"), "'&&' can't be applied to the integer 9 and true");
  EXPECT_EQ(valueOf("[1, 2] == [1, 2]"), "'==' can't be applied to the list [1, 2] and the list [1, 2]");
}

TEST(Evaluate, NotAValue) {
  EXPECT_EQ(valueOf("m"), "unknown parameter 'm'");
  EXPECT_EQ(valueOf("relu(1)"), "'relu' is no value");
  EXPECT_EQ(valueOf("1 2"), "expected the end of the value, found '2'");
  EXPECT_EQ(valueOf(""), "expected a value");
}

} // namespace
