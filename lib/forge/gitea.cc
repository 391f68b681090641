// Gitea and Forgejo by REST: codeberg.org, a server of one's own.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "forge/github_review.h"
#include "forge/hub.h"

namespace gf::forge {
namespace {

using record::Json;

constexpr const char* kDraft = "WIP: ";
constexpr int kMergeAsks = 8;
constexpr Milliseconds kBetweenMerges{1000};

class Gitea : public Hub {
 public:
  Gitea(const Target& target, const Place& place)
      : Hub(target, json_service(target, "token " + target.token.value), "limit=50", place),
        name_(target.kind),
        owner_(lower(target.repository.substr(0, target.repository.find('/')))),
        clock_(place.clock),
        cancel_(place.cancel) {}

  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] bool takes_offers() const override { return true; }

  Result<Repository> look() override {
    GF_ASSIGN(auto json, rest_.need("GET", repo_));
    Repository found;
    found.name = json.get_string("full_name");
    found.archived = json.get_bool("archived");
    found.empty = json.get_bool("empty");
    found.may_push = is_fork_ || json.get("permissions").get_bool("push", true);
    found.has_pulls = json.get_bool("has_pull_requests", true);
    return found;
  }

  /// There is no filter by branch, and what is asked for by both branches' names is the oldest of
  /// them. What was just pushed to is among the newest; only when the server says that there is one
  /// all that are open are gone through.
  Result<std::vector<PullRequest>> of_branch(const PullRequest& wanted) override {
    std::vector<PullRequest> all;
    int seen = 0;
    auto take = [&](const Json& item) {
      Json head = item.get("head");
      std::string from = head.get("repo").get_string("full_name", pushed_to());
      bool same = head.get_string("ref") == wanted.head_branch && lower(from) == lower(pushed_to());
      PullRequest pull = pull_of_hub(item);
      // One that was opened by AGit is of no branch: its run is what it is known by.
      if (same || (pull.branchless && !wanted.run.empty() && pull.run == wanted.run))
        all.push_back(std::move(pull));
      return there_is_one_ ? !all.empty() : ++seen >= kNewest;
    };
    const char* which = there_is_one_ ? "open" : "all&sort=recentupdate";
    GF_TRY(rest_.pages(fmt::format("{}/pulls?state={}&{}", repo_, which, page_), take));
    // By when they were opened, not by when somebody has said something.
    std::sort(all.begin(), all.end(),
              [](const PullRequest& a, const PullRequest& b) { return a.number > b.number; });
    return all;
  }

  Result<Opening> open(const PullRequest& wanted) override {
    GF_ASSIGN(auto reply,
              rest_.ask("POST", repo_ + "/pulls", opening(wanted, title_of(wanted)), Again::kNo));
    Opening result;
    if (reply.ok()) {
      result.opened = pull_of_hub(reply.json);
    } else if (reply.status == 409) {
      result.there_already = there_is_one_ = true;
    } else if (reply.status == 404) {
      return Error{Fault::kUser,
                   fmt::format("{} does not have '{}' or '{}'", rest_.service().where,
                               printable(wanted.head_branch), printable(wanted.base_branch)),
                   {},
                   "is the base still there (factory.base)? is factory.remote the repository of "
                   "factory.forge.repository, or a fork of it? a branch that was just pushed may "
                   "take it a moment: 'git factory resume'"};
    } else {
      return rest_.refused(reply);
    }
    return result;
  }

  std::vector<std::string> add(const PullRequest& to, const Extras& extras) override {
    std::vector<std::string> missed;
    std::string issue = issue_path(to.number);
    if (!extras.labels.empty()) add_labels(issue, extras.labels, missed);
    if (!extras.assignees.empty())
      try_to("assignee",
             rest_.need("PATCH", issue,
                        Json::object({{"assignees", Json::strings(extras.assignees)}})),
             missed);
    if (!extras.reviewers.empty())
      try_to("reviewer",
             rest_.need("POST", pull_path(to.number) + "/requested_reviewers",
                        reviewers_of_hub(extras.reviewers)),
             missed);
    if (!extras.milestone.empty())
      try_to("milestone", set_milestone(issue, extras.milestone), missed);
    return missed;
  }

  Result<Oid> merge(const PullRequest& which, MergeWay way) override {
    const char* word = way == MergeWay::kSquash        ? "squash"
                       : way == MergeWay::kRebase      ? "rebase"
                       : way == MergeWay::kFastForward ? "fast-forward-only"
                                                       : "merge";
    Json body = Json::object({{"Do", word}});
    if (!which.head.is_zero()) body.set("head_commit_id", which.head.hex());
    GF_TRY(merged(pull_path(which.number) + "/merge", body));
    GF_ASSIGN(auto json, rest_.need("GET", pull_path(which.number)));
    return Oid::parse(json.get_string("merge_commit_sha"));
  }

  /// There is no answering within a review's thread: what is said there is answered at the request.
  Result<std::vector<Said>> said_of(const PullRequest& on) override {
    GF_ASSIGN(auto all, said_of_issue(on.number));
    std::string pull = pull_path(on.number);
    GF_ASSIGN(auto reviews, rest_.pages(fmt::format("{}/reviews?{}", pull, page_)));
    for (const Json& review : reviews) {
      std::string state = review.get_string("state");
      if (state == "PENDING" || state == "REQUEST_REVIEW") continue;
      Said said = said_of_hub(review);
      said.remark.id = fmt::format("review/{}", review.get_int("id"));
      // The server has looked whether they may write: what it calls official counts for a merge.
      said.may_write = review.get_bool("official");
      said.remark.time = parse_iso8601(review.get_string("submitted_at")).value_or(Timestamp{});
      said.settled =
          review.get_bool("dismissed") || state == "APPROVED" || overruled(review, reviews);
      bool mute = trim(said.remark.text).empty();
      if (state == "REQUEST_CHANGES") {
        said.remark.kind = "verdict";
        if (mute && review.get_int("comments_count") == 0)
          said.remark.text = "Changes are requested.";
      }
      all.push_back(std::move(said));
      if (review.get_int("comments_count") > 0) GF_TRY(add_lines(pull, review, all));
    }
    if (on.head.is_zero()) return all;
    GF_ASSIGN(auto status,
              rest_.ask("GET", fmt::format("{}/commits/{}/status", repo_, on.head.hex())));
    if (!status.ok()) return all;
    for (Said& said : failed_statuses(status.json, on.head.hex())) all.push_back(std::move(said));
    return all;
  }

