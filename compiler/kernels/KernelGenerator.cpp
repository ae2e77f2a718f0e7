//===- KernelGenerator.cpp - one kernel to an object -----------------------===//

#include "compiler/kernels/KernelGenerator.h"
#include "compiler/kernels/KernelRegistry.h"

using namespace Halide;
using namespace resnetc::kernels;

/// No asserts and no bounds queries: the caller is our own plan with constant shapes, `run` has checked the rest.
static constexpr const char *commonFeatures = "-no_runtime-no_asserts-no_bounds_query-user_context";

static OutputFileType fileType(KernelOutput output) {
  switch (output) {
  case KernelOutput::Object:
    return OutputFileType::object;
  case KernelOutput::Assembly:
    return OutputFileType::assembly;
  case KernelOutput::Llvm:
    return OutputFileType::llvm_assembly;
  case KernelOutput::Stmt:
    return OutputFileType::stmt;
  }
  return OutputFileType::object;
}

void resnetc::kernels::generateKernel(const KernelSpec &spec, const Schedule &schedule, const CpuTarget &target,
                                      const std::string &name, KernelOutput output, const std::string &path) {
  const KernelRecipe &recipe = findRecipe(spec.op);
  Algorithm algorithm = recipe.algorithm(spec);
  Pipeline pipeline(outputsOf(algorithm));
  defineOutputBuffers(algorithm, spec, pipeline);
  recipe.schedule(algorithm, spec, schedule);
  for (Internal::IRMutator *pass : algorithm.passes)
    pipeline.add_custom_lowering_pass(pass);
  Target halideTarget(target.features.str() + commonFeatures);
  Module module = pipeline.compile_to_module(algorithm.arguments, name, halideTarget, LinkageType::ExternalPlusArgv);
  module.compile({{fileType(output), path}});
}
