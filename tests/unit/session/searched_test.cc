// A small tree is searched here, and the answer is the one that git grep gives.
#include "session/searched.h"

#include <gmock/gmock.h>

#include <map>

#include "base/text.h"
#include "git/repo.h"
#include "support/assertions.h"
#include "support/repo.h"
#include "support/runner.h"

namespace gf::session {
namespace {

struct Case {
  const char* name;
  std::map<std::string, std::string> files;
  std::vector<std::string> words;
  bool here;  ///< without git
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

class SearchedTest : public ::testing::TestWithParam<Case> {};

/// "path:line:text", as git itself says it.
std::string by_git(const test::TempRepo& place, const std::vector<std::string>& words,
                   const Oid& tree) {
  std::vector<std::string> arguments = {"grep", "-n", "-z", "-I", "-F", "--full-name"};
  for (const std::string& word : words) arguments.insert(arguments.end(), {"-e", word});
  arguments.insert(arguments.end(), {tree.hex(), "--"});
  git::Program program{test::plain_runner(place.environment()), place.path()};
  auto answer = program.ask(arguments);
  std::string all;
  for (std::string line : lines(answer.ok() ? answer->out : "")) {
    for (char& one : line) one = one == '\0' ? ':' : one;
    all += to_utf8(line.substr(tree.hex().size() + 1)) + "\n";
  }
  return all;
}

TEST_P(SearchedTest, SaysWhatGitGrepSays) {
  test::TempRepo place;
  for (const auto& [path, text] : GetParam().files) place.write(path, text);
  place.commit("now");
  Oid tree = Oid::parse(trim(place.git("rev-parse HEAD^{tree}"))).value();
  auto repo = std::move(git::Repo::open(place.path())).value();
  size_t started = 0;
  auto plain = test::plain_runner(place.environment());
  git::Program program{[&](const git::Command& command) {
                         ++started;
                         return plain(command);
                       },
                       place.path()};
  GitFacts facts(repo, program, tree);

  std::string listed;
  for (const auto& hit : GitSearched(program, facts).lines_with(GetParam().words, 1000))
    listed += fmt::format("{}:{}:{}\n", hit.path, hit.line, hit.text);

  EXPECT_EQ(listed, by_git(place, GetParam().words, tree));
  EXPECT_EQ(started == 0, GetParam().here);
}

const std::string kLate = std::string(9000, 'x') + "\nneedle\n" + std::string(1, '\0') + "\n";

INSTANTIATE_TEST_SUITE_P(
    Trees, SearchedTest,
    ::testing::Values(
        Case{"two_words_a_line_once",
             {{"a.py", "needle and thread\nnothing\nthread\n"}, {"b/c.py", "a needle\n"}},
             {"needle", "thread"},
             true},
        Case{"no_hit", {{"a.py", "one\n"}}, {"needle"}, true},
        Case{"no_newline_at_the_end", {{"a", "x\nneedle"}, {"b", "needle"}}, {"needle"}, true},
        Case{"ends_of_windows", {{"a", "needle\r\nx\r\nneedle\r\n"}}, {"needle"}, true},
        Case{"patterns_are_no_expressions",
             {{"a", "a.c\nabc\n[x]\n-e\n"}},
             {"a.c", "[x]", "-e"},
             true},
        Case{"other_case", {{"a", "Needle\nneedle\n"}}, {"needle"}, true},
        Case{"bytes_that_are_no_text", {{"a", "needle \xff\xfe\n"}}, {"needle"}, true},
        Case{"binary", {{"a", std::string("needle\0\n", 8)}, {"b", "needle\n"}}, {"needle"}, true},
        Case{"a_nul_far_behind", {{"a", kLate}}, {"needle"}, false},
        Case{"attributes_of_ends_of_lines",
             {{".gitattributes", "* text=auto\n"}, {"a", "needle\n"}},
             {"needle"},
             true},
        Case{"attributes_of_what_is_text",
             {{"x/.gitattributes", "a -diff\n"}, {"x/a", "needle\n"}, {"b", "needle\n"}},
             {"needle"},
             false},
        Case{"two_lines_as_a_word", {{"a", "one\ntwo\n"}}, {"one\ntwo"}, false},
        Case{"names_that_sort_oddly",
             {{"a-b", "needle\n"}, {"a/b", "needle\n"}, {"a.b", "needle\n"}},
             {"needle"},
             true},
        Case{"more_than_a_few_bytes",
             {{"a", "needle\n" + std::string(300u << 10, 'x') + "\n"}},
             {"needle"},
             false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(SearchedFacts, WhatATreeMentionsIsFoundWithoutGit) {
  test::TempRepo place;
  place.write("a.py", "import pytest\n");
  place.commit("now");
  Oid tree = Oid::parse(trim(place.git("rev-parse HEAD^{tree}"))).value();
  auto repo = std::move(git::Repo::open(place.path())).value();
  git::Program program{[](const git::Command&) -> Result<git::Answer> {
                         return Error{Fault::kInternal, "git was started", {}, {}};
                       },
                       place.path()};
  GitFacts facts(repo, program, tree);
  EXPECT_TRUE(facts.mentions("import pytest"));
  EXPECT_FALSE(facts.mentions("import unittest"));
}

TEST(SearchedFacts, PathsAreListedOnceAndAgainWhereMoreAreAskedFor) {
  test::TempRepo place;
  for (const char* path : {"a", "b/c", "b/d", "e"}) place.write(path, "x\n");
  place.commit("now");
  Oid tree = Oid::parse(trim(place.git("rev-parse HEAD^{tree}"))).value();
  auto repo = std::move(git::Repo::open(place.path())).value();
  git::Program program{test::plain_runner(place.environment()), place.path()};
  GitFacts facts(repo, program, tree);
  using ::testing::ElementsAre;
  EXPECT_THAT(facts.paths("", 2), ElementsAre("a", "b/c"));
  EXPECT_THAT(facts.paths("", 1), ElementsAre("a"));
  EXPECT_THAT(facts.paths("", 9), ElementsAre("a", "b/c", "b/d", "e"));
  EXPECT_THAT(facts.paths("", 3), ElementsAre("a", "b/c", "b/d"));
  EXPECT_THAT(facts.paths("b/", 9), ElementsAre("b/c", "b/d"));
}

}  // namespace
}  // namespace gf::session
