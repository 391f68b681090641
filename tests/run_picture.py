#!/usr/bin/env python3
"""Makes the README's picture: the last screen of a real run, in colour, as SVG. Its answers are scripted, and it says so.

Usage: run_picture.py <git-factory> <sources> <out.svg>

The run goes through a terminal of tmux's, 100 columns wide; what stands there at its end is the picture. Needs tmux and,
beside the program, an interpreter with the demo's tools (GF_TEST_PYTHON).
"""

import html
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import readme  # noqa: E402

COMMAND = """git factory feature --slug health --model scripted/health 'Add a /health endpoint that returns {"status":"ok"}.'"""
COLOURS = {31: "#ff7b72", 32: "#7ee787", 33: "#e3b341", 34: "#79c0ff", 36: "#a5d6ff"}
WIDE, HIGH = 8.43, 19


def captured(program: str, sources: str) -> list[str]:
    """The lines of the terminal, with their codes, from the command on."""
    with tempfile.TemporaryDirectory() as folder:
        environment = readme.world(program, sources, folder)
        shop = readme.repository(sources, folder, environment)
        pathlib.Path(shop, "requests.txt").unlink()
        prepare = "git factory init --no-hooks --share=none && git add -A && git commit -qm Prepare && git push -q"
        subprocess.run(prepare, shell=True, check=True, cwd=shop, env=environment, capture_output=True)
        tmux = ["tmux", "-S", os.path.join(folder, "tmux")]
        environment |= {"TERM": "xterm-256color"}
        pathlib.Path(folder, "run.sh").write_text(f"cd {shop}\n{COMMAND}\ntouch {folder}/done\nsleep 60\n")
        subprocess.run([*tmux, "-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "48", "bash " + shlex.quote(f"{folder}/run.sh")],
                       check=True, env=environment)
        try:
            for _ in range(1800):
                if os.path.exists(os.path.join(folder, "done")):
                    break
                time.sleep(0.1)
            time.sleep(0.5)
            return subprocess.run([*tmux, "capture-pane", "-p", "-e"], check=True, capture_output=True, text=True,
                                  env=environment).stdout.rstrip().splitlines()
        finally:
            subprocess.run([*tmux, "kill-server"], env=environment, check=False)


def spans(line: str, style: str) -> tuple[str, str]:
    """A line's codes as SVG, and the style that the next line begins with: tmux tells changes alone."""
    made = ""
    for code, text in re.findall(r"\x1b\[([\d;]*m)|([^\x1b]+)", line):
        if code:
            for number in [int(number) for number in code[:-1].split(";") if number] or [0]:
                if number in (0, 39):
                    style = ""
                elif number == 1:
                    style += " font-weight='bold'"
                elif number == 2:
                    style += " fill-opacity='0.65'"
                elif number in COLOURS:
                    style += f" fill='{COLOURS[number]}'"
        if text:
            made += f"<tspan{style}>{html.escape(text)}</tspan>"
    return made, style


def picture(lines: list[str]) -> str:
    rows = ["\x1b[1m$ " + COMMAND + "\x1b[0m", *lines]
    columns = max(len(re.sub(r"\x1b\[[\d;]*m", "", row)) for row in rows)
    width, height = round(columns * WIDE) + 40, (len(rows) + 3) * HIGH
    texts, style = "", ""
    for place, row in enumerate(rows):
        made, style = spans(row, style)
        texts += f"<text x='20' y='{(place + 2) * HIGH}' xml:space='preserve'>{made}</text>\n"
    note = "A real run on the demo's repository, captured by tests/run_picture.py. The answers are scripted; tools and git are real."
    return (f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' viewBox='0 0 {width} {height}' role='img'>\n"
            f"<title>{note}</title>\n<rect width='100%' height='100%' rx='8' fill='#0d1117'/>\n"
            f"<g font-family='ui-monospace, SFMono-Regular, Menlo, Consolas, monospace' font-size='14' fill='#e6edf3'>\n{texts}</g>\n"
            f"<text x='20' y='{height - 12}' font-family='sans-serif' font-size='12' fill='#8b949e'>{note}</text>\n</svg>\n")


if __name__ == "__main__":
    pathlib.Path(sys.argv[3]).write_text(picture(captured(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))))
