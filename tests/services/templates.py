#!/usr/bin/env python3
"""The files of templates/ci, and the workflow of templates/runners, are in the form that those who read them have written down.

Usage: templates.py SERVICES_FOLDER TEMPLATES
"""

import os
import subprocess
import sys
import tempfile

import judges

# File, its judge, and words of it which, put otherwise, must be refused: else the judge sleeps.
FILES = {
    "ci/github-actions.yml": ("vendor.github-workflows", [("runs-on:", "run-on:"), ("steps:", "step:")]),
    "ci/github-stages.yml": ("vendor.github-workflows", [("pull_request:", "pull_requests:"), ("fetch-depth: 0\n", "fetch-depth: [0]\n")]),
    "runners/github-actions.yml": ("vendor.github-workflows", [("workflow_dispatch:", "workflow_dispatched:"), ("timeout-minutes: 350", "timeout-minutes: [350]"), ("  contents: write\n", "  contents: all\n"), ("cancel-in-progress: false", "cancel-in-progres: false")]),
    "ci/action.yml": ("vendor.github-actions", [("using: composite", "using: composed"), ("      shell: bash\n", ""), ("required: true", "required: maybe")]),
    "ci/gitlab-ci.yml": ("vendor.gitlab-ci", [("  script:", "  scripts:")]),
    "ci/pre-commit-config.yaml": ("pre-commit", [("stages: [pre-push]", "stages: [push-it]"), ("entry:", "entries:"), ("language: system", "language: none")]),
}


def refused(interpreter: str, judge: str, path: str) -> str:
    """What the judge has against the file; empty: nothing."""
    command = ["check_jsonschema", "--builtin-schema", judge] if judge != "pre-commit" else ["pre_commit", "validate-config"]
    ran = subprocess.run([interpreter, "-m", *command, path], capture_output=True, text=True)
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


def main() -> int:
    folder, templates = sys.argv[1:3]
    interpreter = judges.python(folder)
    wrong = []
    unknown = {f"ci/{name}" for name in os.listdir(os.path.join(templates, "ci"))} - set(FILES)
    if unknown:
        wrong.append(f"nobody judges {', '.join(sorted(unknown))}")
    planted = 0
    with tempfile.TemporaryDirectory() as place:
        for name, (judge, faults) in FILES.items():
            with open(os.path.join(templates, name)) as file:
                text = file.read()
            if said := refused(interpreter, judge, os.path.join(templates, name)):
                wrong.append(f"{name}: {said}")
            for old, new in faults:
                if old not in text:
                    wrong.append(f"{name}: '{old}' is not in it, so that no fault can be planted")
                    continue
                path = os.path.join(place, os.path.basename(name))
                with open(path, "w") as file:
                    file.write(text.replace(old, new))
                planted += 1
                if not refused(interpreter, judge, path):
                    wrong.append(f"{name}: '{new.strip()}' in the place of '{old.strip()}' is not refused")
    print(*wrong, sep="\n") if wrong else print(f"{len(FILES)} files are in form; {planted} planted faults were refused")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
