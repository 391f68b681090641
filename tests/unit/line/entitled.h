// A run with a spec and a memo, and who may see and write what of it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/glob.h"
#include "line/acts.h"
#include "line/entitlement.h"
#include "support/facts.h"

namespace gf::line {

class EntitlementTest : public ::testing::Test {
 protected:
  void SetUp() override {
    given_.test_paths = {"tests/**", "test/**", "**/test_*.py"};
    given_.thresholds.coverage_percent = 77;
    record::Spec spec;
    spec.title = "a title";
    spec.touchpoints = {"app/main.py"};
    spec.introduces = {"app/health.py", "GET /health", "health()"};
    spec.acceptance_criteria = {
        {"AC1", "http", "", "GET /health", {}, "", {"tests/test_old.py::test_one"}}};
    dossier_.spec = spec;
    dossier_.brief = stage::Brief{{"app/main.py"}, {"app/health.py"}, {}, {}, {}, "", kScouted, {}};
    dossier_.builder = "secret/builder";
  }
  stage::Input of(const char* name) const {
    Showing showing;
    showing.assignment = &given_;
    showing.dossier = &dossier_;
    showing.tree = &tree_;
    showing.tree_summary = "a listing";
    showing.request = "a request";
    showing.feedback = {"mend this"};
    showing.change = change_;
    showing.first_look = {{"app/looked_at.py", "1\tlooked at\n"}};
    return input_for(*stage::find_stage(name), showing);
  }
  static bool may(const tool::Scope& scope, const std::string& path) {
    auto matches = [&](const std::string& pattern) { return glob_matches(pattern, path); };
    return std::any_of(scope.writable.begin(), scope.writable.end(), matches) &&
           std::none_of(scope.protected_paths.begin(), scope.protected_paths.end(), matches);
  }
  bool build_may(const std::string& path) const { return may(build_scope(given_, dossier_), path); }
  bool test_may(const std::string& path) const {
    return may(test_scope(given_, dossier_, {}, tree_), path);
  }

  static constexpr const char* kScouted = "what SCOUT said";
  Assignment given_;
  Dossier dossier_;
  const Change* change_ = nullptr;
  test::MapFacts tree_{{{"app/main.py", "the body"},
                        {"tests/test_old.py", "def test_one(): pass"},
                        {"tests/conftest.py", ""},
                        {"test/conftest.py", ""},
                        {"app/test_near.py", ""},
                        {"pyproject.toml", ""}}};
};

}  // namespace gf::line
