// Good answers with bytes changed, cut out, doubled and swapped, over and over: nothing breaks. The
// same as the libFuzzer target does without end, here with a fixed die and a fixed number of
// rounds.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "fuzz/answers.h"

namespace gf::model {
namespace {

constexpr int kRounds = 3000;

std::string changed(std::string text, std::mt19937& die) {
  for (unsigned n = die() % 4 + 1; n > 0 && text.size() > 3; --n) {
    size_t at = 2 + die() % (text.size() - 2);
    size_t length = die() % std::min<size_t>(text.size() - at + 1, 40);
    switch (die() % 5) {
      case 0:
        text[at] = static_cast<char>(die());
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(at, length));
        break;
      case 3:
        text.resize(at);
        break;
      default:
        text.insert(at,
                    std::string(die() % 3 == 0 ? 200 : 1, "{}[]\",:\\0-eE\n\r\xff"[die() % 16]));
    }
  }
  return text;
}

TEST(ChangedAnswers, AreReadWithoutBreakingAnything) {
  std::mt19937 die(20261121);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(GF_SOURCE_DIR) +
                                                               "/tests/fuzz/corpus/answers")) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::string good{std::istreambuf_iterator<char>(file), {}};
    ASSERT_GT(good.size(), 2u) << entry.path();
    ++files;
    test::feed_answer(good);
    for (int round = 0; round < kRounds; ++round) {
      std::string bad = changed(good, die);
      SCOPED_TRACE(bad);
      test::feed_answer(bad);
    }
  }
  EXPECT_GE(files, 6);
}

}  // namespace
}  // namespace gf::model
