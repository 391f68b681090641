#!/usr/bin/env python3
"""The Jobs that `batch --runner=kubernetes` makes are such as an API server takes.

Usage: manifests.py SERVICES_FOLDER BATCH_TEST, or --build for BATCH_TEST: only the judge is built then. It is Kubernetes' own
reading, defaults and validation (manifests/main.go, its modules pinned by go.mod and go.sum), built into SERVICES_FOLDER once.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import judges

SOURCE = Path(__file__).resolve().parent / "manifests"
# Words of a manifest which, put otherwise, must be refused: else the judge sleeps.
PLANTED = [("restartPolicy: Never", "restartPolicy: Always"), ("backoffLimit: 0", "backoffLimit: -1"),
           ("runAsUser: 1000", "runAsUsr: 1000"), ("activeDeadlineSeconds: 21600", "activeDeadlineSeconds: soon"),
           ("mountPath: /tmp", "mountPath: /work"), ('cpu: "1"', "cpu: many"), ('name: "gf-', 'name: "GF_'),
           ("drop: [ALL]", "dropp: [ALL]"), ("git-factory/batch: ", "git factory/batch: "),
           ("type: RuntimeDefault", "type: Whatever"), ("ttlSecondsAfterFinished: 3600", "ttlSecondsAfterFinished: -3600"),
           ("apiVersion: batch/v1", "apiVersion: batch/v2")]  # fmt: skip


def built(folder: str) -> str:
    """The judge's program; skips the test where there is no Go, or where its modules cannot be had."""
    program = os.path.join(os.path.abspath(folder), "manifests")
    if os.path.exists(program) and os.path.getmtime(program) > max(path.stat().st_mtime for path in SOURCE.iterdir()):
        return program
    go = shutil.which("go") or judges.skip("there is no Go to build the judge with")
    environment = {**os.environ, "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    got = subprocess.run([go, "mod", "download"], cwd=SOURCE, env=environment, capture_output=True, text=True, check=False)
    if got.returncode != 0:
        judges.skip("the judge's modules cannot be had: " + (got.stderr.strip().splitlines() or ["no word"])[-1])
    os.makedirs(folder, exist_ok=True)
    subprocess.run([go, "build", "-trimpath", "-ldflags=-s -w", "-o", program, "."], cwd=SOURCE, env=environment, check=True)
    return program


def refused(program: str, text: str) -> str:
    ran = subprocess.run([program], input=text, capture_output=True, text=True, check=False)
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


def main() -> int:
    folder, batch_test = sys.argv[1:3]
    program = built(folder)
    if batch_test == "--build":
        return 0
    with tempfile.TemporaryDirectory() as kept:
        subprocess.run([batch_test, "--gtest_filter=KubernetesTest.EachRequest*", "--gtest_brief=1"], check=True,
                       env={**os.environ, "GF_KEEP_MANIFESTS": kept}, stdout=subprocess.DEVNULL)  # fmt: skip
        text = (Path(kept) / "manifests").read_text()
    wrong = [said] if (said := refused(program, text)) else []
    for old, new in PLANTED:
        if old not in text:
            wrong.append(f"'{old}' is not in it, so that no fault can be planted")
        elif not refused(program, text.replace(old, new)):
            wrong.append(f"'{new}' in the place of '{old}' is not refused")
    print(*wrong, sep="\n") if wrong else print(f"{text.count('kind: Job')} manifests are taken; {len(PLANTED)} planted faults were refused")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
