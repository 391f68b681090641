#!/usr/bin/env bash
# Installs git-factory: what it needs (Debian, Ubuntu), the build, the program, its pages and templates.
#
#   ./install.sh [--prefix DIR]   install under DIR (default: ~/.local)
#   ./install.sh --demo           that, and show the main job
#   ./install.sh --test           build, and run every test; with --no-judges without Node and Clang
#   ./install.sh --uninstall      take it all away again
set -euo pipefail
cd "$(dirname "$0")"

prefix="${HOME:-/usr/local}/.local"
mode=install
judges=yes
packages=(g++ cmake ninja-build pkg-config git python3 python3-venv universal-ctags man-db
  libgit2-dev libcli11-dev nlohmann-json3-dev libspdlog-dev libfmt-dev libgtest-dev libgmock-dev
  libpugixml-dev libpcre2-dev libvalijson-dev libtomlplusplus-dev libinih-dev libyaml-cpp-dev libmd4c-dev libjs-chart.js libcurl4-openssl-dev libssl-dev openssh-client gnupg gpgsm openssl bubblewrap libsqlite3-dev)

say() { printf '%s\n' "$*"; }
die() {
  printf 'install.sh: %s\n' "$1" >&2
  [ -z "${2:-}" ] || printf 'hint: %s\n' "$2" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case "$1" in
    --prefix) [ $# -gt 1 ] || die "--prefix needs a folder"; prefix=$2; shift ;;
    --prefix=*) prefix=${1#--prefix=} ;;
    --demo) mode=demo ;;
    --test) mode=test ;;
    --no-judges) judges=no ;;
    --uninstall) mode=uninstall ;;
    -h | --help) sed -n '2,7p' "$0" | sed 's/^# \{0,1\}//'; exit 0 ;;
    *) die "there is no option '$1'" "see ./install.sh --help" ;;
  esac
  shift
done

missing_packages() {
  local name
  for name in "$@"; do
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'install ok installed' || printf '%s\n' "$name"
  done
}

