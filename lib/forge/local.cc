// The forge without a server: pull requests as files in the tree of one ref.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "forge/pulls_tree.h"
#include "forge/request_pull.h"
#include "forge/said.h"

namespace gf::forge {
namespace {

constexpr const char* kRef = "refs/factory/pulls";
constexpr int kTries = 20;
/// A push that fails while nobody else has moved the ref is a refusal, not a race; a lock that was
/// just being released may look like one once.
constexpr int kTriesWithoutMove = 3;

/// Where the remote's pull requests are kept here. A remote given as a URL makes no ref name.
RefName tracking_ref(const std::string& remote) {
  auto ref = RefName::parse(fmt::format("refs/factory/remotes/{}/pulls", remote));
  if (ref.ok()) return *ref;
  return RefName::known(fmt::format("refs/factory/remotes/{}/pulls", slug_from(remote)));
}

class LocalForge : public Forge {
 public:
  LocalForge(git::Repo& repo, const git::Program& git, std::optional<std::string> remote,
             const Clock& clock)
      : repo_(repo), git_(git), remote_(std::move(remote)), clock_(clock) {}

  [[nodiscard]] std::string name() const override { return "local"; }

  [[nodiscard]] bool keeps_here() const override { return true; }
  Result<void> ready() override {
    if (!remote_) return Done{};
    auto no = [](std::string why) {
      return Error{Fault::kConfiguration, std::move(why), {}, "see 'git remote -v'"};
    };
    if (remote_->empty() || remote_->front() == '-')
      return no(fmt::format("'{}' is no remote", printable(*remote_)));
    bool address = remote_->find_first_of("/:") != std::string::npos;
    if (address || repo_.remote_url(*remote_)) return Done{};
    return no(fmt::format("there is no remote '{}'", printable(*remote_)));
  }

  Result<std::optional<PullRequest>> open_with_branch(const PullRequest& wanted,
                                                      const std::string& branch) override {
    std::optional<PullRequest> nothing;
    if (!remote_) return nothing;
    GF_TRY(check(wanted));
    GF_ASSIGN(auto theirs, their_tip());
    GF_ASSIGN(auto tip, join(theirs));
    if (!tip.won) return nothing;
    GF_ASSIGN(int last, last_number(repo_, tip.id));
    PullRequest opened = numbered(wanted, last + 1);
    GF_ASSIGN(auto made, with_request(tip.id, opened));
    // Our ref moves when the remote's has: a branch that is refused leaves no request here that
    // another run would send.
    GF_ASSIGN(auto pushed, git_.push(*remote_, {branch + ":" + branch, made.hex() + ":" + kRef},
                                     git::Program::Together::kAllOrNone));
    if (!pushed.pushed) return nothing;
    GF_TRY(saw(theirs, made));
    GF_TRY(
        repo_.compare_and_swap(RefName::known(kRef), tip.id.value_or(Oid()), made, "pulls: sent"));
    return std::optional<PullRequest>(std::move(opened));
  }

  Result<PullRequest> open(const PullRequest& wanted) override {
    GF_TRY(check(wanted));
    return change(wanted.run, [&](const Pulls& pulls, const PullRequest* there) {
      std::optional<PullRequest> made;
      if (there == nullptr) {
        made = numbered(wanted, pulls.last_number + 1);
      } else if (there->state == "open" && there->head != wanted.head) {
        made = *there;
        made->head = wanted.head;  // the branch has gone on
      }
      // Who has none of them takes none away.
      if (there != nullptr && !wanted.mailings.empty()) {
        if (!made) made = *there;
        made->mailings = wanted.mailings;
      }
      return made;
    });
  }

  Result<PullRequest> close(const PullRequest& on) override {
    return change(on.run, [](const Pulls&, const PullRequest* there) {
      std::optional<PullRequest> closed;
      if (there == nullptr || there->state != "open") return closed;
      closed = *there;
      closed->state = "closed";
      return closed;
    });
  }

