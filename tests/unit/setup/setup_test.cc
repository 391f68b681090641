// What init finds and writes, and what trust vouches for.
#include "setup/setup.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "base/command_line.h"
#include "base/files.h"
#include "base/text.h"
#include "support/opened.h"

namespace gf::setup {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class SetupTest : public test::OpenedTest {
 protected:
  void SetUp() override {
    place_.write("app.py", "x = 1\n");
    place_.write("pyproject.toml", "[tool.ruff]\nline-length = 100\n");
    ASSERT_NO_FATAL_FAILURE(open());
  }
  Preparation found(std::optional<store::Share> share = std::nullopt) {
    reopen();
    auto looked = look(*context_, share);
    EXPECT_DONE(looked);
    return looked.ok() ? std::move(looked).value() : Preparation();
  }
  std::string set(const std::string& key) {
    return place_.git_status({"config", "--get", key}) == 0
               ? std::string(trim(place_.git({"config", "--get", key})))
               : "";
  }
  std::vector<std::string> fetches() {
    return lines(place_.git({"config", "--get-all", "remote.origin.fetch"}));
  }
  /// Settings as git reads them of the file that would be written.
  std::vector<git::Setting> settings_in(const std::string& file) {
    Oid blob = context_->repo.write_blob(file).value();
    return context_->git.settings_of_blob(blob).value();
  }
  Claims claims() {
    reopen();
    auto tracked = tracked_claims(*context_);
    EXPECT_DONE(tracked);
    return tracked.ok() && *tracked ? std::move(**tracked) : Claims();
  }
};

TEST_F(SetupTest, LookingWritesNothing) {
  std::string before = place_.git("config --list --local") + place_.git("status --porcelain");

  Preparation looked = found();

  EXPECT_EQ(place_.git("config --list --local") + place_.git("status --porcelain"), before);
  EXPECT_EQ(looked.base.name, "main");
  EXPECT_EQ(looked.remote, std::nullopt);
  EXPECT_FALSE(looked.file_exists);
}

TEST_F(SetupTest, TheFileSetsTheBaseAndOffersTheRestAsComments) {
  Preparation looked = found();

  std::vector<std::string> keys;
  for (const git::Setting& setting : settings_in(looked.file)) keys.push_back(setting.key);

  EXPECT_THAT(keys, ElementsAre("factory.base"));
  EXPECT_THAT(looked.file, HasSubstr("#[factory-gate \"ruff"));
  EXPECT_THAT(looked.file, HasSubstr("[factory \"verify\"]"));
}

TEST_F(SetupTest, WhatIsUncommentedIsWhatGitReads) {
  std::string file;
  for (std::string line : lines(found().file)) {
    if (line.starts_with("#[factory-gate") || line.starts_with("#\t")) line.erase(0, 1);
    file += line + "\n";
  }

  std::vector<std::string> gates;
  for (const git::Setting& setting : settings_in(file)) {
    if (setting.key.ends_with(".command")) gates.push_back(setting.key + "=" + setting.value);
  }

  EXPECT_THAT(gates, Contains(StartsWith("factory-gate.ruff")));
  EXPECT_THAT(gates, Not(Contains(HasSubstr(place_.path())))) << "no path of this machine";
}

TEST_F(SetupTest, AProposedCommandIsReadBackAsItRuns) {
  place_.write("tox.ini", "[testenv:lint]\ncommands = bandit -r src\n");
  place_.commit("a linter whose command has blanks");
  Preparation looked = found();
  std::string file = looked.file;
  for (std::string line : lines(looked.file)) {
    if (line.starts_with("#[factory-gate \"bandit") || line.starts_with("#\tcommand"))
      file += line.substr(1) + "\n";
  }

  Settings settings;
  for (const git::Setting& one : settings_in(file)) settings.add(one.key, one.value);

  auto bandit = std::find_if(looked.gates.begin(), looked.gates.end(),
                             [](const gate::Gate& gate) { return gate.name == "bandit"; });
  ASSERT_NE(bandit, looked.gates.end());
  EXPECT_EQ(command_words(*settings.text("factory-gate.bandit.command")), bandit->argv);
  EXPECT_THAT(looked.file, HasSubstr("[factory-gate \"bandit\"]   ; tox.ini:2 (tox testenv:lint)"));
  EXPECT_THAT(looked.file, HasSubstr("; pyproject.toml:1 ([tool.ruff])"));
}

/// What init tries: gates that every machine has, and one that none has.
class TryTest : public SetupTest {
 protected:
  void gate(const std::string& name, const std::string& command, const std::string& stage) {
    place_.git({"config", "factory-gate." + name + ".command", command});
    place_.git({"config", "factory-gate." + name + ".stage", stage});
    place_.git({"config", "factory-gate." + name + ".report", "exit"});
  }
  Preparation tried() {
    place_.git({"config", "factory-gate.ruff.disabled", "true"});
    Preparation looked = found();
    EXPECT_DONE(try_gates(*context_, looked, [](const std::string&) {}));
    return looked;
  }
};

TEST_F(TryTest, WhatDoesNotWorkOnTheBaseIsNotProposedAndWhyIsSaid) {
  gate("there", "true", "validate");
  gate("missing", "no-such-tool-anywhere", "validate");
  gate("suite", "no-such-runner-anywhere", "test");

  Preparation looked = tried();

  ASSERT_THAT(looked.gates, SizeIs(1));
  EXPECT_EQ(looked.gates[0].name, "there");
  EXPECT_THAT(looked.tried.at("there"), StartsWith("passes"));
  ASSERT_THAT(looked.left_out, SizeIs(2));
  EXPECT_THAT(looked.left_out[0].reason, HasSubstr("'no-such-tool-anywhere' was not found"));
  EXPECT_THAT(looked.file,
              HasSubstr("# missing (configured) did not work when this was written:\n"
                        "# 'no-such-tool-anywhere' was not found. Runs go without it"));
  EXPECT_THAT(looked.file, HasSubstr("A run needs it to work, or another gate that runs tests"));
  EXPECT_THAT(looked.file, Not(HasSubstr("command = no-such-tool")));
}

TEST_F(TryTest, RedOnTheBaseWorks) {
  gate("red", "false", "validate");

  Preparation looked = tried();

  EXPECT_THAT(looked.left_out, IsEmpty());
  EXPECT_THAT(looked.tried.at("red"), StartsWith("red already (exit 1)"));
}

TEST_F(TryTest, TryingLeavesTheUsersPlaceAlone) {
  gate("writes", "sh -c 'echo more >> app.py; touch made'", "validate");
  std::string before = place_.git("status --porcelain") + place_.git("rev-parse HEAD");

  tried();

  EXPECT_EQ(place_.git("status --porcelain") + place_.git("rev-parse HEAD"), before);
  EXPECT_EQ(read_file(place_.path() + "/app.py"), "x = 1\n");
}

TEST_F(SetupTest, NoGateFoundIsSaidWithAnExample) {
  place_.git("rm -q --cached pyproject.toml app.py");
  place_.write("pyproject.toml", "");
  place_.write("readme.txt", "x");
  place_.git("add readme.txt");
  place_.git("commit -qm only-text");

  Preparation looked = found();

  EXPECT_THAT(looked.gates, IsEmpty());
  EXPECT_THAT(looked.file, HasSubstr("None was found"));
}

TEST_F(SetupTest, PreparingWritesTheFileAndTrustsItAsItWasShown) {
  Preparation looked = found();

  ASSERT_DONE(prepare(*context_, looked));

  EXPECT_EQ(read_file(place_.path() + "/.gitfactory"), looked.file);
  Preparation again = found();
  EXPECT_TRUE(again.file_exists);
  EXPECT_TRUE(again.file_trusted);
}

TEST_F(SetupTest, AFileThatIsThereIsLeftAsItIsAndIsNotTrusted) {
  place_.write(".gitfactory", "[factory]\n\tbase = main\n");
  Preparation looked = found();
  EXPECT_TRUE(looked.file_exists);
  EXPECT_FALSE(looked.file_trusted);

  ASSERT_DONE(prepare(*context_, looked));

  EXPECT_EQ(read_file(place_.path() + "/.gitfactory"), "[factory]\n\tbase = main\n");
  EXPECT_FALSE(found().file_trusted);
}

TEST_F(SetupTest, TheRemoteGetsTheRefspecsThatItLacksAndEachOnce) {
  place_.git("remote add origin ../elsewhere.git");
  ASSERT_DONE(prepare(*context_, found()));
  std::vector<std::string> first = fetches();
  EXPECT_THAT(first, Contains(HasSubstr("refs/factory/ledger")));
  EXPECT_THAT(first, Contains(HasSubstr("refs/factory/replay")));
  EXPECT_EQ(set("factory.share"), "full");

  Preparation again = found();
  EXPECT_THAT(again.refspecs, IsEmpty());
  ASSERT_DONE(prepare(*context_, again));

  EXPECT_EQ(fetches(), first);
}

TEST_F(SetupTest, ANarrowerShareTakesAwayWhatTheWiderOneLeft) {
  place_.git("remote add origin ../elsewhere.git");
  ASSERT_DONE(prepare(*context_, found()));

  Preparation narrower = found(store::Share::kSummary);
  EXPECT_THAT(narrower.leftover, Not(IsEmpty()));
  ASSERT_DONE(prepare(*context_, narrower));

  EXPECT_THAT(fetches(), Not(Contains(HasSubstr("refs/factory/replay"))));
  EXPECT_THAT(fetches(), Contains(HasSubstr("refs/heads/"))) << "the user's own stays";
  EXPECT_EQ(set("factory.share"), "summary");
  EXPECT_EQ(found().share, store::Share::kSummary) << "what was decided is kept";
}

TEST_F(SetupTest, TheForgeIsTheOneThatTheAddressSpeaksOfWhereItIsKnown) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"https://github.com/a/b.git", "looks like github"},
      {"git@gitlab.example.org:a/b.git", "looks like gitlab"},
      {"ssh://git@codeberg.org/a/b", "looks like forgejo"},
      {"../github/b.git", "without a server"},
      {"/srv/git/gitlab.git", "without a server"},
      {"https://example.org/github/b", "without a server"}};
  place_.git("remote add origin x");
  for (const auto& [url, why] : cases) {
    place_.git({"remote", "set-url", "origin", url});
    Preparation looked = found();
    bool known = looked.forge != "local";
    EXPECT_TRUE(known || looked.forge_why.find(why) != std::string::npos)
        << url << ": " << looked.forge_why;
  }
  place_.git("config factory.forge local");
  EXPECT_EQ(found().forge_why, "factory.forge says so");
}

