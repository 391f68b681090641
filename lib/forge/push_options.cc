#include "forge/push_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "forge/address.h"
#include "net/http.h"

namespace gf::forge {
namespace {

// A line of git's protocol holds 64 KiB.
constexpr size_t kMaxBodyOption = 48u << 10, kMaxWordOption = 1000, kMaxServerWords = 300;
constexpr const char* kRequestHeads = "refs/merge-requests/*/head";
constexpr std::string_view kRequestPath = "/merge_requests/";

std::string request_option(const char* name, const std::string& value) {
  std::string line = replace_all(replace_all(value, "\r", ""), "\n", " ");
  return fmt::format("merge_request.{}={}", name, to_utf8(clipped(line, kMaxWordOption)));
}

/// The server takes every "\n" for a line's end: one that stood in the text is written otherwise.
std::string body_in_line(const std::string& body) {
  std::string text = to_utf8(fitting(replace_all(body, "\r", ""), kMaxBodyOption));
  return replace_all(replace_all(text, "\\n", "&#92;n"), "\n", "\\n");
}

std::string server_words(const std::string& text) {
  std::string words;
  for (const std::string& line : lines(text)) {
    std::string part(trim(line));
    if (part.find_first_not_of('=') == std::string::npos) continue;
    words += (words.empty() ? "" : " ") + part;
  }
  return printable(clipped(words, kMaxServerWords));
}

/// What of the options it did not take, in its words.
std::string warnings_in(const std::string& text) {
  size_t at = text.find("WARNINGS:");
  return at == std::string::npos ? std::string() : server_words(text.substr(at));
}

std::string leading_number(std::string_view text) {
  std::string digits(text.substr(0, text.find_first_not_of("0123456789")));
  return digits.size() < 10 ? digits : std::string();
}

class GitLabByPush : public Forge {
 public:
  GitLabByPush(const Target& target, std::string help, const Place& place)
      : target_(target),
        help_(std::move(help)),
        place_(place),
        is_fork_(lower(target.pushed_to) != lower(target.repository)) {
    const Settings& settings = place.settings;
    extras_.labels = settings.all("factory.forge.label");
    extras_.reviewers = settings.all("factory.forge.reviewer");
    extras_.assignees = settings.all("factory.forge.assignee");
    extras_.milestone = settings.text("factory.forge.milestone").value_or("");
  }

  [[nodiscard]] std::string name() const override { return "gitlab"; }
  [[nodiscard]] bool takes_branches() const override { return false; }
  [[nodiscard]] bool takes_words() const override { return false; }
  [[nodiscard]] bool asks_by_push() const override { return true; }

  /// Asked by a push that sends nothing: who may not push, or a server without options, says so.
  Result<void> ready() override {
    // Any commit will do; where nothing is checked out yet the push itself is the first to say.
    GF_ASSIGN(auto head, place_.git.ask({"rev-parse", "-q", "--verify", "HEAD^{commit}"}));
    if (head.exit_code != 0) return Done{};
    GF_ASSIGN(auto said, place_.git.try_push(*place_.remote, "HEAD:refs/heads/git-factory-asks",
                                             {"merge_request.create"}));
    if (!said.pushed) {
      return Error{Fault::kConfiguration,
                   fmt::format("'{}' takes no push that opens a merge request: {}",
                               printable(*place_.remote), server_words(said.remote_text)),
                   {},
                   help_ + ", or keep requests here with 'git config factory.forge local'"};
    }
    if (place_.say) {
      place_.say(fmt::format(
          "{} is asked by push options, without a token for its API: REVIEW's comment and the "
          "commit's status stay in the record, and rework, intake and pr need a token ({})",
          printable(target_.where), help_));
    }
    return Done{};
  }

