// A GitHub or a Gitea on the loopback address, and the forge that asks it.
#pragma once

#include <cstdlib>
#include <memory>

#include "support/assertions.h"
#include "support/fake_github.h"
#include "support/real_gh.h"
#include "unit/forge/place.h"

namespace gf::forge {

/// What fixtures of the hubs stand on, beside ::testing::Test.
class OnHub {
 protected:
  /// `kind`: as factory.forge has it.
  OnHub(const char* kind, test::FakeGitHub::As as) : server_(as), kind_(kind), as_(as) {}

  [[nodiscard]] bool is_gitea() const { return as_ == test::FakeGitHub::As::kGitea; }
  /// Null, and a failed test, where none can be had. `more` comes behind the settings that it
  /// needs.
  std::unique_ptr<Forge> forge(const Settings& more = {}) {
    if (by_gh()) return forge_by_gh(more);
    Settings settings = {{"factory.forge", kind_},
                         {"factory.forge.api", server_.url()},
                         {"factory.forge.repository", "acme/shop"}};
    settings.add(more);
    const char* variable = is_gitea() ? "GITEA_TOKEN" : "GH_ENTERPRISE_TOKEN";
    auto chosen = choose_forge(here_.place(settings, {{variable, test::FakeGitHub::kToken}}));
    EXPECT_DONE(chosen);
    return chosen.ok() ? std::move(chosen->forge) : nullptr;
  }

  /// GF_TEST_BY_GH: the same questions through a real `gh` (services.gh).
  [[nodiscard]] bool by_gh() const {
    return !is_gitea() && std::getenv("GF_TEST_BY_GH") != nullptr;
  }

  /// Where who asks believes the server to be.
  [[nodiscard]] std::string api() const {
    return by_gh() ? "https://api.github.com" : server_.url();
  }

  test::FakeGitHub server_;
  TestPlace here_;

 private:
  std::unique_ptr<Forge> forge_by_gh(const Settings& more) {
    if (gh_ == nullptr) gh_ = std::make_unique<test::RealGh>(server_);
    Settings settings = {{"factory.forge", "gh"}, {"factory.forge.repository", "acme/shop"}};
    settings.add(more);
    Environment environment = here_.repo().environment();
    for (const auto& [name, value] : gh_->environment()) environment[name] = value;
    auto chosen = choose_forge(here_.place(settings, environment));
    EXPECT_DONE(chosen);
    return chosen.ok() ? std::move(chosen->forge) : nullptr;
  }

  const char* kind_;
  test::FakeGitHub::As as_;
  std::unique_ptr<test::RealGh> gh_;
};

/// Each test once for each of them.
class EachHub : public ::testing::TestWithParam<test::FakeGitHub::As>, protected OnHub {
 protected:
  EachHub() : OnHub(GetParam() == test::FakeGitHub::As::kGitea ? "gitea" : "github", GetParam()) {}

 public:
  static auto all() {
    return ::testing::Values(test::FakeGitHub::As::kGitHub, test::FakeGitHub::As::kGitea);
  }
  static std::string name_of(const ::testing::TestParamInfo<test::FakeGitHub::As>& kind) {
    return kind.param == test::FakeGitHub::As::kGitea ? "Gitea" : "GitHub";
  }
};

}  // namespace gf::forge
