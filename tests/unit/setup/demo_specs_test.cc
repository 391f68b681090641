// The demo's specs compile by the linter, and name no file that nothing asks to change.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "setup/demo.h"
#include "stage/answers.h"
#include "stage/lint.h"
#include "support/assertions.h"
#include "support/facts.h"

namespace gf::setup {
namespace {

namespace fs = std::filesystem;

std::string text_of_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

test::MapFacts demo_tree() {
  fs::path top = std::string(GF_SOURCE_DIR) + "/templates/demo/app";
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(top)) {
    if (entry.is_regular_file())
      files[fs::relative(entry.path(), top).generic_string()] = text_of_file(entry.path());
  }
  return test::MapFacts(std::move(files));
}

/// What a person answers in the demo: to each question of PLAN's first answer what it proposes.
std::vector<record::Answer> answers_in(const fs::path& folder) {
  record::Json asked =
      record::Json::parse(text_of_file(folder / "plan.1.1.json")).value().get("content");
  std::vector<std::string> likeliest = asked.get_strings("likeliest");
  std::vector<record::Answer> answers;
  for (const std::string& question : asked.get_strings("questions")) {
    record::Answer answer;
    answer.number = static_cast<int>(answers.size()) + 1;
    answer.question = question;
    answer.text = likeliest.at(answers.size());
    answer.by = "Demo";
    answers.push_back(std::move(answer));
  }
  return answers;
}

TEST(DemoSpecs, Compile) {
  test::MapFacts tree = demo_tree();
  int specs = 0;
  for (const DemoFeature& feature : demo_features()) {
    fs::path folder =
        std::string(GF_SOURCE_DIR) + "/templates/demo/answers/" + std::string(feature.slug);
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (!entry.path().filename().string().starts_with("plan.")) continue;
      ASSERT_GIVES(record::Json answer, record::Json::parse(text_of_file(entry.path())));
      record::Json json =
          stage::with_answers(answer.get("content"), answers_in(folder)).get("spec");
      if (!json.is_object()) continue;
      json.set("v", record::Spec::kVersion);
      json.set("request", feature.request);
      ASSERT_GIVES(record::Spec spec, record::spec_from_json(json));
      ++specs;
      for (const stage::LintFinding& finding : stage::lint(spec, &tree)) {
        bool wrong = finding.severity == stage::LintFinding::Severity::kError ||
                     finding.rule == "touchpoint-unserved";
        EXPECT_FALSE(wrong) << entry.path() << ": " << finding.rule << ": " << finding.message;
      }
    }
  }
  EXPECT_GE(specs, 4);
}

}  // namespace
}  // namespace gf::setup
