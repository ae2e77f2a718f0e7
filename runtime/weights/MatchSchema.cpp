//===- MatchSchema.cpp - do these weights belong to that network? ----------===//
//
// The object itself only holds a hash of its schema; the words come from here, where both sides have names.
//
//===----------------------------------------------------------------------===//

#include "runtime/weights/NamedTensors.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace resnetc::weights {

namespace {

/// A list of findings of one kind; after a few of them only their number helps.
class Findings {
public:
  explicit Findings(StringRef title) : title(title) {}

  void add(const Twine &line) {
    if (++count <= shown)
      lines += "\n    " + line.str();
  }

  void print(raw_ostream &os) const {
    if (!count)
      return;
    os << "\n  " << title << " (" << count << "):" << lines;
    if (count > shown)
      os << "\n    and " << count - shown << " more";
  }

  bool empty() const { return !count; }

private:
  static constexpr size_t shown = 8;
  StringRef title;
  std::string lines;
  size_t count = 0;
};

/// A file and a network may both be large and strangers to each other: look for a nearest name only as long as it is
/// cheap. Names longer than any layer's are not compared.
StringRef nearestName(StringRef name, ArrayRef<SchemaEntry> schema) {
  constexpr size_t longestName = 256;
  StringRef best;
  unsigned bestDistance = std::min<size_t>(name.size(), 24) / 3 + 1;
  for (const SchemaEntry &entry : schema) {
    if (name.size() > longestName || entry.name.size() > longestName)
      continue;
    const unsigned distance = name.edit_distance(entry.name, /*AllowReplacements=*/true, bestDistance);
    if (distance < bestDistance) {
      bestDistance = distance;
      best = entry.name;
    }
  }
  return best;
}

std::string described(StringRef name, ArrayRef<int64_t> shape) {
  return ("'" + name + "' (" + shapeText(shape) + ")").str();
}

} // namespace

Error matchSchema(const NamedTensors &tensors, ArrayRef<SchemaEntry> schema, StringRef file, StringRef network) {
  Findings missing("missing"), unexpected("unexpected"), different("of another shape");
  std::map<StringRef, const SchemaEntry *> wanted;
  for (const SchemaEntry &entry : schema) {
    wanted.emplace(entry.name, &entry);
    auto found = tensors.find(entry.name);
    if (found == tensors.end())
      missing.add(described(entry.name, entry.shape));
    else if (significantExtents(found->second.shape) != significantExtents(entry.shape))
      different.add("'" + Twine(entry.name) + "' is " + shapeText(found->second.shape) + " in the file, " +
                    shapeText(entry.shape) + " in the network");
  }
  size_t searched = 0;
  for (const auto &[name, tensor] : tensors) {
    if (wanted.count(name))
      continue;
    const StringRef nearest = searched++ < 8 ? nearestName(name, schema) : StringRef();
    unexpected.add(described(name, tensor.shape) +
                   (nearest.empty() ? std::string() : ("; did you mean '" + nearest + "'?").str()));
  }
  if (missing.empty() && unexpected.empty() && different.empty())
    return Error::success();
  std::string text;
  raw_string_ostream os(text);
  os << file << ": these weights do not fit network '" << network << "'";
  missing.print(os);
  unexpected.print(os);
  different.print(os);
  return createStringError(inconvertibleErrorCode(), text);
}

} // namespace resnetc::weights
