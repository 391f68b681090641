// What code of a repository may try when a gate runs it: one row an attempt.
//
// A script prints REACHED when it got what it was after. `control`: without a sandbox it does get
// it here, which shows that the attempt is a real one; where that would touch the machine itself it
// is not tried.
#pragma once

#include <vector>

namespace gf::test {

struct Attempt {
  const char* name;
  const char* script;      ///< for sh; $WORK $OUTSIDE $HOME $COMMON $US $SOCKET $ABSTRACT $PORT
  const char* stopped_by;  ///< for people; the test holds that it was stopped
  bool control;
  bool by_landlock;  ///< also held by Landlock, without namespaces
};

inline const std::vector<Attempt>& hostile_attempts() {
  static const std::vector<Attempt> attempts = {
      // --- Files ---
      {"write beside the worktree", "echo x >\"$OUTSIDE/new\" && echo REACHED", "read-only root",
       true, true},
      {"change a file of the user's", "echo x >>\"$OUTSIDE/file\" && echo REACHED",
       "read-only root", true, true},
      {"empty a file of the user's", ": >\"$OUTSIDE/file\" && echo REACHED", "read-only root", true,
       true},
      {"delete a file of the user's", "rm \"$OUTSIDE/file\" && echo REACHED", "read-only root",
       true, true},
      {"rename a file of the user's", "mv \"$OUTSIDE/file\" \"$OUTSIDE/other\" && echo REACHED",
       "read-only root", true, true},
      {"make a file of the user's runnable", "chmod 777 \"$OUTSIDE/file\" && echo REACHED",
       "read-only root", true, false},
      {"write through a link out",
       "ln -s \"$OUTSIDE/file\" \"$WORK/l\"; echo x >>\"$WORK/l\" && echo REACHED",
       "read-only root", true, true},
      {"write through a folder link",
       "ln -s \"$OUTSIDE\" \"$WORK/d\"; echo x >\"$WORK/d/new\" && echo REACHED", "read-only root",
       true, true},
      {"hard link to a file outside",
       "ln \"$OUTSIDE/file\" \"$WORK/h\" && echo x >>\"$WORK/h\" && echo REACHED", "mount border",
       true, true},
      {"climb out by ..", "cd \"$WORK\" && echo x >../outside/new && echo REACHED",
       "read-only root", true, true},
      {"write through /proc/self/root", "echo x >/proc/self/root\"$OUTSIDE\"/new && echo REACHED",
       "read-only root", true, true},
      {"write through /proc/self/cwd",
       "cd \"$OUTSIDE\" && echo x >/proc/self/cwd/new && echo REACHED", "read-only root", true,
       true},
      {"write through our /proc/<pid>/cwd",
       "echo x >/proc/$US/cwd/gf-hostile && rm -f /proc/$US/cwd/gf-hostile && echo REACHED",
       "pid namespace", true, true},
      {"write to /usr", "echo x >/usr/gf-hostile && echo REACHED", "read-only root", false, true},
      {"write to /etc", "echo x >/etc/gf-hostile && echo REACHED", "read-only root", false, true},
      {"write to /sys", "echo 1 >/sys/kernel/mm/ksm/run && echo REACHED", "read-only root", false,
       true},
      {"write to /proc/sys", "echo gf >/proc/sys/kernel/hostname && echo REACHED", "user namespace",
       false, true},
      {"magic system request",
       "test -w /proc/sysrq-trigger && (: >>/proc/sysrq-trigger) && echo REACHED", "covered /proc",
       false, true},
      {"core pattern", "(: >>/proc/sys/kernel/core_pattern) && echo REACHED", "covered /proc",
       false, true},
      {"make a block device",
       "mknod \"$WORK/disk\" b 8 0 && head -c 1 \"$WORK/disk\" >/dev/null && echo REACHED",
       "no capability", false, true},
      {"make a character device",
       "mknod \"$WORK/mem\" c 1 1 && head -c 1 \"$WORK/mem\" && echo REACHED", "no capability",
       false, true},
      {"read the machine's disks",
       "cat /dev/vda /dev/sda /dev/nvme0n1 2>/dev/null | head -c 1 | grep -q . && echo REACHED",
       "devices of its own", false, true},
      {"mount over the user's files", "mount -t tmpfs none \"$OUTSIDE\" && echo REACHED",
       "filter of calls", false, true},
      {"mount in a namespace of its own",
       "unshare -Urm sh -c 'mount -t tmpfs none /mnt' && echo REACHED", "filter of calls", false,
       true},
      {"remount the root writable", "mount -o remount,rw / && echo x >/gf-hostile && echo REACHED",
       "filter of calls", false, true},
      {"leave by chroot", "chroot /proc/1/root sh -c 'echo x >'\"$OUTSIDE\"'/new' && echo REACHED",
       "filter of calls", false, true},
      {"swap a folder for a link meanwhile",
       "i=0; while [ $i -lt 50 ]; do mkdir -p \"$WORK/s\"; rmdir \"$WORK/s\"; ln -s \"$OUTSIDE\" "
       "\"$WORK/s\"; echo x >\"$WORK/s/new\"; rm \"$WORK/s\"; i=$((i+1)); done; test -e "
       "\"$OUTSIDE/new\" && echo REACHED",
       "read-only root", true, true},
      // --- What our own git would believe ---
      {"point the worktree's .git elsewhere",
       "echo \"gitdir: $WORK/evil\" >\"$WORK/.git\" && echo REACHED", "file is kept", true, false},
      {"remove the worktree's .git",
       "rm -f \"$WORK/.git\" && test ! -e \"$WORK/.git\" && echo REACHED", "file is kept", true,
       false},
      {"replace .git by a folder",
       "mv \"$WORK/.git\" \"$WORK/was\" && mkdir \"$WORK/.git\" && echo REACHED", "file is kept",
       true, false},
      {"set core.fsmonitor",
       "printf '[core]\\n\\tfsmonitor = touch /tmp/x\\n' >>\"$COMMON/config\" && echo REACHED",
       "read-only repository", true, true},
      {"set core.sshCommand by git", "git -C \"$WORK\" config core.sshCommand evil && echo REACHED",
       "read-only repository", true, true},
      {"set a filter by git", "git -C \"$WORK\" config filter.x.clean evil && echo REACHED",
       "read-only repository", true, true},
      {"set a textconv by git", "git -C \"$WORK\" config diff.x.textconv evil && echo REACHED",
       "read-only repository", true, true},
      {"set an alias by git", "git -C \"$WORK\" config alias.status '!evil' && echo REACHED",
       "read-only repository", true, true},
      {"set hooks by git", "git -C \"$WORK\" config core.hooksPath hooks && echo REACHED",
       "read-only repository", true, true},
      {"leave a hook",
       "mkdir -p \"$COMMON/hooks\" && echo evil >\"$COMMON/hooks/pre-commit\" && echo REACHED",
       "read-only repository", true, true},
      {"move a branch", "git -C \"$WORK\" update-ref refs/heads/main HEAD~1 && echo REACHED",
       "read-only repository", true, true},
      {"delete objects",
       "rm -rf \"$COMMON/objects\" && test ! -e \"$COMMON/objects/info\" && echo REACHED",
       "read-only repository", true, true},
      {"set the user's configuration", "git config --global core.pager evil", "made home", true,
       true},
      // --- Secrets ---
      {"read an SSH key", "cat \"$REAL_HOME/.ssh/id_ed25519\" && echo REACHED", "no home", true,
       true},
      {"read ~/.netrc", "cat ~/.netrc && echo REACHED", "no home", true, true},
      {"read ~/.aws/credentials", "cat ~/.aws/credentials && echo REACHED", "no home", true, true},
      {"read gh's token", "cat ~/.config/gh/hosts.yml && echo REACHED", "no home", true, true},
      {"read cargo's token",
       "cat \"$REAL_HOME/.cargo/credentials.toml\" | grep -q token && echo REACHED", "masked", true,
       true},
      {"read shell history", "cat \"$REAL_HOME/.bash_history\" && echo REACHED", "no home", true,
       true},
      {"list the home", "ls -A \"$REAL_HOME\" | grep -q ssh && echo REACHED", "no home", true,
       true},
      {"leave code in ~/.bashrc", "echo evil >>\"$REAL_HOME/.bashrc\"", "made home", true, true},
      {"leave code for every Python",
       "d=\"$REAL_HOME/.local/lib/python3/site-packages\"; mkdir -p \"$d\" && echo evil "
       ">\"$d/usercustomize.py\"",
       "made home", true, true},
      {"leave a program on PATH",
       "mkdir -p \"$REAL_HOME/.local/bin\" && echo evil >\"$REAL_HOME/.local/bin/git\"",
       "made home", true, true},
      {"read a key from the environment", "env | grep -q sk-hostile && echo REACHED",
       "allow-list of variables", false, true},
      {"read our environment", "tr '\\0' '\\n' </proc/$US/environ | grep -q PATH && echo REACHED",
       "pid namespace", true, true},
      {"read our memory", "head -c 1 /proc/$US/maps | grep -q . && echo REACHED", "pid namespace",
       true, true},
      {"read another's files in /tmp", "cat \"$OTHERS\" && echo REACHED", "/tmp of its own", true,
       true},
      {"read password hashes", "grep -q . /etc/shadow && echo REACHED", "masked", false, true},
      {"read the host's SSH keys", "cat /etc/ssh/ssh_host_*_key | grep -q . && echo REACHED",
       "masked", false, true},
      {"use the session's keyring",
       "python3 -c \"import ctypes; l=ctypes.CDLL(None); r=l.syscall(250,0,-3,1); print('REACHED' "
       "if r>0 else r)\"",
       "filter of calls", true, true},
  };
  return attempts;
}

const std::vector<Attempt>& hostile_programs();  ///< processes, network, resources

}  // namespace gf::test
