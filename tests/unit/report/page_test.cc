// The page: what it says of a record, and that nothing in a record can make it say something else.
#include "report/page.h"

#include <gmock/gmock.h>

#include "analyst/index.h"
#include "unit/store/record.h"

namespace gf::report {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class PageTest : public store::test::StoreTest {
 protected:
  PageTest() : repo_(open_made()), store_(open_store(repo_)) {}
  void SetUp() override {}  // made already, for the members below

  record::Json data(const Wish& wish = {}) {
    auto index = analyst::Index::open(repo_, {});
    EXPECT_DONE(index);
    auto made = collect(*index, store_, wish);
    EXPECT_DONE(made);
    return made.ok() ? *made : record::Json();
  }
  static std::string page(const record::Json& data) {
    return to_html(data, {"body{}\n", "draw();\n", "Chart=1;"});
  }

  git::Repo repo_;
  store::Store store_;

 private:
  git::Repo open_made() {
    make(repo_dir_);
    return open_repo();
  }
};

TEST_F(PageTest, OfNoRunItSaysThatThereIsNone) {
  std::string html = page(data());

  EXPECT_THAT(html, HasSubstr("No run has ended yet."));
  EXPECT_THAT(html, HasSubstr("<!DOCTYPE html>"));
}

TEST_F(PageTest, TheDataHoldsWhatThePageShows) {
  deliver(repo_, store_, 1, "health");
  deliver(repo_, store_, 2, "items");

  record::Json collected = data();
  std::string html = page(collected);

  EXPECT_EQ(collected.get("totals").get_int("delivered"), 2);
  EXPECT_EQ(collected.get("totals").get("first_run").get_int("hits"), 2);
  EXPECT_EQ(collected.get("periods").get("rows").size(), 1u);
  EXPECT_EQ(collected.get("details").items().at(0).get_string("slug"),
            "items");  // the newest first
  EXPECT_THAT(html, HasSubstr("<bdi>health</bdi>"));
  EXPECT_THAT(html, ContainsRegex("<caption>Stages, attempts and gates of items</caption>"));
}

TEST_F(PageTest, OfRunsThatAreNamedItIsAboutTheseAlone) {
  RunId health = deliver(repo_, store_, 1, "health").id;
  deliver(repo_, store_, 2, "items");

  ASSERT_GIVES(auto collected, collect(store_, {}, {health}));
  std::string html = page(collected);

  EXPECT_EQ(collected.get("details").size(), 1u);
  EXPECT_FALSE(collected.has("totals"));
  EXPECT_THAT(html, Not(HasSubstr("items")));
  EXPECT_THAT(html, Not(HasSubstr("Chart=1;")));  // nothing in it would be drawn
}

TEST_F(PageTest, WhatARequestHoldsIsShownAsText) {
  clock_.advance(Milliseconds(1000));
  record::RunRecord run = new_run(repo_, 7, "evil");
  run.title = "</title><script>alert(1)</script>";
  run.request = "</script><!-- <img src=x onerror='alert(2)'> & \"\x1b[31m \xff \u202e";
  auto active = store_.begin(run).value();
  run.status = record::RunStatus::kFailed;
  run.reason = "<b onclick=alert(3)>";
  run.ended = run.started + Milliseconds(10);
  ASSERT_DONE(store_.seal(active, run));

  std::string html = page(data());

  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, Not(HasSubstr("<b onclick")));
  EXPECT_THAT(html, Not(HasSubstr("\x1b")));
  EXPECT_THAT(html,
              HasSubstr("&lt;/script&gt;&lt;!-- &lt;img src=x onerror=&#39;alert(2)&#39;&gt;"));
  EXPECT_THAT(html, HasSubstr("\\u003c/script\\u003e"));  // in the data
}

TEST_F(PageTest, ALongRecordDoesNotMakeALongPage) {
  for (uint32_t i = 1; i <= 5; ++i) deliver(repo_, store_, i, "run-" + std::to_string(i));
  Wish wish;
  wish.rows = 3;
  wish.details = 1;

  record::Json collected = data(wish);
  std::string html = page(collected);

  EXPECT_EQ(collected.get("runs").size(), 3u);
  EXPECT_EQ(collected.get_int("runs_left_out"), 2);
  EXPECT_EQ(collected.get("totals").get_int("runs"), 5);
  EXPECT_EQ(collected.get("details").size(), 1u);
  EXPECT_THAT(html, HasSubstr("The newest 3 of 5 runs; 2 older ones are left out"));
}

TEST_F(PageTest, ManyRunsAreAllThereAndTheOlderOnesFoldedUp) {
  deliver(repo_, store_, 1, "health");
  record::Json collected = data();
  record::Json run = collected.get("runs").items().at(0);
  auto with = [&](size_t runs) {
    std::vector<record::Json> rows;
    for (size_t i = 0; i < runs; ++i) {
      run.set("slug", "run-" + std::to_string(i));
      rows.push_back(run);
    }
    collected.set("runs", record::Json::array(rows));
    return page(collected);
  };
  constexpr const char* kFold = "<details><summary>1 older run</summary>";

  std::string few = with(200), many = with(201);

  EXPECT_THAT(few, AllOf(HasSubstr("<bdi>run-199</bdi>"), Not(HasSubstr("older run"))));
  EXPECT_THAT(many, HasSubstr("<caption>Older runs, newest first</caption>"));
  size_t fold = many.find(kFold);
  ASSERT_NE(fold, std::string::npos);
  EXPECT_LT(many.find("<bdi>run-199</bdi>"), fold);
  EXPECT_GT(many.find("<bdi>run-200</bdi>"), fold);
}

TEST_F(PageTest, WithoutTheLibraryItSaysSoAndHasItsTables) {
  deliver(repo_, store_, 1, "health");

  std::string html = to_html(data(), {"body{}\n", "draw();\n", ""});

  EXPECT_THAT(html, HasSubstr("Without charts: Chart.js is not installed"));
  EXPECT_THAT(html, Not(HasSubstr("draw();")));
  EXPECT_THAT(html, HasSubstr("<caption>Runs, newest first</caption>"));
}

}  // namespace
}  // namespace gf::report