  Result<void> comment(const PullRequest& on, const std::string& text) override {
    GF_TRY(change(on.run, [&](const Pulls&, const PullRequest* there) {
      std::optional<PullRequest> more;
      if (there == nullptr) return more;
      // The same words twice are one comment: a run that is resumed says them again.
      const auto& said = there->comments;
      if (std::find(said.begin(), said.end(), text) != said.end()) return more;
      more = *there;
      more->comments.push_back(text);
      return more;
    }));
    return Done{};
  }

  Result<void> comment_at(const PullRequest& on, const record::Remark& remark) override {
    return add_remark(on, remark);
  }

  Result<std::vector<Said>> said_of(const PullRequest& on) override {
    GF_TRY(fetch());
    GF_ASSIGN(auto all, list());
    std::vector<Said> said;
    for (const PullRequest& pull : all) {
      if (pull.run == on.run) said = said_in(pull);
    }
    return said;
  }

  Result<std::vector<std::string>> answer(const PullRequest& on, const std::string& thread,
                                          const std::string& text, bool /*settled*/) override {
    record::Remark answer;
    answer.kind = "answer";
    answer.by = "git-factory";
    answer.thread = thread;
    answer.text = text;
    GF_TRY(add_remark(on, std::move(answer)));
    return std::vector<std::string>();
  }

  Result<std::vector<PullRequest>> list() override {
    GF_ASSIGN(auto ours, repo_.read_ref(RefName::known(kRef)));
    GF_ASSIGN(auto theirs, their_tip());
    GF_ASSIGN(auto known, read_pulls(repo_, theirs));
    GF_ASSIGN(auto missing, only_ours(known, theirs, ours));
    for (const PullRequest& pull : missing) {
      auto same = std::find_if(known.all.begin(), known.all.end(),
                               [&](const PullRequest& one) { return one.run == pull.run; });
      if (same == known.all.end()) {
        known.all.push_back(pull);
      } else {
        *same = pull;
      }
    }
    return std::move(known.all);
  }

 private:
  /// What to write, given all there is and the run's own request; empty for nothing.
  using Edit = std::function<std::optional<PullRequest>(const Pulls&, const PullRequest*)>;

  /// The same words of the same person at the same place are one.
  Result<void> add_remark(const PullRequest& on, record::Remark remark) {
    std::string what = fmt::format("{}\x1f{}:{}\x1f{}\x1f{}", remark.by, remark.path, remark.line,
                                   remark.thread, remark.text);
    remark.id = id_of_words(what);
    if (remark.kind.empty()) remark.kind = "comment";
    if (remark.kind == "comment" && remark.thread.empty()) remark.thread = remark.id;
    remark.time = clock_.now();
    GF_TRY(change(on.run, [&](const Pulls&, const PullRequest* there) {
      std::optional<PullRequest> more;
      if (there == nullptr) return more;
      const auto& known = there->remarks;
      if (std::any_of(known.begin(), known.end(),
                      [&](const record::Remark& one) { return one.id == remark.id; }))
        return more;
      more = *there;
      more->remarks.push_back(remark);
      more->comments.push_back(remark.text);
      return more;
    }));
    return Done{};
  }

  static Result<void> check(const PullRequest& wanted) {
    if (!wanted.run.empty()) return Done{};
    return Error{Fault::kInternal, "a pull request without a run cannot be opened", {}, {}};
  }

  [[nodiscard]] PullRequest numbered(const PullRequest& wanted, int number) const {
    PullRequest made = wanted;
    made.number = number;
    made.url = fmt::format("#{}", number);
    if (remote_) made.request_pull = request_pull_text(repo_, git_, *remote_, wanted);
    return made;
  }

  struct Tip {
    std::optional<Oid> id;
    bool won = true;  ///< false: our ref was moved by somebody else meanwhile
  };
  struct Edited {
    PullRequest pull;
    std::optional<Oid> made;  ///< the commit that holds it; empty when there was nothing to change
  };

