// What code finds in a run's change: which files it looks at, and what of it is asked of BUILD.
#include "line/code_facts.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "gate/silenced.h"
#include "line/dialogue.h"
#include "unit/line/benched.h"

namespace gf::line {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CodeFactsTest : public BenchedTest {
 protected:
  void SetUp() override {
    place_.write("app/main.py", "import os\n");
    place_.write("app/old.py", "moved = 1  # type: ignore[attr-defined]\n");
    place_.write("CHANGELOG.md", "# Changelog\n");
    ASSERT_NO_FATAL_FAILURE(open_here());
    set_check("validate", "true");
    assignment_.test_paths = {"tests/**"};
    assignment_.changelog.path = "CHANGELOG.md";
    assignment_.asks_of_silence = true;
    dossier_.spec.emplace();
    ASSERT_DONE(bench().open());
    course_.emplace(assignment_.wishes.rules, Retries(), false);
    dialogue_.emplace(*context_, assignment_, *journal_, *bench_, nothing_before());
    delivery_.emplace(*context_, assignment_, *journal_, *bench_, dossier_);
  }
  void put(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(
        std::filesystem::path(bench_->path() + "/" + path).parent_path());
    write(path, text);
  }
  Parts parts() {
    return {*context_, nothing_before(), assignment_, dossier_,  *course_,
            *journal_, *bench_,          *dialogue_,  *delivery_};
  }
  const Change& change() {
    EXPECT_DONE(bench_->take_in());
    return *bench_->change().value();
  }
  /// "kind path" of each.
  std::vector<std::string> facts() {
    const Change& now = change();
    std::vector<std::string> described;
    for (const record::Finding& one : code_facts(parts(), now))
      described.push_back(one.rule + " " + one.path);
    return described;
  }
  std::vector<record::Finding> silenced() {
    const Change& now = change();
    return silenced_lines(parts(), now);
  }

  Dossier dossier_;
  std::optional<Course> course_;
  std::optional<Dialogue> dialogue_;
  std::optional<Delivery> delivery_;
};

TEST_F(CodeFactsTest, TheChangelogAndLinksAreNoneAndBytesAre) {
  put("CHANGELOG.md", std::string("\0\1\2", 3));
  put("picture.png", std::string("\0\1\2", 3));
  std::filesystem::create_symlink("picture.png", bench_->path() + "/link.png");
  bench_->touched("link.png");

  EXPECT_THAT(facts(), ElementsAre("binary picture.png"));
}

TEST_F(CodeFactsTest, RunsOfOlderRulesWereNotToldOfSilence) {
  put("app/main.py", "import os\n\n\ndef run():\n    return os.x()  # type: ignore\n");
  EXPECT_THAT(facts(), ::testing::Contains("silenced app/main.py"));

  assignment_.wishes.rules = Rules::kTestsValidated;

  EXPECT_THAT(facts(), ::testing::Not(::testing::Contains("silenced app/main.py")));
  EXPECT_THAT(silenced(), IsEmpty());
}

TEST_F(CodeFactsTest, ALineThatSilencesIsAskedOfOnceAndWhereNobodyAskedForIt) {
  put("app/main.py", "import os\n\nx = os.x()  # type: ignore\n");
  std::vector<record::Finding> found = silenced();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].path, "app/main.py");
  EXPECT_EQ(found[0].line, 3);
  EXPECT_EQ(found[0].rule, gate::kSilenced);

  dossier_.silences_reported = {found[0].key()};
  EXPECT_THAT(silenced(), IsEmpty()) << "it has its reasons by then";
  dossier_.silences_reported.clear();
  dossier_.spec->constraints = {"os.x() has no types: use '# type: ignore' there"};
  EXPECT_THAT(silenced(), IsEmpty()) << "the spec asks for it";
  dossier_.spec.reset();
  EXPECT_EQ(silenced().size(), 1u);
  assignment_.asks_of_silence = false;
  EXPECT_THAT(silenced(), IsEmpty()) << "it is only told (factory.silence)";
}

TEST_F(CodeFactsTest, WhatTestsSilenceAndWhatOnlyMovedIsNoneOfIt) {
  put("tests/test_a.py", "x = 1  # type: ignore\n");
  put("app/new.py", "moved = 1  # type: ignore[attr-defined]\n");
  std::filesystem::remove(bench_->path() + "/app/old.py");
  bench_->touched("app/old.py");

  EXPECT_THAT(silenced(), IsEmpty());
}

}  // namespace
}  // namespace gf::line
