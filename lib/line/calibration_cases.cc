#include "line/calibration_cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "base/text.h"
#include "git/merge.h"
#include "git/repo.h"

namespace gf::line {
namespace {

constexpr std::array<std::string_view, 3> kCaseKinds = {"good", "dropped", "unasked"};

/// What a criterion asks for, whatever it is called and whoever said so.
std::string criterion_alone(record::Criterion criterion) {
  criterion.id.clear();
  criterion.source.clear();
  criterion.authorises.clear();
  record::Spec alone;
  alone.acceptance_criteria.push_back(std::move(criterion));
  return record::to_json(alone).dump();
}

/// The first criterion that asks for something new; null: there is none.
const record::Criterion* something_new(const record::Spec& spec) {
  auto found = std::find_if(spec.acceptance_criteria.begin(), spec.acceptance_criteria.end(),
                            [](const record::Criterion& one) { return !record::keeps(one); });
  return found == spec.acceptance_criteria.end() ? nullptr : &*found;
}

bool have_something_in_common(const record::Spec& a, const record::Spec& b) {
  if (a.request == b.request) return true;
  std::set<std::string> of_a(a.introduces.begin(), a.introduces.end());
  for (const record::Criterion& one : a.acceptance_criteria) of_a.insert(criterion_alone(one));
  return std::any_of(b.introduces.begin(), b.introduces.end(),
                     [&](const std::string& one) { return of_a.contains(one); }) ||
         std::any_of(
             b.acceptance_criteria.begin(), b.acceptance_criteria.end(),
             [&](const record::Criterion& one) { return of_a.contains(criterion_alone(one)); });
}

/// Every change has its line in a changelog, so that two of them seldom go together there.
bool is_document(const std::string& path) {
  std::string name = lower(path.substr(path.rfind('/') + 1));
  for (const char* ending : {".md", ".rst", ".txt", ".adoc"}) {
    if (name.ends_with(ending)) return true;
  }
  for (const char* beginning : {"changelog", "changes", "news", "history"}) {
    if (name.starts_with(beginning)) return true;
  }
  return false;
}

/// What a change does to code and tests.
Result<std::vector<git::Delta>> code_of(const git::Repo& repo, const DeliveredChange& change) {
  GF_ASSIGN(auto deltas, repo.diff(change.base_tree, change.tree));
  std::erase_if(deltas, [](const git::Delta& one) { return is_document(one.path); });
  return deltas;
}

/// Whether `a` began where `b` did, as far as `b` goes.
Result<bool> began_without(const git::Repo& repo, const DeliveredChange& a,
                           const std::vector<git::Delta>& of_b) {
  for (const git::Delta& delta : of_b) {
    GF_ASSIGN(auto entry, repo.entry_at(a.base_tree, delta.path));
    if ((entry ? entry->id : Oid()) != delta.old_id) return false;
  }
  return !of_b.empty();
}

/// What of `b` could be put into `a`'s tree.
struct Pieces {
  std::vector<std::string> own;  ///< files of code that are new with `b`
  Oid tree;                      ///< `a`'s with `b`'s code; zero: `b` has no file of its own
  std::vector<std::string> test_files;
  Oid tested;  ///< `a`'s with `b`'s tests alone; zero: there are none, or `a` changed them
};

/// `b`'s change is put in whole, or where that does not go by itself, those files alone that are
/// new with it.
Result<Pieces> pieces_of(git::Repo& repo, const DeliveredChange& a, const DeliveredChange& b,
                         const std::vector<git::Delta>& of_b, const IsTest& is_test) {
  Pieces pieces;
  std::vector<git::PathChange> code, own, tests;
  bool tests_fit = true;
  for (const git::Delta& delta : of_b) {
    git::PathChange change{delta.path, delta.new_id, delta.new_kind};
    GF_ASSIGN(auto there, repo.entry_at(a.tree, delta.path));
    if (is_test(delta.path)) {
      tests_fit = tests_fit && (there ? there->id : Oid()) == delta.old_id;
      tests.push_back(change);
      if (!delta.new_id.is_zero()) pieces.test_files.push_back(delta.path);
      continue;
    }
    code.push_back(change);
    if (delta.kind != git::DeltaKind::kAdded || there) continue;
    own.push_back(change);
    pieces.own.push_back(delta.path);
  }
  if (tests_fit && !pieces.test_files.empty()) {
    GF_ASSIGN(pieces.tested, repo.update_tree(a.tree, tests));
  }
  if (own.empty()) return pieces;
  GF_ASSIGN(auto with_code, repo.update_tree(b.base_tree, code));
  GF_ASSIGN(auto merged, git::put_onto(repo, b.base_tree, with_code, a.tree));
  if (merged.conflicts.empty()) {
    pieces.tree = merged.tree;
  } else {
    GF_ASSIGN(pieces.tree, repo.update_tree(a.tree, own));
  }
  return pieces;
}

record::Spec with_criterion(record::Spec spec, record::Criterion criterion) {
  std::set<std::string> taken;
  for (const record::Criterion& one : spec.acceptance_criteria) taken.insert(one.id);
  size_t number = taken.size() + 1;
  while (taken.contains(fmt::format("AC{}", number))) ++number;
  criterion.id = fmt::format("AC{}", number);
  criterion.authorises.clear();
  if (!criterion.source.empty()) spec.request += "\n\n" + criterion.source;
  spec.acceptance_criteria.push_back(std::move(criterion));
  return spec;
}

CalibrationCase case_of(CaseKind kind, const DeliveredChange& a) {
  CalibrationCase made;
  made.kind = kind;
  made.of = a.run;
  made.spec = a.spec;
  made.base = a.base;
  made.base_tree = a.base_tree;
  made.tree = a.tree;
  return made;
}

/// The cases of `a` with a fault that is taken from `b`; none where nothing is certain of them.
Result<std::vector<CalibrationCase>> planted(git::Repo& repo, const DeliveredChange& a,
                                             const DeliveredChange& b, const IsTest& is_test) {
  std::vector<CalibrationCase> cases;
  const record::Criterion* asked = something_new(b.spec);
  if (a.run == b.run || asked == nullptr || have_something_in_common(a.spec, b.spec)) return cases;
  GF_ASSIGN(auto of_b, code_of(repo, b));
  GF_ASSIGN(bool apart, began_without(repo, a, of_b));
  if (!apart) return cases;
  GF_ASSIGN(auto pieces, pieces_of(repo, a, b, of_b, is_test));
  if (!pieces.tested.is_zero()) {
    CalibrationCase dropped = case_of(CaseKind::kDropped, a);
    dropped.with = b.run;
    dropped.spec = with_criterion(a.spec, *asked);
    dropped.criterion = dropped.spec.acceptance_criteria.back().id;
    dropped.shown_by = {asked->id, pieces.tested, pieces.test_files};
    cases.push_back(std::move(dropped));
  }
  if (!pieces.tree.is_zero()) {
    CalibrationCase unasked = case_of(CaseKind::kUnasked, a);
    unasked.with = b.run;
    unasked.tree = pieces.tree;
    unasked.paths = pieces.own;
    cases.push_back(std::move(unasked));
  }
  return cases;
}

}  // namespace

std::string_view name_of(CaseKind kind) { return kCaseKinds[static_cast<size_t>(kind)]; }

Result<std::vector<CalibrationCase>> calibration_cases(git::Repo& repo,
                                                       const std::vector<DeliveredChange>& changes,
                                                       const IsTest& is_test) {
  std::vector<CalibrationCase> cases;
  for (const DeliveredChange& a : changes) {
    cases.push_back(case_of(CaseKind::kGood, a));
    std::vector<CalibrationCase> best;
    for (const DeliveredChange& b : changes) {
      GF_ASSIGN(auto found, planted(repo, a, b, is_test));
      if (found.size() > best.size()) best = std::move(found);
      if (best.size() + 1 == kCaseKinds.size()) break;  // one a kind: another's would be alike
    }
    cases.insert(cases.end(), best.begin(), best.end());
  }
  size_t all = cases.size();
  return in_turn(std::move(cases), all);
}

std::vector<CalibrationCase> in_turn(std::vector<CalibrationCase> cases, size_t most) {
  std::array<std::vector<CalibrationCase>, kCaseKinds.size()> by_kind;
  for (CalibrationCase& one : cases)
    by_kind[static_cast<size_t>(one.kind)].push_back(std::move(one));
  std::vector<CalibrationCase> ordered;
  for (size_t round = 0; round < cases.size(); ++round) {
    for (auto& kind : by_kind) {
      if (round < kind.size() && ordered.size() < most) ordered.push_back(std::move(kind[round]));
    }
  }
  return ordered;
}

}  // namespace gf::line
