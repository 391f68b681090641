// A real repository with runs in it that a review approved, for the tests of the door.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "git/git_program.h"
#include "store/store.h"
#include "support/assertions.h"
#include "support/clock.h"
#include "support/repo.h"
#include "support/runner.h"
#include "verify/verify.h"

namespace gf::verify::test {

/// All that a run's record is made of; a test changes what it wants to be different.
struct Parts {
  record::RunRecord run;
  record::Spec spec;
  std::vector<record::StageRecord> stages;
  std::vector<record::GateOutcome> gates;
  record::Verdict verdict;
  bool sign = false;  ///< with what the repository's configuration says
};
using Change = std::function<void(Parts&)>;

struct Made {
  RunId id;
  Oid base, head, tree;
};

class ApprovedTest : public ::testing::Test {
 protected:
  ApprovedTest() {
    git::Repo::set_durable(false);  // nobody pulls the plug here
    repo_.git("config gc.auto 0");
    repo_.write("app.py", kApp);
    repo_.write("notes.txt", "one\ntwo\nthree\n");
    first_ = repo_.commit("first");
  }

  static constexpr const char* kApp =
      "import os\n\n\ndef a():\n    return 1\n\n\ndef b():\n    return 2\n\n\ndef c():\n"
      "    return 3\n\n\ndef d():\n    return 4\n\n\ndef e():\n    return 5\n";

