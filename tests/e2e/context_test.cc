// What a run makes of what it was shown: SCOUT corrects the spec, and an answer that comes with the
// last calls is the final one. Both have to be the same when the run is taken again.
#include <filesystem>

#include "e2e/factory.h"

namespace gf::test {
namespace {

namespace fs = std::filesystem;
using record::Json;

class ContextTest : public FactoryTest {
 protected:
  /// The demo's answers for `slug`, to be changed.
  void copy_answers(const std::string& slug) {
    folder_ = repo_.folder() / "answers";
    fs::create_directories(folder_);
    fs::copy(std::string(GF_SOURCE_DIR) + "/templates/demo/answers/" + slug, folder_ + "/" + slug,
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    slug_ = slug;
  }
  Json answer(const std::string& name) {
    return Json::parse(repo_.folder().read("answers/" + slug_ + "/" + name)).value();
  }
  void put(const std::string& name, const Json& answer) {
    repo_.folder().write("answers/" + slug_ + "/" + name, answer.pretty());
  }
  Ran run_feature(const std::string& request) {
    repo_.git({"config", "factory.provider.scripted.path", folder_});
    return feature(slug_, request);
  }
  std::string folder_, slug_;
};

TEST_F(ContextTest, ScoutCorrectsTheSpecAndAReplayComesToTheSame) {
  make_shop();
  copy_answers("health");
  Json scout = answer("scout.1.2.json");
  Json brief = scout.get("content");
  brief.set("corrections", Json::array({Json::object({{"field", "touchpoints"},
                                                      {"was", Json()},
                                                      {"is", "app/routers/__init__.py"},
                                                      {"path", "app/main.py"},
                                                      {"line", 9},
                                                      {"text", "def create_app"}})}));
  scout.set("content", brief);
  put("scout.1.2.json", scout);

  Ran ran = run_feature(kHealth);

  ASSERT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_NE(ran.err.find("the spec was corrected: touchpoints: nothing is "
                         "'app/routers/__init__.py' (app/main.py:9)"),
            std::string::npos)
      << ran.err;
  Ran spec = factory({"spec", "show", "health"});
  EXPECT_NE(spec.out.find("app/routers/__init__.py"), std::string::npos) << spec.out << spec.err;
  Ran again = factory({"replay", "--gates=recorded"});
  EXPECT_EQ(again.exit_code, 0) << again.out << again.err;
}

TEST_F(ContextTest, AnAnswerWithTheLastCallsIsTheFinalOne) {
  make_shop();
  copy_answers("products");
  for (const char* stage : {"build", "test"}) {
    Json calls = answer(std::string(stage) + ".1.1.json");
    calls.set("content", answer(std::string(stage) + ".1.2.json").get("content"));
    put(std::string(stage) + ".1.1.json", calls);
    fs::remove(folder_ + "/products/" + stage + ".1.2.json");
  }

  Ran ran = run_feature("Add GET /products returning a static list of three products as JSON.");

  ASSERT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  Ran again = factory({"replay", "--gates=recorded"});
  EXPECT_EQ(again.exit_code, 0) << again.out << again.err;
}

}  // namespace
}  // namespace gf::test
