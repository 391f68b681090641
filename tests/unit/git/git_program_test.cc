// The git program as we call it: settings, commits, and what remotes answer.
#include "git/git_program.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/git_variables.h"
#include "base/text.h"
#include "unit/git/beside_a_remote.h"

namespace gf::git {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

TEST_F(GitProgramTest, what_is_removed_from_children_is_gits_own_list_without_the_settings) {
  std::vector<std::string> wanted;
  for (const std::string& name : lines(place_.git("rev-parse --local-env-vars"))) {
    if (name != "GIT_CONFIG_PARAMETERS" && name != "GIT_CONFIG_COUNT") wanted.push_back(name);
  }
  for (const std::string& name : wanted) EXPECT_THAT(repository_variables(), Contains(name));
  EXPECT_THAT(repository_variables(), Not(Contains("GIT_CONFIG_PARAMETERS")));
  EXPECT_THAT(repository_variables(), Not(Contains("GIT_CONFIG_COUNT")));
}

TEST_F(GitProgramTest, version_is_a_number) {
  ASSERT_GIVES(auto version, program().version());
  EXPECT_THAT(version, ::testing::MatchesRegex("[0-9]+\\.[0-9]+.*"));
}

TEST_F(GitProgramTest, settings_have_values_of_any_bytes_and_say_where_they_are_from) {
  place_.git({"config", "factory.gate.unit.command", "run 'a b'\nand more = \t#x"});
  ASSERT_GIVES(auto settings, program({{"GIT_CONFIG_COUNT", "1"},
                                       {"GIT_CONFIG_KEY_0", "Factory.Base"},
                                       {"GIT_CONFIG_VALUE_0", "trunk"}})
                                  .settings());
  EXPECT_EQ(value_of(settings, "factory.gate.unit.command"), "run 'a b'\nand more = \t#x");
  EXPECT_EQ(value_of(settings, "factory.base"), "trunk");
  EXPECT_EQ(settings.back().scope, "command");
  EXPECT_EQ(settings.front().scope, "local");
}

TEST_F(GitProgramTest, a_setting_without_a_value_is_true) {
  std::ofstream(place_.path() + "/.git/config", std::ios::app) << "[factory]\n\tbrave\n";
  ASSERT_GIVES(auto settings, program().settings());
  EXPECT_EQ(value_of(settings, "factory.brave"), "true");
}

TEST_F(GitProgramTest, settings_of_a_tracked_file_follow_no_include) {
  place_.write("secret", "[factory]\n\tbase = stolen\n");
  place_.write(".gitfactory",
               "[factory]\n\tbase = main\n[include]\n\tpath = " + place_.path() + "/secret\n");
  place_.commit("configure");
  Oid blob = Oid::parse(trim(place_.git("rev-parse HEAD:.gitfactory"))).value();
  ASSERT_GIVES(auto settings, program().settings_of_blob(blob));
  EXPECT_EQ(value_of(settings, "factory.base"), "main");
  EXPECT_EQ(settings.front().scope, "tracked");
}

TEST_F(GitProgramTest, a_broken_tracked_configuration_is_the_configurations_fault) {
  place_.write(".gitfactory", "[factory\nnonsense");
  place_.commit("configure");
  Oid blob = Oid::parse(trim(place_.git("rev-parse HEAD:.gitfactory"))).value();
  auto settings = program().settings_of_blob(blob);
  ASSERT_FALSE(settings.ok());
  EXPECT_EQ(settings.error().fault, Fault::kConfiguration);
}

TEST_F(GitProgramTest, a_setting_is_set_replaced_and_added_to) {
  Program git = program();
  ASSERT_DONE(git.set_config("factory.trusted", "one", true));
  ASSERT_DONE(git.set_config("factory.trusted", "-two", true));
  EXPECT_EQ(place_.git("config --get-all factory.trusted"), "one\n-two\n");
  ASSERT_DONE(git.set_config("factory.trusted", "three"));
  EXPECT_EQ(place_.git("config --get-all factory.trusted"), "three\n");
  EXPECT_FALSE(git.set_config("--unset", "user.name").ok());
  EXPECT_EQ(place_.git("config user.name"), "A Tester\n");
}

TEST_F(GitProgramTest, a_commit_has_the_tree_the_parents_and_the_message_as_given) {
  Oid tree = Oid::parse(trim(place_.git("rev-parse HEAD^{tree}"))).value();
  ASSERT_GIVES(Oid made,
               program().commit_tree(tree, {base_}, "feat: \xc3\xa4 thing\n\n-S is no option\n",
                                     {{"GIT_AUTHOR_NAME", "Somebody Else"}}));
  EXPECT_EQ(place_.git("log -1 --format=%an|%cn|%P|%T|%B " + made.hex()),
            "Somebody Else|A Tester|" + base_.hex() + "|" + tree.hex() +
                "|feat: \xc3\xa4 thing\n\n-S is no option\n\n");
  EXPECT_EQ(place_.git("rev-parse HEAD"), base_.hex() + "\n") << "no ref has moved";
}

TEST_F(GitProgramTest, a_commit_without_an_identity_says_what_to_set) {
  place_.git("config user.useConfigOnly true");
  place_.git("config --unset user.email");
  Oid tree = Oid::parse(trim(place_.git("rev-parse HEAD^{tree}"))).value();
  auto made = program().commit_tree(tree, {base_}, "x\n");
  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.error().hint, HasSubstr("user.email"));
}

