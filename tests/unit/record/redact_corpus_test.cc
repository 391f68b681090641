// What the redactor finds and what it leaves alone: both errors are counted over a corpus and over
// this project's own files, and bounded.
#include <gmock/gmock.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>

#include "record/redact.h"
#include "support/redaction_corpus.h"

namespace gf::record {
namespace {

namespace fs = std::filesystem;
using test::Example;
using test::examples_from;

const std::string kCorpus = std::string(GF_SOURCE_DIR) + "/tests/corpus/redaction/";
constexpr unsigned kRounds = 40;  ///< each template is made so many times

/// Nothing longer than a stump of the secret may be left.
bool leaks(const std::string& text, const std::string& secret) {
  size_t stump = std::min<size_t>(secret.size(), 10);
  for (size_t at = 0; at + stump <= secret.size(); ++at) {
    if (text.find(secret.substr(at, stump)) != std::string::npos) return true;
  }
  return false;
}

TEST(RedactorCorpus, FindsSecretsAndLeavesTheRestAlone) {
  Redactor redact;
  int hidden = 0, missed = 0, harmless = 0, wrong = 0;
  std::set<std::string> missed_lines, wrong_lines;
  for (unsigned seed = 1; seed <= kRounds; ++seed) {
    for (const Example& example : examples_from(kCorpus + "secrets.txt", seed)) {
      std::string clean = redact(example.text);
      // Numbers in an address or a Slack token are no secrets by themselves.
      for (const std::string& secret : example.hidden) {
        bool number = secret.find_first_not_of("0123456789") == std::string::npos;
        if (number || (secret.size() < 10 && example.line.find("hooks.") != std::string::npos))
          continue;
        ++hidden;
        if (!leaks(clean, secret)) continue;
        ++missed;
        if (missed_lines.insert(example.line).second) std::cout << "missed: " << clean << "\n";
      }
    }
    for (const Example& example : examples_from(kCorpus + "harmless.txt", seed)) {
      ++harmless;
      std::string clean = redact(example.text);
      if (clean == example.text) continue;
      ++wrong;
      if (wrong_lines.insert(example.line).second)
        std::cout << "wrongly hidden: " << example.text << "\n            -> " << clean << "\n";
    }
  }
  std::cout << "missed " << missed << " of " << hidden << " secrets, wrongly hidden " << wrong
            << " of " << harmless << " harmless texts\n";
  ASSERT_GT(hidden, 3000);
  ASSERT_GT(harmless, 4000);
  EXPECT_LE(missed * 1000, hidden) << "one in a thousand, by a made-up key that looks like words";
  EXPECT_EQ(wrong, 0);
}

TEST(RedactorCorpus, LeavesThisProjectsOwnFilesAlone) {
  Redactor redact;
  int files = 0, changed = 0;
  for (const char* folder : {"lib", "cmd", "man", "templates", "cmake", "hooks"}) {
    for (const auto& entry :
         fs::recursive_directory_iterator(std::string(GF_SOURCE_DIR) + "/" + folder)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      std::string text(std::istreambuf_iterator<char>(in), {});
      ++files;
      std::string clean = redact(text);
      if (clean == text) continue;
      ++changed;
      size_t at = 0;
      while (clean[at] == text[at]) ++at;
      std::cout << "changed: " << entry.path().filename() << ": "
                << clean.substr(at < 60 ? 0 : at - 60, 120) << "\n";
    }
  }
  std::cout << "changed " << changed << " of " << files << " files\n";
  EXPECT_GT(files, 100);
  EXPECT_EQ(changed, 0);
}

TEST(RedactorCorpus, ASecondPassChangesNothing) {
  Redactor redact({"MY_TOKEN=redacted:secret", "OTHER_PASSWORD=a!b2c3", "X_SECRET=environment]"});
  for (unsigned seed = 1; seed <= 10; ++seed) {
    std::string all;
    for (const char* file : {"secrets.txt", "harmless.txt"}) {
      for (const Example& example : examples_from(kCorpus + file, seed)) {
        std::string once = redact(example.text);
        EXPECT_EQ(redact(once), once);
        all += example.text + (seed % 2 == 0 ? "\n" : " ");
      }
    }
    std::string once = redact(all);
    EXPECT_EQ(redact(once), once);
  }
}

TEST(RedactorCorpus, NoObjectIdIsEverHidden) {
  std::vector<Example> ids;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    for (const Example& example : examples_from(kCorpus + "harmless.txt", seed)) {
      for (const std::string& part : example.hidden) {
        if (part.size() == 40 || part.size() == 64) ids.push_back({part, {part}, example.line});
      }
    }
  }
  ASSERT_GT(ids.size(), 100u);
  // A variable may even hold the first digits of one.
  Redactor redact({"MY_TOKEN=" + ids[0].text, "HEX_SECRET=" + ids[1].text.substr(0, 8)});
  for (const Example& id : ids) {
    for (const char* before : {"password=", "Authorization: ", "token: \"", "Bearer ", "sk_",
                               "API_KEY=", "x-api-key: ", "--token ", "tree ", "\\n"}) {
      std::string text = before + id.text + " ";
      EXPECT_THAT(redact(text), ::testing::HasSubstr(id.text));
    }
  }
}

/// Processor seconds of a pass, the least of three.
double seconds(const Redactor& redact, const std::string& text) {
  double least = 1e9;
  for (int i = 0; i < 3; ++i) {
    std::clock_t start = std::clock();
    EXPECT_FALSE(redact(text).empty());
    least = std::min(least, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return least;
}

TEST(RedactorCorpus, TimeGrowsWithTheTextAndWithNothingElse) {
  Redactor redact({"MY_TOKEN=" + std::string(40, 'a') + "b1"});
  for (const std::string& part :
       std::vector<std::string>{"-----BEGIN ",
                                "-----BEGIN RSA PRIV" + std::string("ATE KEY-----\n"),
                                "-----BEGIN",
                                "sk-",
                                "://a:",
                                "://",
                                "@",
                                "token=",
                                "token: ",
                                "token   ",
                                "\"token\":\"",
                                "aaaaaaaa",
                                "eyJ.",
                                "eyJa",
                                "\"",
                                "x_token ",
                                "--token ",
                                "Bearer ",
                                "[redacted:",
                                "[redacted:a",
                                "<password>",
                                "12 ",
                                "\\n",
                                "hooks.slack.com/services/",
                                "webhooks/",
                                "password: a b c d e f g ",
                                "token:\n",
                                "token=[",
                                "name\",\"value\":"}) {
    std::string small, large;
    while (small.size() < 30'000) small += part;
    while (large.size() < 240'000) large += part;
    double once = seconds(redact, small), eight = seconds(redact, large);
    if (eight > 0.5) std::cout << "slow: '" << part << "' " << eight << " s\n";
    EXPECT_LT(eight, once * 24 + 0.05) << "'" << part << "': " << once << " s, then " << eight;
  }
}

}  // namespace
}  // namespace gf::record
