// How often each server is asked for one delivery, one look at what was said, and an intake of
// fifty issues by five people. More than the table says is a finding; less is a better table.
#include <gmock/gmock.h>

#include "support/fake_bitbucket.h"
#include "unit/forge/hub.h"

namespace gf::forge {
namespace {

struct Calls {
  size_t delivery, look, intake;
};

/// Counted by `asked`, which says how many there were so far.
Calls counted(Forge& forge, const PullRequest& wanted, const std::function<size_t()>& asked) {
  Calls calls{};
  size_t before = asked();
  EXPECT_DONE(forge.ready());
  auto opened = forge.open(wanted);
  EXPECT_DONE(opened);
  opened->head = wanted.head;
  EXPECT_DONE(forge.comment(*opened, "looks right"));
  EXPECT_DONE(forge.report(*opened, {true, "approved by a/b", opened->url}));
  calls.delivery = asked() - before;
  before = asked();
  EXPECT_DONE(forge.said_of(*opened));
  calls.look = asked() - before;
  before = asked();
  auto list = forge.issues({{}, "", "", 100});
  EXPECT_DONE(list);
  EXPECT_EQ(list->issues.size(), 50u);
  calls.intake = asked() - before;
  return calls;
}

const char* const kPeople[] = {"ada", "bob", "cy", "dee", "eve"};

class HubCallsTest : public EachHub {};

TEST_P(HubCallsTest, TheyAreAsFewAsTheTableSays) {
  for (const char* one : kPeople) server_.set_permission(one, "write");
  for (int i = 0; i < 50; ++i) server_.add_issue(kPeople[i % 5], "issue", "text");
  Calls calls = counted(*forge(), here_.wanted(), [&] { return server_.calls().size(); });

  EXPECT_EQ(calls.delivery, 5u);
  // Of a Gitea who may write is listed, and of all others one is asked for alone.
  EXPECT_EQ(calls.look, is_gitea() ? 5u : 4u);
  EXPECT_EQ(calls.intake, 2u);
}

INSTANTIATE_TEST_SUITE_P(Hubs, HubCallsTest, EachHub::all(), EachHub::name_of);

TEST(BitbucketCallsTest, TheyAreAsFewAsTheTableSays) {
  test::FakeBitbucket server;
  TestPlace here;
  for (int i = 0; i < 50; ++i) server.add_issue(kPeople[i % 5], "issue", "text");
  for (const char* one : kPeople) server.set_permission(one, "write");
  auto chosen = choose_forge(here.place({{"factory.forge", "bitbucket"},
                                         {"factory.forge.api", server.url()},
                                         {"factory.forge.repository", "acme/shop"}},
                                        {{"BITBUCKET_TOKEN", test::FakeBitbucket::kToken}}));
  ASSERT_DONE(chosen);
  Calls calls = counted(*chosen->forge, here.wanted(), [&] { return server.calls().size(); });

  EXPECT_EQ(calls.delivery, 5u);
  EXPECT_EQ(calls.look, 4u) << "comments, request, statuses, and once who may push";
  EXPECT_EQ(calls.intake, 2u);
}

}  // namespace
}  // namespace gf::forge
