// git factory verify: does an approving verdict cover every commit? For people, hooks and CI.
#include "verify/verify.h"

#include <fmt/format.h>

#include <iostream>
#include <iterator>
#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "door.h"
#include "setup/regate.h"
#include "verify/hook_input.h"
#include "verify/named.h"

namespace gf::cmd {
namespace {

struct VerifyOptions {
  std::string what;
  bool push = false;
  bool all = false;
  bool show_policy = false;
  bool regate = false;
  std::string remote, ref, target;
  std::optional<std::string> lines;  ///< with `push`: a hook's input that was read already
};

/// Keeps a green answer, so that others (a server) need not run anything. Signed where git can.
Result<void> remember(session::Context& context, const verify::Policy& policy, const Oid& commit,
                      const setup::Regated& regated, const Console& console) {
  for (const auto& [key, value] : context.setup.overrides) {
    // These gates are of this one call: the policy's are others.
    if (starts_with_ignoring_case(key, "factory-gate.")) return Done{};
  }
  GF_ASSIGN(auto info, context.repo.commit(commit));
  std::string signature;
  GF_ASSIGN(auto wish, context.git.setting("factory.sign"));
  GF_ASSIGN(bool able, verify::can_sign(context.git));
  bool wanted = git_flag(wish.value_or("auto")).value_or(true);
  if (able && wanted) {
    auto made = verify::signed_gates(context.git, info.tree, policy.gates);
    if (made.ok()) {
      signature = std::move(made).value();
    } else {
      console.say("warning: the result is not signed: " + made.error().message);
    }
  }
  GF_TRY(context.store->note_gates(
      info.tree,
      verify::gates_note(info.tree, policy.gates, context.clock().now(), regated.outcomes),
      signature));
  console.say(
      fmt::format("all green; kept in {}, which 'git factory sync' sends", verify::kGatesNotes));
  return Done{};
}

/// Runs gates when somebody asks for that here and now. What is being pushed to this repository is
/// never run: others made it, and nobody looked at it yet.
verify::Regate regate_for(const verify::Place& place, const VerifyOptions& options,
                          const verify::Policy& policy, const Oid& target, const Console& console) {
  bool receiving = verify::is_receiving(console.setup.environment);
  if (!options.regate || receiving || !place.repo.workdir()) return {};
  auto context = std::make_shared<std::unique_ptr<session::Context>>();
  session::Setup setup = console.setup;
  setup.directory = *place.repo.workdir();
  return [context, setup, policy, target, &console](const Oid& commit,
                                                    const RunId& run) -> Result<std::string> {
    if (!*context) {
      GF_ASSIGN(*context, session::Context::open(setup, false));
    }
    console.say("running the gates on " + commit.short_hex());
    RunId who = run.empty() ? RunId::make(setup.clock->now(), setup.clock->random()) : run;
    GF_ASSIGN(auto regated, setup::regate(**context, target, commit, who));
    if (regated.red.empty()) {
      GF_TRY(remember(**context, policy, commit, regated, console));
    }
    return regated.red;
  };
}

Result<std::vector<verify::Finding>> answers(const verify::Place& place,
                                             const verify::Policy& policy,
                                             const VerifyOptions& options, const Oid& target,
                                             const verify::Regate& regate) {
  verify::Push push;
  push.regate = regate;
  if (options.push) {
    std::string text = options.lines.value_or("");
    if (!options.lines) {
      text.assign(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
    }
    GF_ASSIGN(push.refs, verify::questions_in(text));
    push.target = target;
    return verify::verify(place.repo, place.git, policy, push);
  }
  GF_ASSIGN(auto named, verify::question_named(place.repo, options.what, options.ref));
  const verify::Question& asked = named.question;
  push.refs = {asked};
  if (named.range) return verify::verify(place.repo, place.git, policy, push);
  if (options.what.empty()) {
    // What this branch brings beyond the main one; on the main one itself, its newest commit.
    push.target = target;
    GF_ASSIGN(auto ahead, verify::verify(place.repo, place.git, policy, push));
    if (!ahead.empty() && !target.is_zero()) return ahead;
  }
  return verify::verify_commits(place.repo, place.git, policy, {asked.new_id}, asked.ref, regate);
}

std::string finding_text(const verify::Finding& finding, bool push) {
  std::string text = verify::line_of(finding);
  if (push && !finding.ref.empty() && !finding.commit.is_zero())
    text += printable(" (" + finding.ref + ")");
  text += "\n";
  for (const std::string& warning : finding.warnings)
    text += "        warning: " + printable(replace_all(warning, "\n", " ")) + "\n";
  if (!finding.hint.empty()) text += "        hint: " + printable(finding.hint) + "\n";
  return text;
}

Result<int> run_verify(const VerifyOptions& options, const Console& console) {
  const session::Setup& setup = console.setup;
  GF_ASSIGN(auto place, verify::open_place(setup.directory, setup.environment,
                                           session::git_runner(setup.environment, *setup.cancel)));
  GF_ASSIGN(auto target, verify::target_for(place, options.target, options.remote));
  GF_ASSIGN(auto policy, verify::policy_of(place.repo, place.git, target));
  if (options.all) policy.cover = verify::Policy::Cover::kAll;
  if (options.regate) policy.regate = true;
  if (options.show_policy) {
    bool printed =
        console.print(console.json ? verify::to_json(policy).dump() + "\n" : verify::describe(policy));
    return printed ? kYes : kFailed;
  }
  GF_ASSIGN(auto findings, answers(place, policy, options, target,
                                   regate_for(place, options, policy, target, console)));
  verify::State sum = verify::sum_of(findings);
  std::string text;
  for (const verify::Finding& finding : findings) {
    bool good = finding.state == verify::State::kOk || finding.state == verify::State::kSkipped;
    if (console.json) {
      text += verify::to_json(finding).dump() + "\n";
    } else if (!good || (!options.push && !console.quiet)) {
      text += finding_text(finding, options.push);
    }
  }
  // A hook's standard output may be read by a program ('git push --porcelain').
  if (options.lines) {
    if (!text.empty()) console.say(text);
  } else if (!console.print(text)) {
    return kFailed;
  }
  if (sum == verify::State::kNo || sum == verify::State::kUnsure) {
    if (!console.json && options.push) {
      console.say(fmt::format(
          "git-factory: {} by the verdict policy ({}); see 'git factory verify --policy'",
          sum == verify::State::kNo ? "refused" : "not let through",
          policy.source == "default" ? "the default one" : policy.source));
    }
    return sum == verify::State::kNo ? kNo : kUnsure;
  }
  return kYes;
}

}  // namespace

Result<int> verify_push(const std::string& lines, const std::string& remote,
                        const Console& console) {
  VerifyOptions options;
  options.push = true;
  options.remote = remote;
  options.lines = lines;
  return run_verify(options, console);
}

Run bind_verify(Arguments& arguments) {
  auto options = std::make_shared<VerifyOptions>();
  arguments.add("what", options->what,
                "A commit, or a range <from>..<to>; default: what this branch has beyond the main "
                "one");
  Option push = arguments.add("--push", options->push,
                              "Judge a push: read the lines of a pre-push or pre-receive hook");
  arguments.add("--remote", options->remote, "With --push: the remote that is pushed to")
      .needs(push);
  arguments.add("--ref", options->ref, "Judge as if it came to this branch");
  arguments.add("--target", options->target, "Take the policy from this commit's .gitfactory");
  arguments.add("--all", options->all, "Every commit has to be covered, whatever the policy says");
  arguments.add("--regate", options->regate,
                "Run the gates on approved changes that are on another tree now, and remember it");
  arguments.add("--policy", options->show_policy, "Show the policy that counts, and judge nothing");
  return [options](Console& console) -> Result<int> {
    if (options->push && !options->what.empty()) {
      return Error{
          Fault::kUsage, "--push takes no revision", {}, "its refs come on standard input"};
    }
    return run_verify(*options, console);
  };
}

}  // namespace gf::cmd
