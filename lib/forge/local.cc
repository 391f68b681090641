// The forge without a server: pull requests as files in the tree of one ref.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "forge/forge.h"

namespace gf::forge {
namespace {

constexpr const char* kRef = "refs/factory/pulls";
constexpr int kTries = 10;
constexpr size_t kMaxFile = 8u << 20;

class LocalForge : public Forge {
 public:
  LocalForge(git::Repo& repo, const git::Program& git, std::optional<std::string> remote, const Clock& clock)
      : repo_(repo), git_(git), remote_(std::move(remote)), clock_(clock) {}

  [[nodiscard]] std::string name() const override { return "local"; }
  std::optional<std::string> problem() override { return std::nullopt; }

  Result<PullRequest> open(const PullRequest& wanted) override {
    for (int attempt = 0; attempt < kTries; ++attempt) {
      GF_TRY(take_theirs());
      GF_ASSIGN(auto all, list());
      for (const PullRequest& there : all) {
        if (there.run == wanted.run) return there;
      }
      PullRequest made = wanted;
      made.number = all.empty() ? 1 : all.back().number + 1;
      made.url = fmt::format("#{}", made.number);
      made.request_pull = mail_text(made);
      GF_ASSIGN(bool sent, write(made, "open " + made.url));
      if (sent) return made;
    }
    return busy();
  }

  Result<void> comment(const PullRequest& on, const std::string& text) override {
    for (int attempt = 0; attempt < kTries; ++attempt) {
      GF_TRY(take_theirs());
      GF_ASSIGN(auto all, list());
      auto found = std::find_if(all.begin(), all.end(), [&](const PullRequest& p) { return p.run == on.run; });
      if (found == all.end()) return Error{Fault::kUser, fmt::format("there is no pull request {}", on.url), {}, {}};
      found->comments.push_back(text);
      GF_ASSIGN(bool sent, write(*found, "comment on " + found->url));
      if (sent) return Done{};
    }
    return busy();
  }

  Result<std::vector<PullRequest>> list() override {
    std::vector<PullRequest> all;
    GF_ASSIGN(auto tip, repo_.read_ref(RefName::known(kRef)));
    std::string tracking = fmt::format("refs/factory/remotes/{}/pulls", remote_.value_or("origin"));
    if (!tip) {
      GF_ASSIGN(tip, repo_.read_ref(RefName::known(tracking)));
    }
    if (!tip) return all;
    GF_ASSIGN(auto info, repo_.commit(*tip));
    GF_ASSIGN(auto folders, repo_.read_tree(info.tree));
    for (const git::TreeEntry& folder : folders) {
      GF_ASSIGN(auto entry, repo_.entry_at(folder.id, "pull.json"));
      if (!entry) continue;
      GF_ASSIGN(auto text, repo_.read_blob(entry->id, kMaxFile));
      auto json = record::Json::parse(text);
      if (!json.ok()) continue;
      auto pull = pull_request_from_json(*json);
      if (pull.ok()) all.push_back(std::move(pull).value());
    }
    std::sort(all.begin(), all.end(), [](const PullRequest& a, const PullRequest& b) { return a.number < b.number; });
    return all;
  }

 private:
  static Error busy() {
    return Error{Fault::kTransient, "others kept opening pull requests", {}, "go on with 'git factory resume'"};
  }

  /// What the remote has is the truth: our ref follows it. A remote without the ref is fine.
  Result<void> take_theirs() {
    if (!remote_) return Done{};
    GF_ASSIGN(auto answer, git_.ask({"fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", *remote_,
                                     fmt::format("+{}:{}", kRef, kRef)}));
    bool absent = answer.err.find("couldn't find remote ref") != std::string::npos;
    if (answer.exit_code == 0 || absent) return Done{};
    return Error{Fault::kEnvironment, fmt::format("cannot read the pull requests of '{}': {}", *remote_, printable(clipped(trim(answer.err), 300))),
                 {}, "check 'git remote -v' and go on with 'git factory resume'"};
  }

