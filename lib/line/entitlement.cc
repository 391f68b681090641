// What may be shown is one value (Showing), of which each stage gets its part; where it may write
// is said beside it.
#include "line/entitlement.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/glob.h"
#include "base/source_text.h"
#include "base/text.h"
#include "gate/language.h"
#include "line/assignment.h"
#include "line/change.h"
#include "line/dossier.h"
#include "line/memo_for_test.h"
#include "line/named_definitions.h"
#include "line/shown_tests.h"
#include "line/windows.h"
#include "stage/digest.h"
#include "stage/marks.h"

namespace gf::line {
namespace {

constexpr size_t kFilesBytes = 64u << 10;  ///< of all files: a fifth of what a small model can hold
constexpr size_t kScoutBytes = 20u << 10;  ///< before it reads itself: what it asks for first
constexpr size_t kReadOnlyBytes = 10u << 10;  ///< of files that BUILD may look into and not write

/// What tests share and that may stand beside code. Not a language's other helpers: a package's
/// `__init__.py` is one, and code.
constexpr std::array<const char*, 1> kSharedByTests = {"**/conftest.py"};

/// Things that a spec introduces and that are paths, not routes or symbols.
bool looks_like_path(std::string_view text) {
  return text.find(' ') == std::string_view::npos && !text.starts_with("/") &&
         (text.find('/') != std::string_view::npos || text.find('.') != std::string_view::npos) &&
         text.find('(') == std::string_view::npos && text.find('{') == std::string_view::npos;
}

/// Paths that the spec itself names.
std::vector<std::string> named_in(const record::Spec& spec) {
  std::vector<std::string> named = spec.touchpoints;
  std::copy_if(spec.introduces.begin(), spec.introduces.end(), std::back_inserter(named),
               looks_like_path);
  return named;
}

std::vector<std::string> files_of(const stage::Brief& brief) {
  std::vector<std::string> files = brief.files;
  files.insert(files.end(), brief.new_files.begin(), brief.new_files.end());
  return files;
}

using Files = stage::Input::Files;

/// What BUILD is shown, and the files whose places are told there.
struct ShownFiles {
  Files files;
  std::set<std::string> to_read;
};

/// Places that SCOUT named in files that are not BUILD's to write: tests, the changelog, models.
void show_to_read(const Showing& showing, const std::set<std::string>& done, ShownFiles& shown) {
  const stage::Brief& brief = *showing.dossier->brief;
  Shelf shelf(kReadOnlyBytes);
  std::vector<std::pair<std::string, std::string>> reasons;
  std::set<std::string> seen = done;
  for (const stage::Brief::Place& place : brief.places) {
    if (!seen.insert(place.path).second) continue;
    std::optional<std::string> content = showing.tree->read(place.path);
    std::string why;
    Looked looked = looked_at(brief, place.path, why);
    if (!content || looked.places.empty()) continue;
    looked.only_these = true;
    shelf.put(place.path, *content, looked);
    reasons.emplace_back(place.path, why);
  }
  Files files = shelf.take();
  for (size_t i = 0; i < files.size(); ++i) {
    shown.to_read.insert(reasons[i].first);
    shown.files.emplace_back(files[i].first + std::string(stage::kToRead),
                             reasons[i].second + files[i].second);
  }
}

/// Windows of the files that BUILD may write, and of the others that SCOUT pointed at.
ShownFiles files_to_build(const Showing& showing, const tool::Scope& scope) {
  const stage::Brief& brief = *showing.dossier->brief;
  std::vector<std::string> paths = files_of(brief);
  std::vector<std::string> named = named_in(*showing.dossier->spec);
  paths.insert(paths.end(), named.begin(), named.end());
  Looked looked_by_name;
  looked_by_name.names = names_of(*showing.dossier->spec);
  Shelf shelf(kFilesBytes);
  std::set<std::string> done;
  std::vector<std::string> whys;
  for (const std::string& path : paths) {
    if (done.contains(path) || !tool::refusal(scope, path).empty()) continue;
    std::optional<std::string> content = showing.tree->read(path);
    if (!content) continue;
    done.insert(path);
    Looked looked = looked_at(brief, path, whys.emplace_back());
    look_at_change(showing.change, path, looked);
    // Names are a guess, for a brief that names no place.
    if (looked.places.empty()) looked = looked_by_name;
    shelf.put(path, *content, looked);
  }
  ShownFiles shown{shelf.take(), done};
  for (size_t i = 0; i < shown.files.size(); ++i) shown.files[i].second.insert(0, whys[i]);
  show_to_read(showing, done, shown);
  return shown;
}

/// What SCOUT was shown by older rules: the files that the spec touches, around the names it speaks
/// of. Not the changelog, whose entry is no part of a memo.
Files files_to_scout(const Showing& showing) {
  Looked looked;
  looked.names = names_of(*showing.dossier->spec);
  Shelf shelf(kScoutBytes);
  std::set<std::string> done;
  for (const std::string& path : named_in(*showing.dossier->spec)) {
    if (!done.insert(path).second || is_changelog(*showing.assignment, path)) continue;
    if (auto content = showing.tree->read(path)) shelf.put(path, *content, looked);
  }
  return shelf.take();
}

/// What a model names are paths, and a pattern among them opens nothing. The first rules took it
/// for one; a spec that a person gave may have some.
std::string named_by_model(const Assignment& assignment, const std::string& path) {
  return assignment.wishes.rules <= Rules::kTestsValidated ? path : glob_literal(path);
}

/// The same of a brief, which names files: not even a folder with all that is below.
std::string named_by_brief(const Assignment& assignment, const std::string& path) {
  std::string_view plain = path;
  bool older = assignment.wishes.rules <= Rules::kTestsValidated;
  while (!older && plain.ends_with('/')) plain.remove_suffix(1);
  return named_by_model(assignment, std::string(plain));
}

/// A definition in a function's body: nobody outside can name it.
bool is_inside_function(const std::vector<tool::Definition>& definitions, size_t at) {
  constexpr std::array<std::string_view, 8> kScopes = {
      "class", "struct", "interface", "impl", "namespace", "trait", "enum", "module"};
  const tool::Definition& one = definitions[at];
  const tool::Definition* nearest = nullptr;
  for (size_t k = 0; k < definitions.size(); ++k) {
    const tool::Definition& other = definitions[k];
    bool around = k != at && other.first <= one.first && one.last <= other.last &&
                  other.last - other.first > one.last - one.first;
    bool nearer = around && (nearest == nullptr || other.first >= nearest->first);
    if (nearer) nearest = &other;
  }
  if (nearest == nullptr) return false;
  // "12: class C(Base)", "12: export class C": a word of its own before the name.
  return std::none_of(kScopes.begin(), kScopes.end(), [&](std::string_view scope) {
    return nearest->text.find(fmt::format(" {} ", scope)) != std::string::npos;
  });
}

/// Which definitions of a file TEST is told of: those that lines of the change stand in, and of the
/// named ones those that are around them or at the margin: another class's `write` is not meant.
std::vector<bool> definitions_to_show(const std::vector<tool::Definition>& definitions,
                                      const std::vector<int>& added,
                                      const std::vector<std::string>& names) {
  std::vector<bool> touched, chosen;
  for (const tool::Definition& one : definitions) {
    auto line = std::lower_bound(added.begin(), added.end(), one.first);
    touched.push_back(line != added.end() && *line <= one.last);
  }
  for (size_t i = 0; i < definitions.size(); ++i) {
    const tool::Definition& one = definitions[i];
    if (touched[i] || !defines_one_of(one, names)) {
      chosen.push_back(touched[i]);
      continue;
    }
    bool inside = false, near = false;
    for (size_t k = 0; k < definitions.size(); ++k) {
      bool around = k != i && definitions[k].first <= one.first && one.last <= definitions[k].last;
      inside = inside || around;
      near = near || (around && touched[k]);
    }
    chosen.push_back(near || !inside);
  }
  return chosen;
}

/// Settings of gates, of the root and of every project below it.
std::vector<std::string> all_guarded(const Assignment& assignment) {
  std::vector<std::string> all = assignment.wishes.rules < Rules::kSaidIsDone
                                     ? gate::guarded_paths()
                                     : gate::guarded_with_manifests();
  all.insert(all.end(), assignment.guarded_below.begin(), assignment.guarded_below.end());
  return all;
}

}  // namespace

std::vector<std::string> names_of(const record::Spec& spec) {
  std::string text = join(spec.introduces, "\n");
  for (const record::Criterion& criterion : spec.acceptance_criteria)
    text += "\n" + criterion.given + "\n" + criterion.when;
  return stage::names_in(text);
}

stage::Input input_for(const stage::Stage& stage, const Showing& showing) {
  stage::Input in;
  in.request = showing.request;
  in.thresholds = showing.assignment->thresholds;
  in.test_paths = showing.assignment->test_paths;
  in.tree = showing.tree;
  in.spec = showing.dossier->spec;
  in.feedback = showing.feedback;
  in.asked = showing.asked;
  in.rules = showing.assignment->wishes.rules;
  in.after_revision = showing.after_revision;
  if (auto last = showing.dossier->last.find(stage.name); last != showing.dossier->last.end())
    in.last = last->second;
  if (stage.name == "plan") {
    in.revision = showing.revision;
    in.tree_summary = showing.tree_summary;
    in.answers = showing.answers;
  }
  if (stage.name == "plan" || stage.name == "build") in.changelog = showing.changelog;
  if (stage.name == "plan" || stage.name == "scout")
    in.conventions = stage::to_text(showing.assignment->conventions);
  if (stage.name == "build" || stage.name == "test") in.brief = showing.dossier->brief;
  if (stage.name == "build" && in.brief) in.brief->test_notes.clear();
  if (stage.name == "scout" && in.spec)
    in.files = in.rules < Rules::kShownWhole ? files_to_scout(showing) : showing.first_look;
  if (stage.name == "build" && in.brief && in.spec) {
    ShownFiles shown = files_to_build(showing, build_scope(*showing.assignment, *showing.dossier));
    in.files = std::move(shown.files);
    std::erase_if(in.brief->places, [&](const stage::Brief::Place& place) {
      return shown.to_read.contains(place.path);
    });
  }
  if (stage.name == "test" && in.brief && in.spec)
    in.brief = memo_for_test(showing, std::move(*in.brief));
  if (stage.name == "test" && in.spec) {
    in.tests = tests_to_change(showing);
    if (showing.feedback.empty()) show_form_of_tests(showing, in.tests);
  }
  if (stage.name == "review" && in.spec) in.tests = tests_of_criteria(showing);
  return in;
}

tool::Scope build_scope(const Assignment& assignment, const Dossier& dossier) {
  tool::Scope scope;
  std::vector<std::string> named = named_in(*dossier.spec);
  for (const std::string& path : named) {
    scope.writable.push_back(assignment.wishes.spec ? path : named_by_model(assignment, path));
  }
  if (dossier.brief) {
    for (const std::string& path : files_of(*dossier.brief))
      scope.writable.push_back(named_by_brief(assignment, path));
  }
  scope.protected_paths = assignment.test_paths;
  if (const std::string& changelog = assignment.changelog.path; !changelog.empty()) {
    std::vector<std::string>& list =
        dossier.changelog_is_builders ? scope.writable : scope.protected_paths;
    list.push_back(changelog);
    list.push_back(changelog + "/**");
  }
  if (const std::string& assembled = assignment.changelog.assembled; !assembled.empty())
    scope.protected_paths.push_back(assembled);
  for (const std::string& guarded : all_guarded(assignment)) {
    bool asked_for = std::any_of(named.begin(), named.end(), [&](const std::string& path) {
      return glob_matches(guarded, path);
    });
    if (!asked_for) scope.protected_paths.push_back(guarded);
  }
  return scope;
}

tool::Scope test_scope(const Assignment& assignment, const Dossier& dossier,
                       const std::vector<record::GateOutcome>& base_outcomes,
                       const record::TreeFacts& base) {
  tool::Scope scope;
  scope.writable = assignment.test_paths;
  scope.protected_paths = assignment.wishes.rules < Rules::kSaidIsDone ? gate::guarded_paths()
                                                                       : all_guarded(assignment);
  scope.readable = assignment.test_paths;
  scope.readable.insert(scope.readable.end(), kSharedByTests.begin(), kSharedByTests.end());
  std::set<std::string> authorised, existing, shared;
  for (const record::Criterion& criterion : dossier.spec->acceptance_criteria) {
    for (const std::string& id : criterion.authorises)
      authorised.insert(id.substr(0, id.find("::")));
  }
  for (const record::GateOutcome& outcome : base_outcomes) {
    for (const record::TestResult& test : outcome.tests)
      existing.insert(test.id.substr(0, test.id.find("::")));
  }
  for (std::string& path : gate::paths_matching(base, assignment.test_paths)) {
    if (std::string folder = folder_of_tests(path); !folder.empty()) shared.insert(folder + "**");
    if (assignment.wishes.rules >= Rules::kTestsAreBuilt && gate::builds_tests(path)) continue;
    existing.insert(std::move(path));
  }
  scope.readable.insert(scope.readable.end(), shared.begin(), shared.end());
  for (const std::string& path : added_to(assignment, dossier, base)) {
    existing.erase(path);
    if (is_test_path(assignment, path)) continue;
    scope.writable.push_back(glob_literal(path));
    scope.readable.push_back(glob_literal(path));
  }
  std::set_difference(existing.begin(), existing.end(), authorised.begin(), authorised.end(),
                      std::back_inserter(scope.protected_paths));
  return scope;
}

std::map<std::string, std::vector<int>> lines_to_cover(const Assignment& assignment,
                                                       const Change& change) {
  std::map<std::string, std::vector<int>> lines = change.added_lines();
  std::erase_if(lines, [&](const auto& file) {
    return is_test_path(assignment, file.first) || !gate::is_source(file.first);
  });
  return lines;
}

std::string signatures_of(const Change& change, const std::vector<std::string>& paths,
                          const std::vector<std::vector<tool::Definition>>& definitions,
                          const std::vector<std::string>& names) {
  std::map<std::string, std::vector<int>> added = change.added_lines();
  std::string text;
  for (size_t i = 0; i < paths.size() && i < definitions.size(); ++i) {
    const std::vector<int>& lines = added[paths[i]];
    std::string signatures;
    size_t others = 0;
    std::vector<tool::Definition> outside;
    for (size_t k = 0; k < definitions[i].size(); ++k) {
      if (!is_inside_function(definitions[i], k)) outside.push_back(definitions[i][k]);
    }
    std::vector<bool> these = definitions_to_show(outside, lines, names);
    for (size_t k = 0; k < these.size(); ++k)
      these[k] ? void(signatures += outside[k].text) : void(++others);
    if (others > 0) signatures += fmt::format("(and {} that the change does not touch)\n", others);
    signatures =
        fmt::format("{}\n{}\n", paths[i], signatures.empty() ? "no definitions\n" : signatures);
    if (text.size() + signatures.size() > kSignatureBytes) {
      std::string mark = fmt::format("[... {} not shown]\n", counted(paths.size() - i, "file"));
      return text +
             clipped(signatures, kSignatureBytes - std::min(kSignatureBytes, text.size() + 64)) +
             "\n" + mark;
    }
    text += signatures;
  }
  return text;
}

}  // namespace gf::line
