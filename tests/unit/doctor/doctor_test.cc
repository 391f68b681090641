// Each bad state, made on purpose: what doctor says of it, and what to do.
#include "doctor/doctor.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "analyst/index.h"
#include "base/text.h"
#include "support/assertions.h"
#include "support/clock.h"
#include "support/repo.h"

namespace gf::doctor {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class DoctorTest : public ::testing::Test {
 protected:
  DoctorTest() {
    setup_.directory = repo_.path();
    setup_.environment = repo_.environment();
    setup_.data_dir = std::string(GF_SOURCE_DIR) + "/templates";
    setup_.version = "0.0.0";
    setup_.clock = &clock_;
    setup_.cancel = &cancel_;
    repo_.write("pyproject.toml", "[tool.ruff]\n");
    repo_.commit("first");
  }
  /// Everything anew, by name; the last one of a name counts.
  std::map<std::string, Check> looked(bool offline = true) {
    std::map<std::string, Check> found;
    for (const Check& check : examine(setup_, Wish{offline, gates_})) found[check.name] = check;
    return found;
  }
  /// "bad: text (hint)" of one check; empty when it was not made.
  std::string reported(const std::string& name, bool offline = true) {
    auto found = looked(offline);
    auto check = found.find(name);
    if (check == found.end()) return {};
    return std::string(name_of(check->second.health)) + ": " + check->second.text + " (" +
           check->second.hint + ")";
  }
  /// The lines of every check of this name.
  std::string all_reported(const std::string& name) {
    std::string text;
    for (const Check& check : examine(setup_, Wish{true, gates_})) {
      if (check.name == name)
        text += std::string(name_of(check.health)) + ": " + check.text + " (" + check.hint + ")\n";
    }
    return text;
  }
  /// A PATH with these programs and no others.
  void only(const std::vector<std::string>& programs) {
    std::string folder = place_ / "bin";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    for (const std::string& name : programs) {
      auto found = proc::find_program(name, repo_.environment());
      ASSERT_TRUE(found) << name;
      std::filesystem::create_symlink(*found, std::filesystem::path(folder) / name);
    }
    setup_.environment["PATH"] = folder;
  }
  std::string script(const std::string& name, const std::string& text) {
    std::string path = place_.write("bin/" + name, "#!/bin/sh\n" + text + "\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }

  /// A gate of this name, told by its exit status alone unless `report` says otherwise.
  void gate(const std::string& name, const std::string& text, const std::string& stage = "validate",
            const std::string& report = "exit") {
    std::string key = "factory-gate." + name;
    repo_.git({"config", key + ".command", script(name, text)});
    repo_.git({"config", key + ".stage", stage});
    repo_.git({"config", key + ".report", report});
  }

  bool gates_ = false;  ///< run them
  test::TempRepo repo_;
  test::TempFolder place_;
  test::StandingClock clock_;
  Cancel cancel_;
  session::Setup setup_;
};

TEST_F(DoctorTest, ProgramsThatAreMissingAreNamedWithWhatToInstall) {
  only({"git", "sh"});
  EXPECT_THAT(reported("ctags"), HasSubstr("note: not found"));
  EXPECT_THAT(reported("ctags"), HasSubstr("(install universal-ctags)"));
  repo_.git("config factory.sandbox bubblewrap");
  EXPECT_THAT(reported("sandbox"), HasSubstr("bubblewrap is not installed"));
  repo_.git("config --unset factory.sandbox");
  EXPECT_THAT(reported("git-factory"), HasSubstr("not on PATH"));
  EXPECT_THAT(reported("gate ruff"), HasSubstr("note: 'python3' was not found"))
      << "a run goes without what was only detected";
  EXPECT_THAT(reported("git"), HasSubstr("ok: 2."));
  only({"sh"});
  auto found = looked();
  EXPECT_EQ(found["git"].health, Health::kBad);
  EXPECT_THAT(found["git"].text, HasSubstr("cannot be run"));
  EXPECT_THAT(found["git"].hint, HasSubstr("install git"));
  EXPECT_TRUE(found.contains("configuration") || found.contains("repository"))
      << "what cannot be asked without git is told as that";
}

TEST_F(DoctorTest, GatesAreRunOnTheBaseAsARunRunsThem) {
  gates_ = true;
  repo_.git({"config", "factory-gate.ruff.disabled", "true"});
  repo_.git({"config", "factory-gate.ruff-format.disabled", "true"});
  gate("green", "test -f pyproject.toml && ! test -f mine");
  repo_.write("mine", "not committed\n");
  EXPECT_THAT(reported("run green"), HasSubstr("ok: passes on 'main' ("));
  EXPECT_THAT(all_reported("run"), Not(HasSubstr("green")));

  EXPECT_THAT(reported("gate green"), HasSubstr("ok: ")) << "it tells no version, and it works";

  gate("red", "echo pyproject.toml:1: no; exit 1");
  EXPECT_THAT(reported("gate red"), HasSubstr("ok: works where runs start it"));
  EXPECT_THAT(all_reported("run"), HasSubstr("note: red is red on the base already"));
  EXPECT_EQ(reported("run red"), "") << "it is told once";

  gate("unit", "exit 3", "test", "junit");
  EXPECT_THAT(reported("run"),
              HasSubstr("bad: a gate does not work on 'main' before any change: unit"));
  EXPECT_THAT(reported("run"), HasSubstr("(make it work there"));
  EXPECT_THAT(reported("run green"), HasSubstr("ok: ")) << "the others are told all the same";

  EXPECT_EQ(repo_.git("for-each-ref refs/factory"), "") << "no run comes on record";
  EXPECT_EQ(repo_.git("status --porcelain"), "?? mine\n");
  gates_ = false;
  EXPECT_EQ(reported("run"), "");
}

TEST_F(DoctorTest, NothingOfAnUntrustedFileIsRunOnTheBase) {
  gates_ = true;
  repo_.write(".gitfactory", "[factory-gate \"x\"]\n\tcommand = touch " + (place_ / "ran") + "\n");
  repo_.commit("gates");
  EXPECT_THAT(reported(".gitfactory"), HasSubstr("bad: not trusted"));
  EXPECT_EQ(reported("run"), "");
  EXPECT_FALSE(std::filesystem::exists(place_ / "ran"));
}

TEST_F(DoctorTest, TemplatesThatAreNotThereAreBad) {
  setup_.data_dir = place_ / "nowhere";
  EXPECT_THAT(reported("git-factory"), HasSubstr("bad: "));
  EXPECT_THAT(reported("git-factory"), HasSubstr("GIT_FACTORY_DATA"));
}

TEST_F(DoctorTest, AKeyThatNothingReadsIsNamedWithTheOneThatWasMeant) {
  repo_.git("config factory.retries 3");
  EXPECT_THAT(reported("settings"), HasSubstr("ok: "));
  repo_.git("config factory.modle x/y");
  repo_.git("config factory-gate.unit.comand true");
  repo_.git("config factory.wholly.different thing");
  EXPECT_THAT(reported("setting factory.modle"), HasSubstr("note: "));
  EXPECT_THAT(reported("setting factory.modle"), HasSubstr("did you mean factory.model?"));
  EXPECT_THAT(reported("setting factory-gate.unit.comand"),
              HasSubstr("factory-gate.unit.command?"));
  EXPECT_THAT(reported("setting factory.wholly.different"), HasSubstr("nothing reads it ("));
  EXPECT_EQ(reported("settings"), "");
}

TEST_F(DoctorTest, WithoutAHomeThereIsNoCacheToLookAt) {
  setup_.environment.erase("HOME");
  setup_.environment.erase("XDG_CACHE_HOME");
  EXPECT_THAT(reported("cache disk"), HasSubstr("bad: "));
  EXPECT_THAT(reported("cache disk"), HasSubstr("XDG_CACHE_HOME"));
}

TEST_F(DoctorTest, ASandboxIsOneOnlyWhenItStarts) {
  only({"git", "sh"});
  script("bwrap", "exit 0");
  repo_.git("config factory.sandbox auto");
  EXPECT_THAT(reported("sandbox"), HasSubstr("is held by bubblewrap; processes are bound by a "));
  repo_.git("config factory.sandbox bubblewrap");
  script("bwrap", "echo 'bwrap: No permissions to create new namespace' >&2; exit 1");
  EXPECT_THAT(reported("sandbox"), HasSubstr("bad: no sandbox holds the repository's code here"));
  EXPECT_THAT(reported("sandbox"), HasSubstr("bwrap: No permissions"));
  EXPECT_THAT(reported("sandbox"), HasSubstr("factory.sandbox = none"));
  script("bwrap", "exit 1");
  EXPECT_THAT(reported("sandbox"), HasSubstr("does not start: it gives no reason"));
  script("bwrap", "printf '\\377\\033[31m\\n' >&2; exit 1");
  EXPECT_DONE(record::Json::parse(to_json(looked()["sandbox"]).dump()));
  repo_.git("config factory.sandbox none");
  EXPECT_THAT(reported("sandbox"),
              HasSubstr("note: the repository's code runs with your own rights"));
}

TEST_F(DoctorTest, FormatsThatLibgit2CannotReadAreNamedWithTheWayOut) {
  std::string other = place_ / "sha256";
  repo_.git({"init", "-q", "--object-format=sha256", other});
  setup_.directory = other;
  EXPECT_THAT(reported("repository"), HasSubstr("bad: "));
  EXPECT_THAT(reported("repository"), HasSubstr("SHA-1"));
  EXPECT_THAT(reported("extensions"), HasSubstr("objectformat=sha256"));
  setup_.directory = repo_.path();
  repo_.git("config core.repositoryFormatVersion 1");
  repo_.git("config extensions.somethingNew true");
  auto found = looked();
  EXPECT_EQ(found["repository"].health, Health::kBad);
  EXPECT_NE(found["repository"].hint, "");
}

TEST_F(DoctorTest, APartialCloneAShallowOneABareOneAndNoneAreToldApart) {
  repo_.commit("second");
  auto clone = [&](const std::string& name, const std::vector<std::string>& options) {
    std::vector<std::string> words = {"clone", "-q"};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {"file://" + repo_.path(), place_ / name});
    repo_.git(words);
    setup_.directory = place_ / name;
  };
  repo_.git("config uploadpack.allowFilter true");
  clone("partial", {"--filter=blob:none"});
  EXPECT_THAT(reported("repository"), HasSubstr("note: "));
  EXPECT_THAT(reported("repository"), HasSubstr("fetched first"));
  clone("shallow", {"--depth=1"});
  EXPECT_THAT(reported("repository"), HasSubstr("bad: "));
  EXPECT_THAT(reported("repository"), HasSubstr("(git fetch --unshallow)"));
  clone("bare", {"--bare"});
  EXPECT_THAT(reported("repository"), HasSubstr("is bare"));
  EXPECT_THAT(reported("hooks"), HasSubstr("pre-receive missing"));
  setup_.directory = place_.path();
  EXPECT_THAT(reported("repository"), HasSubstr("bad: not a git repository"));
}

TEST_F(DoctorTest, AnIndexThatLibgit2CannotReadIsToldWithTheCommandThatMendsIt) {
  EXPECT_THAT(reported("git index"), HasSubstr("ok: "));
  repo_.git("config core.splitIndex true");
  EXPECT_THAT(reported("git index"), HasSubstr("(git update-index --no-split-index)"));
  repo_.git("config index.sparse true");
  repo_.git("config core.sparseCheckoutCone true");
  EXPECT_THAT(reported("git index"), HasSubstr("--no-sparse-index"));
}

TEST_F(DoctorTest, RefspecsThatLeaveOutTheRecordAreToldWithTheirNumber) {
  std::string remote = place_ / "origin.git";
  repo_.git({"init", "-q", "--bare", remote});
  repo_.git({"remote", "add", "origin", remote});
  EXPECT_THAT(reported("sharing"), HasSubstr("not decided yet"));
  EXPECT_EQ(reported("refspecs"), "");
  repo_.git("config factory.share full");
  EXPECT_THAT(reported("refspecs"), HasSubstr("note: 'git fetch origin' leaves out 4 kinds"));
  for (const std::string& spec : store::Store::fetch_refspecs("origin", store::Share::kFull))
    repo_.git({"config", "--add", "remote.origin.fetch", spec});
  EXPECT_THAT(reported("refspecs"), HasSubstr("ok: "));
  std::string broken = repo_.git("config --get-all remote.origin.fetch");
  repo_.git({"config", "--unset", "remote.origin.fetch", "ledger"});
  repo_.git({"config", "--add", "remote.origin.fetch", "+refs/factory/ledger/*:refs/elsewhere/*"});
  EXPECT_THAT(reported("refspecs"), HasSubstr("leaves out 1 kind "));
  EXPECT_THAT(reported("refspecs"), HasSubstr("(git factory init)"));
  EXPECT_THAT(reported("remote", false), HasSubstr("ok: origin answers"));
  std::filesystem::remove_all(remote);
  EXPECT_THAT(reported("remote", false), HasSubstr("bad: origin does not answer"));
  EXPECT_THAT(reported("remote"), HasSubstr("ok: origin; not asked"));
}

TEST_F(DoctorTest, AHookThatIsMissingOffOrAnotherOnesIsToldApart) {
  EXPECT_THAT(reported("hooks"), HasSubstr("note: pre-push missing"));
  EXPECT_THAT(reported("hooks"), HasSubstr("(git factory hooks install)"));
  std::string hook = repo_.write(".git/hooks/pre-push", "#!/bin/sh\nexit 0\n");
  std::filesystem::permissions(hook, std::filesystem::perms::owner_all);
  EXPECT_THAT(reported("hooks"), HasSubstr("note: pre-push other"));
  repo_.write(".git/hooks/pre-push", "#!/bin/sh\nexec git factory hook pre-push \"$@\"\n");
  EXPECT_THAT(reported("hooks"), HasSubstr("ok: pre-push "));
  std::filesystem::permissions(hook, std::filesystem::perms::owner_read);
  EXPECT_THAT(reported("hooks"), HasSubstr("note: pre-push off"));
}

TEST_F(DoctorTest, AnIndexOfOursThatIsBrokenIsMadeAgainOrTold) {
  EXPECT_THAT(reported("index"), HasSubstr("ok: not made yet"));
  auto repo = git::Repo::open(repo_.path());
  ASSERT_DONE(repo);
  std::filesystem::path path = analyst::Index::path(*repo);
  std::filesystem::create_directories(path.parent_path());
  repo_.write(std::filesystem::relative(path, repo_.path()).string(), "this is no database");
  EXPECT_THAT(reported("index"), HasSubstr("ok: up to date")) << "it is a cache";
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path / "in the way");
  EXPECT_THAT(reported("index"), HasSubstr("note: cannot be kept at ")) << "or kept nowhere";
}

TEST_F(DoctorTest, ADiskWithoutRoomIsBad) {
  EXPECT_THAT(reported("disk"), HasSubstr(" GB free at "));
  setup_.environment["XDG_CACHE_HOME"] = "/proc/self";  // has no room at all
  EXPECT_THAT(reported("cache disk"), HasSubstr("bad: 0.0 GB free at /proc/self/git-factory"));
  EXPECT_THAT(reported("cache disk"), HasSubstr("free some space"));
  // A home that nobody can write to has room enough.
  repo_.write("a file", "");
  setup_.environment["XDG_CACHE_HOME"] = repo_.path() + "/a file";
  EXPECT_THAT(reported("cache disk"), HasSubstr("is no folder"));
  EXPECT_THAT(reported("cache disk"), HasSubstr("set XDG_CACHE_HOME"));
}

TEST_F(DoctorTest, GatesOfAnEnvironmentThatIsToBeMadeAreNotLookedForElsewhere) {
  auto python = proc::find_program("python3", repo_.environment());
  ASSERT_TRUE(python);
  test::Ran made = test::run({*python, "-m", "venv", "--without-pip", place_ / "bare"},
                             place_.path(), repo_.environment());
  ASSERT_EQ(made.exit_code, 0) << made.err;
  setup_.environment["PATH"] = (place_ / "bare/bin") + ":" + setup_.environment["PATH"];
  EXPECT_THAT(reported("gate ruff"), HasSubstr("/python3 -m ruff --version' does not answer"))
      << "what was asked, as it can be asked again";

  repo_.write("pyproject.toml", "[tool.ruff]\n[tool.pytest.ini_options]\n");
  repo_.write("tests/test_one.py", "def test_one():\n    pass\n");
  repo_.write("requirements-dev.txt", "ruff\npytest\n");
  repo_.commit("says what it needs");
  EXPECT_THAT(reported("environment"),
              HasSubstr("ok: runs make one from requirements-dev.txt by pip"));
  EXPECT_THAT(reported("gate ruff"), HasSubstr("note: in the environment that runs make (pyproj"));
}

TEST_F(DoctorTest, WhatNobodyTrustsIsNeitherRunNorAsked) {
  repo_.write(".gitfactory",
              "[factory]\n\tmodel = command/x\n[factory \"provider.x\"]\n\tkind = command\n"
              "\tcommand = touch asked\n[factory-gate \"x\"]\n\tcommand = touch ran\n");
  repo_.commit("tracked");
  EXPECT_THAT(reported(".gitfactory", false), HasSubstr("bad: not trusted"));
  EXPECT_THAT(reported(".gitfactory"), HasSubstr("(git factory trust)"));
  EXPECT_EQ(reported("gate x"), "");
  EXPECT_FALSE(std::filesystem::exists(repo_.path() + "/ran"));
  EXPECT_FALSE(std::filesystem::exists(repo_.path() + "/asked"));
  EXPECT_THAT(reported("models"), HasSubstr("bad: none for plan"));
}

TEST_F(DoctorTest, ARepositoryWithoutGatesTestsOrModelsSaysSo) {
  std::filesystem::remove(repo_.path() + "/pyproject.toml");
  repo_.commit("nothing to check with");
  EXPECT_THAT(reported("gates"), HasSubstr("bad: none was found"));
  repo_.git({"config", "factory-gate.lint.command", "true"});
  EXPECT_THAT(reported("tests"), HasSubstr("bad: no gate runs tests"));
  EXPECT_THAT(reported("models"), HasSubstr("bad: none for plan"));
  repo_.git("config factory.model nothing");
  EXPECT_THAT(reported("model nothing"), HasSubstr("bad: "));
}

TEST_F(DoctorTest, AConfigurationOfGatesThatCannotBeReadIsTold) {
  repo_.write("pyproject.toml", "[tool.ruff]\nline-length =\n");
  repo_.commit("broken");

  EXPECT_THAT(reported("gates"), HasSubstr("bad: 'pyproject.toml' cannot be read: line 2: "));
}

TEST_F(DoctorTest, LocksAndTooManyRefsAreTold) {
  repo_.write(".git/index.lock", "");
  EXPECT_THAT(reported("locks"), HasSubstr("note: index.lock in "));
  std::string updates, tip = repo_.git("rev-parse HEAD");
  for (int i = 0; i < 5001; ++i) updates += "create refs/tags/" + std::to_string(i) + " " + tip;
  repo_.git(std::vector<std::string>{"update-ref", "--stdin"}, updates);
  EXPECT_THAT(reported("refs"), HasSubstr("note: 5002 refs"));
}

TEST_F(DoctorTest, WhatARunnerOfBatchesLacksIsToldOneAfterTheOther) {
  EXPECT_EQ(reported("runner"), "") << "this machine needs nothing";
  repo_.git("config factory.batch.runner cloud");
  EXPECT_THAT(reported("runner"),
              HasSubstr("bad: there is no runner 'cloud' (it is one of local, "));
  repo_.git("config factory.batch.runner ssh");
  only({"git"});
  EXPECT_THAT(reported("runner"), HasSubstr("bad: ssh: there is no 'ssh' here (install it"));
  std::string ssh = place_ / "bin/ssh";
  std::ofstream(ssh) << "#!/bin/sh\nexit 1\n";
  std::filesystem::permissions(ssh, std::filesystem::perms::owner_all);
  EXPECT_THAT(reported("runner"), HasSubstr("bad: ssh: no remote that its jobs could clone"));
  repo_.git("remote add origin https://forge.example/acme/shop.git");
  EXPECT_THAT(reported("runner"), HasSubstr("bad: ssh: no machine is named"));
  repo_.git("config --add factory.batch.hosts node.example");
  EXPECT_THAT(reported("runner"), HasSubstr("bad: ssh: its jobs may not send the record home"));
  repo_.git("config factory.share summary");
  EXPECT_THAT(reported("runner"), HasSubstr("ok: ssh, by way of 'origin'"));
}

TEST_F(DoctorTest, EveryCheckIsOneLineOfJsonAndNothingBadIsWithoutAWayOut) {
  repo_.git({"config", "user.name", "A\nB \xff"});
  for (const Check& check : examine(setup_, Wish{true})) {
    auto json = record::Json::parse(to_json(check).dump());
    ASSERT_DONE(json);
    EXPECT_EQ(json->get_int("v"), 1);
    EXPECT_EQ(json->get_string("check"), to_utf8(check.name));
    if (check.health == Health::kBad) {
      EXPECT_NE(check.hint, "") << check.name;
    }
  }
}

}  // namespace
}  // namespace gf::doctor
