// git factory verify: does an approving verdict cover every commit? For people, hooks and CI.
#include "verify/verify.h"

#include <fmt/format.h>

#include <iostream>
#include <iterator>
#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "door.h"
#include "session/trust.h"
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
    bool printed = console.print(console.json ? verify::to_json(policy).dump() + "\n"
                                              : verify::describe(policy));
    return printed ? kYes : kFailed;
  }
  verify::Regate regate;
  if (options.regate) {
    GF_TRY(session::may_run(place.git));
    regate = setup::regater(setup, place, policy, target,
                            [&console](const std::string& line) { console.say(line); });
  }
  GF_ASSIGN(auto findings, answers(place, policy, options, target, regate));
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
