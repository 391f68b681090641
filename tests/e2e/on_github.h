// The demo's shop with a server for its pull requests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "e2e/factory.h"
#include "support/fake_github.h"

namespace gf::test {

class OnGitHubTest : public FactoryTest {
 protected:
  void SetUp() override {
    make_shop();
    repo_.git({"config", "factory.forge", "github"});
    repo_.git({"config", "factory.forge.api", server_.url()});
    repo_.git({"config", "factory.forge.repository", "acme/shop"});
  }
  Ran with_token(std::vector<std::string> arguments) {
    return factory_with({{"GH_ENTERPRISE_TOKEN", FakeGitHub::kToken}}, std::move(arguments));
  }

  FakeGitHub server_;
};

}  // namespace gf::test
