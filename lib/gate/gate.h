// Gates: real tools that can say no. Detection, execution, one form of outcome (DESIGN 4).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/settings.h"
#include "gate/services.h"
#include "proc/network.h"
#include "proc/process.h"
#include "record/facts.h"
#include "record/gate.h"

namespace gf::proc {
class Sandbox;
}  // namespace gf::proc

namespace gf::gate {

/// How selected tests stand on the command line of a test gate.
enum class Selecting {
  kIds,       ///< each as it is: "./tests/test_a.py::test_x"
  kFiles,     ///< the files that they are in: "./test/a.test.js"
  kPackages,  ///< the folders of these, as Go names packages: "./pkg/low"
  kCargo,     ///< cargo's targets: "--test a" for tests/a.rs, "--lib" for src/lib.rs
  kSurefire,  ///< classes and methods, as Maven takes them: "-Dtest=PricesTest#halves,OtherTest"
  kGradle,    ///< the classes of these: "--tests shop.PricesTest"
  kAll,       ///< not at all: the runner knows no files, and all run
};

/// One configured tool.
struct Gate {
  std::string name;                ///< "ruff", "ruff-format", "mypy", "pytest"
  std::string stage = "validate";  ///< validate or test
  /// The program and its arguments. Placeholders: {report} (a fresh file for the machine-readable
  /// report), {cache} (a folder kept between runs, outside the worktree), {coverage} (a second
  /// fresh file), {files} (one argument per changed file that the gate's patterns match; none: not
  /// run), {runner} (our own program: for Python the one that runs unittest, Django's tests and
  /// pytest, for JavaScript the reporter of `node --test`, for C++ and Java the one that builds and
  /// tests).
  std::vector<std::string> argv;
  /// What a test gate runs when nothing is selected; patterns are filled in by the worktree's
  /// files.
  std::vector<std::string> targets;
  Selecting selecting = Selecting::kIds;
  std::string report;  ///< how its answer is read: report_kinds.h
  std::string
      coverage;  ///< what {coverage} is: cobertura, lcov, go-cover, gcov or jacoco; empty: none
  std::vector<std::string> files;  ///< patterns of files it judges, "*.py"
  Milliseconds timeout{600000};
  std::vector<std::string> environment;  ///< names of further variables it may see
  std::string why;                       ///< why it was chosen: "pyproject.toml:12 ([tool.ruff])"
  /// The gate's fixer: a program that rewrites {files} so that the gate has less to say. Empty:
  /// none.
  std::vector<std::string> fix;
  /// The tree shows it, and no setting names it: nobody asked for it (may_be_left_out).
  bool detected = false;
  /// Where it is started: the folder of its project, relative to the tree; empty: the root. Paths
  /// in `argv`, `targets` and `files` are relative to it, and so is what `why` names.
  std::string folder;
  /// Folders below `folder` that it does not judge: of projects with gates of their own.
  std::vector<std::string> apart;
  proc::Network network = proc::Network::kNone;  ///< what it may reach of it, in a sandbox
  std::vector<Service> services;                 ///< what runs beside it
};

/// The gates of a tree: `[factory-gate "<name>"]` sections (command, report, stage, timeout, files,
/// environment, network, service, coverage, fix, disabled) win over detection; a gate of the same name is replaced,
/// `disabled = true` removes it. `python` is the interpreter for `-m`: "python3" where it is not
/// known yet (see env::use).
Result<std::vector<Gate>> gates_for(const record::TreeFacts& tree, const Settings& settings,
                                    const std::string& python);

/// What detection could not read and why, one line each: "'pyproject.toml' cannot be read: line 3:
/// ...". Its tools have no gate then, and nobody would know.
std::vector<std::string> detection_notes(const record::TreeFacts& tree);

struct Place {
  std::string worktree;  ///< holds exactly `tree`
  Oid tree;
  std::string scratch;  ///< a private folder for reports, outside the worktree
  std::string cache;    ///< kept between runs; of this worktree alone, or tools' caches mix
  proc::Environment environment;
  proc::Environment variables;  ///< over those of `environment` that a gate may see
  std::string prefix;  ///< one more folder of the machine's that texts may name: "<python>"
  std::string within;  ///< GateOutcome::environment
  /// Told pieces of what the tool prints, as they come; may be empty. Same thread.
  std::function<void(std::string_view)> on_output;
  const proc::Sandbox* sandbox = nullptr;  ///< who holds what runs here; null: nobody
  /// Besides the worktree, `scratch` and `cache`, which are written: the repository and the
  /// environment, and what settings add.
  std::vector<std::string> readable, writable;
  std::vector<std::string> kept;  ///< files below what is written that stay as they are
};

/// Runs one gate to an outcome. The gate's own failure is an outcome (kFail, kBroken, kTimeout);
/// an Error means that we could not even try (scratch not writable, out of memory). A missing tool
/// is kBroken with a reason that says what to install. Zero executed tests is kBroken (P6).
/// `selection`: for test gates, only these files or test ids; empty: all.
/// `changed`: for {files}.
Result<record::GateOutcome> run_gate(const Gate& gate, const Place& place,
                                     const std::vector<std::string>& selection,
                                     const std::vector<std::string>& changed, const Cancel& cancel);

/// Where pre-commit keeps the user's hooks, for gates whose folder of caches is `cache`; empty
/// where it keeps none, or some were installed below `cache`, which then hold.
std::string users_hooks(const proc::Environment& environment, const std::string& cache);

/// Could the tool not do its work? It crashed, was killed, is missing, or left no report that can
/// be read: what it says is not about the tree, and is neither a pass nor a fail. That there was no
/// test to run is an answer, though `kBroken` too.
bool crashed(const record::GateOutcome& outcome);
/// Did the tool not even start: is it not installed? A second try is in vain.
bool is_missing(const record::GateOutcome& outcome);
/// May a run go on without the gate, by what became of it on the base? A gate that nobody asked for
/// and that does not work there: no run is lost over it. Tests stay: without them nothing can be
/// shown to work.
bool may_be_left_out(const Gate& gate, const record::GateOutcome& on_base);
/// Did no test run because none could be collected, or none is there? Of a test gate's outcome.
bool collected_nothing(const record::GateOutcome& outcome);

/// The fixer that belongs to a gate's command line, by a list of known tools: of "ruff format
/// --check ." it is "ruff format {files}". Empty: none is known.
std::vector<std::string> known_fixer(const std::vector<std::string>& argv);
/// Files that a fixer may rewrite.
struct Fixable {
  std::vector<std::string> whole;    ///< there was nothing to mend in them before
  std::vector<std::string> in_part;  ///< only what is new in them: they were untidy before
};
/// Which of `changed` a gate's fixer may rewrite: those that the gate judges, by what it said of
/// them in `base`. A gate that was red there and named no file may mean any. null: it was not asked
/// about the base.
Fixable fixable(const Gate& gate, const std::vector<std::string>& changed,
                const record::GateOutcome* base);
/// Runs a gate's fixer on `paths` of the worktree, which it may rewrite. kBroken when the fixer
/// crashed or is missing; what it could not mend is for the gate to tell. An Error as in run_gate.
Result<record::GateOutcome> run_fixer(const Gate& gate, const Place& place,
                                      const std::vector<std::string>& paths, const Cancel& cancel);

/// The words that ask a gate's tool for its version: "python -m ruff check" is asked as
/// "python -m ruff --version".
std::vector<std::string> version_question(const Gate& gate);
/// The tool's own version ("ruff 0.14.0"); empty when it cannot be asked. Cached per process.
/// `sandbox`: who holds it, reading `readable` besides the machine's own; null: nobody.
std::string tool_version(const Gate& gate, const proc::Environment& environment,
                         const Cancel& cancel, const proc::Sandbox* sandbox = nullptr,
                         const std::vector<std::string>& readable = {});

/// Whether every file still parses, by its language's own parser (.py, .json, .toml by `python`).
/// One finding a file that does not.
Result<record::GateOutcome> parse_check(const std::string& python, const Place& place,
                                        const std::vector<std::string>& paths,
                                        const Cancel& cancel);

}  // namespace gf::gate
