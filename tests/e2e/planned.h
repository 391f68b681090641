// The demo's shop, and the spec that a model of the test's own answers PLAN with.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "e2e/factory.h"

namespace gf::test {

/// Without a remote and without `init`: for tests of the services that answer.
class PlannedTest : public FactoryTest {
 protected:
  PlannedTest() {
    std::filesystem::copy(std::string(GF_SOURCE_DIR) + "/templates/demo/app", repo_.path(),
                          std::filesystem::copy_options::recursive);
    repo_.commit("A small shop");
    plan_ = record::Json::parse(read_demo("answers/health/plan.1.1.json"))
                .value()
                .get("content")
                .dump();
  }
  /// A file of templates/demo.
  static std::string read_demo(const std::string& name) {
    std::ifstream file(std::string(GF_SOURCE_DIR) + "/templates/demo/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string plan_;  ///< of "health", as a model would say it
};

}  // namespace gf::test
