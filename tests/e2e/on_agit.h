// The demo's shop beside a Gitea where no branch may be made: requests come by a push alone.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "e2e/factory.h"
#include "support/fake_github.h"
#include "support/git_server.h"

namespace gf::test {

class OnAgitTest : public FactoryTest {
 protected:
  void SetUp() override {
    make_shop();
    std::filesystem::create_directories(hub() + "/acme");
    std::filesystem::rename(repo_.folder() / "origin.git", hub() + "/acme/shop.git");
    git_ = std::make_unique<GitServer>(hub(), server_.url());
    repo_.git({"remote", "set-url", "origin", git_->url("acme/shop")});
    repo_.git({"config", "factory.forge", "gitea"});
    repo_.git({"config", "factory.forge.api", server_.url()});
    server_.change_repository("permissions",
                              record::Json::object({{"push", false}, {"pull", true}}));
  }
  Ran with_token(std::vector<std::string> arguments) {
    return factory_with({{"GITEA_TOKEN", FakeGitHub::kToken}}, std::move(arguments));
  }
  /// Where the bare repositories are.
  [[nodiscard]] std::string hub() const { return repo_.folder() / "hub"; }
  /// The commit of the first request.
  [[nodiscard]] std::string head() const {
    return repo_.git({"ls-remote", "origin", "refs/pull/1/head"}).substr(0, 40);
  }

  FakeGitHub server_{FakeGitHub::As::kGitea};
  std::unique_ptr<GitServer> git_;
};

}  // namespace gf::test