TEST_F(GitProgramTest, yes_and_no_are_what_git_takes_for_them) {
  for (const char* word :
       {"true",  "YES", "On",  "1",           "2",  "-1", "+1", "0x10",  "010",   "1k",   " 1",
        "false", "No",  "OFF", "0",           "0k", "00", "",   "maybe", "t",     "1.0",  "0x",
        "1kk",   "k",   "-",   "99999999999", "3g", "2g", "1 ", "08",    "true ", "input"}) {
    ASSERT_GIVES(auto answer,
                 program().ask({"-c", std::string("a.b=") + word, "config", "--type=bool", "a.b"}));
    std::optional<bool> gits;
    if (answer.exit_code == 0) gits = trim(answer.out) == "true";
    EXPECT_EQ(git_flag(word), gits) << "'" << word << "'";
  }
  ASSERT_GIVES(auto all, program().ask({"-c", "a.b", "config", "--type=bool", "a.b"}));
  EXPECT_EQ(trim(all.out), "true") << "a key without a value, which settings() gives as 'true'";
}

TEST_F(GitProgramTest, a_commit_is_signed_where_the_user_signs) {
  place_.git("config commit.gpgSign yes");
  place_.git("config gpg.format openpgp");
  std::string signer = beside_ / "signer";
  add_hook(
      signer,
      "cat >/dev/null\necho '[GNUPG:] SIG_CREATED ' >&2\n"
      "printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nmade\\n-----END PGP SIGNATURE-----\\n'\n");
  place_.git({"config", "gpg.program", signer});
  Oid tree = Oid::parse(trim(place_.git("rev-parse HEAD^{tree}"))).value();
  ASSERT_GIVES(Oid made, program().commit_tree(tree, {base_}, "signed\n"));
  EXPECT_THAT(place_.git("cat-file commit " + made.hex()), HasSubstr("BEGIN PGP SIGNATURE"));
}

TEST_F(GitProgramTest, a_push_arrives) {
  add_remote();
  Oid next = commit_more("b.txt");
  ASSERT_GIVES(auto result, program().push("origin", {"main:refs/heads/main"}));
  EXPECT_TRUE(result.pushed);
  EXPECT_FALSE(result.rejected);
  EXPECT_EQ(place_.git({"--git-dir=" + remote_, "rev-parse", "main"}), next.hex() + "\n");
}

TEST_F(GitProgramTest, a_push_that_comes_second_is_rejected_and_forces_nothing) {
  add_remote();
  Oid theirs = commit_more("theirs.txt");
  place_.git("push -q origin main");
  place_.git({"reset", "-q", "--hard", base_.hex()});
  commit_more("ours.txt");
  ASSERT_GIVES(auto result, program().push("origin", {"main"}));
  EXPECT_FALSE(result.pushed);
  EXPECT_TRUE(result.rejected);
  EXPECT_THAT(result.remote_text, HasSubstr("rejected"));
  EXPECT_EQ(place_.git({"--git-dir=" + remote_, "rev-parse", "main"}), theirs.hex() + "\n");
}

