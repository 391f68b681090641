"""What the checks of this folder share: where the judges are, and what to do without one."""

import os
import sys

SKIPPED = 77  # SKIP_RETURN_CODE of these tests


def skip(why: str) -> None:
    print("=" * 78, f"SKIPPED, NOT PASSED: {why}", "install it: tests/services/install.sh build/services", "=" * 78, sep="\n")
    sys.exit(SKIPPED)


def python(folder: str) -> str:
    """The interpreter that has what requirements.txt names."""
    if not os.path.exists(os.path.join(folder, "python", "complete")):
        skip(f"no Python packages of requirements.txt in '{folder}'")
    return os.path.join(folder, "python", "bin", "python")


def node_modules(folder: str) -> str:
    if not os.path.exists(os.path.join(folder, "node", "complete")):
        skip(f"no npm packages of package.json in '{folder}'")
    return os.path.join(folder, "node", "node_modules")
