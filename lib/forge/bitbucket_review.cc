#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "forge/bitbucket.h"
#include "forge/said.h"

namespace gf::forge {
namespace {

using record::Json;

/// The first comment of the thread that a comment stands in.
int64_t root_of(const Json& comment, const std::vector<Json>& all) {
  int64_t id = comment.get_int("id");
  // A thread that leads back to itself is not gone round.
  for (size_t steps = 0; steps < all.size(); ++steps) {
    auto found = std::find_if(all.begin(), all.end(),
                              [&](const Json& one) { return one.get_int("id") == id; });
    if (found == all.end() || !found->get("parent").is_object()) return id;
    id = found->get("parent").get_int("id");
  }
  return id;
}

bool is_resolved(int64_t root, const std::vector<Json>& all) {
  return std::any_of(all.begin(), all.end(), [&](const Json& one) {
    return one.get_int("id") == root && one.get("resolution").is_object();
  });
}

bool is_said(const Json& comment) {
  return !comment.get_bool("deleted") && !comment.get_bool("pending");
}

}  // namespace

Person person_of_bitbucket(const Json& account) {
  std::string name = account.get_string("nickname", account.get_string("display_name"));
  std::string id = account.get_string("uuid", account.get_string("account_id"));
  if (id.empty()) return {};
  // A name is chosen freely; by these a setting tells people, and ids, apart.
  for (const char* apart : {",", "{", "}"}) name = replace_all(name, apart, "");
  if (!id.starts_with('{')) id = "{" + id + "}";
  return {name.empty() ? id : name + " " + id, 0, {}};
}

Said said_of_bitbucket(const Json& json) {
  Said said = said_as(json.get("content").get_string("raw"));
  said.remark.id = fmt::format("comment/{}", json.get_int("id"));
  said.by = person_of_bitbucket(json.get("user"));
  said.remark.by = said.by.login;
  said.remark.url = json.get("links").get("html").get_string("href");
  said.remark.time = time_of(json, "created_on");
  return said;
}

std::string BitbucketReview::path_of(const PullRequest& on) const {
  return fmt::format("{}/pullrequests/{}", repo_, on.number);
}

Result<std::vector<Json>> BitbucketReview::comments(const PullRequest& on) {
  return rest_.pages(path_of(on) + "/comments?pagelen=100", {}, "values");
}

Result<std::vector<Said>> BitbucketReview::said_of(const PullRequest& on) {
  GF_ASSIGN(auto items, comments(on));
  std::vector<Said> all;
  for (const Json& item : items) {
    if (!is_said(item)) continue;
    Said said = said_of_bitbucket(item);
    int64_t root = root_of(item, items);
    Json place = item.get("inline");
    said.remark.path = place.get_string("path");
    said.remark.line = static_cast<int>(place.get_int("to"));
    said.remark.thread = std::to_string(root);
    said.settled = is_resolved(root, items);
    all.push_back(std::move(said));
  }
  GF_TRY(add_verdicts(on, all));
  GF_TRY(add_statuses(on, all));
  return all;
}

Result<void> BitbucketReview::add_verdicts(const PullRequest& on, std::vector<Said>& all) {
  GF_ASSIGN(auto reply, rest_.ask("GET", path_of(on)));
  for (const Json& one : reply.json.get("participants").items()) {
    if (!reply.ok() || one.get_string("state") != "changes_requested") continue;
    Said said = said_as("Changes are requested.");
    said.by = person_of_bitbucket(one.get("user"));
    said.remark.kind = "verdict";
    said.remark.by = said.by.login;
    std::string when = one.get_string("participated_on");
    said.remark.id = fmt::format("verdict/{}/{}", said.by.login, when);
    said.remark.time = time_of(one, "participated_on");
    // Who says what is to change has said it where it is taken in.
    said.settled = std::any_of(all.begin(), all.end(), [&](const Said& other) {
      return other.by.login == said.by.login && !other.settled && !other.ours;
    });
    all.push_back(std::move(said));
  }
  return Done{};
}

Result<void> BitbucketReview::add_statuses(const PullRequest& on, std::vector<Said>& all) {
  GF_ASSIGN(auto reply, rest_.ask("GET", path_of(on) + "/statuses?pagelen=100"));
  for (const Json& one : reply.json.get("values").items()) {
    std::string state = one.get_string("state");
    if (!reply.ok() || (state != "FAILED" && state != "STOPPED")) continue;
    // The request shows those of every commit that it ever had.
    std::string commit = one.get("commit").get_string("hash");
    if (!commit.empty() && !on.head.is_zero() && !on.head.hex().starts_with(commit)) continue;
    Said said;
    said.remark.id = fmt::format("status/{}/{}", one.get_string("key"), on.head.short_hex());
    said.remark.kind = "check";
    said.remark.by = one.get_string("name", one.get_string("key"));
    said.remark.url = one.get_string("url");
    said.remark.time = time_of(one, "updated_on");
    said.remark.text = fmt::format("{}: {}", lower(state), one.get_string("description"));
    all.push_back(std::move(said));
  }
  return Done{};
}

Result<std::vector<std::string>> BitbucketReview::in_thread(const PullRequest& on,
                                                            const std::string& thread) {
  if (!standing_.contains(on.number)) {
    GF_ASSIGN(standing_[on.number], comments(on));
  }
  const std::vector<Json>& items = standing_[on.number];
  std::vector<std::string> texts;
  for (const Json& item : items) {
    if (is_said(item) && std::to_string(root_of(item, items)) == thread)
      texts.push_back(item.get("content").get_string("raw"));
  }
  return texts;
}

Result<Reply> BitbucketReview::answer(const PullRequest& on, const std::string& thread,
                                      const std::string& text) {
  Json body = Json::object(
      {{"content", Json::object({{"raw", text}})},
       {"parent",
        Json::object({{"id", static_cast<int64_t>(std::strtoll(thread.c_str(), nullptr, 10))}})}});
  auto reply = rest_.ask("POST", path_of(on) + "/comments", body, Again::kNo);
  auto known = standing_.find(on.number);
  if (known == standing_.end()) return reply;
  if (reply.ok() && reply->ok()) {
    Json made = reply->json;
    known->second.push_back(made.set("parent", body.get("parent")));
  } else {
    standing_.erase(known);  // it may stand there all the same
  }
  return reply;
}

Result<void> BitbucketReview::resolve(const PullRequest& on, const std::string& thread) {
  GF_ASSIGN(auto reply,
            rest_.ask("POST", fmt::format("{}/comments/{}/resolve", path_of(on), thread)));
  // 409: it is resolved already.
  if (!reply.ok() && reply.status != 409) return rest_.refused(reply);
  return Done{};
}

}  // namespace gf::forge
