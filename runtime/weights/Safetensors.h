//===- Safetensors.h - reads the safetensors format ------------------------===//
//
// u64 bytes of the header | a JSON object {name: {dtype, shape, data_offsets}} | data.
// The file is not trusted: sizes, offsets, shapes and types are checked before anything is read.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_WEIGHTS_SAFETENSORS_H
#define RESNETC_RUNTIME_WEIGHTS_SAFETENSORS_H

#include "runtime/weights/NamedTensors.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace resnetc::weights {

struct SafetensorsFile {
  NamedTensors tensors;
  std::vector<std::string> dropped; ///< integer tensors, such as num_batches_tracked: "name (I64)"
};

/// F32, F64, F16 and BF16 become f32. The error names the file, the tensor and what is wrong with it.
llvm::Expected<SafetensorsFile> parseSafetensors(llvm::MemoryBufferRef buffer);
llvm::Expected<SafetensorsFile> readSafetensors(llvm::StringRef path);

} // namespace resnetc::weights

#endif // RESNETC_RUNTIME_WEIGHTS_SAFETENSORS_H