  static std::string with(std::string text, const std::string& what, const std::string& by) {
    size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), by);
  }
  /// app.py with d() changed: what most runs here do.
  static std::string changed_app() { return with(kApp, "return 4", "return 44"); }

  git::Repo open() const { return git::Repo::open(repo_.path()).value(); }
  git::Program program() const {
    return {gf::test::plain_runner(repo_.environment()), repo_.path()};
  }
  Oid id_of(const std::string& revision) const {
    return Oid::parse(repo_.git({"rev-parse", revision}).substr(0, 40)).value();
  }

  /// A run on what is checked out, that `edit` is the work of: its commit on factory/<slug>, its
  /// record in the ledger. main is checked out again afterwards.
  Made approve(const std::string& slug, const std::function<void()>& edit,
               const Change& change = {}) {
    clock_.advance(Milliseconds(1000));
    Made made;
    made.id = RunId::make(clock_.now(), clock_.random());
    made.base = id_of("HEAD");
    std::string before = repo_.git("rev-parse --abbrev-ref HEAD");
    repo_.git("checkout -q -b factory/" + slug);
    edit();
    made.head = repo_.commit("feat: " + slug + "\n\nFactory-Run: " + made.id.str());
    made.tree = id_of("HEAD^{tree}");
    repo_.git("checkout -q " + before.substr(0, before.size() - 1));
    keep(made, slug, change);
    return made;
  }
  Made approve(const std::string& slug) {
    return approve(slug, [this] { repo_.write("app.py", changed_app()); });
  }

  void keep(const Made& made, const std::string& slug, const Change& change) {
    git::Repo repo = open();
    store::Store store = store::Store::open(repo, clock_, record::Redactor()).value();
    Parts parts = parts_of(repo, made, slug);
    if (change) change(parts);
    store::ActiveRun active = store.begin(parts.run).value();
    Oid spec = active.put_spec(parts.spec);
    if (parts.verdict.spec.is_zero()) parts.verdict.spec = spec;
    for (const record::GateOutcome& gate : parts.gates) EXPECT_DONE(active.put_gate(gate, ""));
    for (const record::StageRecord& stage : parts.stages) EXPECT_DONE(active.put_stage(stage));
    if (!parts.verdict.run.empty()) {
      active.put_verdict(parts.verdict);
    }
    if (parts.sign) {
      auto files = active.ledger_files();
      ASSERT_DONE(files);
      auto statement = signed_statement(program(), parts.verdict, *files);
      ASSERT_DONE(statement);
      active.put_signature(*statement);
    }
    EXPECT_DONE(store.seal(active, parts.run));
  }

  Result<std::vector<Finding>> judged(const std::vector<Oid>& commits,
                                      const std::string& ref = {}) {
    git::Repo repo = open();
    return verify_commits(repo, program(), policy_, commits, ref, regate_);
  }
  Finding one(const Oid& commit, const std::string& ref = {}) {
    auto findings = judged({commit}, ref);
    EXPECT_DONE(findings);
    return findings.ok() && findings->size() == 1 ? findings->front() : Finding();
  }
  std::vector<Finding> pushed(std::vector<Question> refs, const Oid& target) {
    git::Repo repo = open();
    auto findings =
        verify::verify(repo, program(), policy_, Push{std::move(refs), target, regate_});
    EXPECT_DONE(findings);
    return findings.ok() ? *findings : std::vector<Finding>();
  }
  /// "ok exact, no no-run": for comparing.
  static std::string status_text(const std::vector<Finding>& findings) {
    std::string all;
    for (const Finding& finding : findings) {
      all += (all.empty() ? "" : ", ") +
             fmt::format("{} {}", name_of(finding.state), name_of(finding.reason));
    }
    return all;
  }
  static std::string status_text(const Finding& finding) {
    return status_text(std::vector<Finding>{finding});
  }

  gf::test::TempRepo repo_;
  gf::test::StandingClock clock_;
  Policy policy_;
  Regate regate_;
  Oid first_;

 private:
  static record::GateOutcome gate(const Oid& tree, const std::string& name,
                                  const std::string& stage) {
    record::GateOutcome outcome;
    outcome.gate = name;
    outcome.stage = stage;
    outcome.tree = tree;
    outcome.status = record::GateOutcome::Status::kPass;
    outcome.exit_code = 0;
    return outcome;
  }
  static record::StageRecord stage(int seq, const std::string& name, const Oid& in, const Oid& out,
                                   const std::string& model) {
    record::StageRecord stage;
    stage.seq = seq;
    stage.stage = name;
    stage.tree_in = in;
    stage.tree_out = out;
    stage.status = record::StageStatus::kPass;
    stage.provider = model.empty() ? "" : "acted";
    stage.model_answered = model;
    return stage;
  }

 protected:
  /// The record of a run that delivered `made`.
  Parts parts_of(git::Repo& repo, const Made& made, const std::string& slug) {
    Parts parts;
    parts.run.id = made.id;
    parts.run.slug = slug;
    parts.run.title = "Add " + slug;
    parts.run.request = "add " + slug;
    parts.run.base_name = "main";
    parts.run.base = made.base;
    parts.run.base_tree = repo.commit(made.base).value().tree;
    parts.run.started = clock_.now();
    parts.run.ended = clock_.now() + Milliseconds(500);
    parts.run.author = "A Tester <tester@example.com>";
    parts.run.models = {{"build", "acted/builder"}, {"review", "acted/reviewer"}};
    parts.run.status = record::RunStatus::kDelivered;
    parts.run.head = made.head;
    parts.run.tree = made.tree;
    parts.run.branch = "refs/heads/factory/" + slug;
    parts.run.patch_id = repo.patch_id(parts.run.base_tree, made.tree).value();
    parts.spec.title = parts.run.title;
    parts.spec.request = parts.run.request;
    parts.stages = {stage(1, "build", parts.run.base_tree, made.tree, "builder"),
                    stage(2, "review", made.tree, made.tree, "reviewer")};
    for (const char* name : {"ruff", "pytest"}) {
      std::string kind = std::string(name) == "ruff" ? "validate" : "test";
      parts.gates.push_back(gate(parts.run.base_tree, name, kind));
      parts.gates.push_back(gate(made.tree, name, kind));
    }
    parts.verdict.approved = true;
    parts.verdict.run = made.id;
    parts.verdict.base = made.base;
    parts.verdict.tree = made.tree;
    parts.verdict.commit = made.head;
    parts.verdict.patch_id = parts.run.patch_id;
    parts.verdict.reviewer = "acted/reviewer";
    parts.verdict.time = clock_.now();
    return parts;
  }
};

}  // namespace gf::verify::test
