// From a line of code to the run that wrote it, and to what that run knew of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyst/blame.h"
#include "base/result.h"
#include "git/git_program.h"
#include "git/repo.h"
#include "record/json.h"
#include "store/store.h"

namespace gf::analyst {

/// How a commit was found to be a run's (GITMODEL 4.9), surest first.
enum class Link {
  kNone,
  kHead,     ///< it is the delivered commit itself
  kTrailer,  ///< its message names the run: after rebase, cherry-pick, most squashes
  kNote,     ///< a note that git carried along
  kPatch,    ///< the same change on another base
  kTree,     ///< the same content
  kText,     ///< nothing names a run, but a run brought this very line to this file
};
std::string_view name_of(Link link);

/// The turn that wrote the line, as far as this clone can tell.
struct Written {
  std::string stage;
  int attempt = 0;
  int exchange = 0;  ///< 0: not known
  int turn = 0;
  std::string tool;   ///< what the model called
  std::string model;  ///< who answered
  record::Cost cost;  ///< of the stage attempt
};

struct Why {
  Line line;
  Link link = Link::kNone;
  /// Empty: the line did not come from a run, and `reason` says so in a sentence.
  std::optional<store::Run> run;
  std::string reason, hint;
  /// Whether the delivered change was here to be looked at; then the line is in it.
  bool checked = false;
  std::string hunk, serves, serves_why;  ///< of the review: "H2", "AC1", a sentence
  std::optional<record::Criterion> criterion;
  std::optional<Written> written;
};

/// Reads only. A run that is named by the commit and not in this clone is said in `reason`, with
/// the command that brings it in `hint`.
Result<Why> why(const store::Store& store, git::Repo& repo, const git::Program& git,
                const std::string& path, int number, const std::string& revision);

/// Documented in git-factory-why(1).
record::Json to_json(const Why& why);

}  // namespace gf::analyst
