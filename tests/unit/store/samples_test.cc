// Records of format version 1 as they were written once (tests/samples/v1): they are read for ever,
// and what was read is written again as it was.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "unit/store/record.h"

namespace gf::store {
namespace {

namespace fs = std::filesystem;
using record::Json;
using store::test::shell;

const std::string kSamples = std::string(GF_SOURCE_DIR) + "/tests/samples/v1/";
constexpr const char* kRun = "20261121T083059Z-6bbc40a7";

std::string text_of(const std::string& name) {
  std::ifstream file(kSamples + name, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << name;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

class SamplesTest : public test::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    // By stock git alone, as another clone's fetch would bring it.
    shell(repo_dir_, "git -c core.autocrlf=false rev-parse -q --git-dir && mkdir -p tree/21/" +
                         std::string(kRun) + " && cp " + kSamples + "run/* tree/21/" + kRun +
                         " && cp " + kSamples + "metrics.json tree/21/" + kRun);
    std::string tree = shell(repo_dir_,
                             "GIT_INDEX_FILE=$PWD/.git/sample git --work-tree=tree add -A && "
                             "GIT_INDEX_FILE=$PWD/.git/sample git write-tree")
                           .substr(0, 40);
    for (const char* ref : {"refs/factory/ledger/2026-11", "refs/factory/replay/2026-11"}) {
      shell(repo_dir_,
            fmt::format("git update-ref {} $(git commit-tree {} -F {}ledger-message.txt)", ref,
                        tree, kSamples));
    }
  }
};

TEST_F(SamplesTest, ARunOfVersion1IsReadWhole) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  ASSERT_GIVES(store::Run run, store.load(RunId::parse(kRun).value()));
  EXPECT_EQ(run.run.slug, "products");
  EXPECT_EQ(run.run.status, record::RunStatus::kDelivered);
  EXPECT_EQ(run.run.policy.at("coverage.floor"), "80");
  ASSERT_TRUE(run.spec.has_value());
  EXPECT_EQ(run.spec->acceptance_criteria.size(), 2u);
  EXPECT_EQ(run.stages.size(), 7u);
  EXPECT_EQ(run.gates.size(), 6u);
  ASSERT_TRUE(run.verdict.has_value());
  EXPECT_TRUE(run.verdict->approved);
  EXPECT_EQ(run.verdict->tree, run.run.tree);
  ASSERT_EQ(run.exchanges.size(), 3u);
  EXPECT_EQ(run.exchanges[2].request.messages.size(), 9u);
  EXPECT_EQ(run.exchanges[2].answer->model, "scripted");
  EXPECT_FALSE(run.trace.empty());
}

TEST_F(SamplesTest, ItsLedgerCommitTellsItsNumbers) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  std::vector<Summary> all;
  ASSERT_DONE(store.walk([&](const Summary& run) {
    all.push_back(run);
    return true;
  }));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].slug, "products");
  EXPECT_EQ(all[0].pull_request, "#1");
  EXPECT_EQ(all[0].metrics.usage.input_total, 15078);
  EXPECT_EQ(all[0].metrics.attempts, 7);
  EXPECT_TRUE(all[0].metrics.first_try);
  EXPECT_EQ(record::to_text(all[0].metrics.cost), "$0.0000");
}

/// A replay finds answers by this key: it must not change with the program's version.
TEST_F(SamplesTest, TheKeyOfARequestIsStillTheOneThatWasKept) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  ASSERT_GIVES(store::Run run, store.load(RunId::parse(kRun).value()));
  for (const record::Exchange& exchange : run.exchanges) {
    Json kept = Json::parse(text_of(fmt::format("run/exchange-{:04}.json", exchange.seq))).value();
    EXPECT_EQ(record::request_key(exchange.request).hex(), kept.get_string("request_key"))
        << exchange.seq;
  }
}

template <typename T>
std::string again(const Json& json, Result<T> (*read)(const Json&)) {
  auto value = read(json);
  EXPECT_DONE(value);
  return value.ok() ? record::to_json(*value).dump() : "";
}

std::string rewritten(const std::string& name, const Json& json) {
  if (name == "run.json") return again(json, record::run_from_json);
  if (name == "spec.json") return again(json, record::spec_from_json);
  if (name == "review.json") return again(json, record::verdict_from_json);
  if (name.starts_with("stage-")) return again(json, record::stage_from_json);
  if (name.starts_with("gate-")) return again(json, record::gate_outcome_from_json);
  return json.dump();
}

TEST_F(SamplesTest, WhatWasReadIsWrittenAsItWas) {
  int records = 0;
  for (const auto& file : fs::directory_iterator(kSamples + "run")) {
    std::string name = file.path().filename().string();
    if (file.path().extension() != ".json") continue;
    std::string text = text_of("run/" + name);
    auto json = Json::parse(text);
    ASSERT_TRUE(json.ok()) << name;
    EXPECT_EQ(rewritten(name, *json) + "\n", text) << name;
    ++records;
  }
  EXPECT_GT(records, 15);
  std::string metrics = text_of("metrics.json");
  EXPECT_EQ(again(Json::parse(metrics).value(), record::metrics_from_json) + "\n", metrics);
}

TEST_F(SamplesTest, ANewerVersionIsRefusedByName) {
  Json json = Json::parse(text_of("run/run.json")).value();
  json.set("v", 2);
  auto run = record::run_from_json(json);
  ASSERT_FALSE(run.ok());
  EXPECT_THAT(run.error().message, ::testing::HasSubstr("version 2"));
  json.set("v", 1);
  json.set("later", "kept");
  EXPECT_EQ(record::to_json(record::run_from_json(json).value()).get_string("later"), "kept");
}

}  // namespace
}  // namespace gf::store
