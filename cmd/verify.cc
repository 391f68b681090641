// git factory verify: does an approving verdict cover every commit? For people, hooks and CI.
#include "verify/verify.h"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "door.h"
#include "setup/regate.h"

namespace gf::cmd {
namespace {

struct Options {
  std::string what;
  bool push = false;
  bool all = false;
  bool show_policy = false;
  bool regate = false;
  std::string remote, ref, target;
  std::optional<std::string> lines;  ///< with `push`: a hook's input that was read already
};

/// What a hook's git tells about where objects are; everything else of it is left out.
constexpr const char* kQuarantine[] = {"GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
                                       "GIT_QUARANTINE_PATH"};

struct Place {
  git::Repo repo;
  git::Program git;
};

std::string variable(const Console& console, const std::string& name) {
  auto found = console.setup.environment.find(name);
  return found == console.setup.environment.end() ? std::string() : found->second;
}

std::string absolute(const std::string& path) {
  std::error_code failed;
  std::string whole = std::filesystem::absolute(path, failed).string();
  return failed ? path : whole;
}

/// The repository as a hook sees it: pushed objects may lie in a quarantine that only the
/// environment names. Nothing is repaired or written on the way.
Result<Place> open_place(const Console& console) {
  std::string git_dir = variable(console, "GIT_DIR");
  bool elsewhere = console.setup.directory != ".";
  auto opened = git_dir.empty() || elsewhere ? git::Repo::discover(console.setup.directory)
                                             : git::Repo::open(absolute(git_dir));
  if (!opened.ok()) return opened.error();
  git::Repo repo = std::move(opened).value();
  std::map<std::string, std::string> more;
  std::string objects = variable(console, "GIT_OBJECT_DIRECTORY");
  if (!objects.empty() && !elsewhere) {
    for (const char* name : kQuarantine) {
      if (std::string value = variable(console, name); !value.empty()) more[name] = value;
    }
    more["GIT_OBJECT_DIRECTORY"] = absolute(objects);
    GF_TRY(repo.add_objects(absolute(objects)));
  }
  git::Runner plain = session::git_runner(console.setup.environment, *console.setup.cancel);
  git::Runner runner = [plain, more](const git::Command& command) {
    git::Command with = command;
    // What the command itself says about objects counts more.
    with.environment.insert(more.begin(), more.end());
    return plain(with);
  };
  std::string home = repo.workdir().value_or(repo.git_dir());
  return Place{std::move(repo), git::Program(std::move(runner), home)};
}

Result<Oid> commit_named(const git::Repo& repo, const std::string& name) {
  GF_ASSIGN(auto commit, repo.resolve_commit(name));
  if (commit) return *commit;
  return Error{Fault::kUser,
               fmt::format("there is no commit '{}'", printable(name)),
               {},
               "name one as in 'git log', or a range as <from>..<to>"};
}

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
  std::string word = lower(wish.value_or("auto"));
  GF_ASSIGN(bool able, verify::can_sign(context.git));
  if (able && word != "false" && word != "no" && word != "off" && word != "0") {
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
verify::Regate regate_for(const Place& place, const Options& options, const verify::Policy& policy,
                          const Oid& target, const Console& console) {
  bool receiving = !variable(console, "GIT_QUARANTINE_PATH").empty();
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

/// The branch that a revision's commits lie on, where its name tells.
Result<std::string> branch_of(const git::Repo& repo, const std::string& name) {
  if (name == "HEAD") {
    GF_ASSIGN(auto shape, repo.shape());
    return shape.head_branch.empty() ? std::string() : "refs/heads/" + shape.head_branch;
  }
  for (const char* prefix : {"refs/heads/", ""}) {
    auto ref = RefName::parse(prefix + name);
    if (!ref.ok() || !ref->str().starts_with("refs/heads/")) continue;
    GF_ASSIGN(auto tip, repo.read_ref(*ref));
    if (tip) return ref->str();
  }
  return std::string();
}

/// Lines of a pre-push hook (local ref, its id, remote ref, its id) or of a pre-receive hook (old
/// id, new id, ref).
Result<std::vector<verify::Question>> questions_in(const std::string& text) {
  std::vector<verify::Question> questions;
  for (const std::string& line : lines(text)) {
    std::vector<std::string> words = split(trim(line), ' ');
    if (words.size() == 1 && words[0].empty()) continue;
    // Names of local refs may hold anything that a revision may: count from the end.
    bool receiving = words.size() == 3;
    if (words.size() < 3) {
      return Error{Fault::kUsage,
                   fmt::format("'{}' is no line of a hook", printable(clipped(line, 200))),
                   {},
                   "give the hook's own input to 'git factory verify --push'"};
    }
    size_t n = words.size();
    GF_ASSIGN(auto old_id, Oid::parse(receiving ? words[0] : words[n - 1]));
    GF_ASSIGN(auto new_id, Oid::parse(receiving ? words[1] : words[n - 3]));
    questions.push_back({old_id, new_id, receiving ? words[2] : words[n - 2]});
  }
  return questions;
}

Result<Oid> target_for(const Place& place, const Options& options) {
  if (!options.target.empty()) return commit_named(place.repo, options.target);
  if (options.remote.empty()) return verify::target_of(place.repo, place.git, "");
  GF_ASSIGN(auto seen, verify::target_of(place.repo, place.git, options.remote));
  // Never fetched from, or only an address: our own idea of the main branch is the best there is.
  if (seen.is_zero()) return verify::target_of(place.repo, place.git, "");
  return seen;
}

Result<std::vector<verify::Finding>> answers(const Place& place, const verify::Policy& policy,
                                             const Options& options, const Oid& target,
                                             const verify::Regate& regate) {
  verify::Push push;
  push.regate = regate;
  if (options.push) {
    std::string text = options.lines.value_or("");
    if (!options.lines) {
      text.assign(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
    }
    GF_ASSIGN(push.refs, questions_in(text));
    push.target = target;
    return verify::verify(place.repo, place.git, policy, push);
  }
  std::string what = options.what.empty() ? "HEAD" : options.what;
  std::string ref = options.ref.empty() || options.ref.starts_with("refs/")
                        ? options.ref
                        : "refs/heads/" + options.ref;
  size_t dots = what.find("..");
  bool range = dots != std::string::npos;
  std::string end = range ? what.substr(dots + 2) : what;
  if (end.starts_with('.')) {
    return Error{
        Fault::kUsage, fmt::format("'{}' is no range", printable(what)), {}, "write <from>..<to>"};
  }
  if (end.empty()) end = "HEAD";
  GF_ASSIGN(auto to, commit_named(place.repo, end));
  if (ref.empty()) {
    GF_ASSIGN(ref, branch_of(place.repo, end));
  }
  if (range) {
    GF_ASSIGN(auto from, commit_named(place.repo, dots == 0 ? "HEAD" : what.substr(0, dots)));
    push.refs.push_back({from, to, ref});
    return verify::verify(place.repo, place.git, policy, push);
  }
  if (options.what.empty()) {
    // What this branch brings beyond the main one; on the main one itself, its newest commit.
    push.refs.push_back({Oid(), to, ref});
    push.target = target;
    GF_ASSIGN(auto ahead, verify::verify(place.repo, place.git, policy, push));
    if (!ahead.empty() && !target.is_zero()) return ahead;
  }
  return verify::verify_commits(place.repo, place.git, policy, {to}, ref, regate);
}

std::string told(const verify::Finding& finding, bool push) {
  std::string text = verify::line_of(finding);
  if (push && !finding.ref.empty() && !finding.commit.is_zero())
    text += printable(" (" + finding.ref + ")");
  text += "\n";
  for (const std::string& warning : finding.warnings)
    text += "        warning: " + printable(replace_all(warning, "\n", " ")) + "\n";
  if (!finding.hint.empty()) text += "        hint: " + printable(finding.hint) + "\n";
  return text;
}

Result<int> run_verify(const Options& options, const Console& console) {
  GF_ASSIGN(auto place, open_place(console));
  GF_ASSIGN(auto target, target_for(place, options));
  GF_ASSIGN(auto policy, verify::policy_of(place.repo, place.git, target));
  if (options.all) policy.cover = verify::Policy::Cover::kAll;
  if (options.regate) policy.regate = true;
  if (options.show_policy) {
    bool told =
        console.print(console.json ? verify::to_json(policy).dump() + "\n" : verify::told(policy));
    return told ? kYes : kFailed;
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
      text += told(finding, options.push);
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
  Options options;
  options.push = true;
  options.remote = remote;
  options.lines = lines;
  return run_verify(options, console);
}

Run bind_verify(Arguments& arguments) {
  auto options = std::make_shared<Options>();
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
