//===- AstToRn.h - an elaborated network becomes rn IR --------------------===//

#ifndef RESNETC_COMPILER_LOWER_ASTTORN_H
#define RESNETC_COMPILER_LOWER_ASTTORN_H

#include "dsl/Network.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace resnetc {

/// A module with one rn.network of the network's name, layer by layer in the order of the text; residuals keep their
/// regions. Loads the rn dialect into `context`. Activations have a dynamic batch and no layout yet.
///
/// Parameters are `<layer>.weight` and `.bias`, of a batch norm also `.running_mean` and `.running_var`. A u8 input
/// that no `normalize` reads is divided by 255 (mean 0, std 1). Every op's location is the layer's name and its place
/// in the text, which `sources` knows.
///
/// Elaboration has checked every shape; should the verifier still object, the context's diagnostic handler hears it and
/// the result is null.
mlir::OwningOpRef<mlir::ModuleOp> lowerToRn(const dsl::Network &network, const llvm::SourceMgr &sources,
                                            mlir::MLIRContext &context);

} // namespace resnetc

#endif // RESNETC_COMPILER_LOWER_ASTTORN_H
