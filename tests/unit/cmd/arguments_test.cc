// Command lines of a small program: what is taken, what is refused, which command is meant.
#include "arguments.h"

#include <gmock/gmock.h>

#include "support/assertions.h"

namespace gf::cmd {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// What the program's commands were given, and a word for each one that ran.
struct Taken {
  bool all = false;
  std::string base = "HEAD", colour;
  std::vector<std::string> patterns, seeds, paths;
  int seconds = 30;
  size_t rows = 10;
  std::optional<size_t> count;
  std::vector<std::string> ran, declared;
};

Taken taken;

Run runs(const std::string& name) {
  return [name](Console&) -> Result<int> {
    taken.ran.push_back(name);
    return kYes;
  };
}

Run bind_list(Arguments& arguments) {
  taken.declared.emplace_back("list");
  Option all = arguments.add("-a,--all", taken.all, "Every one");
  arguments.add("--base", taken.base, "Where from").excludes(all);
  arguments.add("--colour", taken.colour, "When").one_of({"always", "never"}).alone_means("always");
  arguments.add("--grep", taken.patterns, "Which");
  arguments.add("--seed", taken.seeds, "From what").repeated();
  arguments.add("--timeout", taken.seconds, "How long").between(1, 60);
  arguments.add("--rows", taken.rows, "How many").between(size_t{1}, size_t{100});
  arguments.add("-n", taken.count, "How many");
  arguments.add_digits(taken.count);
  arguments.add("paths", taken.paths, "Where");
  return runs("list");
}

Run bind_group(Arguments& arguments) {
  taken.declared.emplace_back("group");
  arguments.command("add", "Add one", runs("group add"));
  arguments.command("take", "Take one", runs("group take")).add("--all", taken.all, "Every one");
  return {};
}

Run bind_models(Arguments& arguments) {
  taken.declared.emplace_back("models");
  arguments.command("check", "Check them", runs("models check"));
  return runs("models");
}

constexpr std::array kCommands = {Command{"list", "List them", bind_list},
                                  Command{"group", "Change a group", bind_group},
                                  Command{"models", "Show them", bind_models}};

class ArgumentsTest : public ::testing::Test {
 protected:
  ArgumentsTest() { taken = {}; }

  Result<int> run(std::vector<const char*> words) {
    words.insert(words.begin(), "git-factory");
    GF_ASSIGN(auto chosen,
              read_command_line(static_cast<int>(words.size()), words.data(), kCommands, console_));
    return chosen(console_);
  }
  std::string refusal(const std::vector<const char*>& words) {
    auto done = run(words);
    if (done.ok()) return "";
    EXPECT_EQ(done.error().fault, Fault::kUsage);
    EXPECT_THAT(done.error().hint, testing::MatchesRegex("see 'git factory[a-z ]* -h'"));
    EXPECT_THAT(taken.ran, IsEmpty());
    return done.error().message;
  }

