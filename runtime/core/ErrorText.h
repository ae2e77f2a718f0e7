//===- ErrorText.h - an error message in the caller's buffer --------------===//
//
// Builds a line piece by piece, cuts it at the end of the buffer and always ends it with a zero byte. Text out of a
// file is printed with unprintable bytes replaced: it is untrusted and goes to terminals.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_CORE_ERRORTEXT_H
#define RESNETC_RUNTIME_CORE_ERRORTEXT_H

#include <cstddef>
#include <cstdint>

namespace resnetc::rt {

class ErrorText {
public:
  /// `buffer` may be null: nothing is written then.
  ErrorText(char *buffer, size_t bytes);

  ErrorText &operator<<(const char *text);
  ErrorText &operator<<(uint64_t number);
  ErrorText &hex(uint64_t number); ///< sixteen digits
  /// Text of a file in single quotes, at most 100 bytes of it.
  ErrorText &quoted(const char *text, size_t bytes);
  /// "64x3x7x7"; a scalar is "scalar".
  ErrorText &shape(const uint64_t *extents, size_t rank);

private:
  void put(char c);

  char *buffer;
  size_t bytes, used = 0;
};

} // namespace resnetc::rt

#endif // RESNETC_RUNTIME_CORE_ERRORTEXT_H
