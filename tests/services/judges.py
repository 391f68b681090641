"""What the checks of this folder share: where the judges are, and what to do without one."""

import glob
import json
import os
import subprocess
import sys
from pathlib import Path

SKIPPED = 77  # SKIP_RETURN_CODE of these tests


def skip(why: str) -> None:
    print("=" * 78, f"SKIPPED, NOT PASSED: {why}", "install it: tests/services/install.sh build/services", "=" * 78, sep="\n")
    sys.exit(SKIPPED)


def bodies(model_test: str, place: str) -> dict[str, list[tuple[str, dict]]]:
    """Every request body that our tests make: by dialect, each with its name."""
    folder = os.path.join(place, "bodies")
    subprocess.run([model_test, "--gtest_filter=Bodies.*", "--gtest_brief=1"], env={**os.environ, "GF_DUMP_BODIES": folder},
                   check=True, stdout=subprocess.DEVNULL)
    found: dict[str, list[tuple[str, dict]]] = {}
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        name = os.path.basename(path)[:-5]
        with open(path) as file:
            found.setdefault(name.split(".")[0], []).append((name.replace(".", "_"), json.load(file)))
    return found


def python(folder: str) -> str:
    """The interpreter that has what requirements.txt names."""
    if not os.path.exists(os.path.join(folder, "python", "complete")):
        skip(f"no Python packages of requirements.txt in '{folder}'")
    return os.path.abspath(os.path.join(folder, "python", "bin", "python"))


def node_modules(folder: str) -> str:
    if not os.path.exists(os.path.join(folder, "node", "complete")):
        skip(f"no npm packages of package.json in '{folder}'")
    return os.path.abspath(os.path.join(folder, "node", "node_modules"))


def set_up_tsc(modules: str, place: Path) -> None:
    """Makes `place` a folder whose TypeScript files by_tsc() judges, with the packages of `modules`."""
    (place / "node_modules").symlink_to(modules)
    (place / "tsconfig.json").write_text(json.dumps({
        "compilerOptions": {"strict": True, "noEmit": True, "skipLibCheck": True, "module": "esnext", "target": "es2022",
                            "types": [], "moduleResolution": "bundler"}, "include": ["*.ts"]}))


def by_tsc(modules: str, place: str, good, bad, what: str) -> int:
    """Has tsc judge `place`: files of `good` have to compile, and each of `bad`, a planted fault, not. The exit status."""
    tsc = os.path.join(modules, ".bin", "tsc")
    compiled = subprocess.run([tsc, "-p", place, "--pretty", "false"], cwd=place, capture_output=True, text=True, check=False)
    said = [line for line in (compiled.stdout + compiled.stderr).splitlines() if "error TS" in line]
    refused = {line.split("(")[0] for line in said}
    wrong = [line for line in said if line.split("(")[0] not in bad]
    missed = [name for name in bad if name not in refused]
    print(f"{what}, {len(bad) - len(missed)} of {len(bad)} planted faults refused")
    for line in wrong[:20]:
        print(line)
    for name in missed:
        print(f"{name}: a planted fault was not noticed")
    return 1 if wrong or missed or not good else 0
