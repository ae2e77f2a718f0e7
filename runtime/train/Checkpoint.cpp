//===- Checkpoint.cpp - a training run on the disk (.ckpt) --------------------------------------===//

#include "runtime/train/Checkpoint.h"
#include "runtime/weights/AtomicFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/xxhash.h"
#include <cmath>
#include <cstring>

using namespace llvm;

namespace resnetc::train {
namespace {

constexpr char magic[8] = "RNCHKPT";
constexpr uint32_t version = 1;
constexpr uint64_t alignment = 64;

enum Section { SettingsText, ModelText, PositionData, HistoryData, StateData, AverageData, BestData, sectionCount };

struct Header {
  char magic[8];
  uint32_t version, sections;
  uint64_t bytes[sectionCount];
  uint64_t hashes[sectionCount]; ///< XXH3 of each section
  uint64_t checksum;             ///< XXH3 of the header with 0 in this place
};
static_assert(sizeof(Header) % 8 == 0 && std::is_trivially_copyable_v<Position> &&
              std::is_trivially_copyable_v<EpochResult>);

/// What the section ModelText begins with; the compiler's name follows.
struct ModelHashes {
  uint64_t schema, layout;
};

uint64_t aligned(uint64_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

template <typename T> ArrayRef<uint8_t> bytesOf(const T *data, size_t count = 1) {
  return {reinterpret_cast<const uint8_t *>(data), count * sizeof(T)};
}
ArrayRef<uint8_t> bytesOf(const AlignedBytes &bytes) { return {bytes.data(), bytes.size}; }
ArrayRef<uint8_t> bytesOf(StringRef text) { return bytesOf(text.data(), text.size()); }

uint64_t checksumOf(Header header) {
  header.checksum = 0;
  return xxh3_64bits(bytesOf(&header));
}

/// "name\tvalue\n": neither holds a tab or a newline.
std::string settingsText(const SettingLines &settings) {
  std::string text;
  for (const auto &[name, value] : settings)
    text += name + "\t" + value + "\n";
  return text;
}

SettingLines parseSettings(StringRef text) {
  SettingLines lines;
  SmallVector<StringRef> parts;
  text.split(parts, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef line : parts) {
    const auto [name, value] = line.split('\t');
    lines.emplace_back(name.str(), value.str());
  }
  return lines;
}

AlignedBytes copyOf(ArrayRef<uint8_t> bytes) {
  AlignedBytes copy;
  if (bytes.empty())
    return copy;
  copy = AlignedBytes(bytes.size());
  std::memcpy(copy.data(), bytes.data(), bytes.size());
  return copy;
}

/// Zeros up to the next section.
bool isPadding(ArrayRef<uint8_t> file, uint64_t begin, uint64_t end) {
  return all_of(file.slice(begin, end - begin), [](uint8_t byte) { return byte == 0; });
}

/// The sections of a file that is what it says it is; else the reason.
Expected<std::array<ArrayRef<uint8_t>, sectionCount>> verifiedSections(ArrayRef<uint8_t> file) {
  Header header;
  if (file.size() < sizeof header)
    return createStringError("it is shorter than a checkpoint's header");
  std::memcpy(&header, file.data(), sizeof header);
  if (std::memcmp(header.magic, magic, sizeof magic) != 0)
    return createStringError("it is no checkpoint");
  if (header.version != version)
    return createStringError("it is of version %u, this program reads %u", header.version, version);
  if (header.sections != sectionCount)
    return createStringError("it has %u sections, not %u", header.sections, unsigned(sectionCount));
  std::array<ArrayRef<uint8_t>, sectionCount> sections;
  uint64_t offset = aligned(sizeof header);
  bool isGood =
      offset <= file.size() && header.checksum == checksumOf(header) && isPadding(file, sizeof header, offset);
  for (unsigned i = 0; i < sectionCount; ++i) {
    if (offset > file.size() || header.bytes[i] > file.size() - offset ||
        aligned(header.bytes[i]) > file.size() - offset)
      return createStringError("it ends early");
    const uint64_t end = offset + header.bytes[i], next = offset + aligned(header.bytes[i]);
    sections[i] = file.slice(offset, header.bytes[i]);
    isGood = isGood && xxh3_64bits(sections[i]) == header.hashes[i] && isPadding(file, end, next);
    offset = next;
  }
  if (offset != file.size())
    return createStringError("its size is not what its header says");
  if (!isGood)
    return createStringError("its checksum is wrong: it is damaged");
  return sections;
}

} // namespace

uint64_t stateLayoutHash(const resnetc_training &training) {
  const uint64_t sizes[] = {
      training.optimizer,       training.slots,
      training.tensor_count,    training.decay_bytes,
      training.parameter_bytes, training.tensor_bytes,
      training.state_bytes,     xxh3_64bits(bytesOf(training.pack_steps, training.pack_step_count))};
  return xxh3_64bits(bytesOf(sizes, std::size(sizes)));
}

std::string kernelsName(const resnetc_model_info &info, const resnetc_context &context) {
  for (uint32_t i = 0; i < info.plan->variant_count; ++i)
    if (const resnetc_variant &variant = info.plan->variants[i]; !(variant.cpu_features & ~context.cpu_features))
      return std::string(info.compiler) + ", " + variant.target;
  return info.compiler;
}

Error writeCheckpoint(StringRef path, const SettingLines &settings, const Model &model, StringRef compiler,
                      const RunState &run, weights::FileOperations &files) {
  const std::string text = settingsText(settings);
  const ModelHashes hashes = {model.info->schema_hash, stateLayoutHash(model.training())};
  const std::string modelText = (toStringRef(bytesOf(&hashes)) + compiler).str();
  const ArrayRef<uint8_t> sections[sectionCount] = {
      bytesOf(StringRef(text)), bytesOf(StringRef(modelText)),
      bytesOf(&run.position),   bytesOf(run.history.data(), run.history.size()),
      bytesOf(run.state),       bytesOf(run.average),
      bytesOf(run.best)};
  Header header = {};
  std::memcpy(header.magic, magic, sizeof magic);
  header.version = version;
  header.sections = sectionCount;
  for (unsigned i = 0; i < sectionCount; ++i) {
    header.bytes[i] = sections[i].size();
    header.hashes[i] = xxh3_64bits(sections[i]);
  }
  header.checksum = checksumOf(header);
  const auto write = [](raw_pwrite_stream &os, ArrayRef<uint8_t> bytes) {
    os << toStringRef(bytes);
    os.write_zeros(static_cast<unsigned>(aligned(bytes.size()) - bytes.size()));
  };
  return weights::writeFileAtomically(
      path,
      [&](raw_pwrite_stream &os) {
        write(os, bytesOf(&header));
        for (const ArrayRef<uint8_t> &section : sections)
          write(os, section);
      },
      files);
}

static Error unusable(StringRef path, const Twine &why) {
  return createStringError(inconvertibleErrorCode(),
                           "cannot go on from " + path + ": " + why + "; begin anew with --fresh");
}

Expected<Checkpoint> readCheckpoint(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false, /*IsVolatile=*/true);
  if (!buffer)
    return unusable(path, buffer.getError().message());
  return parseCheckpoint((*buffer)->getBuffer(), path);
}

Expected<Checkpoint> parseCheckpoint(StringRef bytes, StringRef path) {
  auto sections = verifiedSections(arrayRefFromStringRef(bytes));
  if (!sections)
    return unusable(path, toString(sections.takeError()));
  const auto &parts = *sections;
  if (parts[ModelText].size() < sizeof(ModelHashes) || parts[PositionData].size() != sizeof(Position) ||
      parts[HistoryData].size() % sizeof(EpochResult) != 0)
    return unusable(path, "its sections are of wrong sizes");
  Checkpoint result;
  result.settings = parseSettings(toStringRef(parts[SettingsText]));
  ModelHashes hashes;
  std::memcpy(&hashes, parts[ModelText].data(), sizeof hashes);
  result.schemaHash = hashes.schema;
  result.layoutHash = hashes.layout;
  result.compiler = toStringRef(parts[ModelText].drop_front(sizeof hashes)).str();
  std::memcpy(&result.run.position, parts[PositionData].data(), sizeof(Position));
  result.run.history.resize(parts[HistoryData].size() / sizeof(EpochResult));
  if (!result.run.history.empty())
    std::memcpy(result.run.history.data(), parts[HistoryData].data(), parts[HistoryData].size());
  result.run.state = copyOf(parts[StateData]);
  result.run.average = copyOf(parts[AverageData]);
  result.run.best = copyOf(parts[BestData]);
  return result;
}

/// One line for each setting that is not alike.
static std::string differences(const SettingLines &then, const SettingLines &now) {
  const auto find = [](const SettingLines &lines, const std::string &name) -> const std::string * {
    for (const auto &line : lines)
      if (line.first == name)
        return &line.second;
    return nullptr;
  };
  std::string text;
  for (const auto &[name, value] : then) {
    const std::string *other = find(now, name);
    if (!other || *other != value)
      text += "\n  " + name + ": " + value + " then, " + (other ? *other : "not set") + " now";
  }
  for (const auto &[name, value] : now)
    if (!find(then, name))
      text += "\n  " + name + ": not set then, " + value + " now";
  return text;
}

Error checkpointFits(const Checkpoint &checkpoint, const SettingLines &settings, const Model &model, StringRef path) {
  const resnetc_training &training = model.training();
  std::string text = differences(checkpoint.settings, settings);
  if (text.empty() &&
      (checkpoint.schemaHash != model.info->schema_hash || checkpoint.layoutHash != stateLayoutHash(training)))
    text = "\n  the layout of the training state (another compiler or option of it)";
  if (!text.empty())
    return createStringError(inconvertibleErrorCode(),
                             "cannot go on from " + path + ", it is of another run:" + text +
                                 "\nuse the same settings, begin anew with --fresh, or start from weights with --init");
  const RunState &run = checkpoint.run;
  const Position &at = run.position;
  if (run.state.size != training.state_bytes || (run.average.size && run.average.size != training.tensor_bytes) ||
      (run.best.size && run.best.size != training.tensor_bytes) || run.history.size() != at.epoch ||
      at.bestEpoch > at.epoch || (at.bestEpoch != 0) != (run.best.size != 0))
    return createStringError(inconvertibleErrorCode(),
                             "cannot go on from " + path +
                                 ": its parts do not fit each other; begin anew with --fresh");
  return Error::success();
}

} // namespace resnetc::train
