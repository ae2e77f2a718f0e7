//===- Safetensors.h - the safetensors format ------------------------------===//
//
// u64 bytes of the header | a JSON object {name: {dtype, shape, data_offsets}} | data.
// A file that is read is not trusted: sizes, offsets, shapes and types are checked before anything is read.
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

/// "bn1.num_batches_tracked" for each module with running_mean and running_var, in the order of names: PyTorch's batch
/// norms count their batches there, and load_state_dict(strict=True) wants it.
std::vector<std::string> batchCounters(const NamedTensors &tensors);

/// Writes all tensors as F32 with the names that they have, and batchCounters as I64 scalars of 0 (they matter to
/// PyTorch where momentum is None alone), atomically. The error names the path.
llvm::Error writeSafetensors(llvm::StringRef path, const NamedTensors &tensors);

} // namespace resnetc::weights

#endif // RESNETC_RUNTIME_WEIGHTS_SAFETENSORS_H
