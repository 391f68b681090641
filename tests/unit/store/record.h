// A real repository and a run to put into it, for the tests of the record.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <string>

#include "store/store.h"
#include "support/assertions.h"
#include "support/clock.h"
#include "support/folder.h"

namespace gf::store::test {

/// What a shell command prints. The environment knows no user and no system configuration.
inline std::string shell(const std::string& folder, const std::string& command) {
  std::string line = fmt::format(
      "cd '{}' && export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null LC_ALL=C TZ=UTC "
      "GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z' && ( {} ) "
      "2>&1",
      folder, command);
  FILE* pipe = ::popen(line.c_str(), "r");
  std::string out;
  std::array<char, 4096> buffer{};
  while (size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) out.append(buffer.data(), n);
  int status = ::pclose(pipe);
  EXPECT_EQ(status, 0) << command << "\n" << out;
  return out;
}

class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override { make(repo_dir_); }

  static void make(const std::string& folder) {
    shell(folder,
          "git init -q -b main . && git config user.name Ada && git config user.email "
          "ada@example.com && "
          "git config gc.auto 0 && echo one > a.txt && git add a.txt && git commit -q -m first");
  }

  std::string git(const std::string& arguments) { return shell(repo_dir_, "git " + arguments); }
  git::Repo open_repo() { return open_repo(repo_dir_); }
  static git::Repo open_repo(const std::string& folder) { return git::Repo::open(folder).value(); }
  Store open_store(git::Repo& repo) {
    return Store::open(repo, clock_, record::Redactor()).value();
  }

  record::RunRecord new_run(git::Repo& repo, uint32_t number, const std::string& slug = "health") {
    record::RunRecord run;
    run.id = RunId::make(clock_.now(), number);
    run.slug = slug;
    run.title = "Add " + slug;
    run.request = "add " + slug;
    run.base_name = "main";
    run.base = repo.resolve_commit("main").value().value();
    run.base_tree = repo.commit(run.base).value().tree;
    run.started = clock_.now();
    run.author = "Ada <ada@example.com>";
    return run;
  }

  static record::Exchange exchange(int seq, const std::string& text) {
    record::Exchange exchange;
    exchange.seq = seq;
    exchange.provider = "scripted";
    exchange.model_asked = "scripted/x";
    exchange.request.stage = "build";
    exchange.request.turn = seq;
    exchange.request.messages.push_back({record::Message::Role::kSystem, "you build", {}, "", ""});
    exchange.request.messages.push_back({record::Message::Role::kUser, text, {}, "", ""});
    record::ModelAnswer answer;
    answer.message.role = record::Message::Role::kAssistant;
    answer.message.content = "answer to " + text;
    answer.model = "scripted";
    answer.usage.input_total = 100;
    answer.usage.output_total = 10;
    exchange.answer = answer;
    return exchange;
  }

  static record::StageRecord stage(int seq, const std::string& name, const Oid& tree,
                                   const Oid& commit) {
    record::StageRecord stage;
    stage.seq = seq;
    stage.stage = name;
    stage.tree_out = tree;
    stage.commit = commit;
    stage.status = record::StageStatus::kPass;
    stage.started = parse_iso8601(fmt::format("2026-01-02T03:05:{:02}.000Z", seq)).value();
    stage.exchanges = {seq};
    stage.usage.input_total = 100;
    stage.usage.output_total = 10;
    stage.cost = {1000, "scripted"};
    return stage;
  }

  static record::GateOutcome gate(const Oid& tree, const std::string& name) {
    record::GateOutcome outcome;
    outcome.gate = name;
    outcome.stage = "validate";
    outcome.tree = tree;
    outcome.status = record::GateOutcome::Status::kPass;
    outcome.exit_code = 0;
    return outcome;
  }

  static Oid tree_with(git::Repo& repo, const Oid& base, const std::string& text) {
    return repo.update_tree(base, {{"b.txt", repo.write_blob(text).value(), git::EntryKind::kBlob}})
        .value();
  }

  /// A run with all kinds of records in it, and its final state.
  record::RunRecord fill(git::Repo& repo, ActiveRun& active) {
    record::RunRecord run = active.run();
    Oid tree = tree_with(repo, run.base_tree, run.id.str());
    record::Spec spec;
    spec.title = run.title;
    spec.intent = "be seen";
    spec.request = run.request;
    active.put_spec(spec);
    EXPECT_DONE(active.put_exchange(exchange(1, "the first question")));
    Oid commit = active.keep_tree(tree, "build 1").value();
    EXPECT_DONE(active.put_stage(stage(1, "build", tree, commit)));
    EXPECT_DONE(active.put_gate(gate(tree, "ruff"), "all"));
    EXPECT_DONE(active.put_stage(stage(2, "validate", tree, commit)));
    active.put_trace("{\"event\":\"done\"}\n");
    auto who = repo.identity(clock_.now()).value();
    run.head =
        repo.write_commit(tree, {run.base}, who, who, "feat: " + run.id.str() + "\n").value();
    run.tree = tree;
    run.branch = "refs/heads/factory/" + run.slug;
    run.status = record::RunStatus::kDelivered;
    run.pull_request = "#3";
    run.patch_id = repo.patch_id(run.base_tree, tree).value();
    record::Verdict verdict;
    verdict.approved = true;
    verdict.base = run.base;
    verdict.tree = tree;
    verdict.commit = run.head;
    verdict.run = run.id;
    verdict.time = clock_.now();
    active.put_verdict(verdict);
    run.ended = clock_.now() + Milliseconds(5000);
    return run;
  }

  /// One whole run; its branch is made so that the delivered commit stays.
  record::RunRecord deliver(git::Repo& repo, Store& store, uint32_t number,
                            const std::string& slug = "health") {
    clock_.advance(Milliseconds(1000));
    ActiveRun active = store.begin(new_run(repo, number, slug)).value();
    record::RunRecord run = fill(repo, active);
    EXPECT_DONE(repo.compare_and_swap(
        RefName::known(fmt::format("{}-{}", run.branch, run.id.id8())), Oid(), run.head, "made"));
    EXPECT_DONE(store.seal(active, run));
    return run;
  }

  static std::vector<std::string> listed(const Store& store) {
    std::vector<std::string> ids;
    EXPECT_DONE(store.walk([&](const Summary& run) {
      ids.push_back(run.id.str());
      return true;
    }));
    return ids;
  }

  gf::test::TempFolder folder_;
  std::string repo_dir_ = folder_.path();
  gf::test::StandingClock clock_;
};

}  // namespace gf::store::test
