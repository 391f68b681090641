// Findings as people and programs read them.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "verify/verify.h"

namespace gf::verify {

State sum_of(const std::vector<Finding>& findings) {
  auto has = [&](State state) {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const Finding& finding) { return finding.state == state; });
  };
  return has(State::kNo) ? State::kNo : has(State::kUnsure) ? State::kUnsure : State::kOk;
}

std::string_view name_of(State state) {
  switch (state) {
    case State::kOk:
      return "ok";
    case State::kSkipped:
      return "skipped";
    case State::kNo:
      return "no";
    case State::kUnsure:
      break;
  }
  return "unsure";
}

std::string_view name_of(Reason reason) {
  // In the order of the enumeration.
  static constexpr std::string_view kNames[] = {"exact",
                                                "same-tree",
                                                "rebased",
                                                "clean-merge",
                                                "no-change",
                                                "record",
                                                "not-covered",
                                                "deleted-ref",
                                                "no-run",
                                                "no-record",
                                                "no-verdict",
                                                "rejected",
                                                "wrong-run",
                                                "wrong-spec",
                                                "wrong-base",
                                                "different",
                                                "edited-merge",
                                                "red-gates",
                                                "no-gates",
                                                "same-model",
                                                "unsigned",
                                                "bad-signature",
                                                "needs-gates",
                                                "gates-failed",
                                                "conflicting-records",
                                                "record-rewritten",
                                                "never-shared",
                                                "shallow",
                                                "missing-objects",
                                                "unreadable"};
  return kNames[static_cast<size_t>(reason)];
}

std::string line_of(const Finding& finding) {
  std::string what = finding.commit.is_zero() ? finding.ref : finding.commit.short_hex();
  std::string line = fmt::format("{:<7} {} {}: {}", name_of(finding.state), what,
                                 name_of(finding.reason), finding.text);
  return printable(replace_all(line, "\n", " "));
}

record::Json to_json(const Finding& finding) {
  record::Json json =
      record::Json::object({{"v", 1},
                            {"state", name_of(finding.state)},
                            {"reason", name_of(finding.reason)},
                            {"text", finding.text},
                            {"hint", finding.hint},
                            {"warnings", record::Json::strings(finding.warnings)},
                            {"commit", finding.commit.is_zero() ? "" : finding.commit.hex()},
                            {"ref", finding.ref},
                            {"run", finding.run.str()},
                            {"subject", finding.subject},
                            {"reviewer", finding.reviewer},
                            {"signed_by", finding.signed_by}});
  return json;
}

std::string describe(const Policy& policy) {
  using Cover = Policy::Cover;
  std::string covers = policy.cover == Cover::kOff ? "nothing"
                       : policy.cover == Cover::kAll
                           ? "every commit"
                           : "the factory's commits, what stands on them, "
                             "and branches " +
                                 policy.branch_prefix + "*";
  if (policy.cover == Cover::kFactory) {
    if (!policy.branches.empty()) covers += "; branches " + join(policy.branches, ", ");
    if (!policy.paths.empty()) covers += "; what changes " + join(policy.paths, ", ");
  }
  std::string who = policy.signers.empty() ? "whom git trusts" : join(policy.signers, ", ");
  const char* same = policy.same_model == Policy::SameModel::kRefuse  ? "refused"
                     : policy.same_model == Policy::SameModel::kAllow ? "a warning"
                                                                      : "refused where there was "
                                                                        "another one";
  return printable(fmt::format(
             "covers      {}\nsignature   {}\nsame model  {}\nother tree  {}\nfrom        {}",
             covers, policy.signature ? "needed, by " + who : "not needed", same,
             policy.regate ? "the gates have to be green on it" : "the change counts",
             policy.source)) +
         "\n";
}

}  // namespace gf::verify
