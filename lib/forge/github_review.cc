#include "forge/github_review.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "forge/hub.h"
#include "forge/said.h"

namespace gf::forge {
namespace {

using record::Json;

constexpr size_t kTextBytes = 1200;
constexpr const char* kThreads =
    "query($owner:String!,$name:String!,$number:Int!,$after:String){repository(owner:$owner,"
    "name:$name){pullRequest(number:$number){reviewThreads(first:100,after:$after){pageInfo{"
    "hasNextPage endCursor}nodes{id isResolved comments(first:1){nodes{databaseId}}}}}}}";
constexpr const char* kResolve =
    "mutation($thread:ID!){resolveReviewThread(input:{threadId:$thread}){thread{isResolved}}}";

bool says_no(const std::string& word) {
  constexpr std::array<std::string_view, 6> kNo = {"failure", "timed_out", "error",
                                                   "failed",  "cancelled", "startup_failure"};
  return std::find(kNo.begin(), kNo.end(), word) != kNo.end();
}

/// Who approved or was overruled since asks for nothing any more.
void settle_verdicts(std::vector<Said>& verdicts, const std::vector<Json>& reviews) {
  for (Said& said : verdicts) {
    for (const Json& review : reviews) {
      std::string state = review.get_string("state");
      bool later = time_of(review, "submitted_at") > said.remark.time;
      bool same = review.get("user").get_string("login") == said.by.login;
      if (same && later && (state == "APPROVED" || state == "DISMISSED")) said.settled = true;
    }
  }
}

/// "https://api.github.com/graphql", of an Enterprise server "https://host/api/graphql".
std::string graphql_at(const std::string& base) {
  bool enterprise = base.ends_with("/api/v3");
  return (enterprise ? base.substr(0, base.size() - 3) : base + "/") + "graphql";
}

}  // namespace

GitHubReview::GitHubReview(Rest& rest, std::string repository, std::string page)
    : rest_(rest), repo_(std::move(repository)), page_(std::move(page)) {}

std::string GitHubReview::pull_path(const PullRequest& on) const {
  return fmt::format("{}/pulls/{}", repo_, on.number);
}

Result<std::vector<Said>> GitHubReview::said_of(const PullRequest& on) {
  std::vector<Said> all;
  GF_TRY(add_reviews(on, all));
  GF_TRY(add_checks(on, all));
  std::stable_sort(all.begin(), all.end(),
                   [](const Said& a, const Said& b) { return a.remark.time < b.remark.time; });
  return all;
}

/// Words at lines belong to reviews: where there is none of those there are none of these.
Result<void> GitHubReview::add_reviews(const PullRequest& on, std::vector<Said>& all) {
  GF_ASSIGN(auto reviews, rest_.pages(fmt::format("{}/reviews?{}", pull_path(on), page_)));
  std::vector<Said> found;
  for (const Json& review : reviews) {
    std::string state = review.get_string("state");
    if (state == "PENDING") continue;
    Said said = said_of_hub(review);
    said.remark.id = fmt::format("review/{}", review.get_int("id"));
    said.remark.time = time_of(review, "submitted_at");
    said.settled = state == "DISMISSED" || state == "APPROVED";
    if (state == "CHANGES_REQUESTED") said.remark.kind = "verdict";
    found.push_back(std::move(said));
  }
  settle_verdicts(found, reviews);
  std::vector<Said> lines;
  if (!reviews.empty()) GF_TRY(add_lines(on, lines));
  // A verdict without words speaks by its lines; without those by itself.
  for (Said& said : found) {
    bool mute = said.remark.kind == "verdict" && trim(said.remark.text).empty();
    if (mute && lines.empty()) said.remark.text = "Changes are requested.";
  }
  all.insert(all.end(), found.begin(), found.end());
  all.insert(all.end(), lines.begin(), lines.end());
  return Done{};
}

Result<void> GitHubReview::add_lines(const PullRequest& on, std::vector<Said>& all) {
  GF_ASSIGN(auto comments, rest_.pages(fmt::format("{}/comments?{}", pull_path(on), page_)));
  if (comments.empty()) return Done{};
  GF_ASSIGN(auto known, threads(on));
  for (const Json& comment : comments) {
    Said said = said_of_hub(comment);
    int64_t id = comment.get_int("id"), first = comment.get_int("in_reply_to_id", id);
    said.remark.id = fmt::format("line/{}", id);
    said.remark.path = comment.get_string("path");
    // What was taken away, and what has gone on since, has no line in the file as it is.
    bool there = comment.get_string("side", "RIGHT") != "LEFT";
    if (there) said.remark.line = static_cast<int>(comment.get_int("line"));
    said.remark.thread = std::to_string(first);
    auto thread = known.find(first);
    said.settled = thread != known.end() && thread->second.resolved;
    all.push_back(std::move(said));
  }
  return Done{};
}

Result<std::map<int64_t, GitHubReview::Thread>> GitHubReview::threads(const PullRequest& on) {
  std::map<int64_t, Thread> found;
  std::string name = repo_.substr(7);
  Json after;
  for (int page = 0; page < Rest::kMaxPages; ++page) {
    Json variables = Json::object({{"owner", name.substr(0, name.find('/'))},
                                   {"name", name.substr(name.find('/') + 1)},
                                   {"number", on.number},
                                   {"after", after}});
    auto reply = rest_.ask("POST", graphql_at(rest_.service().base),
                           Json::object({{"query", kThreads}, {"variables", variables}}));
    if (!reply.ok() && reply.error().fault == Fault::kCancelled) return reply.error();
    if (!reply.ok() || !reply->ok()) return found;
    Json list = reply->json.get("data").get("repository").get("pullRequest").get("reviewThreads");
    for (const Json& thread : list.get("nodes").items()) {
      std::vector<Json> first = thread.get("comments").get("nodes").items();
      if (first.empty()) continue;
      found[first.front().get_int("databaseId")] = {thread.get_string("id"),
                                                    thread.get_bool("isResolved")};
    }
    if (!list.get("pageInfo").get_bool("hasNextPage")) break;
    after = list.get("pageInfo").get("endCursor");
  }
  return found;
}

Result<void> GitHubReview::add_checks(const PullRequest& on, std::vector<Said>& all) {
  if (on.head.is_zero()) return Done{};
  std::string commit = fmt::format("{}/commits/{}", repo_, on.head.hex());
  auto runs = rest_.pages(commit + "/check-runs?filter=latest&" + page_, {}, "check_runs");
  // Tokens that may not look at checks may look at all else.
  if (!runs.ok() && runs.error().fault == Fault::kCancelled) return runs.error();
  size_t logs = 0;
  for (const Json& check : runs.ok() ? *runs : std::vector<Json>()) {
    if (!says_no(check.get_string("conclusion")) || logs++ >= kMostLogs) continue;
    GF_ASSIGN(auto said, check_said(check));
    all.push_back(std::move(said));
  }
  GF_ASSIGN(auto status, rest_.ask("GET", commit + "/status?" + page_));
  if (!status.ok()) return Done{};
  for (Said& said : failed_statuses(status.json, on.head.hex())) all.push_back(std::move(said));
  return Done{};
}

/// Its own words, the places that it names, and the end of its log where it has one here.
Result<Said> GitHubReview::check_said(const Json& check) {
  Said said;
  int64_t id = check.get_int("id");
  Json output = check.get("output");
  said.remark.id = fmt::format("check/{}", id);
  said.remark.kind = "check";
  said.remark.by = check.get_string("name");
  said.remark.url = check.get_string("html_url");
  said.remark.time = time_of(check, "completed_at");
  std::vector<std::string> words = {check.get_string("conclusion")};
  for (const char* member : {"title", "summary", "text"}) {
    std::string text(trim(output.get_string(member)));
    if (!text.empty()) words.push_back(clipped(text, kTextBytes));
  }
  if (output.get_int("annotations_count") > 0) {
    GF_ASSIGN(auto notes,
              rest_.ask("GET", fmt::format("{}/check-runs/{}/annotations?per_page=30", repo_, id)));
    for (const Json& note : notes.json.items()) {
      std::string path = note.get_string("path");
      auto line = static_cast<int>(note.get_int("start_line"));
      // Of a workflow's own complaints the path is its file, or none.
      bool place =
          !path.empty() && path != ".github" && note.get_string("annotation_level") == "failure";
      if (place && said.remark.path.empty()) {
        said.remark.path = path;
        said.remark.line = line;
      }
      words.push_back(
          clipped(fmt::format("{}:{}: {}", path, line, note.get_string("message")), 300));
    }
  }
  if (check.get("app").get_string("slug") == "github-actions") {
    GF_ASSIGN(auto log,
              rest_.end_of_text(fmt::format("{}/actions/jobs/{}/logs", repo_, id), 4 * kLogBytes));
    if (log) words.push_back("The end of its log:\n" + end_of_log(*log, kLogBytes));
  }
  said.remark.text = join(words, "\n");
  return said;
}

std::vector<Said> failed_statuses(const Json& combined, const std::string& commit) {
  std::vector<Said> all;
  for (const Json& status : combined.get("statuses").items()) {
    std::string context = status.get_string("context");
    std::string state = status.get_string("state", status.get_string("status"));
    if (!says_no(state) || context == "git-factory/review") continue;
    Said said;
    said.remark.id = fmt::format("status/{}/{}", commit.substr(0, 10), context);
    said.remark.kind = "check";
    said.remark.by = context;
    said.remark.url = status.get_string("target_url");
    said.remark.time = time_of(status, "updated_at");
    said.remark.text = state + ": " + status.get_string("description", "no reason is given");
    all.push_back(std::move(said));
  }
  return all;
}

Result<std::vector<std::string>> GitHubReview::in_thread(const PullRequest& on,
                                                         const std::string& thread) {
  GF_ASSIGN(auto comments, lines(on));
  std::vector<std::string> all;
  for (const Json& comment : *comments) {
    if (std::to_string(comment.get_int("in_reply_to_id", comment.get_int("id"))) == thread)
      all.push_back(comment.get_string("body"));
  }
  return all;
}

Result<Reply> GitHubReview::answer(const PullRequest& on, const std::string& thread,
                                   const std::string& text) {
  auto reply =
      rest_.ask("POST", fmt::format("{}/comments/{}/replies", pull_path(on), encoded(thread)),
                Json::object({{"body", fitting(text, 65536)}}), Again::kNo);
  auto known = lines_.find(on.number);
  if (known == lines_.end()) return reply;
  if (reply.ok() && reply->ok()) {
    Json made = reply->json;
    known->second.push_back(
        made.set("in_reply_to_id", static_cast<int64_t>(std::atoll(thread.c_str()))));
  } else {
    lines_.erase(known);  // it may stand there all the same
  }
  return reply;
}

Result<std::vector<Json>*> GitHubReview::lines(const PullRequest& on) {
  auto known = lines_.find(on.number);
  if (known != lines_.end()) return &known->second;
  GF_ASSIGN(auto comments, rest_.pages(fmt::format("{}/comments?{}", pull_path(on), page_)));
  return &(lines_[on.number] = std::move(comments));
}

Result<GitHubReview::Thread*> GitHubReview::thread_of(const PullRequest& on, int64_t first) {
  std::map<int64_t, Thread>& known = threads_[on.number];
  if (!known.contains(first)) {
    GF_ASSIGN(known, threads(on));
  }
  auto found = known.find(first);
  if (found != known.end()) return &found->second;
  return Error{Fault::kUser,
               "the server does not say which thread it is",
               {},
               "resolve it there by hand; what was done stands in the thread"};
}

Result<void> GitHubReview::resolve(const PullRequest& on, const std::string& thread) {
  GF_ASSIGN(auto found, thread_of(on, static_cast<int64_t>(std::atoll(thread.c_str()))));
  if (found->resolved) return Done{};
  Json body =
      Json::object({{"query", kResolve}, {"variables", Json::object({{"thread", found->node}})}});
  GF_ASSIGN(auto json, rest_.need("POST", graphql_at(rest_.service().base), body));
  std::string words = words_of(json);
  if (!words.empty())
    return Error{
        Fault::kUser, words, {}, "resolve the thread there by hand, or give the token that right"};
  found->resolved = true;
  return Done{};
}

}  // namespace gf::forge
