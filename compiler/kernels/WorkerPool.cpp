//===- WorkerPool.cpp - commands in parallel processes ---------------------===//
//
// posix_spawn and waitpid rather than llvm::sys::ExecuteAndWait: its time limit uses the
// process's one alarm, and it waits for one child at a time.
//
//===----------------------------------------------------------------------===//

#include "compiler/kernels/WorkerPool.h"
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>

using namespace llvm;
using namespace resnetc::kernels;
using Clock = std::chrono::steady_clock;

extern char **environ;

namespace {
struct Running {
  size_t index;
  pid_t pid;
  Clock::time_point deadline;
};

Expected<pid_t> start(const WorkerCommand &command) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, command.log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  std::vector<char *> argv;
  for (const std::string &argument : command.arguments)
    argv.push_back(const_cast<char *>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t pid = 0;
  int status = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (status != 0)
    return createStringError(std::error_code(status, std::generic_category()), "cannot start '%s'", argv[0]);
  return pid;
}

WorkerEnd describe(int status) {
  if (WIFEXITED(status))
    return WEXITSTATUS(status) == 0 ? "" : "exit status " + std::to_string(WEXITSTATUS(status));
  return "killed by signal " + std::to_string(WTERMSIG(status)) + " (" + strsignal(WTERMSIG(status)) + ")";
}

void kill(const Running &process) {
  ::kill(process.pid, SIGKILL);
  while (waitpid(process.pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

/// True when the process has ended, in time or not.
bool hasEnded(const Running &process, unsigned timeoutSeconds, WorkerEnd &end) {
  int status = 0;
  pid_t pid = waitpid(process.pid, &status, WNOHANG);
  if (pid == process.pid)
    return end = describe(status), true;
  if (pid < 0 && errno != EINTR)
    return end = std::string("lost: ") + strerror(errno), true;
  if (Clock::now() < process.deadline)
    return false;
  kill(process);
  return end = "no end after " + std::to_string(timeoutSeconds) + " s", true;
}
} // namespace

Error resnetc::kernels::runWorkers(ArrayRef<WorkerCommand> commands, unsigned workers, unsigned timeoutSeconds,
                                   const std::function<Error(size_t, const WorkerEnd &)> &finished) {
  std::vector<Running> running;
  auto abandon = [&](Error error) {
    for (const Running &process : running)
      kill(process);
    return error;
  };
  size_t next = 0;
  while (next < commands.size() || !running.empty()) {
    while (next < commands.size() && running.size() < std::max(workers, 1u)) {
      Expected<pid_t> pid = start(commands[next]);
      if (!pid)
        return abandon(pid.takeError());
      running.push_back({next++, *pid, Clock::now() + std::chrono::seconds(timeoutSeconds)});
    }
    bool anyEnded = false;
    for (size_t i = 0; i < running.size();) {
      WorkerEnd end;
      if (!hasEnded(running[i], timeoutSeconds, end)) {
        ++i;
        continue;
      }
      anyEnded = true;
      size_t index = running[i].index;
      running.erase(running.begin() + i);
      if (Error error = finished(index, end))
        return abandon(std::move(error));
    }
    if (!anyEnded) // a kernel takes about 150 ms
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return Error::success();
}
