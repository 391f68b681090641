// The redactor on changed examples, with a fixed die: what tests/fuzz does for longer.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "fuzz/redact.h"
#include "support/redaction_corpus.h"

namespace gf::test {
namespace {

TEST(RedactorMutations, ASecondPassChangesNothingWhateverComes) {
  const std::string top = std::string(GF_SOURCE_DIR) + "/tests/";
  std::vector<std::string> seeds;
  for (const auto& entry : std::filesystem::directory_iterator(top + "fuzz/corpus/redact")) {
    std::ifstream in(entry.path(), std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  ASSERT_GE(seeds.size(), 5u);
  for (const char* file : {"secrets.txt", "harmless.txt"}) {
    for (const Example& example : examples_from(top + "corpus/redaction/" + file, 1))
      seeds.push_back(example.text);
  }
  for (const std::string& seed : seeds) ASSERT_EQ(complaint_of_redactor(seed), "");
  std::mt19937 die(11);
  for (int round = 0; round < 4000; ++round) {
    std::string text = seeds[die() % seeds.size()];
    const std::string& other = seeds[die() % seeds.size()];
    for (unsigned change = die() % 4 + 1; change > 0; --change) {
      size_t at = text.empty() ? 0 : die() % text.size();
      switch (die() % 4) {
        case 0:
          text.insert(at, other.substr(other.empty() ? 0 : die() % other.size(), die() % 40));
          break;
        case 1:
          text.erase(at, die() % 8 + 1);
          break;
        case 2:
          if (!text.empty()) text[at] = static_cast<char>(die());
          break;
        default:
          text += text.substr(at, die() % 60);
      }
    }
    ASSERT_EQ(complaint_of_redactor(text), "");
  }
}

}  // namespace
}  // namespace gf::test
