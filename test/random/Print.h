//===- Print.h - a random network as text, in one of many hands ------------===//

#ifndef RESNETC_TEST_RANDOM_PRINT_H
#define RESNETC_TEST_RANDOM_PRINT_H

#include "test/random/Tree.h"
#include <random>

namespace resnetc::test {

/// The program as .rn. How it is written (separators, commas, line breaks, parentheses, comments) is drawn.
std::string print(const Program &program, std::mt19937 &random);

} // namespace resnetc::test

#endif // RESNETC_TEST_RANDOM_PRINT_H
