//===- Targets.h - what is fuzzed -------------------------------------------===//
//
// A target takes any text and returns what is wrong with the front end, or "" if all is
// well; crashes, sanitizers and limits speak for themselves. The fuzzers (FuzzMain.cpp)
// and the replay of the corpus in the ordinary build (ReplayTest.cpp) share them.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_TEST_FUZZ_TARGETS_H
#define RESNETC_TEST_FUZZ_TARGETS_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace resnetc::fuzz {

/// Lexer and parser: any text gives a tree, with or without errors, and every error can be shown.
std::string parseTarget(llvm::StringRef text);
/// Printing a tree and parsing the print gives the same tree; so does formatting, and formatting twice is formatting
/// once.
std::string formatTarget(llvm::StringRef text);
/// The whole front end in memory, for each network of the text.
std::string elaborateTarget(llvm::StringRef text);

} // namespace resnetc::fuzz

#endif // RESNETC_TEST_FUZZ_TARGETS_H
