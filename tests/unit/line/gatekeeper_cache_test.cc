// What tools keep: whose tools begin with it, and who may have written it.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <ostream>

#include "base/text.h"
#include "unit/line/kept.h"

namespace gf::line {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Heard = std::vector<std::string>;

/// A tool that tells which trees what it kept speaks of, and keeps that of this one too.
class ToolCacheTest : public KeptTest {
 protected:
  gate::Gate keeping(const std::string& where) const {
    const std::string file = "{cache}/" + where + "/of";
    gate::Gate made;
    made.name = "types";
    made.argv = {"sh", "-c",
                 "mkdir -p {cache}/" + where + "; cat " + file + " 2>/dev/null | tr '\\n' ' ' >> " +
                     folder_ / "believed" + "; echo >> " + folder_ / "believed" +
                     "; cat a.txt >> " + file,
                 "sh"};
    made.report = "exit";
    return made;
  }
  /// The run of this number asks its gate about these texts, the base first, in a process.
  void ask(uint32_t number, git::Workspace& workspace, const Heard& texts,
           const std::string& where = "mypy", Oid base = {}) {
    record::RunRecord run = run_record(number);
    if (!base.is_zero()) {
      run.base = base;
      run.base_tree = context_->repo.commit(base).value().tree;
    }
    if (!active_ || active_->run().id != run.id) active_.emplace(begin_run(run));
    Gatekeeper keeper(*context_, *active_, workspace, {keeping(where)}, Room{}, folder_ / "cache",
                      [](const std::string&, const std::string&, const record::Json&) {});
    for (const std::string& text : texts) {
      std::ofstream(workspace.path() + "/a.txt") << text << "\n";
      workspace.touched("a.txt");
      ASSERT_DONE(workspace.snapshot());
      ASSERT_DONE(keeper.run("validate", {}, {}));
    }
  }
  void forget_outcomes() const { fs::remove_all(folder_ / "cache/outcomes"); }
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
  const char* where;  ///< the tool's folder
  Heard first, then;  ///< what the runs ask about; "good" is the base
  Heard believed;     ///< by the second
};

void PrintTo(const Later& later, std::ostream* out) { *out << later.name; }

class LaterRunTest : public ToolCacheTest, public ::testing::WithParamInterface<Later> {};

INSTANTIATE_TEST_SUITE_P(
    Runs, LaterRunTest,
    ::testing::Values(
        Later{"Mypy", true, "mypy", {"good", "evil"}, {"good", "new"}, {"good", "good good"}},
        Later{"Ruff", true, "ruff", {"good", "evil"}, {"good"}, {"good"}},
        Later{"HomeAsGoHasIt", true, "home/go-build/0", {"good", "evil"}, {"new"}, {"good"}},
        Later{"Cargo", true, "cargo/debug", {"good", "evil"}, {"new"}, {"good"}},
        Later{"CMake", true, "cmake", {"good", "evil", "worse"}, {"good"}, {"good"}},
        Later{"Tidy", true, "tidy-clang", {"good", "evil"}, {"good"}, {"good"}},
        Later{"OfAFolder", true, "in-1/meson", {"good", "evil"}, {"good"}, {"good"}},
        Later{"OtherWorktree", false, "mypy", {"good", "evil"}, {"good"}, {"good"}},
        Later{"OtherWorktreeGo", false, "home/go-build", {"good", "evil"}, {"good"}, {"good"}},
        Later{"OtherWorktreeCargo", false, "cargo", {"good", "evil"}, {"good"}, {""}},
        Later{"OtherWorktreeCMake", false, "in-1/cmake-x", {"good", "evil"}, {"good"}, {""}},
        Later{"BaseThatWasKnown", true, "mypy", {"evil"}, {"good"}, {""}},
        Later{"BaseAfterAChange", true, "mypy", {"evil", "good"}, {"good"}, {""}},
        Later{"BaseAfterAChangeToo", false, "mypy", {"evil", "good"}, {"good"}, {""}},
        Later{"NothingAfterTheBase", true, "mypy", {"good"}, {"good"}, {"good"}}),
    [](const auto& later) { return later.param.name; });

TEST_P(LaterRunTest, BelievesWhatTheBaseLeftAlone) {
  const Later& later = GetParam();
  ASSERT_GIVES(auto other, another_worktree());
  ASSERT_NO_FATAL_FAILURE(ask(21, *workspace_, later.first, later.where));
  forget_outcomes();

  ASSERT_NO_FATAL_FAILURE(
      ask(22, later.same_worktree ? *workspace_ : other, later.then, later.where));

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

/// Of a base that this one does not stand on nothing is believed; the older of two knows no code
/// of the newer one.
TEST_F(ToolCacheTest, ABaseBelievesThoseThatItStandsOn) {
  place_.write("a.txt", "newer\n");
  const Oid newer = place_.commit("second");

  ASSERT_NO_FATAL_FAILURE(ask(21, *workspace_, {"good", "evil"}, "mypy"));
  forget_outcomes();
  ASSERT_NO_FATAL_FAILURE(ask(22, *workspace_, {"newer", "evil"}, "mypy", newer));
  forget_outcomes();
  ASSERT_NO_FATAL_FAILURE(ask(23, *workspace_, {"good"}, "mypy"));

  EXPECT_THAT(believed(), ElementsAre("", "good", "good", "good newer", ""));
}

TEST_F(ToolCacheTest, ANoteThatSaysNothingMakesAnEmptyFolder) {
  ASSERT_NO_FATAL_FAILURE(ask(21, *workspace_, {"good"}));
  for (const auto& entry : fs::directory_iterator(folder_ / "cache")) {
    if (entry.path().extension() == ".of") std::ofstream(entry.path()) << "1\n";
  }
  forget_outcomes();
  ASSERT_NO_FATAL_FAILURE(ask(21, *workspace_, {"more"}));
  EXPECT_THAT(believed(), ElementsAre("", ""));
}

/// A link in the place of a folder that we hand to the next program would hand it another one.
TEST_F(ToolCacheTest, ALinkThatAProgramLeftIsNotFollowed) {
  fs::create_directories(folder_ / "elsewhere");
  gate::Gate linking = keeping("mypy");
  linking.argv = {"sh", "-c",
                  "rm -rf {cache}/home; ln -s " + folder_ / "elsewhere" + " {cache}/home; " +
                      "rm -rf {cache}/in-1; ln -s " + folder_ / "elsewhere" + " {cache}/in-1",
                  "sh"};
  active_.emplace(begin_run(run_record(31)));
  const std::string cache = folder_ / "cache";
  auto keep = [&](gate::Gate gate) {
    return Gatekeeper(*context_, *active_, *workspace_, {std::move(gate)}, Room{}, cache,
                      [](const std::string&, const std::string&, const record::Json&) {})
        .run("validate", {}, {});
  };
  ASSERT_DONE(keep(linking));
  gate::Gate writing = linking;
  writing.name = "writes";
  writing.argv = {"sh", "-c",
                  "mkdir -p {cache}/home {cache}/in-1; touch {cache}/home/x {cache}/in-1/x"};
  ASSERT_DONE(keep(writing));
  EXPECT_TRUE(fs::is_empty(folder_ / "elsewhere"));
}

/// One folder for each worktree in use and its seed: nothing heaps up.
TEST_F(ToolCacheTest, NothingElseIsLeft) {
  for (uint32_t number : {21, 22, 23}) {
    if (number == 22) forget_outcomes();  // all is known to the third
    ASSERT_NO_FATAL_FAILURE(ask(number, *workspace_, {"good", "evil"}));
  }
  Heard names;
  for (const auto& entry : fs::directory_iterator(folder_ / "cache")) {
    std::string name = entry.path().filename();
    names.push_back(name.substr(0, name.find('-')) + std::string(entry.path().extension()));
  }
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("tools", "tools.of", "seed", "seed.of",
                                                     "outcomes", "times"));
}

}  // namespace
}  // namespace gf::line
