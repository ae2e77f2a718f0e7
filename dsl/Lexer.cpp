//===- Lexer.cpp - text to tokens ---------------------------------------------===//

#include "dsl/Lexer.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace resnetc::dsl;

namespace {

class Lexer {
public:
  Lexer(llvm::StringRef text, Diagnostics &diagnostics) : rest(text), diagnostics(diagnostics) {}

  std::vector<Token> run() {
    rest.consume_front("\xef\xbb\xbf"); // a byte order mark
    while (true) {
      skipBlanks();
      if (rest.empty())
        break;
      if (tokens.size() == maximalTokens) {
        diagnostics.error(here(1), "the file has more than " + llvm::Twine(maximalTokens) + " words and signs")
            .help("split it into files that import each other");
        rest = rest.take_back(0);
        tokens.clear(); // so that the cut is no second mistake
        break;
      }
      lexOne();
    }
    emit(TokenKind::End, 0);
    return std::move(tokens);
  }

private:
  static bool isWordStart(char c) { return llvm::isAlpha(c) || c == '_'; }
  static bool isWordPart(char c) { return llvm::isAlnum(c) || c == '_'; }

  static bool isForeign(char c) { return static_cast<unsigned char>(c) >= 0x80; }

  void emit(TokenKind kind, size_t length) {
    tokens.push_back({kind, startsLine, rest.take_front(length), followsMistake});
    rest = rest.drop_front(length);
    startsLine = followsMistake = false;
  }

  void skipBlanks() {
    while (!rest.empty()) {
      char c = rest.front();
      if (c == '#')
        rest = rest.drop_until([](char d) { return d == '\n' || d == '\r'; });
      else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        startsLine |= c == '\n' || c == '\r';
        rest = rest.drop_front();
      } else
        return;
    }
  }

  Location here(size_t length) const {
    return {llvm::SMLoc::getFromPointer(rest.begin()), llvm::SMLoc::getFromPointer(rest.begin() + length)};
  }

  void lexOne() {
    char c = rest.front();
    if (isWordStart(c) || isForeign(c))
      return lexWord();
    if (llvm::isDigit(c) || (c == '.' && rest.size() > 1 && llvm::isDigit(rest[1])))
      return lexNumber();
    if (c == '"' || c == '\'')
      return lexString();
    if (lexOperator())
      return;
    if (c == '&' || c == '|' || c == '^')
      return lexForeignOperator();
    skipUnknown();
  }

  /// A word with foreign letters is reported and stays a word, so that no second error follows from it.
  void lexWord() {
    size_t length = rest.take_while([](char c) { return isWordPart(c) || isForeign(c); }).size();
    llvm::StringRef word = rest.take_front(length);
    if (llvm::any_of(word, isForeign))
      diagnostics.error(here(length), "unexpected '" + word.take_front(80) + "'")
          .help("names are made of a-z, A-Z, 0-9 and _");
    emit(TokenKind::Word, length);
  }

  void lexNumber() {
    size_t length = 0;
    auto digits = [&] {
      while (length < rest.size() && llvm::isDigit(rest[length]))
        ++length;
    };
    auto at = [&](size_t index) { return index < rest.size() ? rest[index] : '\0'; };
    bool isReal = false;
    digits();
    if (at(length) == '.' && llvm::isDigit(at(length + 1))) {
      isReal = true;
      ++length;
      digits();
    }
    if (at(length) == 'e' || at(length) == 'E') {
      size_t sign = at(length + 1) == '-' || at(length + 1) == '+';
      if (llvm::isDigit(at(length + 1 + sign))) {
        isReal = true;
        length += 1 + sign;
        digits();
      }
    }
    if (isWordPart(at(length))) {
      size_t tail = rest.drop_front(length).take_while(isWordPart).size();
      diagnostics.error(here(length + tail), "'" + rest.take_front(length + tail) + "' is not a number");
      // Still a number to the parser: the mistake is reported, the sentence is whole.
      emit(TokenKind::Integer, length);
      rest = rest.drop_front(tail);
      return;
    }
    emit(isReal ? TokenKind::Real : TokenKind::Integer, length);
  }