TEST_F(SetupTest, ABareRepositoryCannotBePrepared) {
  std::string bare = folder_ / "bare.git";
  place_.git({"clone", "-q", "--bare", place_.path(), bare});
  session::Setup there = setup();
  there.directory = bare;
  ASSERT_GIVES(auto context, session::Context::open(there, false));

  auto looked = look(*context, std::nullopt);

  ASSERT_FALSE(looked.ok());
  EXPECT_THAT(looked.error().message, HasSubstr("bare repository"));
}

TEST_F(SetupTest, TrustShowsWhatDoesSomethingAndNotWhatOnlySets) {
  place_.write(".gitfactory",
               "[factory]\n\tbase = main\n\tmodel = ollama/x\n\tverify = off\n"
               "[factory-gate \"unit\"]\n\tcommand = \"make\\ncheck\"\n"
               "[factory \"provider.own\"]\n\turl = http://example.com\n");

  std::vector<std::string> shown = claims().lines;

  EXPECT_THAT(shown, SizeIs(4)) << join(shown, " | ");
  EXPECT_THAT(shown, Contains(StartsWith("runs      factory-gate.unit.command = make\\ncheck")));
  EXPECT_THAT(shown, Contains(StartsWith("contacts  factory.provider.own.url")));
  EXPECT_THAT(shown, Contains(StartsWith("decides   factory.verify")));
  EXPECT_THAT(shown, Not(Contains(HasSubstr("factory.base"))));
}

