"""What the checks of this folder share: where the judges are, and what to do without one."""

import glob
import json
import os
import subprocess
import sys

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
