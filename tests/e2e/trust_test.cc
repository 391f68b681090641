// A clone of somebody else's repository: nothing of it runs before a person has said that it may.
#include <gmock/gmock.h>

#include "e2e/factory.h"
#include "e2e/known.h"

namespace gf::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kThere = "https://git.example.com/acme/shop";

class TrustTest : public FactoryTest {
 protected:
  /// A clone whose remote is a server, which git reaches in a folder.
  std::string clone_of_server() {
    std::string clone = repo_.folder() / "clone";
    auto in = [&](const std::string& folder, const std::vector<std::string>& argv) {
      Ran ran = run(argv, folder, environment());
      EXPECT_EQ(ran.exit_code, 0) << argv[0] << " " << argv[1] << ": " << ran.err;
    };
    std::string origin = repo_.folder() / "origin.git";
    in("/", {"git", "clone", "--quiet", origin, clone});
    in(clone, {"git", "remote", "set-url", "origin", std::string(kThere) + ".git"});
    in(clone, {"git", "config", "url." + origin + ".insteadOf", std::string(kThere) + ".git"});
    in(clone, {"git", "config", "user.name", "A. Person"});
    in(clone, {"git", "config", "user.email", "a@example.com"});
    const char* python = std::getenv("GF_TEST_PYTHON");
    in(clone, {"git", "config", "factory.python", python == nullptr ? "python3" : python});
    copy_known(cache_of_gates(repo_, clone), true);
    return clone;
  }
};

TEST_F(TrustTest, NothingOfSomebodyElsesRunsBeforeAYesThatHoldsForItsRemote) {
  make_shop();
  std::string clone = clone_of_server();
  const std::vector<std::vector<std::string>> all = {
      {"feature", "--slug", "health", "--model", "scripted/health", kHealth},
      {"validate", "HEAD~1..HEAD"},
      {"verify", "--regate", "HEAD"},
      {"replay"}};
  for (const auto& words : all) {
    Ran refused = factory(words, clone);
    EXPECT_EQ(refused.exit_code, 128) << words[0] << refused.out;
    EXPECT_THAT(refused.err, HasSubstr("code of 'https://git.example.com/acme/shop' would run"));
    EXPECT_THAT(refused.err, HasSubstr("git factory trust --yes")) << words[0];
  }
  Ran doctor = factory({"doctor", "--offline"}, clone);
  EXPECT_THAT(doctor.out, HasSubstr("git.example.com/acme/shop' would run here"));
  EXPECT_THAT(doctor.out, Not(HasSubstr("passes on"))) << "no gate was tried";

  Ran shown = factory({"trust"}, clone);
  EXPECT_EQ(shown.exit_code, 128) << "nobody is there to answer";
  EXPECT_THAT(shown.out, HasSubstr("(origin) would run here"));
  EXPECT_THAT(shown.out, HasSubstr("runs      pytest: "));
  EXPECT_THAT(shown.out, HasSubstr("installs  what its manifests and lock files name"));
  EXPECT_THAT(shown.out, HasSubstr("the repository's code "));

  ASSERT_EQ(factory({"trust", "--yes"}, clone).exit_code, 0);
  EXPECT_THAT(run({"git", "config", "factory.trustedRemote"}, clone, environment()).out,
              HasSubstr(kThere));
  EXPECT_THAT(factory({"trust"}, clone).err, HasSubstr("trusted already"));
  Ran delivered = factory(all[0], clone);
  EXPECT_EQ(delivered.exit_code, 0) << delivered.err;

  run({"git", "remote", "set-url", "origin", "https://evil.example.com/shop"}, clone,
      environment());
  EXPECT_EQ(factory(all[0], clone).exit_code, 128) << "another remote is another yes";
}

TEST_F(TrustTest, InitPreparesACloneOfSomebodyElsesWithoutRunningIt) {
  make_shop();
  std::string clone = clone_of_server();
  run({"git", "rm", "--quiet", ".gitfactory"}, clone, environment());
  Ran ran = factory({"init"}, clone);
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("would run here"));
  EXPECT_THAT(ran.err, Not(HasSubstr("trying")));
  EXPECT_THAT(ran.out, HasSubstr("the gates were not tried: 'git factory trust'"));
  EXPECT_EQ(factory({"feature", "--model", "scripted/health", kHealth}, clone).exit_code, 128);
}

}  // namespace
}  // namespace gf::test
