// The environment of one run: found or made, and laid over so that it holds the slot's own code.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/environment.h"
#include "base/settings.h"
#include "env/finder.h"
#include "gate/gate.h"
#include "record/facts.h"

namespace gf::env {

/// What a run's gates are started in. A plain value; the folders stay as long as the slot is held.
struct Ready {
  std::string python = "python3";  ///< the interpreter that stands for "python3" in gates
  Environment variables;           ///< over those that a gate sees anyway: PATH, VIRTUAL_ENV
  std::string folder;              ///< the overlay; empty: the machine's own programs are used
  std::string prefix;              ///< of the environment below it, as messages may name it
  std::string label;               ///< GateOutcome::environment
  /// Equal where an outcome of one is one of the other: what is installed, on this machine.
  std::string identity;
  std::vector<std::string> built;    ///< folders of projects whose sources alone are not enough
  std::string built_from;            ///< what was built: changes when it has to be built again
  std::optional<Interpreter> below;  ///< of the environment below the overlay; nothing: none is
  std::string installed;             ///< what lay in it when it was prepared: has_changed()
  /// Folders that its programs read and that a sandbox would hide; the overlay's notes are written.
  std::vector<std::string> readable, writable;
  const proc::Sandbox* sandbox = nullptr;  ///< who holds what is built; null: nobody
  std::string caches;                      ///< our own of package clients (caches_for)
};

/// What prepare() works from. Everything pointed to must outlive the call.
struct Order {
  const record::TreeFacts& tree;
  const Settings& settings;
  const std::vector<gate::Gate>& gates;  ///< with "python3" where the interpreter stands
  const Checkout& checkout;
  const Environment& environment;  ///< the user's variables
  const Cancel& cancel;
  std::string slot;  ///< the run's worktree, which holds `tree`; survey() needs none
  /// Told what takes time, one line each; may be empty.
  std::function<void(const std::string& line)> say;
  /// The project that it is for, by its folder in the tree; empty: the root.
  std::string folder = {};
  /// Folders of the projects whose code belongs to it (gate::built_on); empty: of all.
  std::set<std::string> along = {};
  /// What the run began with, where `tree` is what has become of it; null: it is that itself. What
  /// the change asks for anew has to be there, and a lock file that it left behind is brought up to
  /// date for the environment, though not in the tree.
  const record::TreeFacts* before = nullptr;
  /// Nothing lies in the slot but the tree: what building adds is the project's, and may be kept.
  bool is_clean = false;
  /// Who holds the programs that look, install and build; null: nobody.
  const proc::Sandbox* sandbox = nullptr;
  /// The repository's own folders, which a build may ask for its version (git describe).
  std::vector<std::string> repository = {};
  /// Of survey(): who is not asked.
  Reserve reserve = {};
};

/// Finds or makes the environment, lays the slot's overlay and asks every package of the tree where
/// it would be imported from. Overlays and environments are kept below the cache folder and used
/// again while nothing they were made from has changed. The user's environment and work tree are
/// not written. An Error (kConfiguration, kEnvironment) says what is missing and the way out,
/// before anything is spent.
Result<Ready> prepare(const Order& order);

/// Does a change of this path of a tree change what has to be installed for it?
bool decides_environment(std::string_view path);
/// Has something been installed or taken away in the environment below since it was prepared?
bool has_changed(const Ready& ready);

/// What prepare() would take, without making anything: the finder's answer alone.
Result<Found> survey(const Order& order);
/// How one would be made where none fits: "uv.lock by uv". The Error says why none can be.
Result<std::string> would_make(const Order& order);
/// Makes the environment that the order's tree asks for, or finds it made: its interpreter.
Result<std::string> make_for(const Order& order);

/// The user's own environment as it was found, without an overlay: for looking at, not for gates.
Ready as_found(const Found& found, const Environment& environment);

/// Starts the gates in the environment: "python3" becomes its interpreter.
void use(const Ready& ready, std::vector<gate::Gate>& gates);
/// Has what is run in `place` see the environment.
void take(const Ready& ready, gate::Place& place);
/// `environment` with the environment's own variables over it.
Environment variables_in(const Ready& ready, Environment environment);
/// `text` without what differs from slot to slot.
std::string without_slot(const Ready& ready, const std::string& text);
/// Before a gate: builds what is compiled or generated again where its sources have changed since.
/// An outcome when they do not build, which is then the gate's: the tool was not asked.
Result<std::optional<record::GateOutcome>> build_again(Ready& ready, const gate::Gate& gate,
                                                       const gate::Place& place,
                                                       const Cancel& cancel);
/// After a gate: an outcome is broken that came of code of the user's checkout. Looks at what the
/// processes wrote down, and forgets it.
void check_imports(const Ready& ready, record::GateOutcome& outcome);

}  // namespace gf::env
