#include "git/git_program.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "git/fault.h"
#include "git/push_few.h"
#include "git/remote_trouble.h"

namespace gf::git {
namespace {

constexpr Milliseconds kNetworkLimit{600000};

std::string remote_words(const std::string& err) {
  std::string text_of_remote;
  for (const std::string& line : lines(err)) {
    if (!line.starts_with("remote:")) continue;
    std::string_view text = trim(std::string_view(line).substr(7));
    if (!text.empty()) text_of_remote += (text_of_remote.empty() ? "" : "\n") + printable(text);
  }
  return text_of_remote;
}

Result<void> no_option(const std::string& word, const char* what) {
  if (!word.empty() && word.front() != '-') return Done{};
  return Error{Fault::kUser,
               fmt::format("'{}' is no {}", printable(word), what),
               {},
               fmt::format("name a {} that does not begin with a dash", what)};
}

Result<void> no_options(const std::string& remote, const std::vector<std::string>& refspecs) {
  GF_TRY(no_option(remote, "remote"));
  for (const std::string& refspec : refspecs) GF_TRY(no_option(refspec, "refspec"));
  return Done{};
}

/// The command's own word, behind the options of git itself.
std::string command_word(const std::vector<std::string>& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "-c" || arguments[i] == "-C") {
      ++i;
    } else if (!arguments[i].starts_with("-")) {
      return arguments[i];
    }
  }
  return {};
}

/// Whether a refusal ("! <tab> refs <tab> [remote rejected] (reason)") may go away by fetching and
/// trying again. What hooks and settings of the remote refuse stays refused; the list is of those,
/// so that a lost race with an unknown wording is tried again and not given up.
bool lost_a_race(const std::string& line) {
  if (line.find("[remote rejected]") == std::string::npos) return true;
  for (const char* lasting : {"declined", "hidden", "checked out", "refusing", "denied",
                              "prohibited", "unpacker error", "no such ref", "shallow"}) {
    if (line.find(lasting) != std::string::npos) return false;
  }
  return true;
}

Result<PushResult> push_result(const Answer& answer) {
  PushResult result;
  result.pushed = answer.exit_code == 0;
  result.remote_text = remote_words(answer.err);
  if (result.pushed) return result;
  std::string reasons;
  for (const std::string& line : lines(answer.out)) {
    if (!line.starts_with("!")) continue;
    size_t tab = line.find_last_of('\t');
    std::string reason = line.substr(tab == std::string::npos ? 1 : tab + 1);
    reasons += (reasons.empty() ? "" : "; ") + printable(reason);
    result.rejected = result.rejected || lost_a_race(line);
  }
  if (reasons.empty()) {
    // No ref was answered for. The user's pre-push hook said no, with its reasons on either of its
    // outputs, or the remote was not reached (then git dies before it could sum up).
    size_t summary = answer.err.find("error: failed to push some refs");
    if (summary == std::string::npos) return unreachable(answer.err);
    std::string both = std::string(trim(answer.out)) + "\n" + answer.err.substr(0, summary);
    std::string words = printable(clipped_middle(trim(both), 4000));
    result.remote_text = words.empty() ? "the pre-push hook declined" : words;
  }
  if (result.remote_text.empty()) result.remote_text = reasons;
  return result;
}

std::vector<Setting> parse_settings(const std::string& listing, bool with_scope,
                                    const std::string& scope) {
  std::vector<Setting> all;
  std::vector<std::string> fields = split(listing, '\0');
  size_t step = with_scope ? 2 : 1;
  for (size_t i = 0; i + step <= fields.size(); i += step) {
    const std::string& entry = fields[i + step - 1];
    if (entry.empty()) continue;
    size_t newline = entry.find('\n');
    Setting setting;
    setting.key = entry.substr(0, newline);
    // A key without a value means true (git-config(1)).
    setting.value = newline == std::string::npos ? "true" : entry.substr(newline + 1);
    setting.scope = with_scope ? fields[i] : scope;
    all.push_back(std::move(setting));
  }
  return all;
}

}  // namespace

Settings plain(const std::vector<Setting>& settings) {
  Settings all;
  for (const Setting& setting : settings) all.add(setting.key, setting.value);
  return all;
}

