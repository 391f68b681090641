#!/usr/bin/env bash
# Installs the judges of tests/services into a folder. Usage: install.sh FOLDER
# Each part is on its own: what cannot be installed is told, and its tests are skipped.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?usage: install.sh FOLDER}
mkdir -p "$folder" && cd "$folder" || exit 1
failed=0

if ! cmp -s "$here/requirements.txt" python/complete; then
  rm -rf python
  if python3 -m venv python &&
    python/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: -r "$here/requirements.txt"; then
    cp "$here/requirements.txt" python/complete
  else
    echo "NOT INSTALLED: what $here/requirements.txt names; services.attest, .prices, .llama, .descriptions, .mail, .templates and .aimock will be skipped" >&2
    failed=1
  fi
fi

if ! cmp -s "$here/package.json" node/complete; then
  rm -rf node && mkdir -p node && cp "$here/package.json" node/
  if command -v npm >/dev/null 2>&1 &&
    (cd node && npm install --silent --ignore-scripts --no-package-lock --no-audit --no-fund); then
    cp "$here/package.json" node/complete
  else
    echo "NOT INSTALLED: what $here/package.json names; services.types, .aimock, .descriptions, .github, .gitlab, .bitbucket and .report will be skipped" >&2
    failed=1
  fi
fi

# A collector of OpenTelemetry's own Go modules: minutes of compiling, once.
python3 -B "$here/collector.py" . --build || {
  echo "NOT INSTALLED: what $here/collector/go.mod names; services.collector will be skipped" >&2
  failed=1
}

# Kubernetes' own validation of Jobs, from its Go modules: two minutes of compiling, once.
python3 -B "$here/manifests.py" . --build || {
  echo "NOT INSTALLED: what $here/manifests/go.mod names; services.manifests will be skipped" >&2
  failed=1
}
exit $failed
