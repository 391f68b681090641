// A provider of ours in front of a server that we did not write.
#pragma once

#include <gmock/gmock.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "model/provider.h"
#include "support/assertions.h"
#include "support/clock.h"
#include "support/folder.h"

namespace gf::model {

class Beside : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* url = std::getenv("GF_SERVICE_URL");
    if (url == nullptr) GTEST_SKIP() << "run by tests/services/beside.py";
    url_ = url;
    context_.data_dir = std::string(GF_SOURCE_DIR) + "/templates";
    context_.workdir = folder_.path();
    context_.clock = &clock_;
    context_.environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", folder_.path()}, {"K", "key"}};
  }

  /// Bases differ: OpenAI's holds /v1, the other two do not.
  std::unique_ptr<Provider> provider(const std::string& kind, const std::string& model) {
    context_.settings = {};
    set("kind", kind);
    set("url", url_ + (kind == "openai" ? "/v1" : ""));
    set("keyVariable", "K");
    set("maxOutput", max_output_);
    auto made = make_provider({"p", model}, context_);
    EXPECT_TRUE(test::is_done(made));
    return made.ok() ? std::move(made).value() : nullptr;
  }
  void set(const std::string& name, const std::string& value) {
    context_.settings.add("factory.provider.p." + name, value);
  }
  static record::ModelRequest asking(const std::string& text) {
    record::ModelRequest request;
    request.stage = "plan";
    request.messages.push_back({record::Message::Role::kSystem, "You help.", {}, {}, {}});
    request.messages.push_back({record::Message::Role::kUser, text, {}, {}, {}});
    return request;
  }

  std::string url_, max_output_ = "200";
  test::TempFolder folder_;
  test::StandingClock clock_;
  Context context_;
  Cancel cancel_;
};

}  // namespace gf::model
