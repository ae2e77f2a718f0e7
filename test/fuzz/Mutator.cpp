//===- Mutator.cpp - changes that know the grammar --------------------------===//
//
// Most changes keep brackets balanced and put statements where statements may stand, so
// that the text stays near the language and reaches elaboration; a few do not, for the
// parser's recovery. Statements and definitions also come from a pool: the networks that
// come with the compiler and the texts of the tests.
//
//===----------------------------------------------------------------------===//

#include "Pieces.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cstdint>
#include <cstring>
#include <random>

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maximalSize);

using namespace resnetc::fuzz;

namespace {

/// What mutations insert: statements and definitions of good texts, and the words of the dictionary.
struct Pool {
  std::vector<Pieces> statements;
  std::vector<std::string> words;

  static const Pool &get() {
    static const Pool pool;
    return pool;
  }

private:
  Pool() {
    for (const char *folder : {"dsl/std", "dsl/std/models", "test/lit/dsl"})
      readFolder(std::string(RESNETC_SOURCE_DIR "/") + folder);
    readDictionary(RESNETC_SOURCE_DIR "/test/fuzz/rn.dict");
  }

  void readFolder(const std::string &folder) {
    std::error_code error;
    for (llvm::sys::fs::directory_iterator file(folder, error), end; file != end && !error; file.increment(error))
      if (llvm::StringRef(file->path()).ends_with(".rn"))
        if (auto buffer = llvm::MemoryBuffer::getFile(file->path()))
          readText((*buffer)->getBuffer());
  }

  void readText(llvm::StringRef text) {
    constexpr size_t longest = 120;
    Pieces pieces = split(text);
    for (size_t start : statementStarts(pieces)) {
      Range range = statementAt(pieces, start);
      if (range.end - range.begin > longest || pieces[start].text.empty())
        continue;
      statements.emplace_back(pieces.begin() + range.begin, pieces.begin() + range.end);
      statements.back().front().blanks = "\n";
    }
  }

  void readDictionary(const char *path) {
    auto buffer = llvm::MemoryBuffer::getFile(path);
    llvm::SmallVector<llvm::StringRef> lines;
    if (buffer)
      (*buffer)->getBuffer().split(lines, '\n');
    for (llvm::StringRef line : lines)
      if (line.consume_front("\"") && line.consume_back("\""))
        words.push_back(line.str());
  }
};

class Mutation {
public:
  Mutation(llvm::StringRef text, unsigned seed) : pieces(split(text)), random(seed) {}

  std::string run() {
    using Change = void (Mutation::*)();
    static constexpr Change changes[] = {
        &Mutation::changeToken,   &Mutation::changeToken,     &Mutation::changeToken,     &Mutation::changeNumber,
        &Mutation::changeNumber,  &Mutation::insertStatement, &Mutation::insertStatement, &Mutation::insertStatement,
        &Mutation::copyStatement, &Mutation::moveStatement,   &Mutation::dropStatement,   &Mutation::wrapStatement,
        &Mutation::wrapStatement, &Mutation::insertArgument,  &Mutation::dropToken,       &Mutation::insertToken,
        &Mutation::copyBracketed,
    };
    for (unsigned count = 1 + below(4); count > 0; --count)
      (this->*changes[below(std::size(changes))])();
    return join(pieces);
  }

  /// A statement of `other` instead of one from the pool.
  void insertFrom(llvm::StringRef other) {
    Pieces from = split(other);
    std::vector<size_t> starts = statementStarts(from);
    if (starts.empty())
      return;
    Range range = statementAt(from, starts[below(starts.size())]);
    insertAtStatement(Pieces(from.begin() + range.begin, from.begin() + range.end));
  }

  std::string result() const { return join(pieces); }

private:
  size_t below(size_t bound) { return bound ? random() % bound : 0; }

  const std::string &word() { return Pool::get().words[below(Pool::get().words.size())]; }

  std::string number() {
    static constexpr const char *numbers[] = {"0",     "1",   "2",    "3",   "4",          "7",
                                              "8",     "16",  "64",   "100", "1000",       "4096",
                                              "10001", "0.5", "1e-5", "1.0", "2147483647", "9223372036854775807"};
    return below(4) ? numbers[below(std::size(numbers))] : std::to_string(below(300));
  }

  /// A place of a token; none in an empty text.
  bool pick(size_t &at) {
    at = below(pieces.size());
    return !pieces.empty();
  }

  bool pickStatement(Range &range) {
    std::vector<size_t> starts = statementStarts(pieces);
    if (starts.empty())
      return false;
    range = statementAt(pieces, starts[below(starts.size())]);
    return range.begin < range.end;
  }

  Pieces cut(Range range) const { return Pieces(pieces.begin() + range.begin, pieces.begin() + range.end); }

  void insertAtStatement(Pieces inserted) {
    std::vector<size_t> starts = statementStarts(pieces);
    size_t at = starts.empty() || below(12) == 0 ? pieces.size() : starts[below(starts.size())];
    if (inserted.empty())
      return;
    if (!inserted.front().startsLine())
      inserted.front().blanks = "\n";
    if (at < pieces.size() && !pieces[at].startsLine())
      pieces[at].blanks = "\n";
    pieces.insert(pieces.begin() + at, inserted.begin(), inserted.end());
  }

