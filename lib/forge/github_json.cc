#include "forge/github_json.h"

#include <fmt/format.h>

#include "forge/served.h"

namespace gf::forge {

PullRequest pull_of_github(const record::Json& json) {
  PullRequest pull;
  pull.number = static_cast<int>(json.get_int("number"));
  pull.url = json.get_string("html_url");
  if (pull.url.empty()) pull.url = fmt::format("#{}", pull.number);
  pull.title = json.get_string("title");
  pull.body = json.get_string("body");
  record::Json head = json.get("head"), base = json.get("base");
  pull.head_branch = head.get_string("ref");
  pull.base_branch = base.get_string("ref");
  pull.head = Oid::parse(head.get_string("sha")).value_or(Oid());
  pull.base = Oid::parse(base.get_string("sha")).value_or(Oid());
  pull.draft = json.get_bool("draft");
  bool merged = json.get_bool("merged") || json.get("merged_at").is_string();
  pull.state = merged ? "merged" : json.get_string("state", "open");
  pull.author = json.get("user").get_string("login");
  // What cannot be read as a time is the beginning of all of them.
  pull.opened = parse_iso8601(json.get_string("created_at")).value_or(Timestamp{});
  pull.run = run_of_body(pull.body);
  pull.fetch_ref = fmt::format("refs/pull/{}/head", pull.number);
  return pull;
}

}  // namespace gf::forge