  Result<std::optional<PullRequest>> open_with_branch(const PullRequest& wanted,
                                                      const std::string& branch) override {
    GF_ASSIGN(auto before, standing(branch));
    if (before == wanted.head) {
      // It went through before, and what is there already would not be heard of.
      GF_ASSIGN(auto there, found(wanted, {}));
      if (!there) return never_shown(branch, "the branch is there already, and nothing is sent");
      return there;
    }
    // A branch that is there has its request, whose words may be a person's by now.
    bool fresh = before.is_zero();
    auto pushed = sent(wanted, branch, fresh);
    std::string said = pushed.ok() ? pushed->remote_text : pushed.error().message;
    if (!pushed.ok() || !pushed->pushed) {
      // Perhaps the answer alone was lost.
      GF_TRY(place_.cancel.check());
      auto after = standing(branch);
      if (!after.ok() || *after != wanted.head) return not_taken(pushed);
    }
    GF_ASSIGN(auto there, found(wanted, said));
    if (!there) return never_shown(branch, server_words(said));
    std::string warned = warnings_in(said);
    if (!warned.empty()) there->notes.push_back("the server says: " + warned);
    if (fresh && !extras_.reviewers.empty())
      there->notes.push_back("a push names no reviewers; " + help_);
    there->fresh = fresh;
    return there;
  }

  Result<PullRequest> open(const PullRequest& wanted) override {
    GF_ASSIGN(auto opened, open_with_branch(wanted, "refs/heads/" + wanted.head_branch));
    return std::move(*opened);
  }
  Result<PullRequest> close(const PullRequest& /*on*/) override { return needs_token(); }
  Result<void> comment(const PullRequest& /*on*/, const std::string& /*text*/) override {
    return needs_token();
  }
  Result<std::vector<Said>> said_of(const PullRequest& /*on*/) override { return needs_token(); }
  Result<std::vector<std::string>> answer(const PullRequest&, const std::string&,
                                          const std::string&, bool) override {
    return needs_token();
  }
  Result<void> report(const PullRequest&, const CommitStatus&) override { return needs_token(); }
  Result<std::optional<Oid>> merge(const PullRequest&, MergeWay) override { return needs_token(); }
  Result<std::vector<PullRequest>> list() override { return needs_token(); }
  Result<IssueList> issues(const IssueWish& /*wish*/) override { return needs_token(); }
  Result<std::optional<Issue>> issue(int /*number*/) override { return needs_token(); }
  Result<std::vector<Said>> said_of_issue(const Issue&) override { return needs_token(); }
  Result<void> comment_issue(const Issue&, const std::string&) override { return needs_token(); }

 private:
  Result<git::PushResult> sent(const PullRequest& wanted, const std::string& branch, bool fresh) {
    std::vector<std::string> specs = {branch + ":" + branch};
    specs.insert(specs.end(), wanted.besides.begin(), wanted.besides.end());
    if (!fresh) return place_.git.push(*place_.remote, specs);
    std::string project = is_fork_ ? target_.repository : "";
    return place_.git.push_with_options(*place_.remote, specs,
                                        options_for(wanted, extras_, project));
  }

  /// Where the branch stands there; zero: nowhere.
  Result<Oid> standing(const std::string& branch) {
    GF_ASSIGN(auto listing, listed(*place_.remote, branch));
    return Oid::parse(listing.substr(0, listing.find('\t'))).value_or(Oid());
  }

  Result<std::string> listed(const std::string& where, const std::string& pattern) {
    auto listing = place_.git.listed(where, pattern);
    if (listing.ok() || listing.error().fault == Fault::kConfiguration) return listing;
    return Error{Fault::kTransient,
                 fmt::format("cannot ask '{}': {}", printable(net::shown(where)),
                             server_words(listing.error().message)),
                 {},
                 "go on with 'git factory resume' in a while"};
  }

  /// By the address that the server printed, else by the ref that it keeps of each request.
  Result<std::optional<PullRequest>> found(const PullRequest& wanted, const std::string& said) {
    PullRequest there = wanted;
    there.url = request_shown(said, target_.repository);
    if (there.url.empty()) {
      GF_ASSIGN(auto listing, listed(requests_at(), kRequestHeads));
      int number = request_at(listing, wanted.head);
      if (number == 0) return std::optional<PullRequest>();
      there.url = fmt::format("{}/-/merge_requests/{}", project(), number);
    }
    there.number = number_named(there.url).value_or(0);
    there.fetch_ref = fmt::format("refs/merge-requests/{}/head", there.number);
    return std::optional<PullRequest>(std::move(there));
  }

  [[nodiscard]] std::string project() const {
    return fmt::format("{}://{}/{}", target_.plain ? "http" : "https", target_.where,
                       target_.repository);
  }