Program::Program(Runner runner, std::string directory)
    : runner_(std::move(runner)), directory_(std::move(directory)) {}

Program Program::in(std::string directory) const {
  Program other = *this;
  other.directory_ = std::move(directory);
  return other;
}

Command Program::command_for(const std::vector<std::string>& arguments,
                             std::map<std::string, std::string> environment) const {
  Command command;
  command.argv = {"git"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.directory = directory_;
  command.environment = std::move(environment);
  command.environment.emplace("LC_ALL", "C");
  if (isatty(STDIN_FILENO) == 0) command.environment.emplace("GIT_TERMINAL_PROMPT", "0");
  std::string word = command_word(arguments);
  constexpr std::array kNetwork = {"push", "fetch", "ls-remote", "send-email"};
  bool network = std::find(kNetwork.begin(), kNetwork.end(), word) != kNetwork.end();
  if (network) command.timeout = kNetworkLimit;
  return command;
}

Result<Answer> Program::ask(const std::vector<std::string>& arguments, const std::string& input,
                            std::map<std::string, std::string> environment) const {
  Command command = command_for(arguments, std::move(environment));
  command.input = input;
  return runner_(command);
}

Result<int> Program::listen(const std::vector<std::string>& arguments,
                            std::function<void(std::string_view)> hear) const {
  Command command = command_for(arguments, {});
  command.hear = std::move(hear);
  GF_ASSIGN(auto answer, runner_(command));
  return answer.exit_code;
}

Result<std::string> Program::run(const std::vector<std::string>& arguments,
                                 const std::string& input) const {
  GF_ASSIGN(auto answer, ask(arguments, input));
  if (answer.exit_code == 0) return std::move(answer.out);
  return Error{Fault::kEnvironment,
               fmt::format("git {}: {}", command_word(arguments), complaint(answer.err)),
               {},
               {}};
}

Result<std::string> Program::version() const {
  GF_ASSIGN(auto text, run({"--version"}));
  std::vector<std::string> words = split(trim(text), ' ');
  return words.size() >= 3 ? words[2] : text;
}

Result<std::vector<Setting>> Program::settings() const {
  if (!settings_) {
    GF_ASSIGN(auto text, run({"config", "--list", "-z", "--show-scope"}));
    settings_ = parse_settings(text, true, "");
  }
  return *settings_;
}

Result<std::optional<std::string>> Program::setting(std::string_view key) const {
  GF_ASSIGN(auto all, settings());
  for (auto it = all.rbegin(); it != all.rend(); ++it) {
    if (same_key(it->key, key)) return std::optional<std::string>(it->value);
  }
  return std::optional<std::string>();
}

Result<std::vector<Setting>> Program::settings_of_blob(const Oid& blob) const {
  // git follows includes here by itself: a tracked file could then read any file of the user's.
  GF_ASSIGN(auto answer, ask({"config", "--no-includes", "--blob", blob.hex(), "--list", "-z"}));
  if (answer.exit_code != 0) {
    return Error{Fault::kConfiguration,
                 fmt::format("the tracked configuration cannot be read: {}", complaint(answer.err)),
                 {},
                 "see git-config(1) for its syntax"};
  }
  return parse_settings(answer.out, false, "tracked");
}

Result<void> Program::set_config(const std::string& key, const std::string& value, bool add) const {
  GF_TRY(no_option(key, "setting"));
  std::vector<std::string> arguments = {"config", "--local", add ? "--add" : "--replace-all", key,
                                        value};
  settings_.reset();
  GF_TRY(run(arguments));
  return Done{};
}

Result<bool> Program::signs() const {
  GF_ASSIGN(auto value, setting("commit.gpgSign"));
  return value && git_flag(*value).value_or(true);
}

Result<Oid> Program::commit_tree(const Oid& tree, const std::vector<Oid>& parents,
                                 const std::string& message,
                                 const std::map<std::string, std::string>& identity) const {
  std::vector<std::string> arguments = {"-c", "i18n.commitEncoding=UTF-8", "commit-tree",
                                        tree.hex()};
  for (const Oid& parent : parents) arguments.insert(arguments.end(), {"-p", parent.hex()});
  // commit-tree obeys commit.gpgSign only when told to.
  GF_ASSIGN(bool sign, signs());
  if (sign) arguments.emplace_back("-S");
  arguments.insert(arguments.end(), {"-F", "-"});
  GF_ASSIGN(auto answer, ask(arguments, to_utf8(message), identity));
  if (answer.exit_code != 0) {
    return Error{Fault::kEnvironment,
                 fmt::format("cannot make the commit: {}", complaint(answer.err)),
                 {},
                 "check user.name, user.email and, for signed commits, user.signingKey"};
  }
  return Oid::parse(trim(answer.out));
}

namespace {

/// What no push of ours is.
Result<void> no_forced_push(const std::string& remote, const std::vector<std::string>& refspecs) {
  GF_TRY(no_options(remote, refspecs));
  for (const std::string& refspec : refspecs) {
    if (!refspec.starts_with("+")) continue;
    return Error{
        Fault::kInternal, fmt::format("'{}' would be a forced push", printable(refspec)), {}, {}};
  }
  // Without refspecs git would take the user's, which may be forced.
  if (refspecs.empty()) return Error{Fault::kInternal, "a push of nothing", {}, {}};
  return Done{};
}

/// `before`: what git itself is told.
Result<PushResult> pushed_by(const Program& git, std::vector<std::string> before,
                             const std::string& remote, const std::vector<std::string>& refspecs,
                             const std::vector<std::string>& options) {
  std::vector<std::string> arguments = std::move(before);
  arguments.insert(arguments.end(), {"push", "--porcelain", "--no-follow-tags"});
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.insert(arguments.end(), {"--", remote});
  arguments.insert(arguments.end(), refspecs.begin(), refspecs.end());
  GF_TRY(fault_point("before", "push " + refspecs.front()));
  // Hooks inherit this: English from git, but still UTF-8 for the programs they run.
  GF_ASSIGN(auto answer, git.ask(arguments, {}, {{"LC_ALL", "C.UTF-8"}, {"LANGUAGE", ""}}));
  GF_TRY(fault_point("after", "push " + refspecs.front()));
  return push_result(answer);
}

}  // namespace

Result<PushResult> Program::push(const std::string& remote,
                                 const std::vector<std::string>& refspecs,
                                 Together together) const {
  GF_TRY(no_forced_push(remote, refspecs));
  std::vector<std::string> options;
  if (together == Together::kAllOrNone) options.emplace_back("--atomic");
  return send(remote, refspecs, std::move(options));
}

Result<PushResult> push_few(const Program& git, const std::string& remote,
                            const std::vector<std::string>& refspecs) {
  GF_TRY(no_forced_push(remote, refspecs));
  return pushed_by(git, {"-c", "pack.threads=1"}, remote, refspecs, {});
}

Result<PushResult> Program::push_following(const std::string& remote, const Oid& was,
                                           const Oid& now, const std::string& ref,
                                           const std::vector<std::string>& besides) const {
  std::vector<std::string> refspecs = {now.hex() + ":" + ref};
  refspecs.insert(refspecs.end(), besides.begin(), besides.end());
  GF_TRY(no_options(remote, refspecs));
  // A lease alone lets git put anything in the place of `was`.
  GF_ASSIGN(auto follows, ask({"merge-base", "--is-ancestor", was.hex(), now.hex()}));
  if (follows.exit_code != 0) {
    return Error{Fault::kInternal,
                 fmt::format("{} does not stand on {}, which it is to follow at '{}'",
                             now.short_hex(), was.short_hex(), ref),
                 follows.err,
                 {}};
  }
  return send(remote, refspecs, {fmt::format("--force-with-lease={}:{}", ref, was.hex())});
}

Result<PushResult> Program::push_with_options(const std::string& remote,
                                              const std::vector<std::string>& refspecs,
                                              const std::vector<std::string>& options) const {
  GF_ASSIGN(auto words, push_words(remote, refspecs, options));
  return send(remote, refspecs, std::move(words));
}

Result<PushResult> Program::try_push(const std::string& remote, const std::string& refspec,
                                     const std::vector<std::string>& options) const {
  GF_ASSIGN(auto words, push_words(remote, {refspec}, options));
  words.insert(words.begin(), {"push", "--porcelain", "--dry-run", "--no-verify",
                               "--no-follow-tags", "--no-recurse-submodules"});
  words.insert(words.end(), {"--", remote, refspec});
  GF_ASSIGN(auto answer, ask(words, {}, {{"LC_ALL", "C.UTF-8"}, {"LANGUAGE", ""}}));
  return push_result(answer);
}

Result<void> Program::ask_to_push(const std::string& remote, const Oid& commit,
                                  const std::string& ref) const {
  std::string refspec = commit.hex() + ":" + ref;
  GF_TRY(no_options(remote, {refspec}));
  GF_ASSIGN(auto answer,
            ask({"push", "--dry-run", "--no-verify", "--no-follow-tags", "--no-recurse-submodules",
                 "--", remote, refspec},
                {}, {{"LC_ALL", "C.UTF-8"}, {"LANGUAGE", ""}, {"GIT_TERMINAL_PROMPT", "0"}}));
  // What the remote has there is nothing that this asks about.
  bool reached = answer.exit_code == 0 ||
                 answer.err.find("error: failed to push some refs") != std::string::npos;
  return reached ? Result<void>(Done{}) : Result<void>(unreachable(answer.err));
}

Result<std::string> Program::listed(const std::string& remote, const std::string& pattern) const {
  GF_TRY(no_options(remote, {pattern}));
  GF_ASSIGN(auto answer, ask({"ls-remote", "--", remote, pattern}));
  if (answer.exit_code != 0) return unreachable(answer.err);
  return std::move(answer.out);
}

Result<std::vector<std::string>> Program::push_words(const std::string& remote,
                                                     const std::vector<std::string>& refspecs,
                                                     const std::vector<std::string>& options) {
  GF_TRY(no_options(remote, refspecs));
  bool forced = std::any_of(refspecs.begin(), refspecs.end(),
                            [](const std::string& one) { return one.starts_with("+"); });
  std::vector<std::string> words;
  for (const std::string& option : options) {
    if (forced || option.find('\n') != std::string::npos) {
      return Error{Fault::kInternal,
                   fmt::format("'{}' cannot be pushed so", printable(join(refspecs, " "))),
                   printable(option),
                   {}};
    }
    words.push_back("--push-option=" + option);
  }
  return words;
}

Result<PushResult> Program::send(const std::string& remote,
                                 const std::vector<std::string>& refspecs,
                                 std::vector<std::string> options) const {
  return guard_ ? send_fenced(remote, refspecs, options) : send_plain(remote, refspecs, options);
}

Result<PushResult> Program::send_plain(const std::string& remote,
                                       const std::vector<std::string>& refspecs,
                                       const std::vector<std::string>& options) const {
  return pushed_by(*this, {}, remote, refspecs, options);
}

Result<void> Program::fetch(const std::string& remote, const std::vector<std::string>& refspecs,
                            const std::vector<std::string>& options) const {
  GF_TRY(no_options(remote, refspecs));
  std::vector<std::string> arguments = {"fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
                                        "--no-recurse-submodules"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.insert(arguments.end(), {"--", remote});
  arguments.insert(arguments.end(), refspecs.begin(), refspecs.end());
  GF_ASSIGN(auto answer, ask(arguments));
  if (answer.exit_code != 0) return unreachable(answer.err);
  return Done{};
}

Result<std::vector<std::string>> Program::remotes() const {
  GF_ASSIGN(auto all, settings());
  std::set<std::string> names;
  for (const Setting& setting : all) {
    // "remote.<name>.url": a name may hold dots.
    size_t end = setting.key.rfind('.');
    if (!setting.key.starts_with("remote.") || end < 8) continue;
    std::string variable = setting.key.substr(end + 1);
    if (variable == "url" || variable == "pushurl") names.insert(setting.key.substr(7, end - 7));
  }
  return std::vector<std::string>(names.begin(), names.end());
}

}  // namespace gf::git
