//===- Emit.cpp - from a plan to the object that applications link ---------===//

#include "compiler/emit/Emit.h"
#include "compiler/kernels/CpuTarget.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;

namespace resnetc::emit {

/// The targets asked for, each once, best first as the runtime tries them.
static Expected<std::vector<const kernels::CpuTarget *>> orderedTargets(ArrayRef<std::string> names) {
  std::vector<const kernels::CpuTarget *> targets;
  for (StringRef name : names) {
    Expected<const kernels::CpuTarget *> target = kernels::findCpuTarget(name);
    if (!target)
      return target.takeError();
    if (!is_contained(targets, *target))
      targets.push_back(*target);
  }
  if (targets.empty())
    return createStringError(inconvertibleErrorCode(), "no target to compile for");
  // cpuTargets() is one table, best first, so addresses have its order.
  sort(targets);
  return targets;
}

static Expected<std::vector<kernels::KernelJob>>
kernelJobs(const PlanTables &tables, ArrayRef<const kernels::CpuTarget *> targets, unsigned threads) {
  std::vector<kernels::KernelJob> jobs;
  for (const kernels::CpuTarget *target : targets)
    for (StringRef text : tables.kernels) {
      Expected<kernels::KernelSpec> spec = kernels::KernelSpec::parse(text);
      if (!spec)
        return spec.takeError();
      kernels::KernelJob job;
      job.spec = std::move(*spec);
      job.target = target->name.str();
      job.threads = threads;
      jobs.push_back(std::move(job));
    }
  return jobs;
}

Expected<EmittedModel> emitModel(const PlanTables &tables, const EmitOptions &options) {
  Expected<std::vector<const kernels::CpuTarget *>> targets = orderedTargets(options.targets);
  if (!targets)
    return targets.takeError();
  Expected<std::vector<kernels::KernelJob>> jobs = kernelJobs(tables, *targets, options.threads);
  if (!jobs)
    return jobs.takeError();
  Expected<std::vector<kernels::CompiledKernel>> compiled = kernels::compileKernels(*jobs, options.kernels);
  if (!compiled)
    return compiled.takeError();

  EmittedModel model;
  std::vector<VariantSymbols> variants;
  SmallVector<StringRef> objects;
  StringSet<> linked; // a kernel that the plan names twice is linked once
  auto kernel = compiled->begin();
  for (const kernels::CpuTarget *target : *targets) {
    VariantSymbols &variant = variants.emplace_back();
    variant.cpuFeatures = target->cpuFeatures;
    variant.target = target->name.str();
    for (uint32_t index = 0; index < tables.kernels.size(); ++index, ++kernel) {
      variant.kernels.push_back(kernel->symbol);
      if (linked.insert(kernel->symbol).second)
        objects.push_back(kernel->object->getBuffer());
      model.kernels.push_back(
          {index, variant.target, kernel->schedule, kernel->object->getBufferSize(), kernel->cached});
    }
  }
  Expected<ObjectBytes> object = assembleModel(tables, variants, objects, options.flags);
  if (!object)
    return object.takeError();
  model.object = std::move(*object);
  return model;
}

} // namespace resnetc::emit
