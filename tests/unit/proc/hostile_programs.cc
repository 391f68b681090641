// Attempts by network, by processes and by taking too much.
#include "unit/proc/hostile_cases.h"

namespace gf::test {

// Sockets are Python's: nothing else is on every machine. A connection counts as reached once it
// stands.
const std::vector<Attempt>& hostile_programs() {
  static const std::vector<Attempt> attempts = {
      // --- Network: never really sent, for there is no way out ---
      {"connect to a server of this machine",
       "python3 -c \"import socket; socket.create_connection(('127.0.0.1', $PORT), 2); "
       "print('REACHED')\"",
       "network namespace", true, true},
      {"connect by IPv6",
       "python3 -c \"import socket; socket.create_connection(('::1', $PORT), 2); "
       "print('REACHED')\"",
       "network namespace", false, true},
      {"ask the cloud's metadata",
       "python3 -c \"import socket; socket.create_connection(('169.254.169.254', 80), 2); "
       "print('REACHED')\"",
       "no route", false, true},
      {"ask a name server",
       "python3 -c \"import socket; s=socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
       "s.connect(('192.0.2.1', 53)); s.send(b'x'); print('REACHED')\"",
       "no route", false, true},
      {"look a name up",
       "python3 -c \"import socket; socket.getaddrinfo('example.invalid', 80); print('REACHED')\"",
       "no route", false, true},
      {"send raw packets",
       "python3 -c \"import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW); "
       "print('REACHED')\"",
       "filter of calls", false, true},
      {"talk to the host by vsock",
       "python3 -c \"import socket; socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM); "
       "print('REACHED')\"",
       "filter of calls", false, true},
      {"open a socket by io_uring",
       "python3 -c \"import ctypes; l=ctypes.CDLL(None); r=l.syscall(425, 8, "
       "ctypes.create_string_buffer(256)); print('REACHED' if r >= 0 else r)\"",
       "filter of calls", true, true},
      {"an abstract socket",
       "python3 -c \"import os,socket; s=socket.socket(socket.AF_UNIX); "
       "s.connect(b'\\\\0'+os.environ['ABSTRACT'].encode()); print('REACHED')\"",
       "network namespace", true, true},
      {"a socket of a service in /run or /tmp",
       "python3 -c \"import os,socket; s=socket.socket(socket.AF_UNIX); "
       "s.connect(os.environ['SOCKET']); print('REACHED')\"",
       "/run and /tmp are empty", true, true},
      {"the Docker socket", "test -S /var/run/docker.sock -o -S /run/docker.sock && echo REACHED",
       "/run is empty", false, false},
      {"the session's D-Bus",
       "ls /run/user/*/bus 2>/dev/null && echo REACHED; test -n \"$DBUS_SESSION_BUS_ADDRESS\" && "
       "echo REACHED; true",
       "/run is empty", false, true},
      {"the system's D-Bus", "test -S /run/dbus/system_bus_socket && echo REACHED", "/run is empty",
       false, false},
      {"the SSH agent", "test -n \"$SSH_AUTH_SOCK\" && echo REACHED", "allow-list of variables",
       false, true},
      // --- Processes ---
      {"a signal to us", "kill -0 $US && echo REACHED", "pid namespace", true, true},
      {"a signal to everybody",
       "python3 -c \"import os; os.kill(-1, 0); print('done')\"; kill -0 $US && echo REACHED",
       "pid namespace", true, true},
      {"a signal to the victim", "kill -9 $VICTIM && echo REACHED", "pid namespace", false, true},
      {"look into a process by ptrace",
       "python3 -c \"import ctypes,os; l=ctypes.CDLL(None,use_errno=True); "
       "r=l.ptrace(16,int(os.environ['VICTIM']),0,0); print('REACHED' if r==0 else r)\"",
       "pid namespace", false, true},
      {"write into a process's memory",
       "python3 -c \"import os; open('/proc/%s/mem' % os.environ['VICTIM'], 'r+b'); "
       "print('REACHED')\"",
       "pid namespace", false, true},
      {"a process's descriptors", "ls /proc/$VICTIM/fd && echo REACHED", "pid namespace", true,
       false},
      {"enter our namespaces",
       "python3 -c \"import ctypes,os; l=ctypes.CDLL(None); f=os.open('/proc/1/ns/net', "
       "os.O_RDONLY); r=l.setns(f,0); print('REACHED' if r==0 else r)\"",
       "filter of calls", false, true},
      {"a user namespace of its own", "unshare -Ur true && echo REACHED", "filter of calls", false,
       true},
      {"load a module",
       "python3 -c \"import ctypes; l=ctypes.CDLL(None,use_errno=True); r=l.syscall(313,-1,b'',0); "
       "print('REACHED' if ctypes.get_errno()!=1 else 'held')\"",
       "filter of calls", true, true},
      {"load a program into the kernel",
       "python3 -c \"import ctypes; l=ctypes.CDLL(None,use_errno=True); r=l.syscall(321,0,0,0); "
       "print('REACHED' if ctypes.get_errno()!=1 else 'held')\"",
       "filter of calls", true, true},
      {"set the clock",
       "python3 -c \"import ctypes; l=ctypes.CDLL(None,use_errno=True); r=l.syscall(227,0,0); "
       "print('REACHED' if ctypes.get_errno()!=1 else 'held')\"",
       "filter of calls", true, true},
      {"put words into a terminal",
       "python3 -c \"import fcntl,pty; a,b=pty.openpty(); fcntl.ioctl(b,0x5412,b'x'); "
       "print('REACHED')\"",
       "filter of calls", false, true},
      {"more rights by a setuid program",
       "grep -q 'NoNewPrivs:.*1' /proc/self/status || echo REACHED", "no new privileges", true,
       true},
      {"capabilities", "grep -q 'CapEff:.*0000000000000000' /proc/self/status || echo REACHED",
       "no capability", false, false},
      {"shared memory of others", "test -e \"/dev/shm/$SHARED\" && echo REACHED",
       "devices of its own", true, false},
      {"System V memory of others",
       "python3 -c \"import ctypes,os; l=ctypes.CDLL(None); print('REACHED' if "
       "l.shmget(int(os.environ['KEY']),0,0)>=0 else 'held')\"",
       "ipc namespace", true, false},
  };
  return attempts;
}

}  // namespace gf::test
