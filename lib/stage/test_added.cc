#include "stage/test_added.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/glob.h"
#include "base/text.h"
#include "stage/test_idle.h"
#include "stage/test_judge.h"
#include "stage/test_rules.h"

namespace gf::stage {
namespace {

using record::TestResult;
using record::TestStatus;

constexpr size_t kAddedNamed = 5;

/// What an added test did before the change; the later one shows more.
enum class Before { kSkippedNow, kPassed, kUnloaded, kFailed };

/// Files that could not be loaded, or compiled, without the change.
std::set<std::string_view> unloaded_in(const Tests& base_run) {
  std::set<std::string_view> files;
  for (const TestResult* test : base_run.all()) {
    bool error = test->status == TestStatus::kError;
    if (error && (test->cause == "collection" || test->cause == "compile"))
      files.insert(file_of(test->id));
  }
  return files;
}

Before before_of(const TestResult& test, const Tests& base_run,
                 const std::set<std::string_view>& unloaded) {
  if (test.status == TestStatus::kSkipped) return Before::kSkippedNow;
  const TestResult* before = base_run.find(test.id);
  // A runner that meets a file which it cannot load may run none of the others.
  if (before == nullptr) return unloaded.empty() ? Before::kPassed : Before::kUnloaded;
  if (before->status == TestStatus::kPassed || is_own_mistake(*before)) return Before::kPassed;
  // What is an error there (of a fixture that imports what is new), or is skipped, lacked the
  // change.
  return before->status == TestStatus::kFailed ? Before::kFailed : Before::kUnloaded;
}

bool changes_sources(const Input& in) {
  return std::any_of(in.changed.begin(), in.changed.end(), [&](const std::string& path) {
    return !glob_matches_any(in.test_paths, path);
  });
}

/// A finding when each added test that could not pass before asserts nothing.
std::vector<Finding> all_idle(const Input& in, const AddedTests& added) {
  std::set<std::string> idle = idle_tests(in);
  std::vector<std::string> shows = added.failed;
  shows.insert(shows.end(), added.unloaded.begin(), added.unloaded.end());
  bool all = !shows.empty() && changes_sources(in) &&
             std::all_of(shows.begin(), shows.end(),
                         [&](const std::string& name) { return idle.contains(name); });
  if (!all) return {};
  if (shows.size() > kAddedNamed) {
    shows.resize(kAddedNamed);
    shows.emplace_back("...");
  }
  std::string what = fmt::format("{} asserts nothing", join(shows, ", "));
  return {finding_of(FindingKind::kUnshown, test_rule::broken_by(what, test_rule::kAsserts),
                     std::string(file_of(shows.front())))};
}

}  // namespace

std::string_view test_function(std::string_view id) { return function_of(id); }

AddedTests added_tests(const Input& in) {
  Tests base(in.base_outcomes), now(in.outcomes), base_run(in.new_tests_on_base);
  std::set<std::string_view> unloaded = unloaded_in(base_run);
  std::vector<std::string> order;
  std::map<std::string, Before> known;
  for (const TestResult* test : now.all()) {
    bool there = base.find(test->id) != nullptr || !base.of_function(test->id).empty();
    bool runs = test->status == TestStatus::kPassed || test->status == TestStatus::kSkipped;
    if (there || !runs) continue;
    std::string name(function_of(test->id));
    Before before = before_of(*test, base_run, unloaded);
    auto [at, is_new] = known.emplace(name, before);
    if (is_new) order.push_back(name);
    at->second = std::max(at->second, before);
  }
  AddedTests added;
  for (std::string& name : order) {
    Before before = known[name];
    std::vector<std::string>& list = before == Before::kFailed     ? added.failed
                                     : before == Before::kUnloaded ? added.unloaded
                                     : before == Before::kPassed   ? added.passed
                                                                   : added.skipped;
    list.push_back(std::move(name));
  }
  return added;
}

std::vector<Finding> unshown_by_added(const Input& in) {
  AddedTests added = added_tests(in);
  if (std::vector<Finding> idle = all_idle(in, added); !idle.empty()) return idle;
  if (added.size() == 0 || !added.failed.empty() || !added.unloaded.empty() || !changes_sources(in))
    return {};
  std::vector<std::string> named = added.passed;
  named.insert(named.end(), added.skipped.begin(), added.skipped.end());
  size_t all = named.size();
  if (named.size() > kAddedNamed) {
    named.resize(kAddedNamed);
    named.emplace_back("...");
  }
  std::string who = all == 1 ? "the test that the change adds does not fail"
                             : fmt::format("none of the {} tests that the change adds fails", all);
  return {finding_of(
      FindingKind::kUnshown,
      fmt::format("{} without it, so that nothing shows what it does: {}", who, join(named, ", ")),
      std::string(file_of(named.front())))};
}

}  // namespace gf::stage
