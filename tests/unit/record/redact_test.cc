#include "record/redact.h"

#include <gtest/gtest.h>

namespace gf::record {
namespace {

/// Made at run time, so that no file holds something that looks like a secret.
std::string random_text(size_t length, unsigned seed) {
  static const std::string kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::string text;
  for (size_t i = 0; i < length; ++i) {
    seed = seed * 1664525u + 1013904223u;
    text += kLetters[(seed >> 16) % kLetters.size()];
  }
  return text;
}

TEST(Redactor, SecretsAreTakenOut) {
  std::string value = random_text(40, 7);
  Redactor redact;
  for (const std::string& text :
       {"sk-" + value, std::string("gh") + "p_" + value,
        "AK" + std::string("IA") + "ABCDEFGH12345678", "Authorization: Bearer " + value,
        "x-api-key: " + value, "API_KEY=" + value, "{\"token\": \"" + value + "\"}",
        "https://user:" + value + "@host/x",
        "-----BEGIN RSA PRIV" + std::string("ATE KEY-----\n") + value +
            "\n-----END RSA PRIVATE KEY-----"}) {
    EXPECT_EQ(redact(text).find(value), std::string::npos) << text << " -> " << redact(text);
    EXPECT_NE(redact(text).find("[redacted:"), std::string::npos) << text;
    EXPECT_EQ(redact(redact(text)), redact(text));
  }
}

TEST(Redactor, WhatIsNoSecretStays) {
  Redactor redact;
  for (const std::string& text :
       {std::string("commit ce013625030ba8dba906f756967f9e9ca394464a"),
        std::string("token: ce013625030ba8dba906f756967f9e9ca394464a"),
        std::string("\"token\": \"string\""), std::string("password = None"),
        std::string("tokens: 1200"), std::string("sk-learn is a library"),
        std::string("def get_token(request: Request) -> Token:"),
        std::string("https://example.com/a?b=c"), std::string("secret_key: str")}) {
    EXPECT_EQ(redact(text), text);
  }
}

TEST(Redactor, ValuesOfSecretLookingVariablesAreTakenOutWhereverTheyAre) {
  std::string value = "plain-looking value 77";
  Redactor redact({"MY_API_TOKEN=" + value, "EDITOR=vim", "HOME=/home/someone"});
  EXPECT_EQ(redact("x " + value + " y"), "x [redacted:environment] y");
  EXPECT_EQ(redact("vim in /home/someone"), "vim in /home/someone");
}

TEST(Redactor, TenMegabytesTakeOnePass) {
  std::string text;
  for (int i = 0; i < 400'000; ++i) text += "a line of ordinary text://";
  EXPECT_EQ(Redactor()(text).size(), text.size());
}

}  // namespace
}  // namespace gf::record
