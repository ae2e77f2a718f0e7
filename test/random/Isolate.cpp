//===- Isolate.cpp - a check in a process of its own -------------------------===//

#include "test/random/Isolate.h"
#include <csignal>
#include <cstring>
#include <sys/wait.h>
#include <unistd.h>

namespace resnetc::test {

static void writeAll(int file, const std::string &text) {
  for (size_t done = 0; done < text.size();) {
    ssize_t count = write(file, text.data() + done, text.size() - done);
    if (count <= 0)
      return;
    done += size_t(count);
  }
}

Failure isolated(const std::function<Failure()> &check, unsigned seconds) {
  int ends[2];
  if (pipe(ends))
    return std::string("isolate: ") + strerror(errno);
  pid_t child = fork();
  if (child < 0)
    return std::string("isolate: ") + strerror(errno);
  if (child == 0) {
    close(ends[0]);
    for (int number : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL})
      signal(number, SIG_DFL);
    alarm(seconds);
    writeAll(ends[1], check());
    _exit(0);
  }
  close(ends[1]);
  Failure result;
  char buffer[4096];
  for (ssize_t count; (count = read(ends[0], buffer, sizeof buffer)) > 0;)
    result.append(buffer, size_t(count));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFSIGNALED(status))
    return WEXITSTATUS(status) ? "crash: exit " + std::to_string(WEXITSTATUS(status)) : result;
  if (WTERMSIG(status) == SIGALRM)
    return "hang: no end after " + std::to_string(seconds) + " s";
  return std::string("crash: ") + strsignal(WTERMSIG(status));
}

} // namespace resnetc::test
