"""A Slurm of one machine, in a folder of its own: munge, a controller and a node, on the loopback
address. Ended by their process ids."""

import os
import pathlib
import shutil
import socket
import subprocess
import time

CONF = """\
ClusterName=alone
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmctldPort={controller}
SlurmdPort={node}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_interval=2,defer
KillWait=20
ReturnToService=2
MpiDefault=none
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=1000 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP OverSubscribe=YES
"""
PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol"]


def missing() -> str:
    """What this machine lacks for a Slurm; empty: nothing."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    lacking = [name for name in PROGRAMS if shutil.which(name, path=path) is None]
    if lacking:
        return f"no {', '.join(lacking)} here"
    return "" if os.geteuid() == 0 else "a node's daemon has to be root's"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Cluster:
    """Use with `with`; `variables` are those that Slurm's programs need."""

    submits = "sbatch"

    def __init__(self, folder: pathlib.Path, cpus: int = 2):
        self.folder = folder
        self.started: list[subprocess.Popen] = []
        conf = folder / "slurm.conf"
        folder.mkdir(parents=True)
        for name in ("state", "spool"):
            (folder / name).mkdir()
        conf.write_text(
            CONF.format(
                folder=folder, host=socket.gethostname().split(".")[0], user="root", cpus=cpus, controller=free_port(), node=free_port()
            )
        )
        self.variables = {"SLURM_CONF": str(conf)}

    def start(self, *words: str) -> None:
        environment = {**os.environ, **self.variables, "PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin"}
        log = open(self.folder / (words[0] + ".out"), "w")
        self.started.append(subprocess.Popen(words, env=environment, stdout=log, stderr=log, cwd=self.folder, start_new_session=True))

    def ask(self, *words: str) -> str:
        ran = subprocess.run(words, env={**os.environ, **self.variables}, capture_output=True, text=True)
        return ran.stdout + ran.stderr

    def __enter__(self) -> "Cluster":
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        try:
            self.start(
                "munged", "--foreground", "--force", f"--key-file={key}", f"--socket={self.folder}/munge.socket",
                f"--pid-file={self.folder}/munged.pid", f"--log-file={self.folder}/munged.log", f"--seed-file={self.folder}/munged.seed",
            )  # fmt: skip
            self.wait(lambda: (self.folder / "munge.socket").exists(), "munged")
            self.start("slurmctld", "-D", "-i")
            self.wait(lambda: "UP" in self.ask("scontrol", "ping"), "slurmctld")
            self.start("slurmd", "-D")
            self.wait(lambda: "idle" in self.ask("sinfo", "--noheader", "--format=%T"), "slurmd")
        except BaseException:
            self.__exit__()
            raise
        return self

    def prepare(self, place) -> None:
        place.git("config", "factory.batch.slurmOptions", f"--output={self.folder}/job-%A_%a.out")

    def wait(self, ready, what: str, seconds: int = 60) -> None:
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > end or any(one.poll() is not None for one in self.started):
                logs = "\n".join(f"{log.name}: {log.read_text()[-1500:]}" for log in self.folder.glob("*.log"))
                raise RuntimeError(f"{what} does not answer\n{logs}")
            time.sleep(0.1)

    def __exit__(self, *_: object) -> None:
        for one in reversed(self.started):
            one.terminate()
            try:
                one.wait(20)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
