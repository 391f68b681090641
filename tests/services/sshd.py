"""A real sshd on the loopback address, with keys and a client's configuration of its own."""

import getpass
import os
import pathlib
import shutil
import subprocess
import time

from cluster import free_port


def missing() -> str:
    """What this machine lacks for it; empty: nothing."""
    return "" if shutil.which("sshd", path=os.environ.get("PATH", "") + ":/usr/sbin") and shutil.which("ssh") else "no sshd here"


class Cluster:
    """Two names for this machine. Use with `with`."""

    submits = "ssh"
    hosts = ["first.example", "second.example"]

    def __init__(self, folder: pathlib.Path):
        folder.mkdir(parents=True)
        self.folder, self.port, self.variables = folder, free_port(), {}
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
        shutil.copy(folder / "user.pub", folder / "authorized")
        (folder / "sshd.conf").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\n"
            f"PidFile {folder}/pid\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n"
        )
        (folder / "ssh.conf").write_text(
            f"Host *.example\n  HostName 127.0.0.1\n  Port {self.port}\n  User {getpass.getuser()}\n  IdentityFile {folder}/user\n"
            f"  IdentitiesOnly yes\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n"
        )

    def prepare(self, place) -> None:
        """`ssh` reads its configuration from the user's real home: ours is handed to it by name."""
        client = place.folder / "bin/ssh"
        client.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {self.folder}/ssh.conf "$@"\n')
        client.chmod(0o755)
        for host in self.hosts:
            place.git("config", "--add", "factory.batch.hosts", host)

    def __enter__(self) -> "Cluster":
        program = shutil.which("sshd", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)
        self.server = subprocess.Popen([program, "-D", "-e", "-f", str(self.folder / "sshd.conf")], stderr=open(self.folder / "log", "w"))
        end = time.monotonic() + 20
        while not (self.folder / "pid").exists():
            if self.server.poll() is not None or time.monotonic() > end:
                raise RuntimeError("sshd does not start: " + (self.folder / "log").read_text())
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self.server.terminate()
        self.server.wait()
