// Questions to a recorded repository, the ones of the man page among them.
#include "base/text.h"
#include "e2e/factory.h"

namespace gf::test {
namespace {

using QueryTest = FactoryTest;

/// The examples of a man page: what stands between .EX and .EE.
std::vector<std::string> examples_of(const std::string& page) {
  std::vector<std::string> found;
  bool inside = false;
  TempFolder none;
  for (const std::string& line : lines(none.read(page))) {
    if (line == ".EX") found.emplace_back();
    if (line == ".EX" || line == ".EE") {
      inside = line == ".EX";
    } else if (inside) {
      found.back() += line + "\n";
    }
  }
  return found;
}

TEST_F(QueryTest, TheQuestionsOfTheManPageAreAnsweredInTheShapeItShows) {
  make_shop();
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  ASSERT_EQ(feature("create-product",
                    "Add POST /products to append a product to the in-memory list, returning 201 "
                    "and the created item.")
                .exit_code,
            0);
  std::vector<std::string> examples =
      examples_of(std::string(GF_SOURCE_DIR) + "/man/git-factory-query.1");
  ASSERT_EQ(examples.size(), 8u) << "four questions, four answers";
  for (size_t i = 0; i < examples.size(); i += 2) {
    Ran ran = factory({"query", examples[i]});
    ASSERT_EQ(ran.exit_code, 0) << examples[i] << ran.err;
    EXPECT_EQ(ran.err, "");
    std::vector<std::string> answer = lines(ran.out), shown = lines(examples[i + 1]);
    // The same columns; widths follow what is in them.
    auto words = [](const std::string& line) {
      std::vector<std::string> all;
      for (const std::string& word : split(line, ' ')) {
        if (!word.empty()) all.push_back(word);
      }
      return all;
    };
    EXPECT_EQ(words(answer.at(0)), words(shown.at(0)));
    EXPECT_GE(answer.size(), 3u) << "no answer: " << examples[i];
  }
  std::string rejected = factory({"query", "--csv", examples[4]}).out;
  EXPECT_NE(rejected.find("create-product,2"), std::string::npos) << rejected;
  EXPECT_EQ(rejected.find("health"), std::string::npos) << rejected;
  std::string model = factory({"query", "--json", examples[6]}).out;
  auto json = record::Json::parse(trim(model));
  ASSERT_TRUE(json.ok()) << model;
  EXPECT_EQ(json->get_int("accepted"), 2);
  EXPECT_EQ(json->get_string("model"), "scripted");
}

TEST_F(QueryTest, AQuestionIsReadOnlyAndBounded) {
  make_shop();
  ASSERT_EQ(feature("faster", "Make the products endpoint faster.").exit_code, 1);
  EXPECT_EQ(factory({"query", "--csv", "SELECT slug, status FROM runs"}).out,
            "slug,status\nfaster,needs-answers\n");
  EXPECT_EQ(factory({"query", "--json", "-"}, {}, "SELECT count(*) AS n FROM runs").out,
            "{\"n\":1}\n");
  for (const char* sql : {"DELETE FROM runs", "SELECT * FROM run_rows", "ATTACH 'x.db' AS x",
                          "PRAGMA journal_mode=DELETE", "SELECT 1; SELECT 2", "nonsense"}) {
    Ran ran = factory({"query", sql});
    EXPECT_EQ(ran.exit_code, 128) << sql;
    EXPECT_EQ(ran.out, "");
    EXPECT_NE(ran.err.find("hint:"), std::string::npos) << ran.err;
  }
  Ran cut =
      factory({"query", "--csv", "--max-rows=2",
               "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i FROM n"});
  EXPECT_EQ(cut.exit_code, 1);
  EXPECT_EQ(cut.out, "i\n1\n2\n");
  Ran endless = factory({"query", "--timeout=1",
                         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT "
                         "count(*) FROM n"});
  EXPECT_EQ(endless.exit_code, 128);
  EXPECT_NE(endless.err.find("--timeout"), std::string::npos) << endless.err;
  EXPECT_EQ(factory({"query"}).exit_code, 129);
  EXPECT_NE(factory({"query", "--views"}).out.find("\nstages: "), std::string::npos);
}

TEST_F(QueryTest, AFreshCloneAnswersAfterOneFetch) {
  make_shop();
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  std::string clone = repo_.folder() / "clone";
  ASSERT_EQ(
      run({"git", "clone", "--quiet", repo_.folder() / "origin.git", clone}, "/", environment())
          .exit_code,
      0);
  ASSERT_EQ(factory({"init", "--no-try"}, clone).exit_code, 0);
  ASSERT_EQ(run({"git", "fetch", "--quiet"}, clone, environment()).exit_code, 0);
  for (const char* view : {"runs", "stages", "exchanges", "gates", "tests", "criteria"}) {
    std::string sql = std::string("SELECT * FROM ") + view + " ORDER BY 1, 2, 3, 4, 5";
    std::string there = factory({"query", "--csv", sql}, clone).out;
    EXPECT_EQ(there, factory({"query", "--csv", sql}).out) << view;
    EXPECT_GT(lines(there).size(), 1u) << view;
  }
}

}  // namespace
}  // namespace gf::test
