// What a base branch wants before it takes a request, said in a line with a way out.
#include "forge/refusal.h"

#include <gmock/gmock.h>

namespace gf::forge {
namespace {

using ::testing::HasSubstr;

TEST(RefusalTest, WhatABaseWantsIsSaidWithTheWayThere) {
  struct Case {
    long status;
    const char *words, *hint;
  };
  const Case cases[] = {
      {405, "Changes must be made through the merge queue", "by a queue"},
      {405, "At least 1 approving review is required by reviewers with write access.",
       "approved by a person"},
      {405, "Required status check \"ci\" is expected.", "checks that the base wants"},
      {422, "Protected branch update failed", "branch settings"},
      {422, "Commits must have a sign-off", "factory.signOff"},
      // The base is gone: GitHub, GitLab, Bitbucket (a Gitea: gitea_test.cc).
      {422, "Validation Failed: base is invalid", "set factory.base"},
      {422, "Target branch \"main\" does not exist", "set factory.base"},
      {400, "destination: branch not found: main", "set factory.base"},
      {409, "Head branch was modified. Review and try the merge again.", "resume"},
  };
  for (const Case& one : cases) {
    net::Answer answer;
    answer.status = one.status;
    record::Json json = record::Json::object({{"message", one.words}});
    Error error = refusal({answer, json, "github.com", "acme/shop", "GH_TOKEN"}, Timestamp{});
    EXPECT_EQ(error.message, std::string("github.com does not take it: ") + one.words);
    EXPECT_THAT(error.hint, HasSubstr(one.hint)) << one.words;
  }
}

TEST(RefusalTest, TimesAreJudgedByTheClockOfWhoNamesThem) {
  // 2026-01-02T03:04:05Z there; here it may be any time.
  constexpr int64_t kThere = 1767323045;
  const net::Headers of_limit = {{"x-ratelimit-remaining", "0"},
                                 {"x-ratelimit-reset", std::to_string(kThere + 30)}};
  struct Case {
    const char* what;
    net::Headers headers;
    int64_t here, waits;  ///< seconds
  };
  const net::Headers::value_type date = {"date", "Fri, 02 Jan 2026 03:04:05 GMT"};
  auto with = [](net::Headers headers, const net::Headers::value_type& more) {
    headers.push_back(more);
    return headers;
  };
  const net::Headers at = {{"retry-after", "Fri, 02 Jan 2026 03:04:25 GMT"}};
  for (const Case& one :
       {Case{"both right", with(of_limit, date), kThere, 31},
        Case{"ours a day late", with(of_limit, date), kThere - 86400, 31},
        Case{"ours a day early", with(of_limit, date), kThere + 86400, 31},
        Case{"no date, as ours says", of_limit, kThere + 10, 21},
        Case{"a moment, ours late", with(at, date), kThere - 3600, 20},
        Case{"a moment, ours early", with(at, date), kThere + 3600, 20},
        Case{"a moment, no date", at, kThere + 5, 15},
        Case{"a date that is none", with(of_limit, {"date", "yesterday"}), kThere, 31},
        Case{"so many seconds", with({{"retry-after", "7"}}, date), 0, 7}}) {
    net::Answer answer;
    answer.status = 429;
    answer.headers = one.headers;
    auto waits = asked_to_wait(answer, {}, Timestamp(Milliseconds(one.here * 1000)));
    ASSERT_TRUE(waits) << one.what;
    EXPECT_EQ(waits->count(), one.waits * 1000) << one.what;
  }
}

}  // namespace
}  // namespace gf::forge
