// What it costs to record a run: begun, 8 stage attempts, 6 exchanges, sealed, in a repository that
// may hold any number of them. Usage: record_bench <repository> <runs> <processes>
// Each process records <runs> runs. One line of JSON on standard output.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/clock.h"
#include "store/store.h"

namespace gf {
namespace {

constexpr const char* kStages[] = {"plan",  "scout",    "build", "validate",
                                   "build", "validate", "test",  "review"};

double now_ms() {
  return std::chrono::duration<double, std::milli>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// Text that compresses about as prose does, and never twice the same.
std::string prose(uint32_t& state, size_t size) {
  static constexpr const char* kWords[] = {"the",  "gate",   "of",    "answer", "and",  "which",
                                           "tree", "commit", "after", "return", "test", "stage"};
  std::string text;
  while (text.size() < size) {
    state = state * 1664525u + 1013904223u;
    text += kWords[(state >> 16) % 12];
    text += (state >> 8) % 9 == 0 ? fmt::format(" {:x} ", state) : std::string(" ");
  }
  return text;
}

record::Exchange exchange_of(int seq, const std::string& stage, uint32_t& state) {
  using record::Message;
  record::Exchange exchange;
  exchange.seq = seq;
  exchange.provider = "bench";
  exchange.model_asked = "bench/x";
  exchange.request.stage = stage;
  exchange.request.turn = seq;
  exchange.request.messages.push_back({Message::Role::kSystem, "you are " + stage, {}, "", ""});
  exchange.request.messages.push_back({Message::Role::kUser, prose(state, 3000), {}, "", ""});
  record::ModelAnswer answer;
  answer.message = {Message::Role::kAssistant, prose(state, 1000), {}, "", ""};
  answer.model = "x";
  answer.usage.input_total = 900;
  answer.usage.output_total = 250;
  answer.cost = {1000000, "provider"};
  exchange.answer = answer;
  return exchange;
}

Result<void> record_one(const git::Repo& repo, store::Store& store, const Clock& clock,
                        const Oid& base, uint32_t& state) {
  GF_ASSIGN(auto info, repo.commit(base));
  record::RunRecord run;
  run.id = RunId::make(clock.now(), clock.random());
  run.slug = "bench";
  run.title = "Bench";
  run.request = prose(state, 150);
  run.base_name = "main";
  run.base = base;
  run.base_tree = info.tree;
  run.started = clock.now();
  run.author = "Bench <bench@example.com>";
  GF_ASSIGN(auto active, store.begin(run));
  record::Spec spec;
  spec.title = run.title;
  spec.intent = prose(state, 120);
  active.put_spec(spec);
  int seq = 0, exchanges = 0;
  for (const char* name : kStages) {
    record::StageRecord stage;
    stage.seq = ++seq;
    stage.stage = name;
    stage.attempt = seq > 4 && seq < 7 ? 2 : 1;
    stage.tree_in = stage.tree_out = info.tree;
    stage.commit = base;
    stage.status = record::StageStatus::kPass;
    stage.started = clock.now();
    stage.reason = prose(state, 90);
    if (stage.stage == "validate") {
      record::GateOutcome outcome;
      outcome.gate = "ruff";
      outcome.tree = info.tree;
      outcome.status = record::GateOutcome::Status::kPass;
      GF_ASSIGN(auto file, active.put_gate(outcome, std::to_string(seq)));
      stage.gate_runs = {file};
    } else {
      GF_TRY(active.put_exchange(exchange_of(++exchanges, name, state)));
      stage.exchanges = {exchanges};
    }
    GF_TRY(active.put_stage(stage));
  }
  run.head = base;
  run.tree = info.tree;
  run.status = record::RunStatus::kDelivered;
  run.ended = clock.now();
  active.put_trace("{\"kind\":\"run.end\"}\n");
  return store.seal(active, run);
}

/// Prints how long each run took; a process of its own has repository and store of its own.
Result<void> record_all(const std::string& path, int runs, FILE* out) {
  double start = now_ms();
  GF_ASSIGN(auto repo, git::Repo::open(path));
  GF_ASSIGN(auto store, store::Store::open(repo, system_clock(), record::Redactor()));
  GF_ASSIGN(auto base, repo.resolve_commit("main"));
  if (!base) return Error{Fault::kUser, "there is no main", {}, {}};
  std::fprintf(out, "%.3f\n", now_ms() - start);
  auto state = static_cast<uint32_t>(::getpid());
  for (int i = 0; i < runs; ++i) {
    start = now_ms();
    GF_TRY(record_one(repo, store, system_clock(), *base, state));
    std::fprintf(out, "%.3f\n", now_ms() - start);
  }
  return Done{};
}

int exit_status(const Result<void>& result) {
  if (result.ok()) return 0;
  std::fprintf(stderr, "fatal: %s\n", result.error().message.c_str());
  return 1;
}

std::string median(std::vector<double> all) {
  if (all.empty()) return "null";
  std::sort(all.begin(), all.end());
  return fmt::format("{:.2f}", all[all.size() / 2]);
}

int bench(const std::string& path, int runs, int processes) {
  std::vector<std::pair<pid_t, FILE*>> children;
  double start = now_ms();
  for (int i = 0; i < processes; ++i) {
    FILE* out = std::tmpfile();
    if (out == nullptr) return 1;
    pid_t child = ::fork();
    if (child == 0) {
      int status = exit_status(record_all(path, runs, out));
      std::fflush(out);
      ::_exit(status);
    }
    children.emplace_back(child, out);
  }
  int failed = 0;
  std::vector<double> opened, recorded;
  for (auto& [child, out] : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    failed += status != 0;
    std::rewind(out);
    double ms = 0;
    for (int i = 0; std::fscanf(out, "%lf", &ms) == 1; ++i)
      (i == 0 ? opened : recorded).push_back(ms);
    std::fclose(out);
  }
  double wall = now_ms() - start;
  struct rusage used {};
  ::getrusage(RUSAGE_CHILDREN, &used);
  auto ms = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1000 + static_cast<double>(time.tv_usec) / 1000;
  };
  double processor = (ms(used.ru_utime) + ms(used.ru_stime)) /
                     static_cast<double>(std::max<size_t>(recorded.size(), 1));
  fmt::print(
      "{{\"processes\":{},\"runs\":{},\"failed\":{},\"wall_ms\":{:.1f},\"open_ms\":{},"
      "\"run_ms\":{},\"processor_ms\":{:.2f}}}\n",
      processes, recorded.size(), failed, wall, median(opened), median(recorded), processor);
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace gf

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: record_bench <repository> <runs> <processes>\n");
    return 129;
  }
  return gf::bench(argv[1], std::atoi(argv[2]), std::atoi(argv[3]));
}
