//===- Api.h - the public C headers, with visible symbols -----------------===//
//
// The runtime is compiled with hidden visibility, so that a program, or a shared library that links it statically,
// shows only the names of resnetc/runtime.h. The public header stays free of attributes.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_CORE_API_H
#define RESNETC_RUNTIME_CORE_API_H

#pragma GCC visibility push(default)
#include "resnetc/runtime.h"
#pragma GCC visibility pop

#endif // RESNETC_RUNTIME_CORE_API_H