need() {
  if ! command -v apt-get >/dev/null 2>&1; then
    local lacking=() tool
    for tool in c++ cmake ninja pkg-config git python3 ctags; do
      command -v "$tool" >/dev/null 2>&1 || lacking+=("$tool")
    done
    pkg-config --exists libgit2 2>/dev/null || lacking+=("libgit2")
    [ ${#lacking[@]} -eq 0 ] && return
    die "missing here: ${lacking[*]}" "Fedora: dnf install gcc-c++ cmake ninja-build libgit2-devel cli11-devel json-devel spdlog-devel fmt-devel gtest-devel gmock-devel pugixml-devel pcre2-devel valijson-devel tomlplusplus-devel inih-devel yaml-cpp-devel md4c-devel libcurl-devel openssl-devel sqlite-devel ctags; macOS: brew install cmake ninja libgit2 cli11 nlohmann-json spdlog fmt googletest pugixml pcre2 valijson tomlplusplus inih yaml-cpp md4c openssl sqlite universal-ctags"
  fi
  install_packages "${packages[@]}"
}

install_packages() {
  local names
  mapfile -t names < <(missing_packages "$@")
  [ ${#names[@]} -eq 0 ] && return
  say "installing: ${names[*]}"
  local root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || die "these packages are missing: ${names[*]}" "install them as root: apt-get install ${names[*]}"
    root=(sudo)
  fi
  "${root[@]}" apt-get update -qq || say "warning: apt-get update failed; trying with the lists at hand"
  DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq --no-install-recommends "${names[@]}" >/dev/null ||
    die "apt-get could not install: ${names[*]}" "run 'apt-get install ${names[*]}' to see why"
}

# What is compiled and how far it is: on a terminal one line that changes, else a line each tenth of the way.
show_progress() {
  local line done all what shown=-1
  while IFS= read -r line; do
    [[ $line == *Re-checking* ]] && continue  # of the build's own files: it counts apart
    [[ $line =~ ^\[([0-9]+)/([0-9]+)\]\ (.*) ]] || continue
    done=${BASH_REMATCH[1]} all=${BASH_REMATCH[2]} what=${BASH_REMATCH[3]##* }
    if [ -t 1 ]; then
      printf '\r\033[K[%s/%s] %s' "$done" "$all" "${what##*CMakeFiles/}"
    elif [ $((done * 10 / all)) -gt $shown ]; then
      shown=$((done * 10 / all))
      say "building: $done of $all"
    fi
  done
  if [ -t 1 ]; then printf '\r\033[K'; fi
}

build() {
  local launcher=()
  command -v ccache >/dev/null 2>&1 && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  cmake --preset release -DCMAKE_INSTALL_PREFIX="$prefix" -DGF_TESTS="$1" "${launcher[@]}" >build.log 2>&1 ||
    { tail -n 20 build.log >&2; die "cmake failed" "the whole story is in build.log"; }
  NINJA_STATUS='[%f/%t] ' cmake --build build 2>&1 | tee -a build.log | show_progress ||
    { grep -E 'error|FAILED' build.log | tail -n 20 >&2; die "the build failed" "the whole story is in build.log"; }
}

install_all() {
  need
  build OFF
  cmake --install build >>build.log 2>&1 || { tail -n 5 build.log >&2; die "cannot install under '$prefix'" "name another place with --prefix"; }
  say "installed $("$prefix/bin/git-factory" --version) under $prefix"
  case ":$PATH:" in
    *":$prefix/bin:"*) ;;
    *) say "add it to your PATH: export PATH=\"$prefix/bin:\$PATH\"" ;;
  esac
}

# Node for the programs that judge our requests, Chromium for the report and Clang for the fuzzing. By command and not
# by package: a Node from elsewhere will do, and Debian's npm would not go with it.
need_judges() {
  command -v apt-get >/dev/null 2>&1 || return 0
  local names=()
  command -v node >/dev/null 2>&1 || names+=(nodejs)
  command -v npm >/dev/null 2>&1 || names+=(npm)
  command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || names+=(chromium)
  command -v clang++ >/dev/null 2>&1 || command -v clang++-14 >/dev/null 2>&1 || names+=(clang)
  [ ${#names[@]} -eq 0 ] || install_packages "${names[@]}"
  # libFuzzer is apart, in a package of Clang's version (Debian 12: libclang-rt-14-dev).
  local compiler version
  compiler=$(command -v clang++ || command -v clang++-14) || return 0
  version=$("$compiler" -dumpversion)
  compgen -G "$("$compiler" -print-runtime-dir)/libclang_rt.fuzzer*" >/dev/null ||
    install_packages "libclang-rt-${version%%.*}-dev"
}

# What tests ask beside the compiler: readers of pages and of JSON, the shells whose completion is looked at, and what
# sends mail. Not openssh-server, which Debian starts as soon as it is there: its test is skipped where there is none.
test_packages=(mandoc jq bash-completion zsh fish gh git-email catch2 doctest-dev clang-tidy meson)

# Tools the tests use, as a user's repository would have them.
test_python() {
  local folder=build/test-python
  local wanted=templates/demo/app/requirements-dev.txt more=tests/requirements.txt
  local optional=tests/requirements-optional.txt
  if ! cat "$wanted" "$more" "$optional" | cmp -s - "$folder/complete"; then
    rm -rf "$folder"
    mkdir -p build
    python3 -m venv "$folder" || die "cannot make a virtual environment" "install python3-venv"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check -r "$wanted" -r "$more" ||
      die "pip could not install the test tools" "check the network"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check -r "$optional" ||
      say "pip could not install what $optional names: its tests will be skipped"
    cat "$wanted" "$more" "$optional" >"$folder/complete"
  fi
  GF_TEST_PYTHON=$PWD/$folder/bin/python
  export GF_TEST_PYTHON
}

case $mode in
  install) install_all ;;
  demo)
    install_all
    place=$(mktemp -d)/git-factory-demo
    PATH="$prefix/bin:$PATH" git factory demo "$place"
    ;;
  test)
    need
    ! command -v apt-get >/dev/null 2>&1 || install_packages "${test_packages[@]}"
    build ON
    test_python
    [ $judges = no ] || need_judges
    [ $judges = no ] || tests/services/install.sh build/services || say "warning: some checks by others' programs will be skipped"
    ctest --test-dir build --output-on-failure --no-tests=error -j "$(nproc 2>/dev/null || echo 2)"
    ;;
  uninstall)
    rm -f "$prefix/bin/git-factory" "$prefix/share/bash-completion/completions/git-factory" "$prefix/share/zsh/site-functions/_git-factory" "$prefix/share/fish/vendor_conf.d/git-factory.fish"
    rm -rf "$prefix/share/git-factory"
    rm -f "$prefix"/share/man/man[157]/git-factory*.[157]
    say "git-factory is gone from $prefix; worktrees and caches are in ${XDG_CACHE_HOME:-~/.cache}/git-factory"
    ;;
esac
