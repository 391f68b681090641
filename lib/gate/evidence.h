// What a project itself runs: commands in its task files, hooks and CI that call a tool which can
// be a gate. Nothing is executed; a file that cannot be read gives nothing. For this room's .cc
// files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "record/facts.h"

namespace gf::gate {

/// A tool as it is called, without what only says how to reach it (`uv run`, `python -m`,
/// `coverage run -m`).
struct ToolCall {
  /// "ruff check", "ruff format", "black", "isort", "flake8", "pylint", "mypy", "pyright", "ty",
  /// "pyrefly", "bandit", "pytest", "unittest", "django" (manage.py test), "nose",
  /// "trial" (Twisted's), "node-test" (node --test), "tsx-test", "vitest", "jest", "mocha", "ava",
  /// "tape", "eslint", "biome", "oxlint", "prettier", "tsc", "xo", "cargo fmt", "cargo clippy",
  /// "cargo test", "cmake" (configuring), "make", "mvn", "gradle".
  std::string tool;
  /// What stands behind it; placeholders are filled or gone. Of cargo the toolchain is first,
  /// "+nightly", where one is named.
  std::vector<std::string> arguments;
  std::vector<std::string> variables;  ///< "NAME=value" in front of it
  std::string folder;                  ///< that it is called in, of the tree; empty: the top
};

/// One place where the project calls a tool.
struct Evidence {
  ToolCall call;
  std::string path;  ///< of the file, relative to the tree
  size_t line = 0;   ///< 1-based
  std::string way;   ///< "tox testenv:lint", "hook ruff", "recipe test", "script lint", "CI"
};

/// Every call that the tree shows, the most deliberate first: tox and nox, scripts of pyproject and
/// package.json, recipes of make and just, pre-commit and other hooks, CI; within a file by line.
std::vector<Evidence> evidence_in(const record::TreeFacts& tree);

/// "tox.ini:12 (tox testenv:lint)": how a person is told of it.
std::string evidence_text(const Evidence& evidence);

/// The calls in one command line or a small shell script: split at `&&`, `||`, `;`, `|` and line
/// ends; unknown programs are left out. `folder`: where it begins, and where its `cd` have led to
/// when it ends; null: at the top.
std::vector<ToolCall> calls_in(std::string_view command, std::string* folder = nullptr);

/// The tool that a pre-commit hook of this id runs; empty when it is none of ours.
std::string_view tool_of_hook(std::string_view id);

}  // namespace gf::gate