  void lexString() {
    char quote = rest.front();
    size_t end = rest.find_first_of(llvm::StringRef(quote == '"' ? "\"\n\r" : "'\n\r"), 1);
    if (end != llvm::StringRef::npos && rest[end] == quote) {
      if (quote != '"')
        diagnostics.error(here(end + 1), "a string stands in double quotes")
            .help("write '\"" + rest.slice(1, std::min<size_t>(end, 80)) + "\"'");
      return emit(TokenKind::String, end + 1);
    }
    size_t length = std::min(end, rest.size());
    diagnostics.error(here(length), "the string does not end on this line").help("write '\"' at its end");
    emit(TokenKind::String, length);
  }

  bool lexOperator() {
    struct Spelling {
      llvm::StringLiteral text;
      TokenKind kind;
    };
    // Longer spellings come first.
    static constexpr Spelling spellings[] = {
        {"==", TokenKind::Equal},        {"!=", TokenKind::NotEqual},  {"<=", TokenKind::LessEqual},
        {">=", TokenKind::GreaterEqual}, {"&&", TokenKind::And},       {"||", TokenKind::Or},
        {"//", TokenKind::SlashSlash},   {"{", TokenKind::LeftBrace},  {"}", TokenKind::RightBrace},
        {"(", TokenKind::LeftParen},     {")", TokenKind::RightParen}, {"[", TokenKind::LeftBracket},
        {"]", TokenKind::RightBracket},  {",", TokenKind::Comma},      {":", TokenKind::Colon},
        {";", TokenKind::Semicolon},     {".", TokenKind::Dot},        {"=", TokenKind::Assign},
        {"+", TokenKind::Plus},          {"-", TokenKind::Minus},      {"*", TokenKind::Star},
        {"/", TokenKind::Slash},         {"%", TokenKind::Percent},    {"<", TokenKind::Less},
        {">", TokenKind::Greater},       {"!", TokenKind::Not},
    };
    for (const Spelling &spelling : spellings)
      if (rest.starts_with(spelling.text)) {
        emit(spelling.kind, spelling.text.size());
        return true;
      }
    return false;
  }

  /// `&`, `|` and `^` are read as what they were meant to be, so that no error follows from them.
  void lexForeignOperator() {
    char c = rest.front();
    Diagnostic &error = diagnostics.error(here(1), llvm::Twine("there is no operator '") + llvm::Twine(c) + "'");
    if (c == '^')
      error.help("a power is written as a product");
    else
      error.help(llvm::Twine("write '") + llvm::Twine(c) + llvm::Twine(c) + "' for a condition");
    emit(c == '^' ? TokenKind::Star : c == '&' ? TokenKind::And : TokenKind::Or, 1);
  }

  /// One error for a run of bytes that mean nothing.
  void skipUnknown() {
    auto isUnknown = [](char c) {
      unsigned char byte = c;
      return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || llvm::StringRef("$@?`~\\\x7f").contains(c);
    };
    size_t length = std::max<size_t>(1, rest.take_while(isUnknown).size());
    diagnostics.error(here(length), "unexpected '" + rest.take_front(std::min<size_t>(length, 16)) + "'");
    rest = rest.drop_front(length);
    followsMistake = true;
  }

  llvm::StringRef rest;
  Diagnostics &diagnostics;
  std::vector<Token> tokens;
  bool startsLine = true, followsMistake = false;
};

} // namespace

std::vector<Token> resnetc::dsl::lex(llvm::StringRef text, Diagnostics &diagnostics) {
  return Lexer(text, diagnostics).run();
}

bool resnetc::dsl::isKeyword(llvm::StringRef word) {
  return llvm::StringSwitch<bool>(word)
      .Cases({"block", "network", "train", "import", "const", "input"}, true)
      .Cases({"residual", "shortcut", "gated", "scale", "carry", "concat"}, true)
      .Cases({"repeat", "as", "if", "else", "true", "false"}, true)
      .Default(false);
}
