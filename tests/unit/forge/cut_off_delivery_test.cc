// A delivery that is ended at any of its writes, before the server has done it or after, is gone on
// with by another process and arrives where it would have arrived undisturbed.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "support/assertions.h"
#include "support/fake_bitbucket.h"
#include "support/fake_github.h"
#include "support/git_server.h"
#include "unit/forge/place.h"

namespace gf::forge {
namespace {

using test::FakeBitbucket;
using test::FakeGitHub;

/// A server with a repository, as a delivery sees it.
class Counterpart {
 public:
  virtual ~Counterpart() = default;
  [[nodiscard]] virtual Settings settings() const = 0;
  [[nodiscard]] virtual const char* variable() const = 0;
  [[nodiscard]] virtual std::vector<std::string> calls() const = 0;
  virtual void next(const std::string& call, test::Act act, bool after) = 0;
  /// What is there, as one text; a mark that is set twice is one mark.
  [[nodiscard]] virtual std::string there() const = 0;
  /// The remote that the repository gets; none: it is not asked for one.
  virtual std::string remote(TestPlace& /*here*/) { return {}; }
};

std::string text_of(const std::vector<record::Json>& pulls,
                    const std::vector<std::string>& comments,
                    const std::vector<record::Json>& statuses) {
  std::string text;
  for (const record::Json& pull : pulls) text += pull.dump() + "\n";
  for (const std::string& comment : comments) text += "said: " + comment + "\n";
  std::set<std::string> marks;
  for (const record::Json& status : statuses)
    marks.insert(status.get_string("sha") + status.get_string("state") +
                 status.get_string("description"));
  for (const std::string& mark : marks) text += "mark: " + mark + "\n";
  return text;
}

class OfHub : public Counterpart {
 public:
  OfHub(const char* kind, FakeGitHub::As as, bool agit) : server_(as), kind_(kind), agit_(agit) {
    server_.add_label("bot");
    server_.add_milestone("soon");
  }
  [[nodiscard]] Settings settings() const override {
    return {{"factory.forge", kind_},
            {"factory.forge.api", server_.url()},
            {"factory.forge.repository", "acme/shop"},
            {"factory.forge.label", "bot"},
            {"factory.forge.reviewer", "ada"},
            {"factory.forge.assignee", "bob"},
            {"factory.forge.milestone", "soon"},
            {"factory.forge.push", agit_ ? "agit" : "branch"}};
  }
  [[nodiscard]] const char* variable() const override {
    return kind_ == std::string("gitea") ? "GITEA_TOKEN" : "GH_ENTERPRISE_TOKEN";
  }
  [[nodiscard]] std::vector<std::string> calls() const override { return server_.calls(); }
  void next(const std::string& call, test::Act act, bool after) override {
    server_.next(call, std::move(act),
                 after ? FakeGitHub::When::kAfter : FakeGitHub::When::kInstead);
  }
  [[nodiscard]] std::string there() const override {
    return text_of(server_.pulls(), server_.comments(1), server_.statuses());
  }
  std::string remote(TestPlace& here) override {
    if (!agit_) return {};
    std::filesystem::create_directories(folder_ / "acme");
    here.repo().git({"clone", "-q", "--bare", ".", folder_ / "acme/shop.git"});
    git_ = std::make_unique<test::GitServer>(folder_.path(), server_.url());
    return git_->url("acme/shop");
  }

 private:
  FakeGitHub server_;
  const char* kind_;
  bool agit_;
  test::TempFolder folder_;
  std::unique_ptr<test::GitServer> git_;
};

class OfBitbucket : public Counterpart {
 public:
  [[nodiscard]] Settings settings() const override {
    return {{"factory.forge", "bitbucket"},
            {"factory.forge.api", server_.url()},
            {"factory.forge.repository", "acme/shop"}};
  }
  [[nodiscard]] const char* variable() const override { return "BITBUCKET_TOKEN"; }
  [[nodiscard]] std::vector<std::string> calls() const override { return server_.calls(); }
  void next(const std::string& call, test::Act act, bool after) override {
    server_.next(call, std::move(act),
                 after ? FakeBitbucket::When::kAfter : FakeBitbucket::When::kInstead);
  }
  [[nodiscard]] std::string there() const override {
    std::vector<std::string> texts;
    for (const record::Json& one : server_.comments(1))
      texts.push_back(one.get("content").get_string("raw"));
    return text_of(server_.pulls(), texts, server_.statuses());
  }

 private:
  FakeBitbucket server_;
};

struct Named {
  const char* name;
  std::unique_ptr<Counterpart> (*make)();
  size_t writes;  ///< at least so many different ones
};
constexpr Named kCounterparts[] = {
    {"GitHub",
     []() -> std::unique_ptr<Counterpart> {
       return std::make_unique<OfHub>("github", FakeGitHub::As::kGitHub, false);
     },
     6},
    {"Gitea",
     []() -> std::unique_ptr<Counterpart> {
       return std::make_unique<OfHub>("gitea", FakeGitHub::As::kGitea, false);
     },
     6},
    {"GiteaByAGit",
     []() -> std::unique_ptr<Counterpart> {
       return std::make_unique<OfHub>("gitea", FakeGitHub::As::kGitea, true);
     },
     7},
    {"Bitbucket", []() -> std::unique_ptr<Counterpart> { return std::make_unique<OfBitbucket>(); },
     3},
};

class CutOffDeliveryTest : public ::testing::TestWithParam<Named> {
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
    Place place = world.here.place(world.server->settings(),
                                   {{world.server->variable(), FakeGitHub::kToken}}, "origin");
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
  World whole(GetParam().make());
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
      World world(GetParam().make());
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

INSTANTIATE_TEST_SUITE_P(Forges, CutOffDeliveryTest, ::testing::ValuesIn(kCounterparts),
                         [](const auto& kind) { return std::string(kind.param.name); });

}  // namespace
}  // namespace gf::forge
