// Numbers and patterns are read here, once; a bad one is named before the first token.
#include "line/assignment.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/glob.h"
#include "base/text.h"
#include "gate/language.h"
#include "gate/named_tests.h"
#include "gate/project.h"
#include "line/policy.h"
#include "stage/changelog_prompt.h"

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

/// As the run found them when it began: tags come and go, and a replay has none.
Result<stage::ChangelogHistory> history_of(const session::Context& context, const Assignment& given,
                                           const record::TreeFacts& facts) {
  if (given.wishes.changelog_tags) return stage::ChangelogHistory{*given.wishes.changelog_tags};
  constexpr std::string_view kBelow = "refs/tags/";
  GF_ASSIGN(auto refs, context.repo.refs(std::string(kBelow)));
  std::vector<std::string> tags;
  for (const auto& [ref, target] : refs) tags.push_back(ref.str().substr(kBelow.size()));
  return stage::ChangelogHistory{stage::telling_tags(given.changelog, facts, tags)};
}

/// The base's last commits, newest first, without merges.
Result<std::vector<stage::CommitSeen>> last_commits(const session::Context& context,
                                                    const Oid& base) {
  GF_ASSIGN(auto text, context.git.run({"-c", "i18n.logOutputEncoding=UTF-8", "log", "-z",
                                        "--max-count=50", "--no-merges", "--no-show-signature",
                                        "--format=%s%x1f%(trailers:key=Signed-off-by,valueonly)",
                                        base.hex(), "--"}));
  std::vector<stage::CommitSeen> commits;
  for (const std::string& one : split(text, '\0')) {
    size_t end = one.find('\x1f');
    if (end == std::string::npos) continue;
    commits.push_back({to_utf8(one.substr(0, end)), !trim(one.substr(end + 1)).empty()});
  }
  return commits;
}

/// As the history has them; the user's settings come first.
/// One of a setting's words; an Error names them.
Result<std::string> word_of(const session::Config& config, const char* key, const char* fallback,
                            const std::vector<std::string>& words) {
  std::string word = lower(config.get(key, fallback));
  if (std::find(words.begin(), words.end(), word) != words.end()) return word;
  return Error{Fault::kConfiguration,
               fmt::format("{} is '{}'", key, printable(clipped(word, 60))),
               {},
               "it is one of " + join(words, ", ")};
}

Result<stage::Conventions> conventions_at(const session::Context& context, const Assignment& given,
                                          const record::TreeFacts& facts) {
  GF_ASSIGN(auto commits, last_commits(context, given.base.commit));
  stage::Conventions found = stage::conventions_of(commits, facts);
  std::string style = lower(given.config.get("factory.commitStyle", "auto"));
  if (style == "conventional") found.style = stage::SubjectStyle::kConventional;
  if (style == "plain") found.style = stage::SubjectStyle::kPlain;
  if (style != "auto" && style != "conventional" && style != "plain") {
    return Error{Fault::kConfiguration,
                 fmt::format("factory.commitStyle is '{}'", printable(clipped(style, 60))),
                 {},
                 "it is one of auto, conventional, plain"};
  }
  if (lower(given.config.get("factory.signOff", "auto")) != "auto") {
    GF_ASSIGN(found.signed_off, given.config.flag("factory.signOff", false));
  }
  return found;
}

/// A file that a runner is started with is tests' wherever it lies, unless a setting says where
/// tests are. What is wrong with gates is told by who starts them.
void take_named_tests(Assignment& given, const record::TreeFacts& facts) {
  if (given.wishes.rules < Rules::kAddedTo) return;
  auto found = gate::find_gates(facts, given.config.settings(), "python3");
  if (!found.ok()) return;
  bool configured = !given.config.all("factory.testPaths").empty();
  for (const std::string& path : gate::tests_named_by(found->gates, facts)) {
    bool is_test = is_test_path(given, path);
    if (!is_test && configured) continue;
    if (!is_test) given.test_paths.push_back(glob_literal(path));
    given.named_tests.push_back(path);
  }
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
  if (changelog_is_seen(wishes.rules)) all["changelog.tags"] = join(history.tags, "\n");
  return all;
}

Result<Assignment> assign(const session::Context& context, session::Config config,
                          session::Base base, Wishes wishes, const record::TreeFacts& facts) {
  Assignment given{
      std::move(config), std::move(base), std::move(wishes), {}, {}, {}, {}, {}, {}, {}};
  GF_ASSIGN(given.retries, retries_in(given.config));
  GF_ASSIGN(given.thresholds.coverage_percent,
            given.config.number("factory.test.coverage", 80, 0, 100));
  GF_ASSIGN(given.repeats, given.config.number("factory.test.repeats", 3, 1, 3));
  GF_ASSIGN(std::string silence, word_of(given.config, "factory.silence", "tell", {"ask", "tell"}));
  given.asks_of_silence = silence == "ask";
  GF_ASSIGN(given.mutation.how,
            word_of(given.config, "factory.mutation", "tell", {"tell", "fail", "off"}));
  GF_ASSIGN(given.mutation.count, given.config.number("factory.mutationCount", 12, 1, 1000));
  GF_ASSIGN(given.mutation.seconds, given.config.number("factory.mutationSeconds", 60, 1, 86400));
  bool by_itself = given.wishes.rules >= Rules::kTargeted;
  GF_ASSIGN(given.targeted.how, word_of(given.config, "factory.targeted",
                                        by_itself ? "auto" : "off", {"auto", "always", "off"}));
  GF_ASSIGN(given.targeted.after, given.config.number("factory.targetedAfter", 30, 0, 86400));
  GF_ASSIGN(given.thresholds.unasked_hunks,
            given.config.number("factory.review.unasked", 0, 0, 1000));
  for (const std::string& rule : given.config.all("factory.forbid")) {
    GF_ASSIGN(auto read, gate::read_forbidden(rule));
    given.forbidden.push_back(std::move(read));
  }
  given.test_paths = given.config.all("factory.testPaths");
  if (given.test_paths.empty()) given.test_paths = gate::default_test_paths();
  take_named_tests(given, facts);
  given.changelog = stage::detect_changelog(facts);
  GF_ASSIGN(given.conventions, conventions_at(context, given, facts));
  if (changelog_is_seen(given.wishes.rules)) {
    GF_ASSIGN(given.history, history_of(context, given, facts));
  }
  if (given.wishes.rules >= Rules::kProjects) {
    bool newer = given.wishes.rules >= Rules::kSaidIsDone;
    given.guarded_below = gate::guarded_below(
        gate::projects_in(facts), newer ? gate::guarded_with_manifests() : gate::guarded_paths());
  }
  if (given.wishes.no_pr || given.wishes.plan_only) return given;
  GF_ASSIGN(given.remote, session::find_remote(context, given.config, given.base.name));
  if (given.remote) return given;
  return Error{Fault::kUser,
               "there is no remote to push the branch to",
               {},
               "add one with 'git remote add origin <url>', or use --no-pr"};
}

bool asks_gates_of(const Assignment& assignment, std::string_view stage) {
  bool one = assignment.cell == "validate" || assignment.cell == "test";
  return !one || assignment.cell == stage;
}

bool is_test_path(const Assignment& assignment, std::string_view path) {
  return glob_matches_any(assignment.test_paths, path);
}

bool is_changelog(const Assignment& assignment, std::string_view path) {
  const std::string& own = assignment.changelog.path;
  return !own.empty() && (path == own || path.starts_with(own + "/"));
}

}  // namespace gf::line
