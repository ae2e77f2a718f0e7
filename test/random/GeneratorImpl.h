//===- GeneratorImpl.h - what the parts of the generator share --------------===//

#ifndef RESNETC_TEST_RANDOM_GENERATORIMPL_H
#define RESNETC_TEST_RANDOM_GENERATORIMPL_H

#include "test/random/Generator.h"
#include "test/random/Shapes.h"
#include <random>
#include <set>

namespace resnetc::test {

/// Draws statements and keeps those that fit the shape before them.
class Generator {
public:
  Generator(uint64_t seed, const GeneratorOptions &options);
  Generated network();
  Generated identity();

private:
  /// The labels of one naming scope. Nothing in a repeat may have one.
  struct Scope {
    std::set<std::string> labels;
    bool isRepeated = false;
  };

  // ---- numbers (Generator.cpp) ----
  int64_t draw(int64_t low, int64_t high) { return low + int64_t(random() % uint64_t(high - low + 1)); }
  bool chance(int percent) { return draw(0, 99) < percent; }
  template <typename T> T pick(std::initializer_list<T> values) { return values.begin()[draw(0, values.size() - 1)]; }
  int64_t drawChannels();
  /// An expression with this value now: of parameters, counters and constants, or the number itself.
  Expr number(int64_t value);
  Expr real(double low, double high);
  std::string label(Scope &scope);
  /// A layer's argument; without its name if all before it are there.
  void add(Statement &layer, const std::string &name, Expr value, bool mayBePositional = false);

  // ---- bodies (Generator.cpp) ----
  /// Appends a statement if it fits; its cost is taken from the budget.
  bool append(Body &body, Shape &shape, Statement statement);
  Body sequence(Scope &scope, Shape &shape, int depth, int count);
  std::optional<Statement> statement(Scope &scope, const Shape &shape, int depth);
  void appendIdiom(Body &body, Shape &shape, Scope &scope);
  void begin(int rank);
  void end(Scope &scope, Shape &shape);
  void addTrain(const Shape &output);
  Generated finish(const Shape &output);

  // ---- layers (GenerateLayers.cpp) ----
  Statement layer(const Shape &shape);
  Statement conv(const Shape &shape);
  Statement pool(const Shape &shape);
  Statement linear();
  Statement norm();
  Statement activation();
  Statement scaling();
  /// conv or linear that makes `channels` of what is there, of the same size.
  Statement widen(const Shape &shape, int64_t channels, int64_t stride = 1);
  void addWindow(Statement &layer, size_t axes, bool isConv);
  Expr perAxis(size_t axes, int64_t low, int64_t high);

  // ---- structure (GenerateStructure.cpp) ----
  std::optional<Statement> residual(Scope &scope, const Shape &shape, int depth);
  void addShortcut(Statement &residual, Scope &scope, const Shape &shape, const Shape &output, int depth);
  std::optional<Statement> group(Scope &scope, const Shape &shape, int depth);
  std::optional<Statement> repeat(Scope &scope, const Shape &shape, int depth);
  std::optional<Statement> conditional(Scope &scope, const Shape &shape, int depth);
  std::optional<Statement> scale(Scope &scope, const Shape &shape, int depth);
  std::optional<Statement> concat(Scope &scope, const Shape &shape, int depth);
  /// Blocks of std.resnet may be called.
  void importLibrary();
  std::optional<Statement> newBlock(const Shape &shape, int depth);
  std::optional<Statement> oldBlock();
  /// Ends with a sigmoid; of the channels of the gated.
  Body gate(Scope &scope, const Shape &shape, int64_t channels);
  /// Appends what makes `shape` again `wanted`, if one layer can.
  void restore(Body &body, Shape &shape, const Shape &wanted);

  std::mt19937 random;
  GeneratorOptions options;
  Program program;
  Shape input;
  Environment environment;
  int64_t budget;
  bool keepsSize = false; ///< only layers that leave height and width as they are
  int blocks = 0, counters = 0;
};

/// Removes parameters and counters that a body does not use; the language wants every one used.
void removeUnused(Block &block);
bool uses(const Body &body, const std::string &name);

} // namespace resnetc::test

#endif // RESNETC_TEST_RANDOM_GENERATORIMPL_H
