//===- EventFile.h - TensorBoard's file format -----------------------------===//
//
// An event file is a sequence of TFRecords, each one an Event in protobuf's wire format. Of both only what scalars
// need is here:
//
//   record  = u64 length | u32 masked crc32c(length) | data | u32 masked crc32c(data)      (little endian)
//   Event   { 1: double wall_time; 2: int64 step; 3: string file_version; 5: Summary summary }
//   Summary { 1: repeated Value { 1: string tag; 2: float simple_value } }
//
// Sources: tensorflow/core/lib/io/record_writer.h, core/util/event.proto, core/framework/summary.proto; CRC-32C is
// RFC 3720's (Castagnoli).
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_TRAIN_LOG_EVENTFILE_H
#define RESNETC_RUNTIME_TRAIN_LOG_EVENTFILE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>
#include <string>

namespace resnetc::train {

struct Scalar {
  llvm::StringRef tag;
  double value;
};

uint32_t crc32c(llvm::StringRef bytes);

/// A whole record with the event that says which version the file has: its first one.
std::string versionRecord(double wallTime);
/// A whole record with one event. `wallTime`: seconds since 1970.
std::string scalarsRecord(double wallTime, uint64_t step, llvm::ArrayRef<Scalar> scalars);

/// Takes a record from the front and returns its data; none, and nothing taken, if it is torn or a checksum is wrong.
std::optional<llvm::StringRef> takeRecord(llvm::StringRef &bytes);
/// An event's step (0 if it has none); none if it can't be read.
std::optional<uint64_t> eventStep(llvm::StringRef event);

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_LOG_EVENTFILE_H
