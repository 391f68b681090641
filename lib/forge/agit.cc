#include "forge/agit.h"

#include <fmt/format.h>

#include "base/text.h"

namespace gf::forge {
namespace {

constexpr size_t kMaxOption = 1000;
constexpr size_t kMaxAgitWords = 300;

/// An option is one line, whatever a title holds.
std::string option(const char* name, const std::string& value) {
  std::string line = replace_all(replace_all(value, "\r", ""), "\n", " ");
  return fmt::format("{}={}", name, to_utf8(clipped(line, kMaxOption)));
}

bool says(const std::string& text, std::string_view word) {
  return text.find(word) != std::string::npos;
}

}  // namespace

Result<Offered> offer(const git::Program& git, const std::string& remote, const PullRequest& wanted,
                      const std::string& branch) {
  std::vector<std::string> specs = {branch + ":refs/for/" + wanted.base_branch};
  specs.insert(specs.end(), wanted.besides.begin(), wanted.besides.end());
  GF_ASSIGN(auto pushed, git.push_with_options(
                             remote, specs,
                             {option("topic", wanted.head_branch), option("title", wanted.title),
                              option("description", "Factory-Run: " + wanted.run.str())}));
  Offered offered;
  offered.said =
      printable(clipped(trim(replace_all(pushed.remote_text, "\n", "; ")), kMaxAgitWords));
  offered.whole = pushed.remote_text;
  offered.number = number_offered(pushed.remote_text);
  // "new commit is same with old commit": it went through before, and nothing is new.
  std::string words = lower(pushed.remote_text);
  offered.taken = pushed.pushed || says(words, "same with old commit");
  offered.overtaken = !offered.taken && says(words, "force-push");
  return offered;
}

Error not_taken(const Offered& offered, const std::string& where) {
  if (offered.overtaken) {
    return {Fault::kUser,
            fmt::format("the request at {} has commits that are not ours, and they stay: {}", where,
                        offered.said),
            {},
            "end this run with 'git factory abort', or give it a branch of another name (--slug)"};
  }
  return {Fault::kEnvironment,
          fmt::format("{} did not take the push to refs/for/: {}", where, offered.said),
          offered.whole,
          "AGit wants the right to read and a git of 2.29 there; 'git config factory.forge.push "
          "branch' pushes a branch"};
}

Error never_shown(const Offered& offered, const std::string& where) {
  return {Fault::kTransient,
          fmt::format("{} took the push and shows no request: {}", where, offered.said),
          {},
          "go on with 'git factory resume' in a while"};
}

int number_offered(std::string_view remote_text) {
  for (std::string_view word : {"/pulls/", "/pull/"}) {
    size_t at = remote_text.rfind(word);
    if (at == std::string_view::npos) continue;
    std::string_view rest = remote_text.substr(at + word.size());
    std::string digits(rest.substr(0, rest.find_first_not_of("0123456789")));
    if (!digits.empty() && digits.size() < 10) return std::stoi(digits);
  }
  return 0;
}

}  // namespace gf::forge
