// What a weaker machine gets (git-factory-sandbox(7)): each row is made by taking away from this
// one what that machine lacks, in a process of its own.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "proc/sandbox.h"
#include "support/assertions.h"
#include "support/folder.h"

#if defined(__linux__) && defined(__x86_64__)
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>

namespace gf::proc {
namespace {

using ::testing::HasSubstr;

constexpr unsigned kNewNamespaces = 0x7E020000;  ///< all of CLONE_NEW...
constexpr unsigned kCreateRuleset = 444;         ///< of Landlock

/// The calls that an older kernel does not have, or that a container forbids.
struct Lacks {
  bool bubblewrap = false, landlock = false, namespaces = false;
};

class Filter {
 public:
  explicit Filter(const Lacks& lacks) {
    add(BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr));
    if (lacks.landlock) refuse(kCreateRuleset, ENOSYS);
    if (lacks.namespaces) {
      refuse(SYS_unshare, EPERM);
      refuse(SYS_clone3, ENOSYS);
      add(BPF_JMP | BPF_JEQ | BPF_K, 0, 4, SYS_clone);
      add(BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, args));
      add(BPF_JMP | BPF_JSET | BPF_K, 0, 1, kNewNamespaces);
      add(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM);
      add(BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr));
    }
    add(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
  }
  bool install() {
    sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
  }

 private:
  void add(unsigned code, unsigned yes, unsigned no, unsigned value) {
    code_.push_back({static_cast<unsigned short>(code), static_cast<unsigned char>(yes),
                     static_cast<unsigned char>(no), value});
  }
  void refuse(unsigned call, unsigned error) {
    add(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, call);
    add(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | error);
  }
  std::vector<sock_filter> code_;
};

/// "bubblewrap, held: <what is not>", or "refused: <why>; <hint>", of a machine that lacks these.
std::string holding_text(const Lacks& lacks) {
  Environment environment = clean_environment(current_environment());
  test::TempFolder folder;
  if (lacks.bubblewrap) {
    std::filesystem::create_directories(folder / "bin");
    std::filesystem::create_symlink("/bin/sh", folder / "bin/sh");
    environment["PATH"] = folder / "bin";
  }
  auto chosen = Sandbox::choose("auto", environment, Cancel());
  if (!chosen.ok()) return "refused: " + chosen.error().message + "; " + chosen.error().hint;
  // It holds: nothing is written to where the program has no business.
  std::string target = folder / "stolen";
  Options options;
  options.argv = {"/bin/sh", "-c", "echo x > '" + target + "'; echo $?"};
  options.directory = "/";
  options.environment = environment;
  auto ran = chosen->run(options, {}, Cancel());
  bool held = ran.ok() && !std::filesystem::exists(target);
  std::string text = chosen->name() + (held ? ", held" : ", NOT HELD");
  for (const std::string& gap : chosen->gaps({})) text += "; " + gap;
  return text;
}

/// The same, in a process that the filter holds for good.
std::string on_a_machine_without(const Lacks& lacks) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  pid_t child = fork();
  if (child == 0) {
    std::string text = Filter(lacks).install() ? holding_text(lacks) : "no filter";
    ssize_t written = write(ends[1], text.data(), text.size());
    _exit(written == static_cast<ssize_t>(text.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string text;
  char some[4096];
  for (ssize_t got = 0; (got = read(ends[0], some, sizeof some)) > 0;)
    text.append(some, static_cast<size_t>(got));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return text;
}

TEST(WeakerHost, EachGetsWhatThePageSays) {
  if (!Sandbox::choose("bubblewrap", clean_environment(current_environment()), Cancel()).ok() ||
      !Sandbox::choose("landlock", clean_environment(current_environment()), Cancel()).ok())
    GTEST_SKIP() << "NOT TESTED: this machine is one of them";
  struct Case {
    Lacks lacks;
    const char *begins, *says;
  };
  for (const Case& one : {
           Case{{false, false, false}, "bubblewrap, held", ""},
           Case{{false, true, false}, "bubblewrap, held", ""},
           Case{{true, false, false}, "landlock, held", "processes and the named sockets"},
           Case{{false, false, true}, "landlock, held", "no program has a loopback"},
           Case{{true, true, false}, "refused: ", "install bubblewrap"},
           Case{{true, true, false}, "refused: ", "this kernel has no Landlock"},
           Case{{false, true, true}, "refused: ", "let programs make namespaces"},
           Case{{false, true, true}, "refused: ", "factory.sandbox = none"},
       }) {
    std::string text = on_a_machine_without(one.lacks);
    EXPECT_THAT(text, ::testing::StartsWith(one.begins));
    EXPECT_THAT(text, HasSubstr(one.says));
  }
}

}  // namespace
}  // namespace gf::proc
#endif
