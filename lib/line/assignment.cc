#include "line/assignment.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/glob.h"
#include "base/text.h"
#include "gate/language.h"
#include "line/policy.h"

namespace gf::line {
namespace {

constexpr int64_t kMostRetries = 100;

Result<Retries> retries_in(const session::Config& config) {
  Retries retries;
  GF_ASSIGN(retries.general, config.number("factory.retries", retries.general, 0, kMostRetries));
  for (const stage::Stage& stage : stage::all_stages()) {
    std::string name(stage.name);
    GF_ASSIGN(retries.of_stage[name], config.number(fmt::format("factory.{}.retries", name),
                                                    retries.general, 0, kMostRetries));
    GF_TRY(config.decimal(fmt::format("factory.{}.temperature", name)));
  }
  return retries;
}

}  // namespace

std::vector<std::string> model_stages() {
  std::vector<std::string> names;
  for (const stage::Stage& stage : stage::all_stages()) {
    if (stage.actor == stage::Actor::kModel) names.emplace_back(stage.name);
  }
  return names;
}

std::map<std::string, std::string> Assignment::policy() const {
  // The first three by the names that records had before settings were kept.
  std::map<std::string, std::string> all = {
      {"coverage.floor", std::to_string(thresholds.coverage_percent)},
      {"review.unasked", std::to_string(thresholds.unasked_hunks)},
      {"retries", std::to_string(retries.general)}};
  for (const auto& [name, value] : deciding(config)) all[name] = value;
  all[kTestPathsKey] = join(test_paths, "\n");
  return all;
}

Result<Assignment> assign(const session::Context& context, session::Config config,
                          session::Base base, Wishes wishes, const record::TreeFacts& facts) {
  Assignment given{std::move(config), std::move(base), std::move(wishes), {}, {}, {}, {}, {}};
  GF_ASSIGN(given.retries, retries_in(given.config));
  GF_ASSIGN(given.thresholds.coverage_percent,
            given.config.number("factory.test.coverage", 80, 0, 100));
  GF_ASSIGN(given.thresholds.unasked_hunks,
            given.config.number("factory.review.unasked", 0, 0, 1000));
  given.test_paths = given.config.all("factory.testPaths");
  if (given.test_paths.empty()) given.test_paths = gate::default_test_paths();
  given.changelog = stage::detect_changelog(facts);
  if (given.wishes.no_pr || given.wishes.plan_only) return given;
  GF_ASSIGN(given.remote, session::find_remote(context, given.config, given.base.name));
  if (given.remote) return given;
  return Error{Fault::kUser,
               "there is no remote to push the branch to",
               {},
               "add one with 'git remote add origin <url>', or use --no-pr"};
}

bool is_test_path(const Assignment& assignment, std::string_view path) {
  return glob_matches_any(assignment.test_paths, path);
}

bool is_changelog(const Assignment& assignment, std::string_view path) {
  const std::string& own = assignment.changelog.path;
  return !own.empty() && (path == own || path.starts_with(own + "/"));
}

}  // namespace gf::line
