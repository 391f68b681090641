#include "forge/served.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "forge/agit.h"

namespace gf::forge {
namespace {

constexpr int kOpenings = 3;
constexpr int kEmptyLooks = 3;
constexpr Milliseconds kBetween{2000};

/// As texts come back: other line ends, blanks at the end.
std::string as_it_is(const std::string& text) {
  return std::string(trim(replace_all(text, "\r\n", "\n")));
}

class ServedForge : public Forge {
 public:
  ServedForge(std::unique_ptr<Server> server, const Place& place)
      : server_(std::move(server)),
        clock_(place.clock),
        cancel_(place.cancel),
        git_(place.git),
        remote_(place.remote) {
    const Settings& settings = place.settings;
    push_ = lower(trim(settings.text("factory.forge.push").value_or("auto")));
    offers_ = push_ == "agit" && server_->takes_offers();
    extras_.labels = settings.all("factory.forge.label");
    extras_.reviewers = settings.all("factory.forge.reviewer");
    extras_.assignees = settings.all("factory.forge.assignee");
    extras_.milestone = settings.text("factory.forge.milestone").value_or("");
  }

  [[nodiscard]] std::string name() const override { return server_->name(); }

  Result<void> ready() override {
    GF_ASSIGN(auto repository, server_->look());
    // What was pushed to for the first time is called empty for a moment more.
    for (int tried = 0; repository.empty && tried < kEmptyLooks; ++tried) {
      GF_TRY(clock_.wait(kBetween, cancel_));
      GF_ASSIGN(repository, server_->look());
    }
    auto no = [](std::string message, std::string hint) {
      return Error{Fault::kConfiguration, std::move(message), {}, std::move(hint)};
    };
    std::string name = "'" + printable(repository.name) + "'";
    if (repository.archived) {
      return no(name + " is archived: nothing can be added to it",
                "unarchive it, or 'git config factory.forge local' keeps requests here");
    }
    if (push_ == "agit" && !offers_) {
      return no(fmt::format("{} takes no request by a push to refs/for/ (AGit)", server_->name()),
                "unset factory.forge.push; Gitea and Forgejo take them so");
    }
    // Who may not make branches there may still offer commits.
    bool may_offer = push_ == "auto" && server_->takes_offers() && remote_;
    if (!repository.may_push && may_offer) offers_ = true;
    if (!repository.may_push && !offers_) {
      return no(fmt::format("the token of {} may not push to {}",
                            server_->rest().service().token.from, name),
                "push to a fork: 'git config factory.remote <fork>' and 'git config "
                "factory.forge.repository " +
                    printable(repository.name) + "'");
    }
    if (repository.empty)
      return no(name + " has no commit yet", "push the base branch to it first");
    if (!repository.has_pulls)
      return no(name + " takes no pull requests", "switch them on in its settings");
    return Done{};
  }

  [[nodiscard]] bool takes_branches() const override { return !offers_; }

  Result<std::optional<PullRequest>> open_with_branch(const PullRequest& wanted,
                                                      const std::string& branch) override {
    std::optional<PullRequest> pull;
    if (!offers_) return pull;
    if (!remote_)
      return Error{Fault::kConfiguration, "there is no remote to push to", {}, "see 'git remote'"};
    // A push to a topic whose request was closed would open another one.
    GF_ASSIGN(pull, find_open(wanted));
    if (pull && pull->run == wanted.run && pull->state != "open") return pull;
    const std::string& where = server_->rest().service().where;
    GF_ASSIGN(auto offered, offer(git_, *remote_, wanted, branch));
    pull.reset();
    if (offered.taken && offered.number != 0) {
      GF_ASSIGN(pull, server_->find(offered.number));
    }
    if (!pull) {
      GF_ASSIGN(pull, find_open(wanted));
    }
    if (!offered.taken && !(pull && pull->head == wanted.head)) return not_taken(offered, where);
    if (!pull) return never_shown(offered, where);
    GF_ASSIGN(pull, dressed(std::move(*pull), wanted));
    return pull;
  }

  Result<PullRequest> open(const PullRequest& wanted) override {
    GF_ASSIGN(auto there, find_open(wanted));
    if (!there) {
      GF_ASSIGN(there, opened_once(wanted));
    }
    PullRequest pull = std::move(*there);
    if (!pull.fresh) {
      GF_ASSIGN(pull, updated(pull, wanted));
    }
    add_extras(pull, wanted);
    return pull;
  }

  Result<PullRequest> close(const PullRequest& on) override {
    if (on.state != "open") return on;
    return server_->close(on);
  }

  Result<void> comment(const PullRequest& on, const std::string& text) override {
    return say_once([&] { return server_->comments(on); }, [&] { return server_->say(on, text); },
                    text, on.fresh);
  }

