#include "line/added_to.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "base/glob.h"
#include "gate/language.h"
#include "stage/test_lists.h"

namespace gf::line {
namespace {

constexpr size_t kMostComplaints = 5;  ///< of one file

/// Files with tests that a change brings.
std::vector<std::string> new_tests(const Parts& parts, const Change& change) {
  std::vector<std::string> paths;
  for (const git::Delta& delta : change.deltas) {
    bool is_new = delta.kind == git::DeltaKind::kAdded;
    if (is_new && is_test_path(parts.assignment, delta.path) && gate::holds_tests(delta.path))
      paths.push_back(delta.path);
  }
  return paths;
}

bool is_authorised(const Parts& parts, const std::string& path) {
  const auto& criteria = parts.dossier.spec->acceptance_criteria;
  return std::any_of(criteria.begin(), criteria.end(), [&](const record::Criterion& criterion) {
    return std::any_of(criterion.authorises.begin(), criterion.authorises.end(),
                       [&](const std::string& id) { return id.substr(0, id.find("::")) == path; });
  });
}

/// What is wrong with one file, a line each.
Result<std::vector<std::string>> wrong_with(const Parts& parts, const git::Delta& delta,
                                            const std::vector<std::string>& tests) {
  using Wrong = std::vector<std::string>;
  if (delta.kind == git::DeltaKind::kDeleted) return Wrong{"it is not there any more"};
  GF_ASSIGN(std::string now, parts.context.repo.read_blob(delta.new_id));
  if (!is_test_path(parts.assignment, delta.path)) {
    GF_ASSIGN(std::string found, parts.context.repo.read_blob(delta.old_id));
    return stage::change_of_list(delta.path, found, now, tests).beyond;
  }
  std::optional<std::string> base = parts.bench.base_facts().read(delta.path);
  if (!base || is_authorised(parts, delta.path)) return Wrong();
  Wrong wrong = stage::lines_taken_from(*base, now);
  for (std::string& line : wrong) line = fmt::format("'{}' is not there any more", line);
  return wrong;
}

}  // namespace

std::vector<std::string> added_to(const Assignment& assignment, const Dossier& dossier,
                                  const record::TreeFacts& base) {
  if (assignment.wishes.rules < Rules::kAddedTo) return {};
  std::vector<std::string> all = assignment.named_tests;
  std::vector<std::string> tests = gate::paths_matching(base, assignment.test_paths);
  std::erase_if(tests, [](const std::string& path) { return !gate::holds_tests(path); });
  std::set<std::string> folders = {""};
  if (dossier.brief) {
    for (std::string path : dossier.brief->test_files) {
      for (size_t end = path.rfind('/'); end != std::string::npos; end = path.rfind('/'))
        folders.insert(path.substr(0, end + 1)), path.resize(end);
    }
  }
  for (const std::string& path : base.paths("", std::numeric_limits<size_t>::max())) {
    bool near = folders.contains(path.substr(0, path.rfind('/') + 1));
    if (!near || !gate::builds_tests(path) || is_test_path(assignment, path)) continue;
    std::optional<std::string> text = base.read(path);
    if (text && stage::lists_tests(*text, tests)) all.push_back(path);
  }
  return all;
}

Result<std::vector<record::Finding>> beyond_adding(Parts& parts) {
  std::vector<record::Finding> findings;
  if (parts.dossier.found_by_test.is_zero()) return findings;
  std::vector<std::string> all =
      added_to(parts.assignment, parts.dossier, parts.bench.base_facts());
  if (all.empty()) return findings;
  std::set<std::string> these(all.begin(), all.end());
  GF_ASSIGN(const Change* change, parts.bench.change());
  std::vector<std::string> tests = new_tests(parts, *change);
  GF_ASSIGN(auto written,
            Change::between(parts.context.repo, parts.dossier.found_by_test, parts.bench.tree()));
  for (const git::Delta& delta : written.deltas) {
    if (!these.contains(delta.path) || delta.kind == git::DeltaKind::kAdded) continue;
    GF_ASSIGN(auto wrong, wrong_with(parts, delta, tests));
    if (wrong.size() > kMostComplaints) wrong.resize(kMostComplaints);
    for (std::string& line : wrong) findings.push_back({delta.path, 0, "", std::move(line)});
  }
  return findings;
}

Result<std::vector<git::PathChange>> lists_with_tests(Parts& parts, const Change& change) {
  std::vector<git::PathChange> lists;
  if (parts.assignment.wishes.rules < Rules::kAddedTo) return lists;
  std::vector<std::string> tests = new_tests(parts, change);
  for (const git::Delta& delta : change.deltas) {
    bool list = gate::builds_tests(delta.path) && !is_test_path(parts.assignment, delta.path);
    if (tests.empty() || !list || delta.kind != git::DeltaKind::kModified) continue;
    GF_ASSIGN(std::string before, parts.context.repo.read_blob(delta.old_id));
    GF_ASSIGN(std::string now, parts.context.repo.read_blob(delta.new_id));
    std::string with = stage::change_of_list(delta.path, before, now, tests).as_before;
    if (with == before) continue;
    GF_ASSIGN(auto id, parts.context.repo.write_blob(with));
    lists.push_back({delta.path, id, delta.new_kind});
  }
  return lists;
}

}  // namespace gf::line
