// What a batch's file may hold, and what is said where it may not.
#include "batch/entries.h"

#include <gmock/gmock.h>

#include "support/assertions.h"

namespace gf::batch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> slugs_of(const std::vector<Entry>& entries) {
  std::vector<std::string> slugs;
  for (const Entry& entry : entries) slugs.push_back(entry.slug);
  return slugs;
}

TEST(EntriesTest, AParagraphIsARequestAndALeadingHashAComment) {
  ASSERT_GIVES(auto entries, read_entries("# spring\n\nAdd a /health endpoint\nthat says ok.\n\r\n"
                                          "# two\n# comments\nAdd paging.\n# not one\n\n\n"));

  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].request, "Add a /health endpoint\nthat says ok.");
  EXPECT_EQ(entries[0].line, 3u);
  EXPECT_EQ(entries[1].request, "Add paging.\n# not one");
  EXPECT_EQ(entries[1].line, 8u);
  EXPECT_EQ(entries[1].slug, "add-paging");
}

TEST(EntriesTest, LinesMayEndAsEditorsOnWindowsEndThem) {
  ASSERT_GIVES(auto entries, read_entries("Add a\r\nand b.\r\n\r\nAdd paging.\r\n"));

  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].request, "Add a\nand b.");
  EXPECT_EQ(entries[1].request, "Add paging.");
}

TEST(EntriesTest, ALineOfJsonSaysMore) {
  ASSERT_GIVES(auto entries,
               read_entries("\xef\xbb\xbf# order\n"
                            R"({"request": "Add A", "slug": "a", "budget": 0.5, "priority": 2})"
                            "\n\n"
                            R"({"request": "Add B", "base": "next", "after": "a", )"
                            R"("model": ["plan=x/y", "z/w"]})"));

  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].budget, "0.5");
  EXPECT_EQ(entries[0].priority, 2);
  EXPECT_EQ(entries[1].base, "next");
  EXPECT_THAT(entries[1].after, ElementsAre("a"));
  EXPECT_THAT(entries[1].models, ElementsAre("plan=x/y", "z/w"));
  ASSERT_GIVES(auto again, entry_from_json(to_json(entries[1])));
  EXPECT_EQ(to_json(again), to_json(entries[1])) << "what is kept is what was read";
}

TEST(EntriesTest, SlugsThatAreMadeGiveWayToThoseThatAreGiven) {
  ASSERT_GIVES(auto entries, read_entries(R"({"request": "Add paging"})"
                                          "\n"
                                          R"({"request": "Add paging."})"
                                          "\n"
                                          R"({"request": "Other", "slug": "add-paging"})"));

  EXPECT_THAT(slugs_of(entries), ElementsAre("add-paging-2", "add-paging-3", "add-paging"));
}

TEST(EntriesTest, WhatCannotBeIsRefusedWithItsLine) {
  struct Case {
    std::string text, message;
  };
  const std::vector<Case> cases = {
      {"", "there is no request in it"},
      {"\n \n# nothing\n", "there is no request in it"},
      {std::string(1 << 20, 'x'), "line 1: the request has 1024 KB; 64 KB is the limit"},
      {"Good.\n\nBad \xff\n", "line 3: the request is not UTF-8"},
      {R"({"request": ""})", "line 1: the request is empty"},
      {"{\"request\": \"A\"}\n{oops", "line 2: "},
      {"{\"request\": \"A\"}\n[]", "line 2: it is no JSON object"},
      {R"({"request": 7})", "line 1: 'request' is no text"},
      {R"({"request": "A", "slug": "No Slug"})", "line 1: 'No Slug' is no slug"},
      {R"({"request": "A", "bugdet": 1})", "'bugdet' is unknown; did you mean 'budget'?"},
      {R"({"request": "A", "budget": "much"})", "line 1: 'budget' is \"much\""},
      {R"({"request": "A", "priority": 1.5})", "line 1: 'priority' is no whole number"},
      {R"({"request": "A", "model": ["x/y", "plan=fast"]})", "line 1: 'fast' names no model"},
      {R"({"request": "A", "base": "main\u0000x"})", "line 1: 'base' has a NUL in it"},
      {R"({"request": "A", "after": 3})", "line 1: 'after' is no text and no list of texts"},
      {"{\"request\": \"A\", \"slug\": \"a\"}\n\n{\"request\": \"B\", \"slug\": \"a\"}",
       "line 3: the slug 'a' is that of line 1"},
      {R"({"request": "A", "slug": "alpha", "after": ["alhpa"]})",
       "line 1: it comes after 'alhpa', which is no slug of this batch; did you mean 'alpha'?"},
      {R"({"request": "A", "slug": "a", "after": "a"})",
       "line 1: requests wait for each other: a after a"},
      {"{\"request\": \"C\", \"slug\": \"c\", \"after\": \"a\"}\n"
       "{\"request\": \"A\", \"slug\": \"a\", \"after\": \"b\"}\n"
       "{\"request\": \"B\", \"slug\": \"b\", \"after\": \"a\"}",
       "line 2: requests wait for each other: a after b after a"},
  };
  for (const Case& one : cases) {
    auto entries = read_entries(one.text);
    ASSERT_FALSE(entries.ok()) << one.message;
    EXPECT_THAT(entries.error().message, HasSubstr(one.message));
    EXPECT_EQ(entries.error().fault, Fault::kUsage);
  }
}

}  // namespace
}  // namespace gf::batch
