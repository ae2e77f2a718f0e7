//===- Version.h - the release of the compiler ----------------------------===//

#ifndef RESNETC_COMPILER_VERSION_H
#define RESNETC_COMPILER_VERSION_H

namespace resnetc {

/// Stands in every object, weights file and cache key that this compiler makes.
inline constexpr char version[] = "0.1.0";

} // namespace resnetc

#endif // RESNETC_COMPILER_VERSION_H
