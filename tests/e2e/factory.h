// The installed program on a real repository, as a person would use it.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "e2e/world.h"
#include "record/json.h"

namespace gf::test {

/// Where what the gates say of the demo's trees comes from.
enum class Gates {
  kKnown,  ///< from KnownTest, where it was said before (known.h): for tests that are about
           ///< something else
  kCold    ///< from the tools, each time: for tests that are about them
};

/// A repository with the demo's application, its tools, and the program under test on PATH.
class FactoryTest : public ::testing::Test {
 protected:
  FactoryTest();
  /// `git factory <arguments>` in the repository (or in `folder`).
  Ran factory(std::vector<std::string> arguments, const std::string& folder = {},
              const std::string& input = {});
  /// The same with more variables.
  Ran factory_with(std::map<std::string, std::string> more, std::vector<std::string> arguments);
  [[nodiscard]] std::map<std::string, std::string> environment() const;
  /// New tests are run as often as a user has them run; else once, since that is most of a run.
  void repeat_new_tests();
  /// The demo's application as first commit, prepared with a remote and `init`.
  void make_shop(Gates gates = Gates::kKnown);
  /// A `command` model that runs this shell script for every request.
  void use_script(const std::string& script);
  /// Models "acted/<slug>" that answer with the demo's answers for `slugs`, each in a process of
  /// its own, and add a line "<slug> <stage>.<attempt>.<turn>" to the file `asked` for each
  /// question. Shell code in `before` runs first; it finds $stage, $key and the folder $here.
  void use_acted(const std::vector<std::string>& slugs, const std::string& before = {});
  /// The lines of `asked`.
  [[nodiscard]] std::vector<std::string> asked() const;
  /// A feature with the demo's scripted answers.
  Ran feature(const std::string& slug, const std::string& request,
              std::vector<std::string> more = {});
  /// HEAD, index, configuration, branches and stash of the user, as one text.
  [[nodiscard]] std::string users_place() const;

  /// Where this clone keeps what gates said and their tools know.
  [[nodiscard]] std::string gate_cache() const;

  World repo_;
};

constexpr const char* kHealth = "Add a /health endpoint that returns {\"status\":\"ok\"}.";

}  // namespace gf::test