TEST_F(GitProgramTest, what_follows_arrives_only_where_the_ref_stands_as_it_was) {
  add_remote();
  Oid was = commit_more("was.txt");
  Oid next = commit_more("next.txt");
  Oid theirs = commit_more("theirs.txt");
  place_.git({"checkout", "-q", base_.hex()});
  Oid aside = commit_more("aside.txt");
  struct Case {
    const char* why;
    Oid there;  // zero: the ref is gone
    Oid now;
    bool pushed, rejected;
  };
  for (const Case& one : {
           Case{"as it was", was, next, true, false},
           Case{"somebody went on", theirs, next, false, true},
           Case{"somebody put it back", base_, next, false, true},
           Case{"somebody took it away", Oid(), next, false, true},
           Case{"not on what was there", was, aside, false, false},
       }) {
    const std::string ref = "refs/heads/thing";
    place_.git({"push", "-q", "-f", "origin", was.hex() + ":" + ref});
    std::string spec = one.there.is_zero() ? ":" + ref : one.there.hex() + ":" + ref;
    place_.git({"push", "-q", "-f", "origin", spec});

    auto result = program().push_following("origin", was, one.now, ref, {});

    EXPECT_EQ(result.ok(), one.pushed || one.rejected) << one.why;
    if (result.ok()) {
      EXPECT_EQ(result->pushed, one.pushed) << one.why << result->remote_text;
      EXPECT_EQ(result->rejected, one.rejected) << one.why << result->remote_text;
    } else {
      EXPECT_EQ(result.error().fault, Fault::kInternal) << one.why;
    }
    std::string left = place_.git({"ls-remote", "origin", ref}).substr(0, 40);
    EXPECT_EQ(left, one.pushed            ? one.now.hex()
                    : one.there.is_zero() ? std::string()
                                          : one.there.hex())
        << one.why;
  }
}

TEST_F(GitProgramTest, a_hook_of_the_remote_is_heard_and_is_no_race) {
  add_remote();
  add_hook(remote_ + "/hooks/pre-receive",
           "printf 'no entry: \\033[31mticket missing\\n  second line\\n'\nexit 1\n");
  commit_more("b.txt");
  ASSERT_GIVES(auto result, program().push("origin", {"main"}));
  EXPECT_FALSE(result.pushed);
  EXPECT_FALSE(result.rejected);
  EXPECT_THAT(result.remote_text, HasSubstr("ticket missing\nsecond line"));
  EXPECT_THAT(result.remote_text, Not(HasSubstr("\033")));
  EXPECT_THAT(result.remote_text, Not(HasSubstr("remote:")));
}

TEST_F(GitProgramTest, a_ref_locked_at_the_remote_is_a_race) {
  add_remote();
  beside_.write("remote.git/refs/heads/main.lock", "");
  commit_more("b.txt");
  ASSERT_GIVES(auto result, program().push("origin", {"main"}));
  EXPECT_FALSE(result.pushed);
  EXPECT_TRUE(result.rejected) << result.remote_text;
}

TEST_F(GitProgramTest, the_users_own_pre_push_hook_is_run_and_quoted) {
  add_remote();
  add_hook(place_.path() + "/.git/hooks/pre-push", "echo 'tests are red' >&2\nexit 1\n");
  commit_more("b.txt");
  ASSERT_GIVES(auto result, program().push("origin", {"main"}));
  EXPECT_FALSE(result.pushed);
  EXPECT_FALSE(result.rejected);
  EXPECT_EQ(result.remote_text, "tests are red");
  add_hook(place_.path() + "/.git/hooks/pre-push", "echo 'no: 3 reasons'\necho red >&2\nexit 1\n");
  ASSERT_GIVES(result, program().push("origin", {"main"}));
  EXPECT_EQ(result.remote_text, "no: 3 reasons\nred");
}

TEST_F(GitProgramTest, a_remote_that_is_not_there_is_an_error_with_a_way_on) {
  place_.git({"remote", "add", "origin", beside_ / "nowhere"});
  auto pushed = program().push("origin", {"main"});
  ASSERT_FALSE(pushed.ok());
  EXPECT_EQ(pushed.error().fault, Fault::kConfiguration);
  EXPECT_THAT(pushed.error().hint, HasSubstr("git remote -v"));
  auto fetched = program().fetch("origin", {"main:refs/remotes/origin/main"});
  ASSERT_FALSE(fetched.ok());
  EXPECT_THAT(fetched.error().hint, HasSubstr("git remote -v"));
}

