#include "line/entitlement.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/glob.h"
#include "base/text.h"
#include "gate/language.h"
#include "line/assignment.h"
#include "line/change.h"
#include "line/dossier.h"

namespace gf::line {
namespace {

constexpr size_t kFileBytes = 48u << 10;
constexpr size_t kFilesBytes = 192u << 10;
constexpr size_t kDiffBytes = 256u << 10;

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

std::vector<std::pair<std::string, std::string>> contents(const std::vector<std::string>& paths,
                                                          const record::TreeFacts& tree) {
  std::vector<std::pair<std::string, std::string>> files;
  size_t total = 0;
  for (const std::string& path : paths) {
    if (total >= kFilesBytes) break;
    std::optional<std::string> content = tree.read(path);
    if (!content) continue;
    files.emplace_back(path, to_utf8(clipped(*content, kFileBytes)));
    total += std::min(content->size(), kFileBytes);
  }
  return files;
}

}  // namespace

stage::Input input_for(const stage::Stage& stage, const Showing& showing) {
  stage::Input in;
  in.request = showing.request;
  in.thresholds = showing.assignment->thresholds;
  in.test_paths = showing.assignment->test_paths;
  in.tree = showing.tree;
  in.spec = showing.dossier->spec;
  in.feedback = showing.feedback;
  if (stage.name == "plan") in.tree_summary = showing.tree_summary;
  if (stage.name == "build" || stage.name == "test") in.brief = showing.dossier->brief;
  if (stage.name == "build" && in.brief) in.files = contents(files_of(*in.brief), *showing.tree);
  return in;
}

tool::Scope build_scope(const Assignment& assignment, const Dossier& dossier) {
  tool::Scope scope;
  std::vector<std::string> named = named_in(*dossier.spec);
  scope.writable = named;
  if (dossier.brief) {
    std::vector<std::string> files = files_of(*dossier.brief);
    scope.writable.insert(scope.writable.end(), files.begin(), files.end());
  }
  scope.protected_paths = assignment.test_paths;
  if (const std::string& changelog = assignment.changelog.path; !changelog.empty()) {
    scope.protected_paths.push_back(changelog);
    scope.protected_paths.push_back(changelog + "/**");
  }
  for (const std::string& guarded : gate::guarded_paths()) {
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
  scope.protected_paths = gate::guarded_paths();
  std::set<std::string> authorised, existing;
  for (const record::Criterion& criterion : dossier.spec->acceptance_criteria) {
    for (const std::string& id : criterion.authorises)
      authorised.insert(id.substr(0, id.find("::")));
  }
  for (const record::GateOutcome& outcome : base_outcomes) {
    for (const record::TestResult& test : outcome.tests)
      existing.insert(test.id.substr(0, test.id.find("::")));
  }
  for (std::string& path : gate::paths_matching(base, assignment.test_paths))
    existing.insert(std::move(path));
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

std::vector<stage::ReviewHunk> hunks_to_review(const Assignment& assignment, const Change& change) {
  std::vector<stage::ReviewHunk> all;
  size_t left = kDiffBytes;
  for (const git::Hunk& hunk : change.hunks) {
    if (is_changelog(assignment, hunk.path)) continue;
    std::string text = to_utf8(clipped(hunk.text, left));
    if (hunk.text.size() > left) text += "\n(cut here: the rest is to be read in the file)\n";
    left -= std::min(left, hunk.text.size());
    all.push_back({fmt::format("H{}", all.size() + 1), hunk.path, hunk.new_start, hunk.new_count,
                   std::move(text)});
  }
  return all;
}

}  // namespace gf::line
