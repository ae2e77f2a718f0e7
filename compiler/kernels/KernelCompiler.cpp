//===- KernelCompiler.cpp - many kernels to objects, by worker processes ---===//

#include "compiler/kernels/KernelCompiler.h"
#include "HalideRuntime.h"
#include "compiler/Version.h"
#include "compiler/kernels/KernelCache.h"
#include "compiler/kernels/WorkerPool.h"
#include "compiler/kernels/schedule/ChooseSchedule.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"
#include <cstdlib>
#include <thread>

using namespace llvm;
using namespace resnetc::kernels;

namespace {
/// A job that is to be done once, however often it was asked for.
struct Task {
  size_t job; ///< the first of its jobs
  std::string spec, schedule, name, key;
  std::unique_ptr<MemoryBuffer> object;
  bool cached = false;
};

Error annotate(const KernelJob &job, Error error) {
  return createStringError(std::errc::invalid_argument, "kernel '%s': %s", job.spec.str().c_str(),
                           toString(std::move(error)).c_str());
}

std::string hex(const XXH128_hash_t &hash) {
  return utohexstr(hash.high64, /*LowerCase=*/true, 16) + utohexstr(hash.low64, /*LowerCase=*/true, 16);
}

/// What the bytes of a kernel depend on besides the job: the worker's own content stands for our version.
Expected<std::string> generatorVersion(const std::string &worker) {
  auto file = MemoryBuffer::getFile(worker, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!file)
    return createStringError(file.getError(), "cannot read the kernel worker '%s'", worker.c_str());
  std::string text;
  raw_string_ostream(text) << "resnetc " << resnetc::version << " halide " << HALIDE_VERSION_MAJOR << '.'
                           << HALIDE_VERSION_MINOR << '.' << HALIDE_VERSION_PATCH << " worker "
                           << xxh3_64bits((*file)->getBuffer());
  return text;
}

Expected<Task> makeTask(ArrayRef<KernelJob> jobs, size_t index, StringRef version) {
  const KernelJob &job = jobs[index];
  if (Error error = job.spec.verify())
    return annotate(job, std::move(error));
  Expected<std::string> schedule = chosenSchedule(job);
  if (!schedule)
    return annotate(job, schedule.takeError());
  Task task{index, job.spec.str(), *schedule, "", "", nullptr};
  std::string identity = task.spec + "\n" + task.schedule + "\n" + job.target;
  auto bytes = [](const std::string &text) { return ArrayRef<uint8_t>((const uint8_t *)text.data(), text.size()); };
  task.name = "resnetc_kernel_" + hex(xxh3_128bits(bytes(identity))).substr(0, 16);
  task.key = hex(xxh3_128bits(bytes(identity + "\n" + version.str())));
  return task;
}

/// A folder for logs and objects on their way; removed with all it holds.
class ScratchFolder {
public:
  ~ScratchFolder() {
    if (!path.empty())
      sys::fs::remove_directories(path);
  }
  Error create() {
    if (std::error_code error = sys::fs::createUniqueDirectory("resnetc-kernels", path))
      return createStringError(error, "cannot create a temporary folder");
    return Error::success();
  }
  std::string file(size_t index, StringRef suffix) const { return (path + "/" + Twine(index) + suffix).str(); }

private:
  SmallString<128> path;
};

std::string quoted(StringRef argument) { return "'" + argument.str() + "'"; }

Error workerFailure(const WorkerCommand &command, const WorkerEnd &end) {
  std::string log, line;
  if (auto file = MemoryBuffer::getFile(command.log))
    log = (*file)->getBuffer().take_back(4000).trim().str();
  for (const std::string &argument : command.arguments)
    line += (line.empty() ? "" : " ") + (StringRef(argument).contains(' ') ? quoted(argument) : argument);
  return createStringError(std::errc::io_error, "the kernel worker failed: %s\n%s\nto repeat it: %s", end.c_str(),
                           log.c_str(), line.c_str());
}

Error compileTasks(ArrayRef<KernelJob> jobs, ArrayRef<Task *> tasks, const std::string &worker,
                   const KernelCompilerOptions &options, const KernelCache &cache,
                   const std::function<void(Task &)> &finished) {
  if (tasks.empty())
    return Error::success();
  ScratchFolder scratch;
  if (Error error = scratch.create())
    return error;
  std::vector<WorkerCommand> commands;
  for (size_t i = 0; i < tasks.size(); ++i)
    commands.push_back({{worker, "--spec", tasks[i]->spec, "--target", jobs[tasks[i]->job].target, "--schedule",
                         tasks[i]->schedule, "--symbol", tasks[i]->name, "-o", scratch.file(i, ".o")},
                        scratch.file(i, ".log")});
  unsigned workers = options.workers ? options.workers : std::max(1u, std::thread::hardware_concurrency());
  return runWorkers(commands, workers, options.timeoutSeconds, [&](size_t i, const WorkerEnd &end) -> Error {
    if (!end.empty())
      return workerFailure(commands[i], end);
    auto object = MemoryBuffer::getFile(scratch.file(i, ".o"), /*IsText=*/false, /*RequiresNullTerminator=*/false,
                                        /*IsVolatile=*/true);
    if (!object)
      return workerFailure(commands[i], "it wrote no object");
    tasks[i]->object = std::move(*object);
    cache.insert(tasks[i]->key, tasks[i]->object->getBuffer());
    finished(*tasks[i]);
    return Error::success();
  });
}

CompiledKernel resultOf(const Task &task) {
  CompiledKernel result;
  result.symbol = task.name + "_argv";
  result.schedule = task.schedule;
  result.cached = task.cached;
  result.object = MemoryBuffer::getMemBufferCopy(task.object->getBuffer(), task.name + ".o");
  return result;
}
} // namespace

