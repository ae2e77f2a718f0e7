//===- Numbers.h - numbers as people read them -----------------------------===//

#ifndef RESNETC_COMPILER_INSPECT_NUMBERS_H
#define RESNETC_COMPILER_INSPECT_NUMBERS_H

#include <cstdint>
#include <string>

namespace resnetc::inspect {

std::string withCommas(int64_t number);  ///< "11,689,512"
std::string withUnit(int64_t number);    ///< "640", "118.0 M", "1.81 G"
std::string withByteUnit(int64_t bytes); ///< "640 B", "12.3 KiB", "3.06 MiB"

} // namespace resnetc::inspect

#endif // RESNETC_COMPILER_INSPECT_NUMBERS_H
