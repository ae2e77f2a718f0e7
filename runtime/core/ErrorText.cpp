//===- ErrorText.cpp - an error message in the caller's buffer ------------===//

#include "runtime/core/ErrorText.h"

using resnetc::rt::ErrorText;

ErrorText::ErrorText(char *buffer, size_t bytes) : buffer(buffer), bytes(buffer ? bytes : 0) {
  if (this->bytes)
    buffer[0] = 0;
}

void ErrorText::put(char c) {
  if (used + 1 >= bytes)
    return;
  buffer[used++] = c;
  buffer[used] = 0;
}

ErrorText &ErrorText::operator<<(const char *text) {
  while (*text)
    put(*text++);
  return *this;
}

ErrorText &ErrorText::operator<<(uint64_t number) {
  char digits[20];
  int count = 0;
  do
    digits[count++] = char('0' + number % 10);
  while (number /= 10);
  while (count)
    put(digits[--count]);
  return *this;
}

ErrorText &ErrorText::hex(uint64_t number) {
  for (int shift = 60; shift >= 0; shift -= 4)
    put("0123456789abcdef"[(number >> shift) & 15]);
  return *this;
}

ErrorText &ErrorText::quoted(const char *text, size_t length) {
  const size_t limit = 100;
  put('\'');
  for (size_t i = 0; i < length && i < limit; ++i)
    put(text[i] >= ' ' && text[i] < 127 ? text[i] : '?');
  put('\'');
  if (length > limit)
    *this << " (cut)";
  return *this;
}

ErrorText &ErrorText::shape(const uint64_t *extents, size_t rank) {
  if (!rank)
    *this << "scalar";
  for (size_t i = 0; i < rank; ++i) {
    if (i)
      put('x');
    *this << extents[i];
  }
  return *this;
}