  /// The edit on top of `tip`; no ref moves.
  Result<Edited> apply(const std::optional<Oid>& tip, const RunId& run, const Edit& edit) {
    GF_ASSIGN(auto pulls, read_pulls(repo_, tip));
    auto at_run = [&](const PullRequest& pull) { return pull.run == run; };
    auto there = std::find_if(pulls.all.begin(), pulls.all.end(), at_run);
    auto wanted = edit(pulls, there == pulls.all.end() ? nullptr : &*there);
    if (!wanted && there == pulls.all.end()) {
      return Error{Fault::kUser,
                   fmt::format("run {} has no pull request", run.str()),
                   {},
                   "see 'git factory pr list'"};
    }
    if (!wanted) return Edited{*there, {}};
    GF_ASSIGN(auto made, with_request(tip, *wanted));
    return Edited{*wanted, made};
  }

  /// Joins, edits, pushes. Only when the remote says that somebody else was faster is it asked what
  /// is there, and all is done again: most of the time nobody was.
  Result<PullRequest> change(const RunId& run, const Edit& edit) {
    std::optional<Oid> seen;
    std::string why;
    for (int attempt = 0, still = 0; attempt < kTries; ++attempt) {
      if (attempt > 0) GF_TRY(fetch());
      GF_ASSIGN(auto theirs, their_tip());
      still = attempt > 1 && theirs == seen && !why.empty() ? still + 1 : 0;
      bool hopeless = still >= kTriesWithoutMove;
      seen = theirs;
      GF_ASSIGN(auto tip, join(theirs));
      if (!tip.won) continue;
      GF_ASSIGN(auto edited, apply(tip.id, run, edit));
      if (edited.made) {
        GF_ASSIGN(bool won, repo_.compare_and_swap(RefName::known(kRef), tip.id.value_or(Oid()),
                                                   *edited.made, "pulls: " + run.str()));
        if (!won) continue;
        tip.id = edited.made;
      }
      if (!remote_ || tip.id == theirs) return edited.pull;
      if (hopeless) return kept_here(std::move(edited.pull), why);
      GF_ASSIGN(auto pushed, git_.push(*remote_, {fmt::format("{}:{}", kRef, kRef)}));
      if (pushed.pushed) {
        GF_TRY(saw(theirs, *tip.id));
        return edited.pull;
      }
      why = pushed.remote_text.empty() ? "no reason was given" : pushed.remote_text;
      if (!pushed.rejected) return kept_here(std::move(edited.pull), why);
    }
    return Error{Fault::kTransient,
                 "others kept opening pull requests",
                 {},
                 "go on with 'git factory resume'"};
  }

  /// What the remote has now. git notes it itself only where a fetch refspec says so; losing to
  /// another process is fine, it saw a later state.
  Result<void> saw(const std::optional<Oid>& before, const Oid& now) {
    GF_TRY(repo_.compare_and_swap(tracking_ref(*remote_), before.value_or(Oid()), now,
                                  "pulls: pushed"));
    return Done{};
  }

  /// The branch is delivered and the request is whole: a server's policy about refs takes neither.
  PullRequest kept_here(PullRequest pull, const std::string& why) const {
    pull.unsent = fmt::format("'{}' does not take {} ({}); it is kept here and sent with the next",
                              printable(*remote_), kRef,
                              replace_all(printable(clipped(trim(why), 300)), "\n", "; "));
    return pull;
  }

  /// A remote without the ref is fine: nobody has opened a request there yet.
  Result<void> fetch() {
    if (!remote_) return Done{};
    GF_ASSIGN(auto answer,
              git_.ask({"fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", *remote_,
                        fmt::format("+{}:{}", kRef, tracking_ref(*remote_).str())}));
    bool absent = answer.err.find("couldn't find remote ref") != std::string::npos;
    // Another process of this clone noted what it saw meanwhile: that is as good.
    bool overtaken = answer.err.find("cannot lock ref") != std::string::npos;
    if (answer.exit_code == 0 || absent || overtaken) return Done{};
    return Error{Fault::kEnvironment,
                 fmt::format("cannot read the pull requests of '{}': {}", printable(*remote_),
                             replace_all(printable(clipped(trim(answer.err), 300)), "\n", "; ")),
                 {},
                 "check 'git remote -v' and go on with 'git factory resume'"};
  }

