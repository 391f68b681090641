// A delivery that is ended at any of its writes, before the server has done it or after, is gone on
// with by another process and arrives where it would have arrived undisturbed.
#include <gmock/gmock.h>

#include <algorithm>

#include "support/assertions.h"
#include "support/fake_github.h"
#include "unit/forge/counterpart.h"

namespace gf::forge {
namespace {

struct Row {
  Kind kind;
  size_t writes;  ///< at least so many different ones
};
std::vector<Row> rows() {
  std::vector<Row> all;
  for (const Kind& kind : rest_servers())
    all.push_back({kind, std::string(kind.name) == "GitHub" ? 6u : 4u});
  all.push_back({{"GiteaByAGit", gitea_by_agit}, 7});
  return all;
}

class CutOffDeliveryTest : public ::testing::TestWithParam<Row> {
 protected:
  /// A repository with a commit to deliver.
  struct World {
    explicit World(std::unique_ptr<Counterpart> given) : server(std::move(given)) {
      std::string remote = server->remote(here);
      here.repo().git({"switch", "-q", "-c", "factory/thing"});
      here.repo().write("b.txt", "two");
      wanted = here.wanted();
      wanted.head = here.repo().commit("feat: two");
      if (!remote.empty()) here.repo().git({"remote", "add", "origin", remote});
    }
    TestPlace here;
    std::unique_ptr<Counterpart> server;
    PullRequest wanted;
  };
  /// What a run does with its forge; ended where `cancel` is set.
  static Result<void> deliver(World& world, const Cancel& cancel) {
    Place place =
        world.here.place(world.server->settings_with_extras(),
                         {{world.server->variable(), test::FakeGitHub::kToken}}, "origin");
    Place own{place.repo, place.git,      place.remote,      place.clock,
              cancel,     place.settings, place.environment, place.say};
    GF_ASSIGN(auto chosen, choose_forge(own));
    GF_TRY(chosen.forge->ready());
    GF_ASSIGN(auto pull, chosen.forge->open_with_branch(world.wanted, "refs/heads/factory/thing"));
    if (!pull) {
      GF_ASSIGN(pull, chosen.forge->open(world.wanted));
    }
    pull->head = world.wanted.head;
    GF_TRY(chosen.forge->comment(*pull, "looks right"));
    return chosen.forge->report(*pull, {true, "approved by a/b", pull->url});
  }
};

TEST_P(CutOffDeliveryTest, ItArrivesWhereItWouldHaveArrivedAndDoublesNothing) {
  World whole(GetParam().kind.make());
  ASSERT_DONE(deliver(whole, Cancel()));
  std::vector<std::string> writes;
  for (const std::string& call : whole.server->calls()) {
    bool known = std::find(writes.begin(), writes.end(), call) != writes.end();
    if (!call.starts_with("GET ") && !known) writes.push_back(call);
  }
  EXPECT_GE(writes.size(), GetParam().writes) << ::testing::PrintToString(writes);

  for (const std::string& write : writes) {
    for (bool after : {false, true}) {
      SCOPED_TRACE((after ? "after " : "before ") + write);
      World world(GetParam().kind.make());
      Cancel killed;
      world.server->next(
          write,
          [&killed](const test::Asked&, test::Peer& peer) {
            killed.request();
            peer.hang_up();
          },
          after);
      // What it comes to is of no interest to who goes on.
      (void)deliver(world, killed);
      EXPECT_TRUE(killed.requested());

      ASSERT_DONE(deliver(world, Cancel()));
      EXPECT_EQ(world.server->there(), whole.server->there());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Forges, CutOffDeliveryTest, ::testing::ValuesIn(rows()),
                         [](const auto& row) { return std::string(row.param.kind.name); });

}  // namespace
}  // namespace gf::forge
