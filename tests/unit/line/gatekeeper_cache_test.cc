// What tools keep: whose tools begin with it, and who may have written it.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <ostream>

#include "base/text.h"
#include "unit/line/kept.h"

namespace gf::line {
namespace {

using ::testing::ElementsAre;
using Heard = std::vector<std::string>;

/// A tool that tells which trees what it kept speaks of, and keeps that of this one too.
class ToolCacheTest : public KeptTest {
 protected:
  gate::Gate keeping() const {
    gate::Gate made;
    made.name = "types";
    made.argv = {"sh", "-c",
                 "mkdir -p {cache}/home/t; cat {cache}/home/t/of 2>/dev/null | tr '\\n' ' ' >> " +
                     folder_ / "believed" + "; echo >> " + folder_ / "believed" +
                     "; cat a.txt >> {cache}/home/t/of",
                 "sh"};
    made.report = "exit";
    return made;
  }
  /// The run of this number asks its gate about these texts, the base first, in a process.
  void ask(uint32_t number, git::Workspace& workspace, const Heard& texts,
           const std::string& base_name = "main") {
    record::RunRecord run = run_record(number);
    run.base_name = base_name;
    if (!active_ || active_->run().id != run.id) active_.emplace(begin_run(run));
    Gatekeeper keeper(*context_, *active_, workspace, {keeping()}, Room{}, folder_ / "cache",
                      [](const std::string&, const std::string&, const record::Json&) {});
    for (const std::string& text : texts) {
      std::ofstream(workspace.path() + "/a.txt") << text << "\n";
      workspace.touched("a.txt");
      ASSERT_DONE(workspace.snapshot());
      ASSERT_DONE(keeper.run("validate", {}, {}));
    }
  }
  /// A run whose gates say what is known, and that has a look at its files alone.
  void parse(uint32_t number) {
    active_.emplace(begin_run(run_record(number)));
    Gatekeeper keeper(*context_, *active_, *workspace_, {keeping()}, Room{}, folder_ / "cache",
                      [](const std::string&, const std::string&, const record::Json&) {});
    ASSERT_DONE(keeper.parse({"a.json"}));
  }
  void forget_outcomes() const { std::filesystem::remove_all(folder_ / "cache/outcomes"); }
  /// What the tool believed, each time that it was started.
  Heard believed() const {
    Heard all;
    for (const std::string& line : lines(folder_.read("believed")))
      all.emplace_back(trim(std::string_view(line)));
    return all;
  }
  Result<git::Workspace> another_worktree() {
    return git::Workspace::acquire(context_->repo, context_->git, folder_ / "pool",
                                   RunId::make(clock_.now(), 10), base_);
  }
};

struct Later {
  const char* name;
  bool same_worktree;
  const char* base_name;
  Heard first, then;  ///< what the runs ask about; "good" is the base
  Heard believed;     ///< by the second
};

void PrintTo(const Later& later, std::ostream* out) { *out << later.name; }

class LaterRunTest : public ToolCacheTest, public ::testing::WithParamInterface<Later> {};

INSTANTIATE_TEST_SUITE_P(
    Runs, LaterRunTest,
    ::testing::Values(
        Later{
            "SameWorktree", true, "main", {"good", "evil"}, {"good", "new"}, {"good", "good good"}},
        Later{"OtherWorktree", false, "main", {"good", "evil"}, {"good"}, {"good"}},
        Later{"BaseThatWasKnown", true, "main", {"evil"}, {"good"}, {""}},
        Later{"BaseAskedAfterAChange", false, "main", {"evil", "good"}, {"good"}, {""}},
        Later{"NothingAfterTheBase", true, "main", {"good"}, {"good"}, {""}},
        Later{"AnotherBase", false, "theirs", {"good", "evil"}, {"good"}, {""}}),
    [](const auto& later) { return later.param.name; });

TEST_P(LaterRunTest, BelievesWhatTheBaseLeftAlone) {
  const Later& later = GetParam();
  ASSERT_GIVES(auto other, another_worktree());
  ASSERT_NO_FATAL_FAILURE(ask(21, *workspace_, later.first));
  forget_outcomes();

  ASSERT_NO_FATAL_FAILURE(
      ask(22, later.same_worktree ? *workspace_ : other, later.then, later.base_name));

  Heard heard = believed();
  ASSERT_EQ(heard.size(), later.first.size() + later.then.size());
  heard.erase(heard.begin(), heard.begin() + static_cast<std::ptrdiff_t>(later.first.size()));
  EXPECT_EQ(heard, later.believed);
}

TEST_F(ToolCacheTest, ARunThatGoesOnHasItsOwnStill) {
  ASSERT_NO_FATAL_FAILURE(ask(21, *workspace_, {"good", "mine"}));
  forget_outcomes();
  ASSERT_NO_FATAL_FAILURE(ask(21, *workspace_, {"more"}));
  EXPECT_THAT(believed(), ElementsAre("", "good", "good mine"));
}

TEST_F(ToolCacheTest, TheSeedIsOfTheNewestBaseThatWasAsked) {
  ASSERT_NO_FATAL_FAILURE(ask(21, *workspace_, {"good", "evil"}));
  for (uint32_t number : {22, 23}) {
    forget_outcomes();
    ASSERT_NO_FATAL_FAILURE(ask(number, *workspace_, {"good", "evil"}));
  }
  EXPECT_THAT(believed(),
              ElementsAre("", "good", "good", "good good", "good good", "good good good"));
}

/// One folder for each worktree in use, one seed: nothing heaps up.
TEST_F(ToolCacheTest, WhatEarlierRunsHadHereIsGone) {
  for (uint32_t number : {21, 22, 23}) {
    if (number == 22) forget_outcomes();  // all is known to the third
    ASSERT_NO_FATAL_FAILURE(ask(number, *workspace_, {"good", "evil"}));
  }
  ASSERT_NO_FATAL_FAILURE(parse(24));
  size_t own = 0, seeds = 0;
  Heard others;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "cache")) {
    std::string name = entry.path().filename();
    if (name.starts_with("tools-")) {
      ++own;
    } else if (name.starts_with("seed-")) {
      ++seeds;
    } else {
      others.push_back(name);
    }
  }
  EXPECT_EQ(own, 1U);
  EXPECT_EQ(seeds, 1U);
  EXPECT_THAT(others, ::testing::UnorderedElementsAre("outcomes", "times"));
}

}  // namespace
}  // namespace gf::line
