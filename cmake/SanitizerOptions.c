//===- SanitizerOptions.c -- in every executable of a sanitized build ----===//
//
// llvm::BumpPtrAllocator is inline: our copy of it poisons the memory that it has not handed out, the copy in
// libMLIR.so is not built with the sanitizer and does not unpoison what it takes from the same slab.
//
//===----------------------------------------------------------------------===//

const char *__asan_default_options(void) { return "allow_user_poisoning=0"; }
