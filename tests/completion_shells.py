#!/usr/bin/env python3
"""What real shells offer for git factory, in a repository with runs: bash and zsh at a terminal, fish by its own word.

Usage: completion_shells.py <git-factory> <sources>. A shell that is not installed is told; without any: status 77.
"""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile

PROMPT = "ready> "
PATIENCE = 60  # seconds without a byte from a shell that owes one

# A line that is being typed, and what has to be offered then. {run}: the newest run's short id.
OFFERS = [
    ("git factory ", ["init"]),  # and all others
    ("git factory show ", ["feature-2", "{run}"]),
    ("git factory show feature-2:", ["plan", "scout", "validate-tests", "review"]),
    ("git factory rework ", ["feature-1"]),
    ("git factory log --", ["--max-count", "--stage", "--batch"]),
    ("git factory log --outcome=", ["delivered", "needs-answers"]),
    ("git factory log --stage ", ["plan", "validate-tests"]),
    ("git factory metrics --by=", ["stage", "model", "gate"]),
    ("git factory init --share=", ["none", "summary", "full"]),
    ("git factory feature --base=", ["main", "side"]),
    ("git factory feature --model=", ["mine/large", "review="]),
    ("git factory feature --model=review=", ["mine/large"]),
    ("git factory feature --file ", ["request.txt"]),
    ("git factory why re", ["request.txt:"]),
    ("git factory batch --resume=", ["spring"]),
    ("git factory pr ", ["list", "merge", "comment"]),
    ("git factory pr merge --way=", ["ff-only", "squash"]),
    ("git factory models ", ["check"]),
    ("git factory models check ", ["mine/large"]),
    ("git factory replay --gates=", ["recorded"]),
    ("git factory sync ", ["origin"]),
    ("git factory verify ", ["main", "side"]),
    ("git factory validate ", ["main", "side"]),
    ("git factory review ", ["main", "side"]),
    ("git factory help ", ["tutorial", "doctor"]),
]
TITLE = "Feature"  # each run's title begins so, and stands beside its name where a shell lists


class Terminal:
    """A shell at a terminal. It is written to only when it shows its prompt: before that the terminal itself reads."""

    def __init__(self, argv, folder, environment, setup):
        self.process, self.fd = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execvpe(argv[0], argv, {**environment, "PS1": PROMPT})
        self.heard(PROMPT)
        for line in setup:
            self.typed(line + "\r")

    def heard(self, *wanted):
        """What the shell writes until each of these was in it, in this order."""
        said, place = b"", 0
        for one in wanted:
            while said.find(one.encode(), place) < 0:
                if not select.select([self.fd], [], [], PATIENCE)[0]:
                    raise TimeoutError(f"no {one!r} in {said!r}")
                said += os.read(self.fd, 65536)
            place = said.find(one.encode(), place) + len(one)
        return said.decode(errors="replace")

    def typed(self, keys):
        """What the shell wrote at these keys. A line that was only begun is thrown away."""
        # Keys are taken in their order, so when this is done all before is too. It reads otherwise than it prints.
        os.write(self.fd, keys.encode() + b"\x15echo do''ne\r")
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|[\x07\r\x08]", "", self.heard("done", PROMPT))

    def end(self):
        os.write(self.fd, b"exit\r")
        os.close(self.fd)
        os.waitpid(self.process, 0)


def bash(sources, folder, environment):
    git = "/usr/share/bash-completion/completions/git"
    if not os.path.exists(git):
        return None
    terminal = Terminal(["bash", "--norc", "--noprofile", "-i"], folder, environment, [
        "bind 'set completion-query-items 0'; bind 'set page-completions off'; bind 'set enable-bracketed-paste off'",
        f"source {git}; source {sources}/cmd/completion/git-factory.bash"])
    return lambda line: terminal.typed(line + "\t\t\t"), terminal.end


def zsh(sources, folder, environment):
    functions = os.path.join(folder, "..", "functions")
    os.makedirs(functions)
    os.symlink(f"{sources}/cmd/completion/git-factory.zsh", os.path.join(functions, "_git-factory"))
    terminal = Terminal(["zsh", "-f", "-i"], folder, environment, [
        f"fpath=({functions} $fpath); autoload -Uz compinit; compinit -u -D",
        "setopt no_always_last_prompt; LISTMAX=10000; zmodload zsh/complist; unset zle_bracketed_paste; stty columns 200 rows 1000"])
    return lambda line: terminal.typed(line + "\t\t"), terminal.end


def fish(sources, folder, environment):
    place = os.path.join(environment["HOME"], ".local", "share", "fish", "vendor_conf.d")
    os.makedirs(place)
    os.symlink(f"{sources}/cmd/completion/git-factory.fish", os.path.join(place, "git-factory.fish"))

    def offered(line):
        return subprocess.run(["fish", "-c", f"complete -C '{line}'"], cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout
    return offered, lambda: None


def repository(sources, place, environment):
    """A record of four runs, and what else is completed; the newest run's short id."""
    folder = os.path.join(place, "work")
    subprocess.run([sys.executable, "-B", f"{sources}/tests/bench/make_record.py", folder, "4"], check=True, env=environment, stdout=subprocess.DEVNULL)

    def git(*words):
        return subprocess.run(["git", *words], cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout.strip()
    git("branch", "side", "HEAD")
    git("branch", "-M", "main")
    git("update-ref", "refs/factory/batch/spring", "HEAD")
    git("config", "factory.model", "mine/large")
    git("remote", "add", "origin", os.path.join(place, "origin.git"))
    with open(os.path.join(folder, "request.txt"), "w") as file:
        file.write("Add a page.\n")
    return folder, git("factory", "log", "-n", "1", "--format=%h")


def commands(sources):
    """The names of all commands, from their table."""
    with open(os.path.join(sources, "cmd", "all.cc")) as file:
        return re.findall(r'Command\{"([a-z]+)"', file.read())


def main(program, sources):
    sources = os.path.abspath(sources)
    OFFERS[0][1].extend(commands(sources))
    wrong = shells = 0
    with tempfile.TemporaryDirectory() as place:
        environment = {"HOME": place, "PATH": os.path.dirname(os.path.abspath(program)) + ":" + os.environ["PATH"], "TERM": "xterm", "LC_ALL": "C",
                       "GIT_CONFIG_NOSYSTEM": "1", "GIT_FACTORY_DATA": f"{sources}/templates", "XDG_CACHE_HOME": f"{place}/cache",
                       "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com", "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com"}
        folder, run = repository(sources, place, environment)
        for shell in (bash, zsh, fish):
            made = shell(sources, folder, environment) if shutil.which(shell.__name__) else None
            if made is None:
                print(f"==== SKIPPED, NOT PASSED: {shell.__name__}, or git's completion for it, is not installed ====")
                continue
            offered, end = made
            shells += 1
            for line, words in OFFERS:
                there = offered(line)
                lacking = [word for word in words if not re.search(r"(?<![\w-])" + re.escape(word.format(run=run)) + r"(?![\w-])", there)]
                if "{run}" in words and TITLE not in there:
                    lacking.append("the titles of runs")
                if lacking:
                    wrong += 1
                    print(f"{shell.__name__}: '{line}' does not offer {', '.join(lacking)}, but:\n{there}")
            end()
    if shells == 0:
        return 77
    print(f"{len(OFFERS)} lines in {shells} shells, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