TEST_F(SetupTest, TrustIsBoundToTheContentAndShowsWhatHasChangedSince) {
  place_.write(".gitfactory", "[factory-gate \"unit\"]\n\tcommand = make check\n");
  Claims first = claims();
  EXPECT_FALSE(first.trusted);
  ASSERT_DONE(trust(*context_, first.blob));
  ASSERT_DONE(trust(*context_, first.blob));
  EXPECT_TRUE(claims().trusted);
  EXPECT_THAT(lines(place_.git("config --get-all factory.trusted")), SizeIs(1)) << "once";

  place_.write(".gitfactory", "[factory-gate \"unit\"]\n\tcommand = make all\n");
  Claims second = claims();

  EXPECT_FALSE(second.trusted);
  EXPECT_EQ(second.before, first.blob);
  EXPECT_THAT(second.added, ElementsAre(HasSubstr("make all")));
  EXPECT_THAT(second.removed, ElementsAre(HasSubstr("make check")));
}

TEST_F(SetupTest, AContentIsNamedByItsIdOrByACommitThatHasIt) {
  place_.write(".gitfactory", "[factory]\n\tretries = 1\n");
  place_.git("add .gitfactory");
  place_.git("commit --quiet -m file");
  std::string blob(trim(place_.git("rev-parse HEAD:.gitfactory")));
  place_.write(".gitfactory", "[factory]\n\tretries = 2\n");
  reopen();

  for (const std::string& name : {blob, blob.substr(0, 8), std::string("HEAD")}) {
    ASSERT_GIVES(auto named, claims_named(*context_, name));
    EXPECT_EQ(named.blob.hex(), blob) << name;
    EXPECT_THAT(named.text, HasSubstr("retries = 1")) << name;
  }
  for (const char* name : {"nowhere", "HEAD~1", "--all", "-x", ""})
    EXPECT_EQ(claims_named(*context_, name).error().fault, Fault::kUser) << name;
}

TEST_F(SetupTest, WithoutATrackedFileThereIsNothingToTrust) {
  ASSERT_GIVES(auto none, tracked_claims(*context_));

  EXPECT_FALSE(none);
}

}  // namespace
}  // namespace gf::setup
