// A delivery that is ended at any of its writes, before the server has done it or after, is gone on
// with by another process and arrives where it would have arrived undisturbed.
#include <gmock/gmock.h>

#include <algorithm>

#include "support/assertions.h"
#include "support/fake_github.h"
#include "unit/forge/asked.h"

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
      std::string remote = server->remote(here.repo().path());
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
  /// Each of them once: "POST /repos/acme/shop/pulls".
  static std::vector<std::string> writes_of(const Counterpart& server) {
    std::vector<std::string> writes;
    for (const std::string& call : server.calls()) {
      bool known = std::find(writes.begin(), writes.end(), call) != writes.end();
      if (!call.starts_with("GET ") && !known) writes.push_back(call);
    }
    return writes;
  }
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
  std::vector<std::string> writes = writes_of(*whole.server);
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

struct Answer {
  const char* name;
  test::Act act;
  int times;  ///< in a row: who is asked again says it again
};
std::vector<Answer> bad_answers() {
  auto no = [](const char* status, const char* body, const char* head = "") {
    return test::answers(status, body, head);
  };
  return {
      {"422", no("422 Unprocessable Entity", R"({"message":"no\nnever"})"), 1},
      {"422 with fields",
       no("422 Unprocessable Entity", R"({"errors":[{"field":"x","code":"y"}]})"), 1},
      {"403", no("403 Forbidden", R"({"message":"Forbidden"})"), 1},
      {"404", no("404 Not Found", "{}"), 1},
      {"500", no("500 Internal Server Error", R"({"message":"oops"})"), 9},
      {"a proxy's 502", no("502 Bad Gateway", "<html><h1>Bad gateway</h1>"), 9},
      {"a page", no("200 OK", "<!doctype html><p>Log in", "Content-Type: text/html\r\n"), 1},
      {"half", no("200 OK", R"({"number": 1, "id")"), 1},
      {"moved in a circle", no("307 Temporary Redirect", "", "Location: /again\r\n"), 9},
      {"moved elsewhere", no("302 Found", "", "Location: https://elsewhere.test/login\r\n"), 9},
      {"cut", [](const test::Asked&, test::Peer& peer) { peer.reset(); }, 9},
  };
}

/// A run with a bad answer stops with a line, or is past it; `resume` brings all of it there.
TEST_P(CutOffDeliveryTest, ABadAnswerToAnyWriteIsALineAndTheNextTimeFinishes) {
  World world(GetParam().kind.make());
  if (world.here.repo().git({"remote"}) != "") GTEST_SKIP() << "of those asked by REST alone";
  ASSERT_DONE(deliver(world, Cancel()));
  const std::string whole = world.server->there();
  const std::vector<std::string> writes = writes_of(*world.server);
  for (const std::string& write : writes) {
    for (const Answer& bad : bad_answers()) {
      for (bool after : {false, true}) {
        SCOPED_TRACE(write + " answered by " + bad.name + (after ? ", and done" : ""));
        world.server = GetParam().kind.make();
        for (int i = 0; i < bad.times; ++i) world.server->next(write, bad.act, after);
        auto first = deliver(world, Cancel());
        if (!first.ok()) {
          const Error& error = first.error();
          EXPECT_NE(error.hint, "") << error.message;
          EXPECT_EQ((error.message + error.hint).find('\n'), std::string::npos) << error.message;
        }
        EXPECT_LE(world.server->calls().size(), 40u);
        world.server->calm();
        ASSERT_DONE(deliver(world, Cancel()));
        EXPECT_EQ(world.server->there(), whole);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Forges, CutOffDeliveryTest, ::testing::ValuesIn(rows()),
                         [](const auto& row) { return std::string(row.param.kind.name); });

}  // namespace
}  // namespace gf::forge
