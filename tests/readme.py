#!/usr/bin/env python3
"""Runs the README's commands as a reader would: every block, in order, in a fresh folder with a repository of its own.

Usage: readme.py <git-factory> <sources>

Three kinds of line are not run as they stand. ./install.sh would build: its options have to be known to it. man opens a
pager: the page has to be there. A model that this machine has not is replaced by the demo's scripted answers.
"""

import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

# Where pull requests live in the repository there are no issues, and that is said.
NEEDS_A_SERVER = {"git factory intake --plan=3": "the local forge has no issues"}
ENDS_WITH_NO = {"git factory models check"}  # what answers are scripted has no structured output of its own


def commands_in(readme: str) -> list[str]:
    """The lines of the blocks that are to be typed, without their comments."""
    found, inside = [], False
    for line in readme.splitlines():
        if line.startswith("```"):
            inside = not inside
        elif inside and re.match(r"(git|man|\./install\.sh) ?", line):
            found.append(re.sub(r"\s{2,}#.*", "", line))
    return found


def world(program: str, sources: str, folder: str) -> dict[str, str]:
    home = os.path.join(folder, "home")
    os.makedirs(home)
    with open(os.path.join(home, ".gitconfig"), "w") as file:
        file.write("[user]\n\tname = Ada\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n")
    tools = os.path.dirname(os.environ.get("GF_TEST_PYTHON", ""))
    path = ":".join(part for part in (os.path.dirname(os.path.abspath(program)), tools, os.environ["PATH"]) if part)
    return {"HOME": home, "XDG_CACHE_HOME": os.path.join(folder, "cache"), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8",
            "TZ": "UTC", "PATH": path, "GIT_FACTORY_DATA": os.path.join(sources, "templates"), "OLLAMA_HOST": "127.0.0.1:9",
            "PYTHONDONTWRITEBYTECODE": "1"}


def repository(sources: str, folder: str, environment: dict[str, str]) -> str:
    """One's own, with a remote."""
    shop = os.path.join(folder, "shop")
    script = f"""set -e
cp -r {shlex.quote(sources)}/templates/demo/app {shop}
git init -q --bare origin.git
cd {shop}
git init -q && git add -A && git commit -qm 'A small shop'
git remote add origin {folder}/origin.git && git push -q -u origin main
"""
    subprocess.run(["bash", "-c", script], check=True, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    request = "Add GET /products returning a static list of three products as JSON."
    pathlib.Path(shop, "requests.txt").write_text(
        f'{{"request": "{request}", "model": "scripted/products"}}\n')
    return shop


def stand_in(command: str) -> str:
    """The command with answers that are there instead of a model that is not."""
    if re.match(r"git config factory\.(review\.)?model ", command):
        return re.sub(r"model \S+", "model scripted/health", command)
    return command


def problem_of(command: str, sources: str, shop: str, environment: dict[str, str]) -> str:
    if command.startswith("./install.sh"):
        script = pathlib.Path(sources, "install.sh").read_text()
        unknown = [word for word in command.split()[1:] if f"{word})" not in script]
        return f"install.sh does not know {unknown}" if unknown else ""
    if command.startswith("man "):
        page = command.split()[1]
        return "" if list(pathlib.Path(sources, "man").glob(page + ".*")) else "there is no such page"
    ran = subprocess.run(["bash", "-c", stand_in(command)], cwd=shop, env=environment, stdin=subprocess.DEVNULL,
                         capture_output=True, text=True, timeout=300)
    if (words := NEEDS_A_SERVER.get(command)) and words in ran.stderr:
        return ""
    allowed = (0, 1) if command in ENDS_WITH_NO else (0,)
    return "" if ran.returncode in allowed else f"exit {ran.returncode}\n{ran.stdout}{ran.stderr}"


def main(program: str, sources: str) -> int:
    commands = commands_in(pathlib.Path(sources, "README.md").read_text())
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        environment = world(program, sources, folder)
        shop = repository(sources, folder, environment)
        for command in commands:
            if problem := problem_of(command, sources, shop, environment):
                bad += 1
                print(f"{command}: {problem}")
    print(f"{len(commands)} commands, {bad} do not what the README says")
    return 1 if bad or len(commands) < 25 else 0


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])))