  /// Its lists do not tell votes. A label that is not there is no filter to it, and one to us.
  Result<IssueList> issues(const IssueWish& wish, int page) override {
    std::string path =
        fmt::format("{}/issues?state=open&type=issues&limit={}", repo_, std::min(page, kNewest));
    if (!wish.labels.empty()) path += "&labels=" + encoded(join(wish.labels, ","));
    if (!wish.milestone.empty()) path += "&milestones=" + encoded(wish.milestone);
    if (!wish.query.empty()) path += "&q=" + encoded(wish.query);
    return issues_at(path, wish);
  }

 protected:
  Result<std::set<std::string>> writers_among(const std::vector<Person>& people) override {
    GF_ASSIGN(auto reply, rest_.ask("GET", repo_ + "/assignees"));
    if (!reply.ok() && reply.status != 403 && reply.status != 404) return rest_.refused(reply);
    std::set<std::string> listed;
    if (reply.ok()) {
      for (const Json& one : reply.json.items()) listed.insert(lower(one.get_string("login")));
    }
    // The list of a person's repository has its owner and whoever may write. One of an organization
    // has also who may but read its requests: there it says nothing.
    if (!listed.contains(owner_)) return writers_one_by_one(people);
    std::vector<Person> others;
    for (const Person& one : people) {
      if (!listed.contains(lower(one.login))) others.push_back(one);
    }
    // Whoever runs the server may write, too, and is in no list.
    GF_ASSIGN(auto more, writers_one_by_one(others));
    listed.merge(more);
    return listed;
  }
  [[nodiscard]] std::string title_of(const PullRequest& wanted) const override {
    return wanted.draft ? kDraft + wanted.title : wanted.title;
  }

 private:
  /// What was just opened or pushed to is looked at first, and until then nothing is merged; what
  /// conflicts is refused in the same words (1.23's services/pull/check.go).
  Result<void> merged(const std::string& path, const Json& body) {
    for (int tried = 0;; ++tried) {
      GF_ASSIGN(auto reply, rest_.ask("POST", path, body, Again::kNo));
      if (reply.ok()) return Done{};
      bool looks =
          reply.status == 405 &&
          lower(reply.json.get_string("message")).find("try again later") != std::string::npos;
      if (!looks) return rest_.refused(reply);
      if (tried + 1 >= kMergeAsks) {
        Error error = rest_.refused(reply);
        error.hint = "it conflicts with its base, or the server is still looking: see it there";
        return error;
      }
      GF_TRY(clock_.wait(kBetweenMerges, cancel_));
    }
  }
  /// The same person has approved since.
  static bool overruled(const Json& review, const std::vector<Json>& reviews) {
    return std::any_of(reviews.begin(), reviews.end(), [&](const Json& other) {
      return other.get_int("id") > review.get_int("id") &&
             other.get_string("state") == "APPROVED" &&
             other.get("user").get_string("login") == review.get("user").get_string("login");
    });
  }
  Result<void> add_lines(const std::string& pull, const Json& review, std::vector<Said>& all) {
    GF_ASSIGN(auto comments,
              rest_.need("GET", fmt::format("{}/reviews/{}/comments", pull, review.get_int("id"))));
    for (const Json& comment : comments.items()) {
      Said said = said_of_hub(comment);
      said.remark.id = fmt::format("line/{}", comment.get_int("id"));
      said.remark.path = comment.get_string("path");
      // The line itself; 0 where it is no more.
      said.remark.line = static_cast<int>(comment.get_int("position"));
      said.settled = comment.get("resolver").is_object();
      said.may_write = review.get_bool("official");
      all.push_back(std::move(said));
    }
    return Done{};
  }

  static constexpr int kNewest = 50;  ///< one page

  /// A label that is not there is left out without a word by the server; not by us.
  void add_labels(const std::string& issue, const std::vector<std::string>& labels,
                  std::vector<std::string>& missed) {
    auto set =
        rest_.need("POST", issue + "/labels", Json::object({{"labels", Json::strings(labels)}}));
    try_to("label", set, missed);
    if (!set.ok()) return;
    for (const std::string& label : labels) {
      std::vector<Json> there = set->items();
      bool found = std::any_of(there.begin(), there.end(),
                               [&](const Json& item) { return item.get_string("name") == label; });
      if (!found) missed.push_back(fmt::format("there is no label '{}'", printable(label)));
    }
  }

  Result<Json> set_milestone(const std::string& issue, const std::string& title) {
    GF_ASSIGN(auto id, milestone_named(title, "id"));
    return rest_.need("PATCH", issue, Json::object({{"milestone", id}}));
  }

  std::string name_, owner_;
  const Clock& clock_;
  const Cancel& cancel_;
  bool there_is_one_ = false;
};

}  // namespace

std::unique_ptr<Server> gitea_server(const Target& target, const Place& place) {
  return std::make_unique<Gitea>(target, place);
}

}  // namespace gf::forge
