// The demo's answers of "health" in a folder of the test's, where it can add what a model says when
// it is sent back.
#pragma once

#include <filesystem>
#include <string>

#include "e2e/world.h"

namespace gf::test {

/// A folder beside the repository of `world`, which has to outlive it.
class OwnAnswers {
 public:
  explicit OwnAnswers(const World& world) : world_(world) {}
  /// Copies the demo's answers; from now on the scripted model reads these.
  void use() const {
    namespace fs = std::filesystem;
    fs::create_directories(folder());
    fs::copy(std::string(GF_SOURCE_DIR) + "/templates/demo/answers/health", folder() + "/health");
    world_.git({"config", "factory.provider.scripted.path", folder()});
  }
  [[nodiscard]] std::string folder() const { return world_.folder() / "answers"; }
  /// `name`: "build.3.1".
  void answer(const std::string& name, const std::string& json) const {
    world_.folder().write("answers/health/" + name + ".json", json);
  }
  /// BUILD changes a docstring, and REVIEW says of that what it said of the first delivery.
  void will_reword() const {
    answer("build.3.1", R"({"tool_calls":[{"id":"call-1","name":"edit_file","arguments":{
             "path":"app/routers/health.py","old":"Health of the service.",
             "new":"Health of the service: ok once it answers."}}]})");
    answer("build.3.2", R"({"content":{"summary":"Reworded it.","missing":[]}})");
    std::filesystem::copy(folder() + "/health/review.1.1.json",
                          folder() + "/health/review.2.1.json");
  }

 private:
  const World& world_;
};

}  // namespace gf::test
