#include "forge/gitlab_review.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "forge/said.h"

namespace gf::forge {
namespace {

using record::Json;

/// A discussion is over when everything in it that can be resolved is.
bool is_settled(const Json& discussion) {
  bool any = false;
  for (const Json& note : discussion.get("notes").items()) {
    if (!note.get_bool("resolvable")) continue;
    if (!note.get_bool("resolved")) return false;
    any = true;
  }
  return any;
}

}  // namespace

Person person_of_gitlab(const Json& user) {
  return {user.get_string("username"), user.get_int("id"), {}};
}

Said said_of_gitlab(const Json& note) {
  Said said = said_as(note.get_string("body"));
  said.remark.id = fmt::format("note/{}", note.get_int("id"));
  said.by = person_of_gitlab(note.get("author"));
  said.remark.by = said.by.login;
  said.remark.time = parse_iso8601(note.get_string("created_at")).value_or(Timestamp{});
  return said;
}

GitLabReview::GitLabReview(Rest& rest, std::string project)
    : rest_(rest), project_(std::move(project)) {}

std::string GitLabReview::path_of(int number) const {
  return fmt::format("{}/merge_requests/{}", project_, number);
}

Result<std::vector<Said>> GitLabReview::said_of(int number) {
  GF_ASSIGN(auto discussions, rest_.pages(path_of(number) + "/discussions?per_page=100"));
  std::vector<Said> all;
  for (const Json& discussion : discussions) {
    bool settled = is_settled(discussion);
    for (const Json& note : discussion.get("notes").items()) {
      // The server's own notes say who changed what.
      if (note.get_bool("system")) continue;
      Said said = said_of_gitlab(note);
      Json place = note.get("position");
      said.remark.path = place.get_string("new_path");
      said.remark.line = static_cast<int>(place.get_int("new_line"));
      said.settled = settled;
      if (!discussion.get_bool("individual_note")) said.remark.thread = discussion.get_string("id");
      all.push_back(std::move(said));
    }
  }
  GF_TRY(add_verdicts(number, all));
  GF_TRY(add_jobs(number, all));
  return all;
}

Result<void> GitLabReview::add_verdicts(int number, std::vector<Said>& all) {
  GF_ASSIGN(auto reply, rest_.ask("GET", path_of(number) + "/reviewers"));
  for (const Json& reviewer : reply.ok() ? reply.json.items() : std::vector<Json>()) {
    if (reviewer.get_string("state") != "requested_changes") continue;
    Said said;
    said.by = person_of_gitlab(reviewer.get("user"));
    said.remark.kind = "verdict";
    said.remark.by = said.by.login;
    std::string when = reviewer.get_string("updated_state_at", reviewer.get_string("created_at"));
    said.remark.id = fmt::format("verdict/{}/{}", said.by.id, when);
    said.remark.time = parse_iso8601(when).value_or(Timestamp{});
    said.remark.text = "Changes are requested.";
    // Who says what is to change has said it where it is taken in.
    bool spoke = std::any_of(all.begin(), all.end(), [&](const Said& one) {
      return one.by.login == said.by.login && !one.settled && !one.ours;
    });
    said.settled = spoke;
    all.push_back(std::move(said));
  }
  return Done{};
}

Result<void> GitLabReview::add_jobs(int number, std::vector<Said>& all) {
  GF_ASSIGN(auto pipelines, rest_.ask("GET", path_of(number) + "/pipelines?per_page=1"));
  std::vector<Json> newest = pipelines.ok() ? pipelines.json.items() : std::vector<Json>();
  if (newest.empty() || newest.front().get_string("status") != "failed") return Done{};
  GF_ASSIGN(auto jobs,
            rest_.ask("GET", fmt::format("{}/pipelines/{}/jobs?scope[]=failed&per_page=50",
                                         project_, newest.front().get_int("id"))));
  size_t asked = 0;
  for (const Json& job : jobs.ok() ? jobs.json.items() : std::vector<Json>()) {
    if (job.get_bool("allow_failure") || asked++ >= kMostLogs) continue;
    Said said;
    said.remark.id = fmt::format("job/{}", job.get_int("id"));
    said.remark.kind = "check";
    said.remark.by = job.get_string("name");
    said.remark.url = job.get_string("web_url");
    said.remark.time = parse_iso8601(job.get_string("finished_at")).value_or(Timestamp{});
    said.remark.text = "failed: " + job.get_string("failure_reason", "no reason is given");
    GF_ASSIGN(auto log,
              rest_.end_of_text(fmt::format("{}/jobs/{}/trace", project_, job.get_int("id")),
                                4 * kLogBytes));
    if (log) said.remark.text += "\nThe end of its log:\n" + end_of_log(*log, kLogBytes);
    all.push_back(std::move(said));
  }
  return Done{};
}

Result<std::vector<std::string>> GitLabReview::in_thread(int number, const std::string& thread) {
  if (!standing_.contains(number)) {
    GF_ASSIGN(auto discussions, rest_.pages(path_of(number) + "/discussions?per_page=100"));
    auto& all = standing_[number];
    for (const Json& one : discussions) {
      for (const Json& note : one.get("notes").items())
        all[one.get_string("id")].push_back(note.get_string("body"));
    }
  }
  return standing_[number][thread];
}

Result<Reply> GitLabReview::answer(int number, const std::string& thread, const std::string& text) {
  auto reply =
      rest_.ask("POST", fmt::format("{}/discussions/{}/notes", path_of(number), encoded(thread)),
                Json::object({{"body", text}}), Again::kNo);
  auto known = standing_.find(number);
  if (known == standing_.end()) return reply;
  if (reply.ok() && reply->ok()) {
    known->second[thread].push_back(text);
  } else {
    standing_.erase(known);  // it may stand there all the same
  }
  return reply;
}

Result<void> GitLabReview::resolve(int number, const std::string& thread) {
  GF_ASSIGN(auto reply,
            rest_.ask("PUT", fmt::format("{}/discussions/{}", path_of(number), encoded(thread)),
                      Json::object({{"resolved", true}})));
  // A plain comment has nothing that could be resolved.
  bool plain = reply.status == 400;
  if (!reply.ok() && !plain) return rest_.refused(reply);
  return Done{};
}

}  // namespace gf::forge
