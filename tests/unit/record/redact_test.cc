// What the redactor promises, one thing at a time; the corpus is in redact_corpus_test.cc.
#include "record/redact.h"

#include <gmock/gmock.h>

namespace gf::record {
namespace {

/// Made at run time, so that no file holds something that looks like a secret.
std::string random_text(size_t length, unsigned seed = 7) {
  static const std::string kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::string text;
  for (size_t i = 0; i < length; ++i) {
    seed = seed * 1664525u + 1013904223u;
    text += kLetters[(seed >> 16) % kLetters.size()];
  }
  return text;
}

TEST(Redactor, OnlyTheSecretGoesAndItsKindIsTold) {
  Redactor redact;
  std::string value = random_text(40);
  EXPECT_EQ(redact("a gh" + ("p_" + value) + " b"), "a [redacted:github-token] b");
  EXPECT_EQ(redact("token=\"" + value + "\", x=1"), "token=\"[redacted:secret]\", x=1");
  EXPECT_EQ(redact("Authorization: Bearer " + value + "\nA: b"),
            "Authorization: Bearer [redacted:secret]\nA: b");
  EXPECT_EQ(redact("https://u:" + value + "@h/p"), "https://[redacted:userinfo]@h/p");
  std::string dashes = "-----", kind = "RSA PRIV" + std::string("ATE KEY");
  EXPECT_EQ(redact("x\n" + dashes + "BEGIN " + kind + dashes + "\n" + value + "\n" + dashes +
                   "END " + kind + dashes + "\ny"),
            "x\n[redacted:private-key]\ny");
}

TEST(Redactor, AKeyThatWasCutOffDoesNotTakeTheTextBehindItAlong) {
  Redactor redact;
  std::string begin = "-----BEGIN PRIV" + std::string("ATE KEY-----");
  EXPECT_EQ(redact(begin + "\n" + random_text(64) + "\nand then it went on"),
            "[redacted:private-key]\nand then it went on");
  std::string code = "if (text.find(\"" + begin + "\") != npos) return true;\nmore code\n";
  EXPECT_EQ(redact(code), code);
}

TEST(Redactor, ValuesOfSecretLookingVariablesAreTakenOutWhereverTheyAre) {
  std::string value = "plain-looking value 77";
  Redactor redact({"MY_API_TOKEN=" + value, "EDITOR=vim", "HOME=/home/someone", "odd"});
  EXPECT_EQ(redact("x " + value + " y"), "x [redacted:environment] y");
  EXPECT_EQ(redact("x=" + value + value), "x=[redacted:environment][redacted:environment]");
  EXPECT_EQ(redact("vim in /home/someone"), "vim in /home/someone");
  EXPECT_EQ(redact("?t=plain-looking%20value%2077&x"), "?t=[redacted:environment]&x");
}

TEST(Redactor, AShortPasswordWithSignsIsTakenOutWhereItStandsAlone) {
  std::string quoted = std::string("q\"") + "\\1!";
  Redactor redact({"DB_PASSWORD=a!9z", "MYSQL_PWD=p@s", "SMTP_PASS=#x1y#", "Q_PASSWORD=" + quoted});
  EXPECT_EQ(redact("login with a!9z."), "login with [redacted:environment].");
  EXPECT_EQ(redact("x\\na!9z\\n"), "x\\n[redacted:environment]\\n");
  EXPECT_EQ(redact("extra!9zone"), "extra!9zone") << "within another word it is none";
  EXPECT_EQ(redact("p@s"), "p@s") << "three characters are everywhere";
  EXPECT_EQ(redact("(#x1y#)"), "([redacted:environment])");
  EXPECT_EQ(redact("\"q\\\"\\\\1!\""), "\"[redacted:environment]\"") << "as JSON writes it";
}

TEST(Redactor, OrdinaryWordsBesideSuchVariablesAreNoSecrets) {
  Redactor redact({"TOKEN=on", "PASSWORD=test", "SECRET=password", "API_KEY=none",
                   "X_AUTH=disabled", "SSH_AUTH_SOCK=/run/agent.sock", "A_TOKEN=1234567",
                   "TOKEN_URL=https://x.org/abc", "PASSWORD_FILE=secrets-of-mine-17",
                   "TOKENIZERS_PARALLELISM=false-or-true", "VERSION_TOKEN=1.2.3-4", "B_TOKEN="});
  std::string text =
      "on test password none disabled /run/agent.sock 1234567 https://x.org/abc "
      "secrets-of-mine-17 false-or-true 1.2.3-4";
  EXPECT_EQ(redact(text), text);
}

TEST(Redactor, PasswordsInAddressesOfTheEnvironmentAreKnown) {
  std::string value = random_text(14);
  Redactor redact({"DATABASE_URL=postgres://app:" + value + "@db/app", "REDIS_URL=redis://h:1"});
  EXPECT_EQ(redact("the password " + value), "the password [redacted:environment]");
}

TEST(Redactor, TheLongestOfSeveralValuesIsTaken) {
  Redactor redact({"A_TOKEN=abcd-1234", "B_TOKEN=abcd-1234-5678-long"});
  EXPECT_EQ(redact("abcd-1234-5678-long abcd-1234"),
            "[redacted:environment] [redacted:environment]");
}

TEST(Redactor, BytesOfAnyKindPassUnchanged) {
  Redactor redact({"MY_TOKEN=abcdefgh1234"});
  std::string bytes;
  for (int i = 0; i < 1024; ++i) bytes += static_cast<char>(i * 7);
  EXPECT_EQ(redact(bytes), bytes);
  EXPECT_EQ(redact(""), "");
  EXPECT_EQ(redact("a"), "a");
  EXPECT_EQ(redact(":"), ":");
  EXPECT_EQ(redact("token="), "token=");
  EXPECT_EQ(redact("--token"), "--token");
  EXPECT_EQ(redact("-----BEGIN "), "-----BEGIN ");
  EXPECT_EQ(redact("://"), "://");
  std::string cut = "token=" + random_text(30);
  for (size_t size = 0; size < cut.size(); ++size) (void)redact(cut.substr(0, size));
}

}  // namespace
}  // namespace gf::record
