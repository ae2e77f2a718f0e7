//===- Npy.cpp - NumPy's file format ---------------------------------------===//

#include "runtime/data/Npy.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/EndianStream.h"

using namespace llvm;

namespace resnetc::data {

namespace {

constexpr StringLiteral magic = "\x93NUMPY";
constexpr size_t maximumRank = 32;

struct Element {
  NpyElement element;
  StringLiteral descr, text;
  size_t bytes;
};
/// In the order of NpyElement.
constexpr Element elements[] = {{NpyElement::F32, "<f4", "f32", 4},
                                {NpyElement::U8, "|u1", "u8", 1},
                                {NpyElement::I32, "<i4", "i32", 4},
                                {NpyElement::I64, "<i8", "i64", 8}};

/// The header is the text of a Python dict: {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
class HeaderParser {
public:
  HeaderParser(StringRef file, StringRef text) : file(file), rest(text) {}

  Expected<NpyArray> parse();

private:
  Error fail(const Twine &words) const { return createStringError(inconvertibleErrorCode(), file + ": " + words); }
  Error damaged() const { return fail("its .npy header is not understood near '" + rest.take_front(20) + "'"); }

  bool take(StringRef token) {
    rest = rest.ltrim(" \t\n\r");
    return rest.consume_front(token);
  }

  bool takeString(StringRef &value) {
    if (!take("'"))
      return false;
    const size_t end = rest.find('\'');
    if (end == StringRef::npos)
      return false;
    value = rest.take_front(end);
    rest = rest.drop_front(end + 1);
    return true;
  }

  Error parseElement(NpyArray &array);
  Error parseShape(NpyArray &array);

  StringRef file, rest;
};

Error HeaderParser::parseElement(NpyArray &array) {
  StringRef descr;
  if (!takeString(descr))
    return fail("its elements are not of one simple type");
  for (const Element &element : elements)
    if (descr == element.descr) {
      array.element = element.element;
      return Error::success();
    }
  return fail("its elements are of type '" + descr.take_front(20) +
              "'; float32 ('<f4'), uint8 ('|u1'), int32 ('<i4') and int64 ('<i8') can be read");
}

Error HeaderParser::parseShape(NpyArray &array) {
  if (!take("("))
    return damaged();
  while (!take(")")) {
    rest = rest.ltrim();
    int64_t extent;
    if (rest.consumeInteger(10, extent) || extent < 0)
      return damaged();
    if (array.shape.size() == maximumRank)
      return fail("it has more than " + Twine(maximumRank) + " dimensions");
    array.shape.push_back(extent);
    if (!take(",") && !rest.ltrim().starts_with(")"))
      return damaged();
  }
  return Error::success();
}

Expected<NpyArray> HeaderParser::parse() {
  NpyArray array;
  bool hasElement = false, hasOrder = false, hasShape = false;
  if (!take("{"))
    return damaged();
  while (!take("}")) {
    StringRef key;
    if (!takeString(key) || !take(":"))
      return damaged();
    if (key == "descr" && !hasElement) {
      hasElement = true;
      if (Error error = parseElement(array))
        return error;
    } else if (key == "fortran_order" && !hasOrder) {
      hasOrder = true;
      if (take("True"))
        return fail("its array is in Fortran's order; store numpy.ascontiguousarray of it");
      if (!take("False"))
        return damaged();
    } else if (key == "shape" && !hasShape) {
      hasShape = true;
      if (Error error = parseShape(array))
        return error;
    } else {
      return damaged();
    }
    if (!take(",") && !rest.ltrim().starts_with("}"))
      return damaged();
  }
  if (!hasElement || !hasOrder || !hasShape)
    return fail("its .npy header lacks descr, fortran_order or shape");
  return array;
}

} // namespace

StringRef elementText(NpyElement element) { return elements[size_t(element)].text; }
size_t elementBytes(NpyElement element) { return elements[size_t(element)].bytes; }

bool isNpy(StringRef bytes) { return bytes.starts_with(magic); }

Expected<NpyArray> parseNpy(MemoryBufferRef buffer) {
  const StringRef file = buffer.getBufferIdentifier(), bytes = buffer.getBuffer();
  auto fail = [&](const Twine &words) { return createStringError(inconvertibleErrorCode(), file + ": " + words); };
  if (!isNpy(bytes) || bytes.size() < 10)
    return fail("not a .npy file");
  const unsigned version = static_cast<uint8_t>(bytes[6]);
  if (version < 1 || version > 3)
    return fail("version " + Twine(version) + " of the .npy format is not known");
  const size_t start = version == 1 ? 10 : 12;
  if (bytes.size() < start)
    return fail("truncated: its .npy header has no size");
  const uint64_t size =
      version == 1 ? support::endian::read16le(bytes.data() + 8) : support::endian::read32le(bytes.data() + 8);
  if (size > bytes.size() - start)
    return fail("truncated: its .npy header has " + Twine(size) + " bytes, the file " + Twine(bytes.size()));
  Expected<NpyArray> array = HeaderParser(file, bytes.substr(start, size)).parse();
  if (!array)
    return array.takeError();

  const StringRef data = bytes.drop_front(start + size);
  std::optional<uint64_t> want = elementBytes(array->element);
  for (int64_t extent : array->shape)
    want = want ? checkedMulUnsigned<uint64_t>(*want, extent) : std::nullopt;
  if (!want || *want != data.size())
    return fail("its shape needs " + (want ? Twine(*want) : Twine("more than 2^64")) + " bytes of data, it has " +
                Twine(data.size()));
  array->bytes.assign(data.bytes_begin(), data.bytes_end());
  return array;
}

void writeNpy(raw_ostream &os, ArrayRef<int64_t> shape, ArrayRef<float> data) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  for (int64_t extent : shape)
    header += std::to_string(extent) + ", ";
  header += "), }";
  // Data begins at a multiple of 64; the header ends with a newline.
  const size_t padded = (10 + header.size() + 1 + 63) / 64 * 64 - 10;
  header.resize(padded - 1, ' ');
  os << magic << '\1' << '\0';
  support::endian::write<uint16_t>(os, header.size() + 1, endianness::little);
  os << header << '\n';
  static_assert(endianness::native == endianness::little, "data is written as it lies in memory");
  os.write(reinterpret_cast<const char *>(data.data()), data.size() * sizeof(float));
}

} // namespace resnetc::data
