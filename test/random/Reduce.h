//===- Reduce.h - a failing network made small ------------------------------===//

#ifndef RESNETC_TEST_RANDOM_REDUCE_H
#define RESNETC_TEST_RANDOM_REDUCE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include <string>

namespace resnetc::test {

/// Delta debugging over the statements of a text that the front end parses: removes statements, unwraps what has a
/// body, inlines blocks and constants, drops arguments and labels, and shrinks numbers, as long as `fails` holds.
/// Returns the smallest text found; at most `checks` calls.
std::string reduce(const std::string &text, llvm::function_ref<bool(const std::string &)> fails, int checks = 2000);

} // namespace resnetc::test

#endif // RESNETC_TEST_RANDOM_REDUCE_H
