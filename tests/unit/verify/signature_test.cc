// Who let it through: signatures as people make and check them for commits.
#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "unit/verify/approved.h"

namespace gf::verify::test {
namespace {

using ::testing::HasSubstr;

class SignatureTest : public ApprovedTest {
 protected:
  SignatureTest() {
    policy_.signature = true;
    for (const char* name : {"alice", "mallory"}) {
      std::string key = folder_ / name;
      auto ran =
          gf::test::run({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key},
                        folder_.path(), repo_.environment());
      EXPECT_EQ(ran.exit_code, 0) << ran.err;
    }
    repo_.git("config gpg.format ssh");
    sign_as("alice");
    allow("alice@example.com", "alice");
  }
  void sign_as(const std::string& name) {
    repo_.git({"config", "user.signingKey", folder_ / (name + ".pub")});
  }
  void allow(const std::string& principal, const std::string& name) {
    repo_.git({"config", "gpg.ssh.allowedSignersFile",
               folder_.write("allowed",
                             principal + " namespaces=\"git\" " + folder_.read(name + ".pub"))});
  }
  Made signed_run(const std::string& slug) {
    return approve(
        slug, [&] { repo_.write(slug + ".py", "x = 1\n"); },
        [](Parts& parts) { parts.sign = true; });
  }
  std::string fingerprint(const std::string& name) {
    auto ran = gf::test::run({"ssh-keygen", "-l", "-f", folder_ / (name + ".pub")}, folder_.path(),
                             repo_.environment());
    std::string text = ran.out.substr(ran.out.find("SHA256:"));
    return text.substr(0, text.find(' '));
  }
  gf::test::TempFolder folder_;
};

TEST_F(SignatureTest, AnAllowedSignerIsNamed) {
  Made made = signed_run("one");
  Finding finding = one(made.head);
  EXPECT_EQ(status_text(finding), "ok exact") << finding.text << finding.hint;
  EXPECT_EQ(finding.signed_by, "alice@example.com");
  EXPECT_THAT(finding.text, HasSubstr("signed by alice@example.com"));
  policy_.signature = false;
  EXPECT_EQ(one(made.head).signed_by, "") << "it was not asked for";
}

TEST_F(SignatureTest, WithoutSignatureItIsRefusedOnlyWhereOneIsRequired) {
  Made made = approve("plain");
  EXPECT_EQ(status_text(one(made.head)), "no unsigned");
  policy_.signature = false;
  EXPECT_EQ(status_text(one(made.head)), "ok exact");
}

TEST_F(SignatureTest, AKeyThatNobodyAllowedIsRefused) {
  sign_as("mallory");
  Made made = signed_run("one");
  Finding finding = one(made.head);
  EXPECT_EQ(status_text(finding), "no bad-signature");
  EXPECT_THAT(finding.text, HasSubstr(fingerprint("mallory")));
  EXPECT_THAT(finding.hint, HasSubstr("allowedSignersFile"));
  policy_.signers = {fingerprint("mallory")};
  EXPECT_EQ(status_text(one(made.head)), "ok exact") << "its fingerprint is in the policy";
}

TEST_F(SignatureTest, WhereNobodysKeysAreKnownThatIsSaid) {
  Made made = signed_run("one");
  repo_.git("config --unset gpg.ssh.allowedSignersFile");
  Finding finding = one(made.head);
  EXPECT_EQ(status_text(finding), "no bad-signature");
  EXPECT_THAT(finding.text, HasSubstr("nobody's keys are known here"));
  EXPECT_THAT(finding.hint, HasSubstr("gpg.ssh.allowedSignersFile"));
}

TEST_F(SignatureTest, ThePolicyNamesWhoMaySign) {
  Made made = signed_run("one");
  policy_.signers = {"bob@example.com"};
  EXPECT_EQ(status_text(one(made.head)), "no bad-signature");
  policy_.signers = {"bob@example.com", "alice@example.com"};
  EXPECT_EQ(status_text(one(made.head)), "ok exact");
  policy_.signers = {fingerprint("alice")};
  EXPECT_EQ(status_text(one(made.head)), "ok exact");
  policy_.signers = {""};
  EXPECT_EQ(status_text(one(made.head)), "no bad-signature");
}

TEST_F(SignatureTest, ARevokedKeyIsRefused) {
  Made made = signed_run("one");
  repo_.git(
      {"config", "gpg.ssh.revocationFile", folder_.write("revoked", folder_.read("alice.pub"))});
  EXPECT_EQ(status_text(one(made.head)), "no bad-signature");
}

TEST_F(SignatureTest, ASignatureOfAnotherVerdictCountsForNothing) {
  Made first = signed_run("one");
  Made second = signed_run("two");
  git::Repo repo = open();
  std::string ledger = "refs/factory/ledger/" + first.id.month();
  auto path = [](const Made& made, const char* file) {
    return fmt::format("{}/{}/{}", made.id.day(), made.id.str(), file);
  };
  Oid tip = id_of(ledger), tree = repo.commit(tip)->tree;
  auto put = [&](const std::vector<git::PathChange>& changes) {
    std::string commit = repo_.git(
        {"commit-tree", "-m", "x", "-p", tip.hex(), repo.update_tree(tree, changes).value().hex()});
    repo_.git({"update-ref", ledger, commit.substr(0, 40)});
  };
  Oid other = repo.entry_at(tree, path(first, "review.sig"))->value().id;
  put({{path(second, "review.sig"), other}});
  Finding finding = one(second.head);
  EXPECT_EQ(status_text(finding), "no bad-signature");
  EXPECT_THAT(finding.text, HasSubstr("something else"));
  // A changed byte, nothing at all, and a verdict that was changed under its signature.
  std::string text = repo.read_blob(other).value();
  put({{path(first, "review.sig"), repo.write_blob(with(text, "author A", "author B")).value()}});
  EXPECT_EQ(status_text(one(first.head)), "no bad-signature");
  for (const char* nothing : {"", "\n\n", "tree", "gpgsig x\n\nx"}) {
    put({{path(first, "review.sig"), repo.write_blob(nothing).value()}});
    EXPECT_EQ(status_text(one(first.head)), "no bad-signature") << nothing;
  }
  Oid verdict = repo.entry_at(tree, path(first, "review.json"))->value().id;
  std::string changed = repo.read_blob(verdict).value();
  changed = with(changed, "\"reasons\":[]", "\"reasons\":[\"x\"]");
  put({{path(first, "review.json"), repo.write_blob(changed).value()}});
  EXPECT_EQ(status_text(one(first.head)), "no bad-signature");
  // An unsigned statement with all the right words.
  size_t begin = text.find("gpgsig"), end = text.find("\n\n");
  put({{path(first, "review.sig"),
        repo.write_blob(text.substr(0, begin - 1) + text.substr(end)).value()}});
  EXPECT_EQ(status_text(one(first.head)), "no bad-signature");
}

TEST_F(SignatureTest, ACommitSignedForSomethingElseIsNoVerdict) {
  Made made = signed_run("one");
  // Alice signs her commits: none of them says what a verdict says.
  std::string commit = repo_.git(
      {"commit-tree", "-S", "-p", made.base.hex(), "-m", "verdict: approved", made.tree.hex()});
  std::string text = repo_.git({"cat-file", "commit", commit.substr(0, 40)});
  git::Repo repo = open();
  std::string ledger = "refs/factory/ledger/" + made.id.month();
  Oid tree = repo.update_tree(repo.commit(id_of(ledger))->tree,
                              {{fmt::format("{}/{}/review.sig", made.id.day(), made.id.str()),
                                repo.write_blob(text).value()}})
                 .value();
  std::string next = repo_.git({"commit-tree", "-m", "x", tree.hex()});
  repo_.git({"update-ref", ledger, next.substr(0, 40)});
  EXPECT_EQ(status_text(one(made.head)), "no bad-signature");
}

TEST_F(SignatureTest, WhoSignsCommitsSignsVerdictsInWhicheverWordGitWasTold) {
  repo_.git("config --unset user.signingKey");
  for (const char* yes : {"on", "On", "true", "YES", "1", "2"}) {
    repo_.git({"config", "commit.gpgSign", yes});
    EXPECT_TRUE(can_sign(program()).value()) << yes;
  }
  for (const char* no : {"off", "false", "No", "0", ""}) {
    repo_.git({"config", "commit.gpgSign", no});
    EXPECT_FALSE(can_sign(program()).value()) << no;
  }
}

TEST_F(SignatureTest, WhoHasNoKeyIsToldSo) {
  EXPECT_TRUE(can_sign(program()).value());
  repo_.git("config --unset user.signingKey");
  EXPECT_FALSE(can_sign(program()).value());
  repo_.git("config user.signingKey /nowhere/key.pub");
  Made made = approve("one");
  git::Repo repo = open();
  record::Verdict verdict;
  verdict.tree = made.tree;
  verdict.base = made.base;
  auto failed = signed_statement(program(), verdict, {});
  ASSERT_FALSE(failed.ok());
  EXPECT_THAT(failed.error().hint, HasSubstr("factory.sign=false"));
}

TEST_F(SignatureTest, OpenPgpWorksTheSameWay) {
  auto gpg = [this](std::vector<std::string> words) {
    words.insert(words.begin(), {"gpg", "--batch", "--no-tty", "--quiet"});
    return gf::test::run(words, folder_.path(), repo_.environment());
  };
  auto made_key = gpg({"--pinentry-mode", "loopback", "--passphrase", "", "--quick-gen-key",
                       "Alice <alice@example.com>", "ed25519", "sign", "never"});
  ASSERT_EQ(made_key.exit_code, 0) << made_key.err;
  std::string listing = gpg({"--with-colons", "--list-keys"}).out;
  std::string print = listing.substr(listing.find("\nfpr:") + 1);
  print = print.substr(0, print.find(":\n"));
  print = print.substr(print.rfind(':') + 1);
  repo_.git("config gpg.format openpgp");
  repo_.git({"config", "user.signingKey", print});
  Made made = signed_run("one");
  Finding finding = one(made.head);
  EXPECT_EQ(status_text(finding), "ok exact") << finding.text << finding.hint;
  EXPECT_EQ(finding.signed_by, "Alice <alice@example.com>");
  policy_.signers = {"alice@example.com"};
  EXPECT_EQ(status_text(one(made.head)), "ok exact");
  policy_.signers = {print};
  EXPECT_EQ(status_text(one(made.head)), "ok exact");
  policy_.signers = {"bob@example.com"};
  EXPECT_EQ(status_text(one(made.head)), "no bad-signature");
  gf::test::run({"gpgconf", "--kill", "all"}, folder_.path(), repo_.environment());
}

TEST_F(SignatureTest, X509WorksTheSameWay) {
  std::map<std::string, std::string> environment = repo_.environment();
  std::filesystem::path home = std::filesystem::path(environment.at("HOME")) / ".gnupg";
  std::filesystem::create_directories(home);
  std::filesystem::permissions(home, std::filesystem::perms::owner_all);
  auto write = [&](const char* name, const std::string& text) {
    std::ofstream(home / name) << text;
    return (home / name).string();
  };
  auto gpgsm = [&](std::vector<std::string> words, const std::string& input = {}) {
    words.insert(words.begin(), {"gpgsm", "--batch"});
    return gf::test::run(words, folder_.path(), environment, input);
  };
  write("gpg-agent.conf", "allow-loopback-pinentry\n");
  write("gpgsm.conf", "disable-crl-checks\n");
  std::string wish = write("wish",
                           "Key-Type: RSA\nKey-Length: 2048\nKey-Usage: sign\nSerial: random\n"
                           "Name-DN: CN=Alice\nName-Email: alice@example.com\n"
                           "Not-After: 2099-01-01\n");
  auto made_key = gpgsm({"--pinentry-mode", "loopback", "--passphrase-fd", "0", "--output",
                         home / "alice.crt", "--generate-key", wish},
                        "\n");
  ASSERT_EQ(made_key.exit_code, 0) << made_key.err;
  ASSERT_EQ(gpgsm({"--import", home / "alice.crt"}).exit_code, 0);
  std::string listing = gpgsm({"--with-colons", "--list-secret-keys"}).out;
  std::string print;
  for (const std::string& field : split(listing.substr(listing.find("\nfpr:")), ':')) {
    if (field.size() == 40) {
      print = field;
      break;
    }
  }
  write("trustlist.txt", print + " S relax\n");
  gf::test::run({"gpgconf", "--kill", "all"}, folder_.path(), environment);
  repo_.git("config gpg.format x509");
  repo_.git({"config", "user.signingKey", print});
  Made made = signed_run("one");
  Finding finding = one(made.head);
  EXPECT_EQ(status_text(finding), "ok exact") << finding.text << finding.hint;
  EXPECT_EQ(finding.signed_by, "/CN=Alice");
  policy_.signers = {print};
  EXPECT_EQ(status_text(one(made.head)), "ok exact");
  policy_.signers = {"/CN=Alice"};
  EXPECT_EQ(status_text(one(made.head)), "ok exact");
  policy_.signers = {"/CN=Bob"};
  EXPECT_EQ(status_text(one(made.head)), "no bad-signature");
  policy_.signers.clear();
  // Whose root nobody trusts: git says so, and it is not let through.
  write("trustlist.txt", "");
  gf::test::run({"gpgconf", "--kill", "all"}, folder_.path(), environment);
  EXPECT_EQ(status_text(one(made.head)), "no bad-signature");
  gf::test::run({"gpgconf", "--kill", "all"}, folder_.path(), environment);
}

}  // namespace
}  // namespace gf::verify::test
