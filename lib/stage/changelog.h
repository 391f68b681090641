// A repository's own way of telling its users what changed, and one entry added to it.
//
// Three steps, each a pure function of a tree and of text. detect_changelog finds the file or the
// fragment folder and says why. write_entry adds an entry where every step is certain, and says
// "left to BUILD" with a reason where one is not; it never guesses. check_entry holds an entry that
// a builder wrote to the same rules. man/git-factory-changelog.7 tells the rules.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/facts.h"
#include "record/spec.h"
#include "stage/rules.h"

namespace gf::stage {

enum class ChangelogForm { kNone, kKeepAChangelog, kMarkdown, kRst, kAsciiDoc, kPlain, kFragments };
enum class FragmentTool { kNone, kTowncrier, kScriv, kChangie, kChangesets, kReno, kFolder };

/// What a line of the tree says about the changelog: for `init` to show and for prompts to quote.
struct ChangelogEvidence {
  std::string path;
  size_t line = 0;  ///< 1 is the first; 0 for the file as a whole
  std::string text;
};

/// One kind of a fragment: `name` is what a path or a member holds, `label` what readers see.
struct FragmentType {
  std::string name, label;
};

struct Changelog {
  ChangelogForm form = ChangelogForm::kNone;
  std::string path;  ///< of the file, or of the folder of fragments
  std::string why;   ///< "'CHANGELOG.md' has an open section, line 5"
  std::vector<ChangelogEvidence> evidence;

  // Only for fragments.
  FragmentTool tool = FragmentTool::kNone;
  std::vector<FragmentType> types;  ///< as configured; the tool's own where none are
  std::string suffix;               ///< of the newest fragments: ".rst", ".md", or nothing
  std::string orphan = "+";         ///< towncrier: what a name without a number begins with
  std::string assembled;            ///< the file the tool writes; nobody else may
  std::string unsure;               ///< why no fragment can be written by rule; empty if one can
};

/// Looks at a fragment tool's own configuration first, then where the package's metadata points,
/// then for the usual names at the top and in docs. Files that only point elsewhere are followed.
Changelog detect_changelog(const record::TreeFacts& tree);

/// What the tree does not hold. Everything may be missing; then less is certain.
struct ChangelogHistory {
  std::vector<std::string> tags;
};

struct NewEntry {
  std::string category;  ///< one of changelog_categories(), or nothing
  std::string words;     ///< code between single backticks; newlines become blanks
  std::string slug;      ///< names a fragment
  std::string issue;     ///< the number of the request's issue, or nothing
};

struct FileText {
  std::string path, content;
};

struct WrittenEntry {
  std::optional<FileText> file;  ///< absent: left to BUILD
  std::string left;  ///< why: one line, lower case, with the line of the file it is about
  std::string note;  ///< what a person should still do ("rename it to the number ...")
  /// Of `left`: no entry is written by hand here at all (no changelog, a generated one), so it is
  /// not BUILD's either.
  bool nobody = false;
};

/// The names PLAN may choose from: the file's own categories, or the tool's types. Empty: entries
/// have no category here.
std::vector<std::string> changelog_categories(const Changelog& changelog,
                                              const record::TreeFacts& tree,
                                              const ChangelogHistory& history);

/// The file with the entry. An entry that is there already leaves the file as it is.
WrittenEntry write_entry(const Changelog& changelog, const record::TreeFacts& tree,
                         const ChangelogHistory& history, const NewEntry& entry);

/// What is wrong with an entry, for the builder to mend.
struct ChangelogFinding {
  std::string rule;  ///< "section", "marker", "wrapping", ...: man/git-factory-changelog.7
  std::string path;
  size_t line = 0;  ///< in the new text, 1 is the first; 0 for the file as a whole
  std::string text;
};

/// One file of the change: absent content means it was not there, or was taken away.
struct ChangedFile {
  std::string path;
  std::optional<std::string> before, after;
};

/// Holds the change of the changelog to the rules: `changed` are the files at or below
/// `changelog.path` (and `changelog.assembled`) that differ. Empty: nothing is wrong.
std::vector<ChangelogFinding> check_entry(const Changelog& changelog,
                                          const ChangelogHistory& history,
                                          const std::vector<ChangedFile>& changed);

/// The entry that a spec asks for.
NewEntry new_entry(const record::Spec& spec, const std::string& slug, Rules rules = kNewestRules);
/// The only issue that a request names: "#464", "issue 464", "the issue number for the fragment is
/// 464". Empty where it names none, or several.
std::string issue_named(std::string_view request);

}  // namespace gf::stage