  Console console_;
};

TEST_F(ArgumentsTest, TheTypeOfTheVariableSaysWhatIsTaken) {
  ASSERT_DONE(run({"list", "--all", "--timeout", "7", "--rows=99", "one", "two"}));

  EXPECT_TRUE(taken.all);
  EXPECT_EQ(taken.seconds, 7);
  EXPECT_EQ(taken.rows, 99U);
  EXPECT_THAT(taken.paths, ElementsAre("one", "two"));
}

TEST_F(ArgumentsTest, WhatIsNotGivenStaysAsItWas) {
  ASSERT_DONE(run({"list"}));

  EXPECT_EQ(taken.base, "HEAD");
  EXPECT_EQ(taken.seconds, 30);
  EXPECT_FALSE(taken.count);
}

TEST_F(ArgumentsTest, AListOptionMayBeGivenAgain) {
  ASSERT_DONE(run({"list", "--grep", "a", "--all", "--grep=c", "--seed", "1"}));

  EXPECT_THAT(taken.patterns, ElementsAre("a", "c"));
}

TEST_F(ArgumentsTest, WhatFollowsAListOptionsValueIsAnArgument) {
  ASSERT_DONE(run({"list", "--grep", "a", "lib/", "--grep", "b", "cmd/"}));

  EXPECT_THAT(taken.patterns, ElementsAre("a", "b"));
  EXPECT_THAT(taken.paths, ElementsAre("lib/", "cmd/"));
}

TEST_F(ArgumentsTest, ARepeatedOptionTakesOneValueEachTime) {
  ASSERT_DONE(run({"list", "--seed", "1", "here", "--seed", "2"}));

  EXPECT_THAT(taken.seeds, ElementsAre("1", "2"));
  EXPECT_THAT(taken.paths, ElementsAre("here"));
}

TEST_F(ArgumentsTest, ACountMayBeGivenByItsDigits) {
  ASSERT_DONE(run({"list", "-20"}));
  EXPECT_EQ(taken.count, 20U);

  ASSERT_DONE(run({"list", "-20", "-n", "3"}));
  EXPECT_EQ(taken.count, 3U);
}

TEST_F(ArgumentsTest, AValueMayBeLeftOutWhereOneIsMeant) {
  ASSERT_DONE(run({"list", "--colour"}));
  EXPECT_EQ(taken.colour, "always");

  ASSERT_DONE(run({"list", "--colour=never"}));
  EXPECT_EQ(taken.colour, "never");
}

TEST_F(ArgumentsTest, TheInnermostCommandThatIsNamedRuns) {
  ASSERT_DONE(run({"models"}));
  ASSERT_DONE(run({"models", "check"}));
  ASSERT_DONE(run({"group", "take", "--all"}));

  EXPECT_THAT(taken.ran, ElementsAre("models", "models check", "group take"));
}

TEST_F(ArgumentsTest, WhatIsForAllCommandsMayStandOnBothSidesOfTheName) {
  ASSERT_DONE(run({"-C", "there", "list", "--json", "-q"}));

  EXPECT_EQ(console_.setup.directory, "there");
  EXPECT_TRUE(console_.json);
  EXPECT_TRUE(console_.quiet);
}

TEST_F(ArgumentsTest, OnlyTheCommandThatIsNamedDeclaresWhatItTakes) {
  struct {
    std::vector<const char*> words;
    std::vector<std::string> declared;
  } cases[] = {{{"list"}, {"list"}},
               {{"-q", "models"}, {"models"}},
               {{"-C", "list", "group", "add"}, {"group"}},
               {{"list", "models"}, {"list"}},
               {{"-h"}, {"list", "group", "models"}},
               {{"nothing"}, {}}};
  for (const auto& [words, declared] : cases) {
    taken = {};
    (void)run(words);
    EXPECT_EQ(taken.declared, declared) << words.back();
  }
}

TEST_F(ArgumentsTest, WordsThatMeanNothingRunNothingAndWhatWasMeantIsNamed) {
  struct Case {
    std::vector<const char*> words;
    const char *message, *hint;
  };
  for (const Case& one : {
           Case{{"nope"}, "'nope' is no command", "see 'git factory -h'"},
           Case{{"lst"}, "'lst' is no command; did you mean 'list'?", "see 'git factory -h'"},
           Case{{"group"}, "say which: add, take", "see 'git factory group -h'"},
           Case{{"group", "tak"},
                "'tak' is no command of 'git factory group'; did you mean 'take'?",
                "see 'git factory group -h'"},
           Case{{"list", "--nope"}, "'--nope' was not expected", "see 'git factory list -h'"},
           Case{{"list", "--bsae=x"},
                "'--bsae' was not expected; did you mean '--base'?",
                "see 'git factory list -h'"},
           Case{{"group", "take", "--al"},
                "'--al' was not expected; did you mean '--all'?",
                "see 'git factory group take -h'"},
       }) {
    auto done = run(one.words);
    ASSERT_FALSE(done.ok()) << one.message;
    EXPECT_EQ(done.error().message, one.message);
    EXPECT_EQ(done.error().hint, one.hint);
  }
  EXPECT_THAT(taken.ran, IsEmpty());
  ASSERT_GIVES(int status, run({}));
  EXPECT_EQ(status, kUsage) << "the usage was shown, and nothing was done";
}

TEST_F(ArgumentsTest, ValuesOutOfBoundsRunNothing) {
  EXPECT_THAT(refusal({"list", "--timeout", "61"}), HasSubstr("--timeout"));
  EXPECT_THAT(refusal({"list", "--rows", "0"}), HasSubstr("--rows"));
  EXPECT_THAT(refusal({"list", "--rows", "many"}), HasSubstr("many"));
  EXPECT_THAT(refusal({"list", "--colour=blue"}), HasSubstr("blue"));
  EXPECT_THAT(refusal({"list", "--all", "--base", "x"}), HasSubstr("excludes"));
}

}  // namespace
}  // namespace gf::cmd