  /// A fork's requests are kept by its parent, which is at the same server.
  [[nodiscard]] std::string requests_at() const {
    if (!is_fork_) return *place_.remote;
    std::string url = place_.repo.remote_url(*place_.remote).value_or(*place_.remote);
    size_t at = url.rfind(target_.pushed_to);
    if (at != std::string::npos) url.replace(at, target_.pushed_to.size(), target_.repository);
    return url;
  }

  [[nodiscard]] Error not_taken(const Result<git::PushResult>& pushed) const {
    if (!pushed.ok()) return pushed.error();
    std::string said = server_words(pushed->remote_text);
    if (pushed->rejected) {
      return {
          Fault::kUser,
          fmt::format("'{}' has this branch with commits that are not ours, and they stay: {}",
                      printable(*place_.remote), said),
          {},
          "end this run with 'git factory abort', or give it a branch of another name (--slug)"};
    }
    return {Fault::kEnvironment,
            fmt::format("'{}' refused the push: {}", printable(*place_.remote), said),
            pushed->remote_text, "the branch is kept here; go on with 'git factory resume'"};
  }

  [[nodiscard]] Error never_shown(const std::string& branch, const std::string& said) const {
    std::string name = RefName::known(branch).short_name();
    return {Fault::kUser,
            fmt::format("{} has the branch '{}' and shows no merge request of it: {}",
                        printable(target_.where), name, said),
            {},
            fmt::format("open it at {}/-/merge_requests/new?merge_request%5Bsource_branch%5D={} or "
                        "{}, then 'git factory resume'",
                        project(), encoded(name), help_)};
  }

  [[nodiscard]] Error needs_token() const {
    return {Fault::kUser,
            fmt::format("that needs a token for '{}': without one its merge requests are opened "
                        "by the push alone",
                        printable(target_.where)),
            {},
            help_};
  }

  Target target_;
  std::string help_;
  Place place_;
  bool is_fork_;
  Extras extras_;
};

}  // namespace

std::vector<std::string> options_for(const PullRequest& wanted, const Extras& extras,
                                     const std::string& target_project) {
  std::vector<std::string> options = {"merge_request.create",
                                      request_option("target", wanted.base_branch),
                                      request_option("title", wanted.title),
                                      "merge_request.description=" + body_in_line(wanted.body)};
  if (!target_project.empty()) options.push_back(request_option("target_project", target_project));
  if (wanted.draft) options.emplace_back("merge_request.draft");
  for (const std::string& label : extras.labels) options.push_back(request_option("label", label));
  for (const std::string& who : extras.assignees) options.push_back(request_option("assign", who));
  if (!extras.milestone.empty()) options.push_back(request_option("milestone", extras.milestone));
  return options;
}

std::string request_shown(std::string_view remote_text, const std::string& repository) {
  std::string found;
  for (const std::string& line : lines(std::string(remote_text))) {
    for (const std::string& word : split(line, ' ')) {
      size_t at = word.find(kRequestPath);
      if (!word.starts_with("http") || at == std::string::npos) continue;
      std::string digits = leading_number(std::string_view(word).substr(at + kRequestPath.size()));
      std::string project = word.substr(0, at);
      if (project.ends_with("/-")) project.resize(project.size() - 2);
      if (digits.empty() || !lower(project).ends_with("/" + lower(repository))) continue;
      found = printable(word.substr(0, at + kRequestPath.size()) + digits);
    }
  }
  return found;
}

int request_at(std::string_view listing, const Oid& head) {
  constexpr std::string_view kBefore = "\trefs/merge-requests/";
  int newest = 0;
  for (const std::string& line : lines(std::string(listing))) {
    size_t at = line.find(kBefore);
    if (at == std::string::npos || line.substr(0, at) != head.hex()) continue;
    std::string digits = leading_number(std::string_view(line).substr(at + kBefore.size()));
    if (!digits.empty()) newest = std::max(newest, std::stoi(digits));
  }
  return newest;
}

std::unique_ptr<Forge> gitlab_by_push(const Target& target, std::string help, const Place& place) {
  return std::make_unique<GitLabByPush>(target, std::move(help), place);
}

}  // namespace gf::forge
