//===- Rnw.h - writes and reads weights files (.rnw) -----------------------===//
//
// The format is in runtime/abi/resnetc/weights.fbs. Writing is the compiler's; reading goes through the runtime's own
// resnetc_weights_open, so that both have one verifier.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_WEIGHTS_RNW_H
#define RESNETC_RUNTIME_WEIGHTS_RNW_H

#include "resnetc/runtime.h"
#include "runtime/weights/NamedTensors.h"

namespace resnetc::weights {

/// Writes named tensors, atomically.
llvm::Error writeNamed(llvm::StringRef path, const NamedTensors &tensors, llvm::StringRef network,
                       llvm::ArrayRef<std::string> classNames = {});

/// Writes folded and packed weights, atomically; the hashes are those of the object that they belong to.
llvm::Error writePacked(llvm::StringRef path, llvm::ArrayRef<uint8_t> packed, llvm::StringRef network,
                        uint64_t schemaHash, uint64_t packedHash, llvm::ArrayRef<std::string> classNames = {});

/// An open, verified weights file.
class RnwFile {
public:
  /// The error names the path and, in the runtime's words, what is wrong. Checksums are looked at too: the compiler
  /// copies the data, which touches all of it anyway.
  static llvm::Expected<RnwFile> open(llvm::StringRef path);

  RnwFile(RnwFile &&other) : path(std::move(other.path)), file(other.file) { other.file = resnetc_weights(); }
  RnwFile &operator=(RnwFile &&other);
  ~RnwFile() { resnetc_weights_close(&file); }

  const std::string &name() const { return path; }
  const resnetc_weights &handle() const { return file; } ///< for <name>_pack and resnetc_weights_packed
  bool isPacked() const;
  std::string network() const;
  std::vector<std::string> classNames() const; ///< empty if the file has none
  /// A copy of the named tensors; none if the file is packed.
  llvm::Expected<NamedTensors> namedTensors() const;

private:
  RnwFile() = default;
  std::string path;
  resnetc_weights file = {};
};

} // namespace resnetc::weights

#endif // RESNETC_RUNTIME_WEIGHTS_RNW_H
