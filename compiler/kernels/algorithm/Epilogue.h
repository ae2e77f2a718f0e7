//===- Epilogue.h - what happens before a result is stored -----------------===//

#ifndef RESNETC_COMPILER_KERNELS_ALGORITHM_EPILOGUE_H
#define RESNETC_COMPILER_KERNELS_ALGORITHM_EPILOGUE_H

#include "compiler/kernels/algorithm/Algorithm.h"

namespace resnetc::kernels {

/// Defines algorithm.output as kernels::Epilogue says and appends the epilogue's parameters to the arguments.
void defineEpilogue(Algorithm &algorithm, const KernelSpec &spec, const Halide::Expr &accumulated);

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_ALGORITHM_EPILOGUE_H