  /// False: somebody else was faster.
  Result<bool> write(const PullRequest& pull, const std::string& why) {
    RefName ref = RefName::known(kRef);
    GF_ASSIGN(auto tip, repo_.read_ref(ref));
    Oid tree;
    std::vector<Oid> parents;
    if (tip) {
      GF_ASSIGN(auto info, repo_.commit(*tip));
      tree = info.tree;
      parents.push_back(*tip);
    }
    std::vector<git::PathChange> changes;
    auto add = [&](const std::string& name, const std::string& text) -> Result<void> {
      GF_ASSIGN(auto blob, repo_.write_blob(text));
      changes.push_back({fmt::format("{}/{}", pull.number, name), blob, git::EntryKind::kBlob});
      return Done{};
    };
    GF_TRY(add("pull.json", to_json(pull).pretty()));
    GF_TRY(add("body.md", pull.body));
    if (!pull.request_pull.empty()) GF_TRY(add("request-pull.txt", pull.request_pull));
    for (size_t i = 0; i < pull.comments.size(); ++i) GF_TRY(add(fmt::format("comment-{}.md", i + 1), pull.comments[i]));
    GF_ASSIGN(auto next, repo_.update_tree(tree, changes));
    git::Signature who{"git-factory", "git-factory@localhost", clock_.now(), 0};
    who = repo_.identity(clock_.now()).value_or(who);
    GF_ASSIGN(auto commit, repo_.write_commit(next, parents, who, who, "pulls: " + why + "\n"));
    GF_ASSIGN(bool moved, repo_.compare_and_swap(ref, tip.value_or(Oid()), commit, why));
    if (!moved || !remote_) return moved;
    GF_ASSIGN(auto pushed, git_.push(*remote_, {fmt::format("{}:{}", kRef, kRef)}));
    if (pushed.pushed || pushed.rejected) return pushed.pushed;
    return Error{Fault::kEnvironment, fmt::format("'{}' refused the pull request: {}", *remote_, clipped(pushed.told, 300)), {},
                 "the branch is pushed; the server does not take refs/factory"};
  }

  /// For mail; best effort, since it asks the remote what it has.
  std::string mail_text(const PullRequest& pull) const {
    if (!remote_) return {};
    auto url = git_.ask({"remote", "get-url", "--", *remote_});
    std::string place = url.ok() && url->exit_code == 0 ? std::string(trim(url->out)) : *remote_;
    size_t scheme = place.find("://"), at = place.find('@');
    if (scheme != std::string::npos && at != std::string::npos && at > scheme) place.erase(scheme + 3, at - scheme - 2);
    auto text = git_.ask({"request-pull", pull.base.hex(), place, "refs/heads/" + pull.head_branch});
    return text.ok() && text->exit_code == 0 ? to_utf8(text->out) : "";
  }

  git::Repo& repo_;
  const git::Program& git_;
  std::optional<std::string> remote_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<Forge> local_forge(git::Repo& repo, const git::Program& git, std::optional<std::string> remote, const Clock& clock) {
  return std::make_unique<LocalForge>(repo, git, std::move(remote), clock);
}

Result<std::unique_ptr<Forge>> make_forge(const std::string& kind, git::Repo& repo, const git::Program& git,
                                          std::optional<std::string> remote, const Clock& clock) {
  if (kind == "local") return local_forge(repo, git, std::move(remote), clock);
  return Error{Fault::kConfiguration, fmt::format("factory.forge is '{}', which this version does not have", printable(kind)), {},
               "set it to 'local'"};
}

record::Json to_json(const PullRequest& pull) {
  return record::Json::object({{"v", 1},
                               {"number", pull.number},
                               {"url", pull.url},
                               {"title", pull.title},
                               {"body", pull.body},
                               {"head_branch", pull.head_branch},
                               {"base_branch", pull.base_branch},
                               {"head", pull.head.hex()},
                               {"base", pull.base.hex()},
                               {"draft", pull.draft},
                               {"state", pull.state},
                               {"author", pull.author},
                               {"opened", iso8601(pull.opened)},
                               {"run", pull.run.str()},
                               {"request_pull", pull.request_pull},
                               {"comments", record::Json::strings(pull.comments)}});
}

Result<PullRequest> pull_request_from_json(const record::Json& json) {
  PullRequest pull;
  pull.number = static_cast<int>(json.get_int("number"));
  pull.url = json.get_string("url");
  pull.title = json.get_string("title");
  pull.body = json.get_string("body");
  pull.head_branch = json.get_string("head_branch");
  pull.base_branch = json.get_string("base_branch");
  GF_ASSIGN(pull.head, Oid::parse(json.get_string("head")));
  GF_ASSIGN(pull.base, Oid::parse(json.get_string("base")));
  pull.draft = json.get_bool("draft");
  pull.state = json.get_string("state");
  pull.author = json.get_string("author");
  GF_ASSIGN(pull.opened, parse_iso8601(json.get_string("opened")));
  GF_ASSIGN(pull.run, RunId::parse(json.get_string("run")));
  pull.request_pull = json.get_string("request_pull");
  pull.comments = json.get_strings("comments");
  return pull;
}

}  // namespace gf::forge