  /// A token becomes another of its sort: a word of this text or of the language, a number, an operator.
  void changeToken() {
    size_t at, other;
    if (!pick(at) || !pick(other))
      return;
    if (pieces[at].isNumber())
      pieces[at].text = number();
    else if (pieces[at].isWord())
      pieces[at].text = below(2) && pieces[other].isWord() ? pieces[other].text : word();
    else if (!pieces[at].opens() && !pieces[at].closes())
      pieces[at].text = word();
    else if (below(8) == 0)
      pieces[at].text = pieces[other].text; // brackets no longer match
  }

  void changeNumber() {
    for (unsigned tries = 0; tries < 8; ++tries) {
      size_t at;
      if (pick(at) && pieces[at].isNumber()) {
        pieces[at].text = number();
        return;
      }
    }
  }

  void insertStatement() {
    const std::vector<Pieces> &statements = Pool::get().statements;
    if (!statements.empty())
      insertAtStatement(statements[below(statements.size())]);
  }

  void copyStatement() {
    if (Range range; pickStatement(range))
      insertAtStatement(cut(range));
  }

  void moveStatement() {
    Range range;
    if (!pickStatement(range))
      return;
    Pieces moved = cut(range);
    pieces.erase(pieces.begin() + range.begin, pieces.begin() + range.end);
    insertAtStatement(std::move(moved));
  }

  void dropStatement() {
    if (Range range; pickStatement(range))
      pieces.erase(pieces.begin() + range.begin, pieces.begin() + range.end);
  }

  void wrapStatement() {
    static constexpr const char *heads[] = {"residual {",
                                            "scale {",
                                            "carry {",
                                            "concat {",
                                            "repeat 2 as i {",
                                            "repeat 0 {",
                                            "if i == 1 {",
                                            "if true {",
                                            "layer1: {",
                                            "residual { } shortcut {",
                                            "residual { relu } gated {",
                                            "concat { } {",
                                            "{"};
    static constexpr const char *tails[] = {"}",
                                            "}",
                                            "}",
                                            "} shortcut projection",
                                            "} shortcut pad",
                                            "} shortcut d: projection_always",
                                            "} gated { sigmoid }",
                                            "} else { relu }",
                                            "} { relu }"};
    Range range;
    if (!pickStatement(range))
      return;
    Pieces head = split(heads[below(std::size(heads))]), tail = split(tails[below(std::size(tails))]);
    head.front().blanks = "\n";
    pieces.insert(pieces.begin() + range.end, tail.begin(), tail.end());
    pieces.insert(pieces.begin() + range.begin, head.begin(), head.end());
  }

  void insertArgument() {
    for (unsigned tries = 0; tries < 8; ++tries) {
      size_t at;
      if (!pick(at) || pieces[at].text != "(")
        continue;
      Pieces argument = split(word() + " = " + number() + ", ");
      if (below(3) == 0)
        argument = split("[" + number() + ", " + number() + "], ");
      pieces.insert(pieces.begin() + at + 1, argument.begin(), argument.end());
      return;
    }
  }

  void dropToken() {
    size_t at;
    if (pick(at) && (below(6) == 0 || (!pieces[at].opens() && !pieces[at].closes())))
      pieces.erase(pieces.begin() + at);
  }

  void insertToken() {
    size_t at;
    if (pick(at))
      pieces.insert(pieces.begin() + at, Piece{" ", below(3) ? word() : number()});
  }

  /// Doubles what a bracket holds, with the bracket.
  void copyBracketed() {
    for (unsigned tries = 0; tries < 8; ++tries) {
      size_t at;
      if (!pick(at) || !pieces[at].opens())
        continue;
      Pieces copy = cut({at, closingEnd(pieces, at)});
      pieces.insert(pieces.begin() + (below(2) ? at : below(pieces.size())), copy.begin(), copy.end());
      return;
    }
  }

  Pieces pieces;
  std::minstd_rand random;
};

size_t store(llvm::StringRef text, uint8_t *data, size_t maximalSize) {
  size_t size = std::min(text.size(), maximalSize);
  std::memcpy(data, text.data(), size);
  return size;
}

} // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maximalSize, unsigned seed) {
  if (seed % 10 == 0) // bytes, with the dictionary and what libFuzzer has learnt from comparisons
    return LLVMFuzzerMutate(data, size, maximalSize);
  return store(Mutation({reinterpret_cast<const char *>(data), size}, seed).run(), data, maximalSize);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t oneSize, const uint8_t *two, size_t twoSize,
                                            uint8_t *out, size_t maximalSize, unsigned seed) {
  Mutation mutation({reinterpret_cast<const char *>(one), oneSize}, seed);
  for (unsigned count = 1 + seed % 3; count > 0; --count)
    mutation.insertFrom({reinterpret_cast<const char *>(two), twoSize});
  return store(mutation.result(), out, maximalSize);
}
