#!/usr/bin/env python3
"""Runs git-factory-cookbook(7) on a made record, and holds Grafana's dashboard against what the program prints.

Usage: cookbook.py <git-factory> <sources>. Without jq the questions are told as skipped, and the status is 77.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from tutorial import blocks, world

RUNS = 24  # of them some are rejected, and one in three costs nothing


def families(prometheus: str) -> dict[str, set[str]]:
    """Each metric with the labels that it has; one without a sample in this record too."""
    # A histogram has samples of its parts alone.
    found = {name: set() for name, kind in re.findall(r"^# TYPE (\w+) (\w+)", prometheus, re.M) if kind != "histogram"}
    for name, labels in re.findall(r"^(git_factory_\w+)(?:\{([^}]*)\})? ", prometheus, re.M):
        found.setdefault(name, set()).update(re.findall(r'(\w+)="', labels))
    return found


def dashboard_faults(dashboard: dict, metrics: dict[str, set[str]]) -> list[str]:
    """Metrics and labels of the dashboard that the program does not print, and those of its metrics that stand nowhere."""
    faults, used = [], set()
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            names = re.findall(r"(git_factory_\w+)\{([^}]*)\}", target["expr"])
            used.update(name for name, _ in names)
            if not names or len(names) != target["expr"].count("git_factory_"):
                faults.append(f"'{panel['title']}' asks for nothing that can be checked: {target['expr']}")
            grouped = re.findall(r"by \(([^)]*)\)", target["expr"])
            shown = re.findall(r"\{\{(\w+)\}\}", target.get("legendFormat", ""))
            for name, labels in names:
                if name not in metrics:
                    faults.append(f"'{panel['title']}' names {name}, which is not printed")
                    continue
                wanted = set(re.findall(r"(\w+)[=!]", labels)) | set(re.split(r",\s*", grouped[0]) if grouped else []) | set(shown)
                lacking = wanted - metrics[name] - {"instance"}
                if lacking:
                    faults.append(f"'{panel['title']}': {name} has no {', '.join(sorted(lacking))}")
    faults += [f"no panel shows {name}" for name in sorted(set(metrics) - used)]  # of a summary its parts too
    return faults


def main(program: str, sources: str) -> int:
    with tempfile.TemporaryDirectory() as place:
        environment = world(program, sources, place)
        folder = os.path.join(place, "record")
        subprocess.run([sys.executable, "-B", f"{sources}/tests/bench/make_record.py", folder, str(RUNS)], check=True, env=environment,
                       stdout=subprocess.DEVNULL)

        def output(command: str) -> str:
            return subprocess.run(["bash", "-o", "pipefail", "-e", "-c", command], cwd=folder, env=environment, check=True,
                                  capture_output=True, text=True).stdout

        with open(f"{sources}/templates/grafana/dashboard.json") as file:
            dashboard = json.load(file)
        metrics = families(output("git factory metrics --prometheus"))
        faults = dashboard_faults(dashboard, metrics)
        if not dashboard_faults(dashboard, {**metrics, "git_factory_runs_total": set()}):
            faults.append("a label that is not printed was not seen")
        print(f"{len(metrics)} metrics, {len(dashboard['panels'])} panels", *faults, sep="\n")
        if not shutil.which("jq"):
            print("==== SKIPPED, NOT PASSED: the questions need jq, which is not installed ====")
            return 1 if faults else 77
        with open(f"{sources}/man/git-factory-cookbook.7") as file:
            questions = ["\n".join(lines) for kind, lines in blocks(file.read()) if kind == "pasted"]
        for question in questions:
            try:
                answer = output(question)
            except subprocess.CalledProcessError as failed:
                answer, faults = failed.stderr, faults + [question]
            if not answer.strip():
                faults.append(question)
            if faults:
                print(question, answer, sep="\n")
        print(f"{len(questions)} questions, {len(faults)} faults")
        return 1 if faults or len(questions) < 10 else 0


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])))
