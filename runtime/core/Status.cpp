//===- Status.cpp - statuses and versions in words ------------------------===//

#include "runtime/core/Api.h"

const char *resnetc_status_string(int status) {
  switch (status) {
  case RESNETC_OK:
    return "no error";
  case RESNETC_ERROR_ARGUMENT:
    return "an argument is null, misaligned, too small or too large, or a label or a tensor's name that the model does "
           "not have";
  case RESNETC_ERROR_ABI:
    return "the model's object, resnetc's headers and the runtime library are of different ABI versions: compile the "
           "model again and use the headers and the library of one release of resnetc";
  case RESNETC_ERROR_CPU:
    return "the model was compiled for CPU features that this CPU has not: compile it with more --targets";
  case RESNETC_ERROR_MEMORY:
    return "memory was refused, or it lies in a memory space that the model was not compiled for";
  case RESNETC_ERROR_IO:
    return "a file could not be opened, read or mapped";
  case RESNETC_ERROR_FORMAT:
    return "the weights file is damaged or of a foreign format";
  case RESNETC_ERROR_WEIGHTS:
    return "the weights belong to another network";
  case RESNETC_ERROR_TASK:
    return "the context's parallel_for reported an error";
  case RESNETC_ERROR_KERNEL:
    return "a kernel reported an error";
  default:
    return "an unknown status";
  }
}

uint32_t resnetc_runtime_abi_version(void) { return RESNETC_ABI_VERSION; }

const char *resnetc_runtime_version(void) { return RESNETC_VERSION; }
