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

}  // namespace
}  // namespace gf::forge