Expected<std::vector<CompiledKernel>> resnetc::kernels::compileKernels(ArrayRef<KernelJob> jobs,
                                                                       const KernelCompilerOptions &options) {
  std::string worker = options.worker;
  if (worker.empty()) {
    Expected<std::string> found = findKernelWorker();
    if (!found)
      return found.takeError();
    worker = *found;
  }
  Expected<std::string> version = generatorVersion(worker);
  if (!version)
    return version.takeError();

  std::string directory = options.cacheDirectory.empty() ? defaultCacheDirectory() : options.cacheDirectory;
  KernelCache cache(options.useCache ? directory : "");
  std::vector<Task> tasks;
  std::vector<size_t> taskOfJob;
  StringMap<size_t> taskOfKey;
  for (size_t i = 0; i < jobs.size(); ++i) {
    Expected<Task> task = makeTask(jobs, i, *version);
    if (!task)
      return task.takeError();
    auto [entry, isNew] = taskOfKey.try_emplace(task->key, tasks.size());
    taskOfJob.push_back(entry->second);
    if (isNew)
      tasks.push_back(std::move(*task));
  }

  size_t done = 0;
  auto finished = [&](Task &task) {
    ++done;
    if (options.progress)
      options.progress(done, tasks.size(), jobs[task.job], resultOf(task));
  };
  std::vector<Task *> missing;
  for (Task &task : tasks) {
    task.object = cache.find(task.key);
    task.cached = task.object != nullptr;
    if (task.cached)
      finished(task);
    else
      missing.push_back(&task);
  }
  if (Error error = compileTasks(jobs, missing, worker, options, cache, finished))
    return error;
  if (!missing.empty())
    cache.evict(options.cacheLimitBytes);

  std::vector<CompiledKernel> results;
  for (size_t task : taskOfJob)
    results.push_back(resultOf(tasks[task]));
  return results;
}

std::string resnetc::kernels::defaultCacheDirectory() {
  auto variable = [](const char *name) { return sys::Process::GetEnv(name).value_or(""); };
  if (std::string own = variable("RESNETC_CACHE_DIR"); !own.empty())
    return own;
  if (std::string shared = variable("XDG_CACHE_HOME"); !shared.empty())
    return shared + "/resnetc";
  std::string home = variable("HOME");
  return home.empty() ? "" : home + "/.cache/resnetc";
}

Expected<std::string> resnetc::kernels::findKernelWorker() {
  if (auto named = sys::Process::GetEnv("RESNETC_KERNEL_WORKER"))
    return *named;
  static int anchor;
  SmallString<128> beside(sys::path::parent_path(sys::fs::getMainExecutable("resnetc", &anchor)));
  sys::path::append(beside, "resnetc-kernel");
  if (sys::fs::can_execute(beside))
    return beside.str().str();
  if (ErrorOr<std::string> found = sys::findProgramByName("resnetc-kernel"))
    return *found;
  return createStringError(std::errc::no_such_file_or_directory,
                           "the kernel worker 'resnetc-kernel' is neither beside this program nor in the PATH");
}

Expected<std::string> resnetc::kernels::chosenSchedule(const KernelJob &job) {
  Expected<const CpuTarget *> target = findCpuTarget(job.target);
  if (!target)
    return target.takeError();
  if (job.schedule.empty())
    return chooseSchedule(job.spec, **target, job.threads).str();
  Expected<Schedule> schedule = Schedule::parse(job.schedule);
  if (!schedule)
    return schedule.takeError();
  return schedule->fittedTo(job.spec).str();
}
