// An approved run with a remote to deliver to: what tests of the last stage stand on.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "line/assignment.h"
#include "line/bench.h"
#include "line/delivery.h"
#include "line/dossier.h"
#include "line/journal.h"
#include "line/past.h"
#include "support/opened.h"

namespace gf::line {

class DeliveryTest : public test::OpenedTest {
 protected:
  void SetUp() override {
    place_.write("a.txt", "one\n");
    ASSERT_NO_FATAL_FAILURE(open());
    remote_ = folder_ / "remote.git";
    place_.git({"init", "-q", "--bare", remote_});
    place_.git({"remote", "add", "origin", remote_});
    assignment_.base = {"main", base_, tree_};
    assignment_.remote = "origin";
    dossier_.spec.emplace();
    dossier_.spec->title = "Add two";
    dossier_.spec->intent = "There is two now.";
    dossier_.verdict.emplace();
    dossier_.verdict->approved = true;
    dossier_.verdict->patch_id = std::string(40, 'a');
    record::RunRecord run = run_record(7);
    dossier_.verdict->run = run.id;
    run.slug = "two";
    run.author = "A <a@example.com>";
    run.started = clock_.now();
    take(begin_run(run));
  }
  /// A line as it begins, or goes on after a crash.
  void take(store::ActiveRun active) {
    delivery_.reset();
    journal_.emplace(*context_, std::move(active));
    bench_.emplace(*context_, assignment_, *journal_, nothing_before());
    delivery_.emplace(*context_, assignment_, *journal_, *bench_, dossier_);
  }
  /// As after a crash: with a step on record, as every run has that comes to deliver.
  void go_on() {
    record::StageRecord stage;
    stage.seq = 1;
    stage.stage = "plan";
    stage.tree_out = tree_;
    ASSERT_DONE(journal_->active().put_stage(stage));
    ASSERT_GIVES(auto active, context_->store->reopen(journal_->run().id));
    take(std::move(active));
  }
  void set(const std::string& key, const std::string& value) {
    place_.git({"config", key, value});
    assignment_.config.add(key, value);
    RunId id = journal_->run().id;
    delivery_.reset();
    bench_.reset();
    journal_.reset();
    reopen();
    take(std::move(context_->store->reopen(id)).value());
  }
  void place() {
    ASSERT_DONE(delivery_->commit());
    ASSERT_DONE(delivery_->place());
  }
  [[nodiscard]] std::string at(const std::string& branch, const std::string& where = {}) const {
    std::vector<std::string> words = {"rev-parse", "-q", "--verify", "refs/heads/" + branch};
    if (!where.empty()) words.insert(words.begin(), {"--git-dir", where});
    return place_.git_status(words) == 0 ? std::string(trim(place_.git(words))) : "";
  }

  std::string remote_;
  Assignment assignment_;
  Dossier dossier_;
  std::optional<Journal> journal_;
  std::optional<Bench> bench_;
  std::optional<Delivery> delivery_;
};

}  // namespace gf::line