  Result<std::optional<Oid>> their_tip() const {
    if (remote_) return repo_.read_ref(tracking_ref(*remote_));
    return std::optional<Oid>();
  }

  /// What the tip `ours` has that `theirs`, which holds `known`, has not.
  Result<std::vector<PullRequest>> only_ours(const Pulls& known, const std::optional<Oid>& theirs,
                                             const std::optional<Oid>& ours) const {
    if (ours == theirs) return std::vector<PullRequest>();
    GF_ASSIGN(auto own, read_pulls(repo_, ours));
    GF_TRY(read_mail(repo_, ours, own));
    std::optional<Oid> base;
    if (ours && theirs) {
      GF_ASSIGN(base, repo_.merge_base(*ours, *theirs));
    }
    GF_ASSIGN(auto before, read_pulls(repo_, base));
    return missing_from(known, own, before);
  }

  /// Makes our ref hold theirs and ours. Theirs keep their numbers; ours get new ones.
  Result<Tip> join(const std::optional<Oid>& theirs) {
    RefName ref = RefName::known(kRef);
    GF_ASSIGN(auto ours, repo_.read_ref(ref));
    if (!theirs || ours == theirs) return Tip{ours};
    if (!ours) {
      GF_ASSIGN(bool moved, repo_.compare_and_swap(ref, Oid(), *theirs, "pulls: fetch"));
      return Tip{theirs, moved};
    }
    GF_ASSIGN(auto base, repo_.merge_base(*ours, *theirs));
    if (base == theirs) return Tip{ours};
    Oid joined = *theirs;
    if (base != ours) {
      GF_ASSIGN(auto known, read_pulls(repo_, theirs));
      GF_ASSIGN(auto missing, only_ours(known, theirs, ours));
      GF_ASSIGN(auto info, repo_.commit(*theirs));
      GF_ASSIGN(auto tree, with_pulls(repo_, info.tree, missing));
      GF_ASSIGN(joined, commit(tree, {*theirs, *ours}, "join"));
    }
    GF_ASSIGN(bool moved, repo_.compare_and_swap(ref, *ours, joined, "pulls: join"));
    return Tip{joined, moved};
  }

  /// The commit that adds `pull`, or what changed in it.
  Result<Oid> with_request(const std::optional<Oid>& tip, const PullRequest& pull) {
    Oid tree;
    std::vector<Oid> parents;
    if (tip) {
      GF_ASSIGN(auto info, repo_.commit(*tip));
      tree = info.tree;
      parents.push_back(*tip);
    }
    GF_ASSIGN(auto next, with_pulls(repo_, tree, {pull}));
    return commit(next, parents, fmt::format("{} for {}", pull.url, pull.run.str()));
  }

  Result<Oid> commit(const Oid& tree, const std::vector<Oid>& parents, const std::string& why) {
    // The record needs a name, not a person: a machine without an identity can open a request.
    git::Signature who{"git-factory", "git-factory@localhost", clock_.now(), 0};
    who = repo_.identity(clock_.now()).value_or(who);
    return repo_.write_commit(tree, parents, who, who, "pulls: " + why + "\n");
  }

  git::Repo& repo_;
  const git::Program& git_;
  std::optional<std::string> remote_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<Forge> local_forge(git::Repo& repo, const git::Program& git,
                                   std::optional<std::string> remote, const Clock& clock) {
  return std::make_unique<LocalForge>(repo, git, std::move(remote), clock);
}

}  // namespace gf::forge
