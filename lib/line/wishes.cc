// A wish is a word in the record's policy; none there means as it was before that wish existed.
#include "line/wishes.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace gf::line {
namespace {

// Names in RunRecord::policy (git-factory-record(5)).
constexpr const char* kPlanOnly = "plan-only";
constexpr const char* kNoPr = "no-pr";
constexpr const char* kDraft = "draft";
constexpr const char* kApprove = "approve";
constexpr const char* kSpec = "spec";
constexpr const char* kBatch = "batch";
constexpr const char* kIssue = "issue";
constexpr const char* kRules = "rules";
constexpr const char* kTags = "changelog.tags";
constexpr const char* kFirstBase = "base.first";
constexpr const char* kMovedBase = "base.moved";
constexpr const char* kLeftOut = "gates.left-out";
constexpr std::string_view kOption = "option.";

std::string_view text_of(const record::RunRecord& run, const char* name) {
  auto found = run.policy.find(name);
  return found == run.policy.end() ? std::string_view() : std::string_view(found->second);
}

/// Rules of a later version than ours are not known here: the newest we have are the nearest.
Rules rules_of(std::string_view text) {
  if (text.empty()) return Rules::kFirst;
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return static_cast<Rules>(
      std::clamp(number, static_cast<int>(Rules::kFirst), static_cast<int>(kNewestRules)));
}

}  // namespace

void keep(const Wishes& wishes, record::RunRecord& run) {
  auto put = [&run](const char* name, const char* value) { run.policy[name] = value; };
  put(kPlanOnly, wishes.plan_only ? "true" : "false");
  put(kNoPr, wishes.no_pr ? "true" : "false");
  put(kDraft, wishes.draft ? "true" : "false");
  if (wishes.approval != Approval::kNotWanted)
    put(kApprove, wishes.approval == Approval::kGiven ? "given" : "wanted");
  if (wishes.spec) put(kSpec, "given");
  if (!wishes.batch.empty()) run.policy[kBatch] = wishes.batch;
  if (!wishes.issue.empty()) run.policy[kIssue] = wishes.issue;
  if (wishes.rules != Rules::kFirst)
    run.policy[kRules] = std::to_string(static_cast<int>(wishes.rules));
  for (const auto& [key, value] : wishes.options) run.policy[std::string(kOption) + key] = value;
}

Wishes wishes_of(const record::RunRecord& run) {
  Wishes wishes;
  wishes.plan_only = text_of(run, kPlanOnly) == "true";
  wishes.no_pr = text_of(run, kNoPr) == "true";
  wishes.draft = text_of(run, kDraft) == "true";
  if (text_of(run, kApprove) == "wanted") wishes.approval = Approval::kWanted;
  if (text_of(run, kApprove) == "given") wishes.approval = Approval::kGiven;
  wishes.batch = text_of(run, kBatch);
  wishes.issue = text_of(run, kIssue);
  wishes.rules = rules_of(text_of(run, kRules));
  if (run.policy.contains(kTags)) wishes.changelog_tags = lines(text_of(run, kTags));
  for (const auto& [name, value] : run.policy) {
    if (name.starts_with(kOption)) wishes.options.add(name.substr(kOption.size()), value);
  }
  return wishes;
}

Oid first_base(const record::RunRecord& run) {
  auto id = Oid::parse(text_of(run, kFirstBase));
  return id.ok() ? *id : run.base;
}

std::optional<Oid> moved_base(const record::RunRecord& run) {
  auto id = Oid::parse(text_of(run, kMovedBase));
  return id.ok() ? std::optional<Oid>(*id) : std::nullopt;
}

void keep_moved_base(record::RunRecord& run, const Oid& tip) { run.policy[kMovedBase] = tip.hex(); }

void keep_new_base(record::RunRecord& run, const Oid& base, const Oid& tree) {
  run.policy[kFirstBase] = first_base(run).hex();
  run.base = base;
  run.base_tree = tree;
}

std::map<std::string, std::string> gates_left_out(const record::RunRecord& run) {
  std::map<std::string, std::string> gates;
  for (const std::string& line : lines(text_of(run, kLeftOut))) {
    size_t end = std::min(line.find(": "), line.size());
    gates[line.substr(0, end)] = end < line.size() ? line.substr(end + 2) : "";
  }
  return gates;
}

void keep_gates_left_out(record::RunRecord& run, const std::map<std::string, std::string>& gates) {
  std::vector<std::string> reasons;
  for (const auto& [name, why] : gates) reasons.push_back(name + ": " + why);
  if (!reasons.empty()) run.policy[kLeftOut] = join(reasons, "\n");
}

bool spec_was_given(const record::RunRecord& run) { return run.policy.contains(kSpec); }

}  // namespace gf::line
