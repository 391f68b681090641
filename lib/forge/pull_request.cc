// A pull request as JSON.
#include <algorithm>

#include "forge/forge.h"

namespace gf::forge {

namespace {

constexpr int kMostVersions = 1000000;

record::Json json_of(const Mailing& mailing) {
  record::Json unsure = record::Json::array();
  for (int place : mailing.unsure) unsure.push(place);
  return record::Json::object({{"version", mailing.version},
                               {"head", mailing.head.hex()},
                               {"ids", record::Json::strings(mailing.ids)},
                               {"sent", mailing.sent},
                               {"begun", mailing.begun},
                               {"unsure", std::move(unsure)}});
}

/// A number of the record within what it can mean.
int within(int64_t number, int64_t low, int64_t high) {
  return static_cast<int>(std::clamp(number, low, high));
}

/// One without a readable head counts as a version: a request that hides for it would go out again.
Mailing mailing_from_json(const record::Json& json) {
  Mailing mailing;
  mailing.version = within(json.get_int("version"), 1, kMostVersions);
  mailing.head = Oid::parse(json.get_string("head")).value_or(Oid());
  mailing.ids = json.get_strings("ids");
  auto all = static_cast<int64_t>(mailing.ids.size());
  mailing.sent = within(json.get_int("sent"), 0, all);
  mailing.begun = json.get_bool("begun") && mailing.sent < all;
  for (const record::Json& item : json.get("unsure").items()) {
    int64_t place = item.as_int().value_or(-1);
    if (place >= 0 && place < mailing.sent) mailing.unsure.push_back(static_cast<int>(place));
  }
  return mailing;
}

}  // namespace

record::Json to_json(const PullRequest& pull) {
  record::Json json = record::Json::object({{"v", 1},
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
  record::Json remarks = record::Json::array(), mailings = record::Json::array();
  for (const record::Remark& remark : pull.remarks) remarks.push(record::to_json(remark));
  for (const Mailing& mailing : pull.mailings) mailings.push(json_of(mailing));
  if (!pull.remarks.empty()) json.set("remarks", std::move(remarks));
  if (!pull.mailings.empty()) json.set("mail", std::move(mailings));
  return json;
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
  for (const record::Json& item : json.get("remarks").items()) {
    auto remark = record::remark_from_json(item);
    if (remark.ok()) pull.remarks.push_back(std::move(remark).value());
  }
  for (const record::Json& item : json.get("mail").items())
    pull.mailings.push_back(mailing_from_json(item));
  return pull;
}

}  // namespace gf::forge
