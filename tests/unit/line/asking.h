// An Asker on a real repository, with programs and services that act.
#pragma once

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "line/asker.h"
#include "support/acting_server.h"
#include "support/opened.h"

namespace gf::line {

class AskerTest : public test::OpenedTest {
 protected:
  void SetUp() override {
    variables_["OLLAMA_HOST"] = "127.0.0.1:9";
    // Not for a run: settings are read when a test has made them.
    ASSERT_NO_FATAL_FAILURE(open(false));
    active_.emplace(begin_run(run_record()));
  }
  /// A program that answers like this, and writes down that it was asked.
  void program(const std::string& name, const std::string& script) {
    std::string path = folder_.write(
        name, "#!/bin/sh\necho " + name + " >> " + folder_ / "asked" + "\n" + script + "\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    place_.git({"config", "factory.provider." + name + ".kind", "command"});
    place_.git({"config", "factory.provider." + name + ".command", path});
  }
  Asker& asker(const session::Config::Settings& settings, Budget budget = {}) {
    config_.emplace(
        std::move(session::Config::load(context_->repo, context_->git, Oid(), settings)).value());
    asker_.emplace(*context_, *active_, *config_, budget,
                   [this](const std::string& kind, const std::string& text, const record::Json&) {
                     announced_.push_back(kind + " " + text);
                   });
    return *asker_;
  }
  static record::ModelRequest request(int turn = 1, const std::string& text = "do it") {
    record::ModelRequest made;
    made.stage = "build";
    made.turn = turn;
    made.messages.push_back({record::Message::Role::kUser, text, {}, "", ""});
    return made;
  }
  static session::Config::Settings service(const std::string& name,
                                           const test::ActingServer& server) {
    return {{"factory.model", name + "/m"},
            {"factory.provider." + name + ".kind", "openai"},
            {"factory.provider." + name + ".url", server.url()}};
  }
  std::vector<std::string> asked() const { return lines(folder_.read("asked")); }

  std::optional<store::ActiveRun> active_;
  std::optional<session::Config> config_;
  std::optional<Asker> asker_;
  std::vector<std::string> announced_;
};

}  // namespace gf::line
