#include "proc/call_filter.h"

#include <array>
#include <cstddef>

#ifdef __linux__
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#endif

namespace gf::proc {

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
namespace {

#ifdef __x86_64__
constexpr uint32_t kMachine = AUDIT_ARCH_X86_64;
#else
constexpr uint32_t kMachine = AUDIT_ARCH_AARCH64;
#endif
constexpr uint32_t kForeignCalls = 0x40000000;                           // x32's
constexpr uint32_t kNotPermitted = 1, kNoSuchCall = 38, kNoAccess = 13;  // EPERM, ENOSYS, EACCES
constexpr uint32_t kNamespaces =
    0x7e020080;  // CLONE_NEW*: time, ns, cgroup, uts, ipc, user, pid, net
constexpr uint32_t kTerminalInput = 0x5412, kConsole = 0x541c;  // TIOCSTI, TIOCLINUX

constexpr std::array kRefused = {
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_setns,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_kexec_load,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_reboot,
    SYS_swapon,
    SYS_swapoff,
    SYS_acct,
    SYS_quotactl,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_adjtimex,
    SYS_clock_adjtime,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_syslog,
    SYS_vhangup,
    SYS_open_by_handle_at,
    SYS_userfaultfd,
#ifdef __x86_64__
    SYS_iopl,
    SYS_ioperm,
    SYS_kexec_file_load,
#endif
};
// By number: headers of older systems do not have them, and they are the same on every machine.
constexpr std::array<uint32_t, 12> kNotThere = {
    425, 426, 427,            // io_uring
    428, 429, 430, 431, 432,  // the newer calls for mounting
    433, 442,                 // fspick, mount_setattr
    435,                      // clone3: its flags cannot be seen here; libraries fall back to clone
    447,                      // memfd_secret
};

class Maker {
 public:
  void load(size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<uint32_t>(offset)); }
  void answer(uint32_t code) { add(BPF_RET | BPF_K, 0, 0, code); }
  void refuse(uint32_t code) { answer(SECCOMP_RET_ERRNO | code); }
  void unless_equal_skip(uint32_t value, uint8_t count) {
    add(BPF_JMP | BPF_JEQ | BPF_K, 0, count, value);
  }
  void if_equal_skip(uint32_t value, uint8_t count) {
    add(BPF_JMP | BPF_JEQ | BPF_K, count, 0, value);
  }
  void unless_any_bit_skip(uint32_t bits, uint8_t count) {
    add(BPF_JMP | BPF_JSET | BPF_K, 0, count, bits);
  }
  void refuse_call(uint32_t number, uint32_t code) {
    unless_equal_skip(number, 1);
    refuse(code);
  }
  std::vector<FilterStep> steps;

 private:
  void add(int code, uint8_t yes, uint8_t no, uint32_t value) {
    steps.push_back({static_cast<uint16_t>(code), yes, no, value});
  }
};

constexpr size_t kCall = offsetof(seccomp_data, nr), kArch = offsetof(seccomp_data, arch);
constexpr size_t argument(size_t at) {  // its low half: both machines are little-endian
  return offsetof(seccomp_data, args) + 8 * at;
}

void refuse_flags(Maker& make, uint32_t call, size_t at, uint32_t bits) {
  make.unless_equal_skip(call, 4);
  make.load(argument(at));
  make.unless_any_bit_skip(bits, 1);
  make.refuse(kNotPermitted);
  make.load(kCall);
}

void refuse_value(Maker& make, uint32_t call, size_t at, uint32_t value) {
  make.unless_equal_skip(call, 4);
  make.load(argument(at));
  make.unless_equal_skip(value, 1);
  make.refuse(kNotPermitted);
  make.load(kCall);
}

/// Families: 1 named, 2 and 10 internet, 16 the kernel's own (addresses of this machine).
void allow_sockets(Maker& make, Sockets sockets) {
  std::vector<uint32_t> families = {16};
  if (sockets == Sockets::kMachine) families = {1, 2, 10, 16};
  make.unless_equal_skip(SYS_socket, static_cast<uint8_t>(families.size() + 3));
  make.load(argument(0));
  for (size_t i = 0; i < families.size(); ++i)
    make.if_equal_skip(families[i], static_cast<uint8_t>(families.size() - i));
  make.refuse(kNoAccess);
  make.load(kCall);
}

}  // namespace

std::vector<FilterStep> call_filter(Sockets sockets) {
  Maker make;
  make.load(kArch);
  make.if_equal_skip(kMachine, 1);
  make.refuse(kNoSuchCall);
  make.load(kCall);
#ifdef __x86_64__
  make.unless_any_bit_skip(kForeignCalls, 1);
  make.refuse(kNoSuchCall);
#endif
  for (long call : kRefused) make.refuse_call(static_cast<uint32_t>(call), kNotPermitted);
  for (uint32_t call : kNotThere) make.refuse_call(call, kNoSuchCall);
  refuse_flags(make, SYS_clone, 0, kNamespaces);
  refuse_flags(make, SYS_unshare, 0, kNamespaces);
  refuse_value(make, SYS_ioctl, 1, kTerminalInput);
  refuse_value(make, SYS_ioctl, 1, kConsole);
  allow_sockets(make, sockets);
  make.answer(SECCOMP_RET_ALLOW);
  return std::move(make.steps);
}
#else
std::vector<FilterStep> call_filter(Sockets) { return {}; }
#endif

std::string as_bytes(const std::vector<FilterStep>& filter) {
  return {reinterpret_cast<const char*>(filter.data()), filter.size() * sizeof(FilterStep)};
}

}  // namespace gf::proc
