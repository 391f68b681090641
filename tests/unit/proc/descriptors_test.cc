// Pipes and the calls that only some systems have.
#include "proc/descriptors.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>

#include "support/assertions.h"

namespace gf::proc {
namespace {

TEST(Descriptors, APipeIsAboveTheStandardThreeAndClosedInChildren) {
  Descriptor kept(dup(STDIN_FILENO));
  close(STDIN_FILENO);
  auto pipe = make_pipe();
  if (kept.open()) dup2(kept.get(), STDIN_FILENO);
  ASSERT_DONE(pipe);
  for (const Descriptor* end : {&pipe->read, &pipe->write}) {
    EXPECT_GT(end->get(), 2);
    EXPECT_EQ(fcntl(end->get(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  }
}

TEST(Descriptors, AllAboveAreClosedButTheOneThatIsKept) {
  pid_t child = fork();
  if (child == 0) {
    int low = fcntl(STDERR_FILENO, F_DUPFD, 50);
    int keep = fcntl(STDERR_FILENO, F_DUPFD, 60);
    int high = fcntl(STDERR_FILENO, F_DUPFD, 500);
    close_all_above(2, keep);
    bool right = fcntl(low, F_GETFD) < 0 && fcntl(high, F_GETFD) < 0 &&
                 fcntl(keep, F_GETFD) == FD_CLOEXEC && fcntl(STDERR_FILENO, F_GETFD) >= 0;
    _exit(right ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(Descriptors, TheEndOfAProcessCanBeWaitedFor) {
  ASSERT_GIVES(auto pipe, make_pipe());
  pid_t child = fork();
  if (child == 0) {
    char byte = 0;
    pipe.write.close();
    (void)!read(pipe.read.get(), &byte, 1);  // until the other end is closed
    _exit(0);
  }
  Descriptor watch = watch_exit(child);
  pollfd sees{watch.get(), POLLIN, 0};
  EXPECT_EQ(poll(&sees, 1, 0), 0);
  pipe.write.close();
  // Not every system has such a descriptor.
  EXPECT_EQ(poll(&sees, 1, watch.open() ? 20000 : 0), watch.open() ? 1 : 0);
  EXPECT_EQ(waitpid(child, nullptr, 0), child);
}

}  // namespace
}  // namespace gf::proc
