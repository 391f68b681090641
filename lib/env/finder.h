// Which environment of the user's fits a tree: where one may be, in order, and why each was taken
// or not.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/environment.h"
#include "base/settings.h"
#include "env/interpreter.h"
#include "env/manifest.h"
#include "gate/gate.h"

namespace gf::env {

/// The user's repository on this machine. Empty strings: there is no such folder.
struct Checkout {
  std::string folder;      ///< the user's work tree
  std::string common_dir;  ///< the repository's own folder, shared by its worktrees
  /// The folders of the repository's worktrees, the user's own first, both as they are written and
  /// with links resolved.
  [[nodiscard]] std::vector<std::string> worktrees() const;
};

/// A place where an environment may be.
struct Lead {
  std::string kind;    ///< setting, uv, venv, active, conda, pdm, poetry, pipenv, hatch, pixi, tox,
                       ///< nox, made, system
  std::string source;  ///< in the user's words: ".venv", "$VIRTUAL_ENV"
  std::string program;  ///< the interpreter; empty: a manager has to be asked for it
};

/// What became of a lead.
struct Candidate {
  Lead lead;
  bool taken = false;
  std::string why;      ///< why not, or what is to be known of the one that was taken
  std::string version;  ///< "3.11.7"; empty: it did not start
};

/// Interpreters that are not started, and what is said of them instead.
struct Reserve {
  std::string why;          ///< "nobody was asked: ..."; empty: all are started
  bool everywhere = false;  ///< all of them, not only those beneath the work trees
};

/// What is asked of an environment.
struct Question {
  const Manifest& manifest;
  const Settings& settings;
  const Checkout& checkout;
  const Environment& environment;  ///< the user's variables
  const Cancel& cancel;
  std::vector<std::string> needed;         ///< modules without which it does not fit: a test runner
  std::vector<std::string> wanted;         ///< modules whose absence is told
  std::vector<std::string> distributions;  ///< plain names of what the project is nothing without
  /// Plain names of what it declares for developing. A Python of the machine's that lacks one is no
  /// environment of the project's, though it may have a test runner.
  std::vector<std::string> developing;
  std::string folder = {};                 ///< of the project in the work tree; empty: the root
  const proc::Sandbox* sandbox = nullptr;  ///< who holds what is asked; null: nobody
  Reserve reserve = {};
};

/// Modules that gates start with "python3 -m"; `tests`: those of test gates, else those of all
/// others, and what measures test gates (measure.h).
std::vector<std::string> modules_of(const std::vector<gate::Gate>& gates, bool tests);

struct Found {
  std::vector<Candidate> looked_at;        ///< in order, up to the one that was taken
  std::optional<Interpreter> interpreter;  ///< of the one that was taken; nothing: none fits
  /// The first that starts and lacks something; for who makes none.
  std::optional<Interpreter> second_best;
  Lead lead, second_lead;
};

/// What was taken, for people: "/home/me/shop/.venv/bin/python (.venv)".
std::string to_text(const Found& found);

/// Where one may be, in order, by files and variables alone; no program is started.
std::vector<Lead> leads_of(const Question& question);

/// Goes through the leads. An Error (kConfiguration) when factory.python names one that does not
/// start or is refused by requires-python: a setting is meant.
Result<Found> find_environment(const Question& question);

}  // namespace gf::env