  Result<std::vector<Said>> said_of(const PullRequest& on) override {
    GF_ASSIGN(auto all, server_->said_of(on));
    return judged(std::move(all));
  }

  Result<std::vector<std::string>> answer(const PullRequest& on, const std::string& thread,
                                          const std::string& text, bool settled) override {
    std::vector<std::string> missed;
    if (thread.empty()) {
      GF_TRY(comment(on, text));
      return missed;
    }
    GF_ASSIGN(auto said, server_->in_thread(on, thread));
    bool there = std::any_of(said.begin(), said.end(), [&](const std::string& one) {
      return as_it_is(one) == as_it_is(text);
    });
    if (!there) {
      GF_ASSIGN(auto reply, server_->answer(on, thread, text));
      if (!reply.ok()) return server_->rest().refused(reply);
    }
    if (settled) {
      auto resolved = server_->resolve(on, thread);
      if (!resolved.ok()) missed.push_back("a thread stays open: " + resolved.error().message);
    }
    return missed;
  }

  Result<void> report(const PullRequest& on, const CommitStatus& status) override {
    return server_->report(on, status);
  }
  Result<std::optional<Oid>> merge(const PullRequest& on, MergeWay way) override {
    GF_ASSIGN(auto made, server_->merge(on, way));
    return std::optional<Oid>(made);
  }
  Result<std::vector<PullRequest>> list() override { return server_->list(); }
  Result<std::optional<PullRequest>> find_alone(int number) override {
    return server_->find(number);
  }
  Result<std::optional<PullRequest>> find(int number) override {
    GF_ASSIGN(auto found, server_->find(number));
    if (!found) return found;
    GF_ASSIGN(found->comments, server_->comments(*found));
    return found;
  }

  /// A list of long texts may be more than one answer may hold: then fewer are asked for at once.
  Result<IssueList> issues(const IssueWish& wish) override {
    Result<IssueList> list = IssueList();
    for (int page : {100, 10, 1}) {
      list = server_->issues(wish, page);
      if (list.ok() || list.error().fault != Fault::kBadData) break;
    }
    if (!list.ok()) return list;
    std::vector<Person> people;
    for (const Issue& issue : list->issues) people.push_back(issue.by);
    GF_TRY(server_->learn(people));
    for (Issue& issue : list->issues) judge(issue);
    return list;
  }
  Result<std::optional<Issue>> issue(int number) override {
    GF_ASSIGN(auto found, server_->issue(number));
    if (!found) return found;
    GF_TRY(server_->learn({found->by}));
    judge(*found);
    return found;
  }
  Result<std::vector<Said>> said_of_issue(const Issue& issue) override {
    GF_ASSIGN(auto all, server_->said_of_issue(issue.number));
    return judged(std::move(all));
  }
  Result<void> comment_issue(const Issue& on, const std::string& text) override {
    auto there = [&]() -> Result<std::vector<std::string>> {
      GF_ASSIGN(auto all, server_->said_of_issue(on.number));
      std::vector<std::string> texts;
      for (Said& said : all) texts.push_back(std::move(said.remark.text));
      return texts;
    };
    return say_once(
        there, [&] { return server_->say_on_issue(on.number, text); }, text, on.comments == 0);
  }

 private:
  /// Also when this run has opened it before it was cut off: nobody knows how far it came.
  void add_extras(PullRequest& pull, const PullRequest& wanted) {
    bool ours = pull.fresh || pull.run == wanted.run;
    if (!ours || pull.state != "open" || extras_.empty()) return;
    for (std::string& line : server_->add(pull, extras_)) pull.notes.push_back(std::move(line));
  }

  /// What was opened by a push has one line for a body; then it gets the words of `wanted`.
  Result<PullRequest> dressed(PullRequest pull, const PullRequest& wanted) {
    pull.fresh = as_it_is(pull.body) == "Factory-Run: " + wanted.run.str();
    bool open = pull.state == "open";
    if (open && (pull.fresh || pull.run != wanted.run)) {
      bool fresh = pull.fresh;
      GF_ASSIGN(pull, server_->reword(pull, wanted));
      pull.fresh = fresh;
    }
    add_extras(pull, wanted);
    return pull;
  }

  void judge(Issue& issue) const {
    issue.may_push = server_->may_push(issue.by);
    issue.access_unknown = server_->access_unknown(issue.by);
  }

  /// With who of them may push.
  Result<std::vector<Said>> judged(std::vector<Said> all) {
    std::vector<Person> people;
    for (const Said& said : all) {
      bool asked = !said.ours && !said.settled && !said.may_write;
      if (asked && !said.by.login.empty()) people.push_back(said.by);
    }
    GF_TRY(server_->learn(people));
    // A check is the forge's own word: nobody has written it who would have to be trusted.
    for (Said& said : all) {
      said.may_write = said.may_write || said.remark.kind == "check" || server_->may_push(said.by);
      said.access_unknown = !said.may_write && server_->access_unknown(said.by);
    }
    return all;
  }

