//===- resnetc-kernel.cpp - the kernel worker ------------------------------===//
//
// Compiles one kernel and ends. resnetc starts it (KernelCompiler); by hand it shows what
// a kernel became:
//
//   resnetc-kernel --spec "conv2d batch=1 in=..." --target x86-64-v4 --emit=asm -o -
//
//===----------------------------------------------------------------------===//

#include "compiler/Version.h"
#include "compiler/kernels/KernelGenerator.h"
#include "compiler/kernels/ObjectCheck.h"
#include "compiler/kernels/schedule/ChooseSchedule.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/raw_ostream.h"
#include <csignal>
#include <optional>
#include <sys/prctl.h>

using namespace llvm;
using namespace resnetc::kernels;

namespace {
constexpr char usage[] = R"(usage: resnetc-kernel --spec TEXT -o FILE [options]
  --spec TEXT       the kernel, as plan.kernel prints it
  --target NAME     x86-64-v4 (default), x86-64-v3 or x86-64
  --threads N       what the schedule is chosen for (default 2)
  --schedule TEXT   loops, such as "B=2 PX=14 U=4 order=rows YB=28"; chosen if not given
  --symbol NAME     the object defines NAME and the ABI's entry NAME_argv (default: kernel)
  --emit=KIND       obj (default), asm, llvm, stmt, or schedule: the schedule's text and nothing else
  -o FILE           where to
  --version, --help
)";
enum ExitCode { Good = 0, Refused = 1, Usage = 2, Internal = 3 };

struct Options {
  std::string spec, target = "x86-64-v4", schedule, symbol = "kernel", emit = "obj", output;
  unsigned threads = 2;
};

bool parseOptions(int argc, char **argv, Options &options) {
  for (int i = 1; i < argc; ++i) {
    auto [name, value] = StringRef(argv[i]).split('=');
    std::string *text = StringSwitch<std::string *>(name)
                            .Case("--spec", &options.spec)
                            .Case("--target", &options.target)
                            .Case("--schedule", &options.schedule)
                            .Case("--symbol", &options.symbol)
                            .Case("--emit", &options.emit)
                            .Case("-o", &options.output)
                            .Default(nullptr);
    bool joined = name.size() != StringRef(argv[i]).size();
    if (!text && name != "--threads")
      return false;
    if (!joined && i + 1 == argc)
      return false;
    if (!joined)
      value = argv[++i];
    if (text)
      *text = value.str();
    else if (value.getAsInteger(10, options.threads) || options.threads == 0)
      return false;
  }
  return !options.spec.empty() && (!options.output.empty() || options.emit == "schedule");
}

struct Kernel {
  KernelSpec spec;
  const CpuTarget *target;
  Schedule schedule;
};

Expected<Kernel> readKernel(const Options &options) {
  Expected<KernelSpec> spec = KernelSpec::parse(options.spec);
  if (!spec)
    return spec.takeError();
  if (Error error = spec->verify())
    return error;
  Expected<const CpuTarget *> target = findCpuTarget(options.target);
  if (!target)
    return target.takeError();
  if (options.schedule.empty())
    return Kernel{*spec, *target, chooseSchedule(*spec, **target, options.threads)};
  Expected<Schedule> schedule = Schedule::parse(options.schedule);
  if (!schedule)
    return schedule.takeError();
  return Kernel{*spec, *target, schedule->fittedTo(*spec)};
}

ExitCode failed(ExitCode code, const Twine &what) {
  errs() << "resnetc-kernel: " << what << '\n';
  return code;
}

ExitCode generate(const Kernel &kernel, KernelOutput output, const Options &options) {
  std::string path = options.output == "-" ? "/dev/stdout" : options.output;
  try {
    generateKernel(kernel.spec, kernel.schedule, *kernel.target, options.symbol, output, path);
  } catch (const Halide::Error &error) { // not a std::exception
    return failed(Internal, error.what());
  }
  if (output == KernelOutput::Object && options.output != "-")
    if (Error error = checkObject(path, options.symbol + "_argv"))
      return failed(Internal, llvm::toString(std::move(error)));
  return Good;
}
} // namespace

int main(int argc, char **argv) {
  // A worker does not outlive the compiler that waits for it.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  StringRef first = argc == 2 ? argv[1] : "";
  if (first == "--help" || first == "--version") {
    if (first == "--help")
      outs() << usage;
    else
      outs() << "resnetc-kernel " << resnetc::version << " (Halide " << HALIDE_VERSION_MAJOR << '.'
             << HALIDE_VERSION_MINOR << '.' << HALIDE_VERSION_PATCH << ")\n";
    return Good;
  }
  Options options;
  if (!parseOptions(argc, argv, options))
    return errs() << usage, Usage;
  Expected<Kernel> kernel = readKernel(options);
  if (!kernel)
    return failed(Refused, llvm::toString(kernel.takeError()));
  if (options.emit == "schedule")
    return outs() << kernel->schedule.str() << '\n', Good;
  auto output = StringSwitch<std::optional<KernelOutput>>(options.emit)
                    .Case("obj", KernelOutput::Object)
                    .Case("asm", KernelOutput::Assembly)
                    .Case("llvm", KernelOutput::Llvm)
                    .Case("stmt", KernelOutput::Stmt)
                    .Default(std::nullopt);
  if (!output)
    return errs() << usage, Usage;
  return generate(*kernel, *output, options);
}
