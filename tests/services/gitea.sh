#!/usr/bin/env bash
# Builds a Gitea server for services.gitea from its Go module. Usage: gitea.sh FOLDER
# Takes minutes and is therefore no part of install.sh.
set -euo pipefail
folder=${1:?usage: gitea.sh FOLDER}
version=v1.23.8
mkdir -p "$folder/gitea" && cd "$folder/gitea"
export GOTOOLCHAIN=local CGO_ENABLED=1
source=$(go mod download -json "code.gitea.io/gitea@$version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
rm -rf source && cp -r "$source" source && chmod -R u+w source
(cd source && go build -p 2 -tags "sqlite sqlite_unlock_notify" -o ../gitea .)
