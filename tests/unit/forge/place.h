// A repository, its git and a clock that stands still: where forges are asked for.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "forge/forge.h"
#include "support/clock.h"
#include "support/repo.h"
#include "support/runner.h"

namespace gf::forge {

class TestPlace {
 public:
  TestPlace() {
    repo_.write("a.txt", "one\n");
    head_ = repo_.commit("first");
    program_ =
        std::make_unique<git::Program>(test::plain_runner(repo_.environment()), repo_.path());
    handle_ = std::make_unique<git::Repo>(git::Repo::open(repo_.path()).value());
  }
  /// `clock`: another than the standing one.
  [[nodiscard]] Place place(Settings settings, Environment environment,
                            std::optional<std::string> remote = {}, const Clock* clock = nullptr) {
    return {*handle_,
            *program_,
            std::move(remote),
            clock == nullptr ? clock_ : *clock,
            cancel_,
            std::move(settings),
            std::move(environment),
            [this](const std::string& text) { said.push_back(text); }};
  }
  [[nodiscard]] PullRequest wanted(uint32_t random = 7) const {
    PullRequest pull;
    pull.title = "feat: a thing";
    pull.run = RunId::make(clock_.now(), random);
    pull.body = "why\n\nFactory-Run: " + pull.run.str() + "\n";
    pull.head_branch = "factory/thing";
    pull.base_branch = "main";
    pull.head = pull.base = head_;
    return pull;
  }
  test::TempRepo& repo() { return repo_; }
  test::StandingClock& clock() { return clock_; }
  Cancel& cancel() { return cancel_; }

  std::vector<std::string> said;

 private:
  test::TempRepo repo_;
  test::StandingClock clock_;
  Cancel cancel_;
  Oid head_;
  std::unique_ptr<git::Program> program_;
  std::unique_ptr<git::Repo> handle_;
};

}  // namespace gf::forge