  /// Says `text`, unless it stands there already. Where it is not known whether a saying arrived it
  /// is looked for before it is said again. `nothing_yet`: nobody has said anything there.
  Result<void> say_once(const std::function<Result<std::vector<std::string>>()>& there,
                        const std::function<Result<Reply>()>& say, const std::string& text,
                        bool nothing_yet) {
    bool look = !nothing_yet;
    for (int tried = 0;; ++tried) {
      if (look) {
        GF_ASSIGN(auto said, there());
        for (const std::string& one : said) {
          if (as_it_is(one) == as_it_is(text)) return Done{};
        }
      }
      auto reply = say();
      if (reply.ok() && reply->ok()) return Done{};
      bool lost = reply.ok() ? reply->status >= 500 : reply.error().fault == Fault::kTransient;
      if (!lost || tried + 1 >= kOpenings)
        return reply.ok() ? server_->rest().refused(*reply) : reply.error();
      GF_TRY(clock_.wait(kBetween, cancel_));
      look = true;  // it may have arrived
    }
  }

  /// This run's own in whatever state, else what is open for its branch.
  Result<std::optional<PullRequest>> find_open(const PullRequest& wanted) {
    GF_ASSIGN(auto all, server_->of_branch(wanted));
    std::optional<PullRequest> open;
    for (PullRequest& one : all) {
      if (!wanted.run.empty() && one.run == wanted.run)
        return std::optional<PullRequest>(std::move(one));
      if (one.state == "open" && one.base_branch == wanted.base_branch && !open)
        open = std::move(one);
    }
    return open;
  }

  /// Opens it. Where it is not known whether that worked, it is looked for before it is tried
  /// again.
  Result<PullRequest> opened_once(PullRequest wanted) {
    std::string note;
    for (int tried = 0;; ++tried) {
      auto opening = server_->open(wanted);
      if (opening.ok() && opening->opened) {
        opening->opened->fresh = true;
        if (!note.empty()) opening->opened->notes.push_back(note);
        return std::move(*opening->opened);
      }
      if (opening.ok() && opening->no_drafts) {
        wanted.draft = false;
        note = "this repository has no drafts; it is opened as a whole";
        continue;
      }
      bool lost = !opening.ok() && opening.error().fault == Fault::kTransient;
      if (!opening.ok() && !lost) return opening.error();
      GF_ASSIGN(auto there, find_open(wanted));
      if (there) return std::move(*there);
      if (tried + 1 >= kOpenings) return never_seen(opening);
      GF_TRY(clock_.wait(kBetween, cancel_));
    }
  }

  [[nodiscard]] Error never_seen(const Result<Opening>& last) const {
    if (!last.ok()) return last.error();
    return {Fault::kTransient,
            fmt::format("{} says that there is a request for this branch, and shows none",
                        server_->rest().service().where),
            {},
            "go on with 'git factory resume' in a while"};
  }

  /// A person's words for this run's request stay; those of an earlier run are this one's now.
  Result<PullRequest> updated(const PullRequest& there, const PullRequest& wanted) {
    bool same = there.title == wanted.title && as_it_is(there.body) == as_it_is(wanted.body);
    if (there.state != "open" || there.run == wanted.run || same) return there;
    return server_->reword(there, wanted);
  }

  std::unique_ptr<Server> server_;
  const Clock& clock_;
  const Cancel& cancel_;
  const git::Program& git_;
  std::optional<std::string> remote_;
  Extras extras_;
  std::string push_;     ///< factory.forge.push
  bool offers_ = false;  ///< by AGit, and not by a branch
};

}  // namespace

Rest::Service json_service(const Target& target, const std::string& authorization) {
  return {target.where,
          target.base,
          target.repository,
          target.token,
          {{"Accept", "application/json"},
           {"User-Agent", "git-factory"},
           {"Authorization", authorization}},
          target.carrier};
}

std::unique_ptr<Forge> served_forge(std::unique_ptr<Server> server, const Place& place) {
  return std::make_unique<ServedForge>(std::move(server), place);
}

RunId run_of_body(const std::string& body) {
  constexpr std::string_view kTrailer = "Factory-Run:";
  std::vector<std::string> all = lines(body);
  for (auto line = all.rbegin(); line != all.rend(); ++line) {
    std::string_view text = trim(*line);
    if (!text.starts_with(kTrailer)) continue;
    auto id = RunId::parse(trim(text.substr(kTrailer.size())));
    if (id.ok()) return *id;
  }
  return {};
}

std::string fitting(const std::string& text, size_t most) {
  // Room for the mark of the cut.
  return text.size() <= most ? text : clipped_middle(text, most - 64);
}

}  // namespace gf::forge
