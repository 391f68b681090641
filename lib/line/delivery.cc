// From an approved tree to a pull request: one commit, one branch, one push.
#include <fmt/format.h>

#include "base/text.h"
#include "line/line.h"
#include "store/sync.h"
#include "verify/verify.h"

namespace gf::line {
namespace {

/// A pull request's body may hold what a person or a model wrote; a table cell must stay one cell.
std::string cell(std::string_view text) {
  return replace_all(replace_all(clipped(text, 300), "\n", " "), "|", "\\|");
}

/// The word that joins a criterion with the tests that carry its id.
std::string tests_of(const std::string& id, const std::vector<record::GateOutcome>& outcomes,
                     std::string* outcome_text) {
  std::string names;
  int passed = 0, all = 0;
  for (const record::GateOutcome& outcome : outcomes) {
    for (const record::TestResult& test : outcome.tests) {
      if (!stage::carries_id(test.id, id)) continue;
      names += (names.empty() ? "`" : "<br>`") + cell(test.id) + "`";
      ++all;
      passed += test.status == record::TestStatus::kPassed ? 1 : 0;
    }
  }
  *outcome_text = all == 0 ? "no test of its own" : fmt::format("{} of {} passed", passed, all);
  return names.empty() ? "-" : names;
}

std::string pointer_of(const record::Json& table, const std::string& id) {
  for (const record::Json& row : table.get("criteria").items()) {
    if (row.get_string("id") != id) continue;
    record::Json pointer = row.get("pointer");
    std::string where = pointer.get_string("test");
    if (where.empty())
      where = fmt::format("{}:{}", pointer.get_string("path"), pointer.get_int("line"));
    return fmt::format("{} (`{}`)", cell(row.get_string("verdict")), cell(where));
  }
  return "-";
}

}  // namespace

Result<Oid> Line::delivered_commit() {
  // Going on after a crash finds the commit that was made then.
  if (!run_.head.is_zero() && context_.repo.exists(run_.head)) return run_.head;
  if (verdict_ && active_.run().head != Oid() && context_.repo.exists(active_.run().head)) {
    return active_.run().head;
  }
  std::string message =
      fmt::format("feat: {}\n\n{}\n\nFactory-Run: {}\n", trim(replace_all(spec_->title, "\n", " ")),
                  trim(spec_->intent), run_.id.str());
  return context_.git.commit_tree(workspace_->tree(), {base_.commit}, message);
}

/// As the user signs commits, where git is set up for that; else the verdict stays unsigned, and is
/// said to be. Going on after a crash finds what was signed then.
Result<void> Line::sign_verdict() {
  std::string wish = lower(config_.get("factory.sign", "auto"));
  bool wanted = wish == "auto";
  if (!wanted) {
    GF_ASSIGN(wanted, config_.flag("factory.sign", true));
    if (!wanted) return Done{};
  }
  // Also when it was signed before a crash: the verdict may have been written anew since.
  GF_ASSIGN(auto files, active_.ledger_files());
  if (wish == "auto") {
    GF_ASSIGN(bool able, verify::can_sign(context_.git));
    if (!able) {
      tell("note", "the verdict is not signed: git has no user.signingKey");
      return Done{};
    }
  }
  return act("sign", [&]() -> Result<void> {
    auto statement = verify::signed_statement(context_.git, *verdict_, files);
    if (!statement.ok() && wish != "auto") return statement.error();
    if (!statement.ok()) {
      tell("warning", "the verdict is not signed: " + statement.error().message);
      return Done{};
    }
    GF_TRY(active_.put_signature(*statement));
    return active_.save();
  });
}

/// "refs/heads/factory/<slug>", or with the run's digits behind it when that name is taken.
Result<std::string> Line::place_branch(const Oid& commit) {
  std::string prefix = config_.get("factory.branchPrefix", "factory/");
  for (const std::string& name : {prefix + run_.slug, prefix + run_.slug + "-" + run_.id.id8()}) {
    GF_ASSIGN(auto ref, RefName::parse("refs/heads/" + name));
    GF_ASSIGN(auto there, context_.repo.read_ref(ref));
    if (there && *there == commit) return ref.str();
    if (there) continue;
    if (remote_) {
      GF_ASSIGN(auto tracked, context_.repo.read_ref(RefName::known(
                                  fmt::format("refs/remotes/{}/{}", *remote_, name))));
      if (tracked && *tracked != commit) continue;
    }
    auto placed =
        context_.repo.compare_and_swap(ref, Oid(), commit, "factory: deliver " + run_.id.str());
    if (!placed.ok()) {
      Error error = placed.error();
      error.hint =
          fmt::format("a branch '{}' is in the way? rename it, or set factory.branchPrefix",
                      prefix.substr(0, prefix.find('/')));
      return error;
    }
    if (*placed) {
      if (name != prefix + run_.slug)
        tell("note", fmt::format("the branch name was taken; this is '{}'", name));
      return ref.str();
    }
  }
  return Error{Fault::kUser,
               fmt::format("the branch '{}{}' is taken", prefix, run_.slug),
               {},
               "choose another name with --slug"};
}

std::string Line::evidence_ref() const { return "refs/factory/evidence/" + run_.id.str(); }

Result<void> Line::push_branch(const std::string& branch, forge::Forge& forge) {
  return act("push", [&]() -> Result<void> {
    // Both in one trip, where that goes. What is wrong is found out and told on the long way; so is
    // whether a run that goes on has a request.
    if (fresh_) {
      auto opened = forge.open_with_branch(wanted_request(branch), branch);
      if (opened.ok()) opened_ = std::move(opened).value();
      if (opened_) return Done{};
    }
    GF_TRY(context_.cancel().check());
    std::vector<std::string> specs = {branch + ":" + branch};
    auto pushed = context_.git.push(*remote_, specs);
    // A door there wants to see the record first (git-factory-verify(1)); it is not ended yet.
    if (pushed.ok() && !pushed->pushed &&
        pushed->told.find(verify::name_of(verify::Reason::kNoRecord)) != std::string::npos) {
      GF_ASSIGN(auto evidence, active_.evidence());
      specs.push_back(evidence.hex() + ":" + evidence_ref());
      pushed = context_.git.push(*remote_, specs);
      evidence_sent_ = pushed.ok() && pushed->pushed;
    }
    if (!pushed.ok()) {
      Error error = pushed.error().because_of(fmt::format("cannot push to '{}'", *remote_));
      error.hint =
          fmt::format("the branch is kept here; go on with 'git factory resume {}'", run_.id.id8());
      return error;
    }
    if (!pushed->pushed) {
      return Error{Fault::kEnvironment,
                   fmt::format("'{}' refused the push: {}", *remote_, clipped(pushed->told, 400)),
                   pushed->told,
                   fmt::format("the branch is kept here; go on with 'git factory resume {}'",
                               run_.id.id8())};
    }
    return Done{};
  });
}

std::string Line::pull_request_body() const {
  std::string body = record::to_markdown(*spec_);
  body += "\n## Evidence\n\n| criterion | tests | outcome | reviewer |\n|---|---|---|---|\n";
  for (const record::Criterion& criterion : spec_->acceptance_criteria) {
    std::string outcome;
    std::string tests = tests_of(criterion.id, outcomes_, &outcome);
    body += fmt::format("| {} | {} | {} | {} |\n", cell(criterion.id), tests, outcome,
                        pointer_of(verdict_->table, criterion.id));
  }
  body += "\n## Gates\n\n| gate | outcome | tool |\n|---|---|---|\n";
  for (const record::GateOutcome& outcome : outcomes_) {
    body += fmt::format(
        "| {} | {}{} | {} |\n", cell(outcome.gate), record::name_of(outcome.status),
        outcome.counts.passed > 0 ? fmt::format(", {} passed", outcome.counts.passed) : "",
        cell(outcome.tool_version));
  }
  record::RunMetrics metrics = record::metrics_of(run_, active_.stages());
  Milliseconds wall = context_.clock().now() - run_.started;
  body += fmt::format(
      "\n## Cost and time\n\n{}; {} tokens in, {} out; {:.1f} s; {} in {}; models: {}.\n",
      record::to_text(metrics.cost), metrics.usage.input_total.value_or(0),
      metrics.usage.output_total.value_or(0), static_cast<double>(wall.count()) / 1000,
      counted(static_cast<size_t>(metrics.exchanges), "exchange"),
      counted(active_.stages().size(), "stage attempt"),
      verdict_->reviewer.empty() ? "none"
                                 : join(
                                       [&] {
                                         std::vector<std::string> all;
                                         for (const record::StageRecord& s : active_.stages()) {
                                           if (s.model_answered.empty()) continue;
                                           std::string told = s.stage + " " + s.model_answered;
                                           if (all.empty() || all.back() != told)
                                             all.push_back(told);
                                         }
                                         return all;
                                       }(),
                                       ", "));
  body += fmt::format(
      "\nLook into it: `git factory show {0}`\nReplay it: `git factory replay {0}`\n\n"
      "Factory-Run: {0}\n",
      run_.id.str());
  return body;
}

forge::PullRequest Line::wanted_request(const std::string& branch) const {
  forge::PullRequest wanted;
  wanted.title = "feat: " + spec_->title;
  wanted.body = pull_request_body();
  wanted.head_branch = branch.substr(11);
  wanted.base_branch = base_.name;
  wanted.head = run_.head;
  wanted.base = base_.commit;
  wanted.draft = wishes_.draft;
  wanted.author = run_.author;
  wanted.opened = context_.clock().now();
  wanted.run = run_.id;
  return wanted;
}

Result<void> Line::open_pull_request(const std::string& branch, forge::Forge& forge) {
  return act("pull request", [&]() -> Result<void> {
    forge::PullRequest opened;
    if (opened_) {
      opened = *opened_;
    } else {
      GF_ASSIGN(opened, forge.open(wanted_request(branch)));
    }
    run_.pull_request = opened.url;
    if (!opened.unsent.empty()) tell("warning", opened.unsent);
    if (!verdict_->reasons.empty() && opened.comments.empty()) {
      GF_TRY(forge.comment(opened, "REVIEW:\n- " + join(verdict_->reasons, "\n- ")));
    }
    return Done{};
  });
}

/// Sends the record where factory.share allows it. A failure here is told and never fails a run.
void Line::share_record() {
  if (!remote_ || wishes_.no_pr) return;
  std::string share =
      config_.get("remote." + *remote_ + ".factoryShare", config_.get("factory.share", "none"));
  if (share == "none") return;
  Result<void> shared = act("share", [&]() -> Result<void> {
    store::SyncWish wish{*remote_, share, share, config_.get("factory.writer", "") == "ci", true};
    GF_ASSIGN(auto done,
              store::sync(*context_.store, context_.repo, context_.git, context_.clock(), wish));
    for (const std::string& warning : done.warnings) tell("warning", warning);
    // The ledger is there now and says the same.
    if (evidence_sent_) GF_TRY(context_.git.push(*remote_, {":" + evidence_ref()}));
    return Done{};
  });
  if (!shared.ok()) tell("warning", "the record was not shared: " + shared.error().message);
}

}  // namespace gf::line