TEST_F(GitProgramTest, what_ssh_says_is_the_line_and_has_a_way_on) {
  constexpr const char* kEnd =
      "fatal: Could not read from remote repository.\n\nPlease make sure you have the correct "
      "access rights\nand the repository exists.\n";
  struct Case {
    const char *said, *message, *hint;
    bool lasts = false;  ///< it will be refused later, too
  };
  for (const Case& one :
       {Case{"No ED25519 host key is known for h and you have requested strict checking.\r\n"
             "Host key verification failed.\r\n",
             "Host key verification failed.", "known_hosts", true},
        Case{
            "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.\n",
            "the server shows another key than the one that is known of it", "ssh-keygen -R", true},
        Case{"ada@h: Permission denied (publickey).\n", "ada@h: Permission denied (publickey).",
             "ssh-add", true},
        Case{"ssh: connect to host h port 22: Connection refused\n",
             "ssh: connect to host h port 22: Connection refused", "host and port"},
        Case{"ssh: Could not resolve hostname h: Name or service not known\n",
             "ssh: Could not resolve hostname h: Name or service not known", "check the host"},
        Case{"kex_exchange_identification: read: Connection reset by peer\n",
             "Could not read from remote repository.", "git remote -v"},
        Case{"remote: REMOTE HOST IDENTIFICATION HAS CHANGED\nremote: Permission denied (x)\n",
             "Could not read from remote repository.", "git remote -v"},
        // Keys that may only read, and repositories that are not there: as each forge says it.
        Case{"ERROR: The key you are authenticating with has been marked as read only.\n",
             "ERROR: The key you are authenticating with has been marked as read only.",
             "write access", true},
        Case{"remote: \nremote: ERROR: This deploy key does not have write access to this "
             "project.\n",
             "ERROR: This deploy key does not have write access to this project.", "write access",
             true},
        Case{"repository access denied. access via a deployment key is read-only.\n",
             "repository access denied. access via a deployment key is read-only.", "write access",
             true},
        Case{"Gitea: Deploy Key: 3:bot is not authorized to write to ada/shop.\n",
             "Gitea: Deploy Key: 3:bot is not authorized to write to ada/shop.", "write access",
             true},
        Case{"ERROR: Repository not found.\n", "ERROR: Repository not found.", "git remote -v",
             true},
        Case{"remote: ERROR: The project you were looking for could not be found or you don't have "
             "permission to view it.\n",
             "ERROR: The project you were looking for could not be found or you don't have "
             "permission to view it.",
             "git remote -v", true},
        Case{"Gitea: Cannot find repository: ada/shop\n", "Gitea: Cannot find repository: ada/shop",
             "git remote -v", true},
        Case{"fatal: '/srv/shop.git' does not appear to be a git repository\n",
             "'/srv/shop.git' does not appear to be a git repository", "git remote -v", true},
        Case{"remote: Permission to acme/shop.git denied to ada.\nfatal: unable to access "
             "'https://h/acme/shop.git/': The requested URL returned error: 403\n",
             "Permission to acme/shop.git denied to ada.", "write access", true},
        Case{"remote: Not Found\nfatal: repository 'https://h/acme/shop.git/' not found\n",
             "repository 'https://h/acme/shop.git/' not found", "git remote -v", true}}) {
    Program git(
        [&](const Command&) -> Result<Answer> {
          return Answer{128, "", std::string(one.said) + kEnd};
        },
        place_.path());
    for (const Error& error :
         {git.fetch("origin", {"main"}).error(), git.push("origin", {"main"}).error()}) {
      EXPECT_EQ(error.message, one.message);
      EXPECT_THAT(error.hint, HasSubstr(one.hint)) << one.said;
      EXPECT_EQ(error.fault == Fault::kConfiguration, one.lasts) << one.said;
    }
  }
}

TEST_F(GitProgramTest, names_cannot_act_as_options_and_nothing_is_forced) {
  add_remote();
  std::string victim = beside_ / "victim";
  std::string option = "--receive-pack=touch " + victim;
  EXPECT_FALSE(program().push(option, {"main"}).ok());
  EXPECT_FALSE(program().push("origin", {option}).ok());
  EXPECT_FALSE(program().push("origin", {"+main"}).ok());
  EXPECT_FALSE(program().push("origin", {}).ok());
  EXPECT_FALSE(program().fetch("--upload-pack=touch " + victim, {"main"}).ok());
  EXPECT_FALSE(program().fetch("origin", {"--upload-pack=touch " + victim}).ok());
  EXPECT_FALSE(fs::exists(victim));
}

TEST_F(GitProgramTest, a_fetch_brings_refs_and_leaves_no_trace_beside) {
  add_remote();
  Oid theirs = commit_more("theirs.txt");
  place_.git("push -q origin main:other");
  ASSERT_DONE(program().fetch("origin", {"+refs/heads/other:refs/remotes/origin/other"}));
  EXPECT_EQ(place_.git("rev-parse refs/remotes/origin/other"), theirs.hex() + "\n");
  EXPECT_FALSE(fs::exists(place_.path() + "/.git/FETCH_HEAD"));
  ASSERT_GIVES(auto remotes, program().remotes());
  EXPECT_THAT(remotes, ::testing::ElementsAre("origin"));
}

TEST_F(GitProgramTest, gits_last_complaint_is_the_error) {
  auto ran = program().run({"-c", "core.quotePath=true", "rev-parse", "--verify", "no-such"});
  ASSERT_FALSE(ran.ok());
  EXPECT_EQ(ran.error().message, "git rev-parse: Needed a single revision");
}

}  // namespace
}  // namespace gf::git
