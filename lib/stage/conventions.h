// How a repository words its commits, read from its last commits and from what its documents say.
//
// Pure: the line hands in what `git log` printed. The digest and the brief show it as data, the
// delivered commit follows it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "record/facts.h"

namespace gf::stage {

/// One commit of the history, newest first in a list of them.
struct CommitSeen {
  std::string subject;
  bool signed_off = false;  ///< its message has a Signed-off-by line
};

/// A line of a document about how to contribute; `line` 1 is the first.
struct GuidanceLine {
  std::string path;
  size_t line = 0;
  std::string text;
};

enum class SubjectStyle {
  kConventional,  ///< "feat(api): add a route"
  kArea,          ///< "api: add a route", "[api] Add a route"
  kPlain          ///< "Add a route"
};

struct Conventions {
  SubjectStyle style = SubjectStyle::kConventional;
  bool known = false;                  ///< the history says so; else this is git-factory's own way
  std::string feature = "feat";        ///< conventional: the type of what is added
  std::vector<std::string> areas;      ///< of kArea: the prefixes in use, the commonest first
  bool brackets = false;               ///< of kArea: "[api] " and not "api: "
  bool capital = true;                 ///< the words begin with a capital, as a spec's title does
  bool full_stop = false;              ///< a subject ends with one
  size_t length = 72;                  ///< characters that nine of ten subjects keep to, 50 to 100
  bool signed_off = false;             ///< nine of ten commits are
  std::string why;                     ///< "38 of 50 subjects begin with a type, as 'fix: ...'"
  std::vector<std::string> guides;     ///< guides_in() of the tree
  std::vector<GuidanceLine> guidance;  ///< what the documents say of commits and pull requests
};

/// What these commits have in common, and what the documents of `files` say. Merges, reverts,
/// releases and commits of programs do not count; of fewer than five others nothing is known.
Conventions conventions_of(const std::vector<CommitSeen>& commits, const record::TreeFacts& files);

/// The first line of a commit for this spec's title that changes these paths; cut at a word where
/// it would be longer than subjects are here.
std::string subject_for(const Conventions& conventions, std::string_view title,
                        const std::vector<std::string>& changed);

/// subject_for() first, and behind it the other forms that a hook may ask for: conventional in
/// lower case, with a capital, plain. For a repository whose own commits tell nothing, or no longer
/// what its hook wants.
std::vector<std::string> subjects_to_try(const Conventions& conventions, std::string_view title,
                                         const std::vector<std::string>& changed);

/// The same for people and prompts, a few lines; empty when nothing is known and nothing is told.
std::string to_text(const Conventions& conventions);

/// AGENTS.md, CLAUDE.md, CONTRIBUTING, .editorconfig and their like that `files` has.
std::vector<std::string> guides_in(const record::TreeFacts& files);

}  // namespace gf::stage
