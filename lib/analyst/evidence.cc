#include "analyst/evidence.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace gf::analyst {
namespace {

bool same_line(std::string_view a, std::string_view b) { return trim(a) == trim(b); }

/// Whether a hunk adds the line.
bool adds(const git::Hunk& hunk, const Line& line) {
  if (hunk.path != line.path_then) return false;
  std::vector<std::string> rows = lines(hunk.text);
  return std::any_of(rows.begin(), rows.end(), [&](const std::string& row) {
    return row.starts_with("+") && same_line(std::string_view(row).substr(1), line.text);
  });
}

/// Whether two trees differ in the line: it is in `after` more often than in `before`.
bool brings(const git::Repo& repo, const Oid& before, const Oid& after, const Line& line) {
  auto count = [&](const Oid& tree) -> long {
    auto entry = repo.entry_at(tree, line.path_then);
    if (!entry.ok() || !*entry) return 0;
    std::vector<std::string> rows = lines(repo.read_blob((*entry)->id).value_or(""));
    return std::count_if(rows.begin(), rows.end(),
                         [&](const std::string& row) { return same_line(row, line.text); });
  };
  return count(after) > count(before);
}

bool is_changelog(const std::string& path) {
  std::string name = lower(path);
  return name.find("change") != std::string::npos || name.find("news") != std::string::npos ||
         name.find("history") != std::string::npos;
}

/// The hunks as REVIEW saw them numbered: all of the change but for the changelog's, which the line
/// writes itself. Empty when the verdict cannot have been about these.
std::vector<git::Hunk> reviewed(const git::Repo& repo, const store::Run& run, size_t rows) {
  auto all = repo.hunks(run.run.base_tree, run.verdict->tree, 3);
  if (!all.ok()) return {};
  std::vector<git::Hunk> hunks = std::move(all).value();
  if (hunks.size() != rows)
    std::erase_if(hunks, [](const git::Hunk& hunk) { return is_changelog(hunk.path); });
  if (hunks.size() != rows) hunks.clear();
  return hunks;
}

/// Whether a call writes the line into its file.
bool writes(const record::ToolCall& call, const Line& line) {
  std::string path = call.arguments.get_string("path");
  if (path.starts_with("./")) path.erase(0, 2);
  if (path != line.path_then) return false;
  for (const char* key : {"content", "new"}) {
    std::vector<std::string> rows = lines(call.arguments.get_string(key));
    bool there = std::any_of(rows.begin(), rows.end(),
                             [&](const auto& row) { return same_line(row, line.text); });
    if (there) return true;
  }
  return false;
}

}  // namespace

Result<bool> has_line(const git::Repo& repo, const Oid& base, const Oid& tree, const Line& line) {
  if (tree.is_zero() || !repo.exists(tree) || !repo.exists(base))
    return Error{Fault::kBadData, "the delivered change is not in this clone", {}, {}};
  GF_ASSIGN(auto before, repo.entry_at(base, line.path_then));
  GF_ASSIGN(auto after, repo.entry_at(tree, line.path_then));
  if (!after || (before && before->id == after->id)) return false;
  GF_ASSIGN(auto hunks, repo.hunks(base, tree, 0));
  return std::any_of(hunks.begin(), hunks.end(),
                     [&](const git::Hunk& hunk) { return adds(hunk, line); });
}

void find_hunk(const git::Repo& repo, Why& why) {
  const store::Run& run = *why.run;
  if (!run.verdict) return;
  std::vector<record::Json> rows = run.verdict->table.get("hunks").items();
  std::vector<git::Hunk> hunks = reviewed(repo, run, rows.size());
  for (size_t i = 0; i < hunks.size(); ++i) {
    if (adds(hunks[i], why.line)) why.hunk = fmt::format("H{}", i + 1);
    if (!why.hunk.empty()) break;
  }
  if (why.hunk.empty() && is_changelog(why.line.path_then)) {
    why.serves = "changelog";
    why.serves_why = "the line wrote the entry from the spec";
    return;
  }
  std::vector<std::string> served;
  for (const record::Json& row : rows) {
    if (why.hunk.empty() || row.get_string("id") != why.hunk) continue;
    served = row.get_strings("serves");
    if (served.empty()) served = {row.get_string("serves")};  // of an older table
    why.serves = join(served, ", ");
    why.serves_why = row.get_string("why");
  }
  if (!run.spec) return;
  for (const record::Criterion& criterion : run.spec->acceptance_criteria) {
    bool serves = std::find(served.begin(), served.end(), criterion.id) != served.end();
    if (serves && !why.criterion) why.criterion = criterion;
  }
}

void find_turn(const git::Repo& repo, Why& why) {
  const store::Run& run = *why.run;
  // The last attempt whose tree has the line and that was given one without it.
  const record::StageRecord* stage = nullptr;
  for (const record::StageRecord& one : run.stages) {
    if (one.tree_in == one.tree_out || one.tree_out.is_zero()) continue;
    Oid before = one.tree_in.is_zero() ? run.run.base_tree : one.tree_in;
    if (repo.exists(one.tree_out) && brings(repo, before, one.tree_out, why.line)) stage = &one;
  }
  const record::Exchange* exchange = nullptr;
  std::string tool;
  for (const record::Exchange& one : run.exchanges) {
    bool mine =
        !stage || (one.request.stage == stage->stage && one.request.attempt == stage->attempt);
    if (!mine || !one.answer) continue;
    for (const record::ToolCall& call : one.answer->message.tool_calls) {
      // Within a known attempt the first that wrote it; else the last of all, whose file stayed.
      if (!writes(call, why.line) || (stage && exchange)) continue;
      exchange = &one;
      tool = call.name;
    }
  }
  if (!stage && !exchange) return;
  Written written;
  written.stage = stage ? stage->stage : exchange->request.stage;
  written.attempt = stage ? stage->attempt : exchange->request.attempt;
  for (const record::StageRecord& one : run.stages) {
    if (one.stage != written.stage || one.attempt != written.attempt) continue;
    written.cost = one.cost;
    written.model = one.model_answered;
  }
  if (exchange) {
    written.exchange = exchange->seq;
    written.turn = exchange->request.turn;
    written.model = exchange->answer->model;
    written.tool = tool;
  }
  why.written = written;
}

namespace {

record::Json json_of(const store::Run& run) {
  record::RunMetrics metrics = record::metrics_of(run.run, run.stages);
  record::Json json = record::Json::object({{"id", run.run.id.str()},
                                            {"slug", run.run.slug},
                                            {"title", run.run.title},
                                            {"request", run.run.request},
                                            {"status", record::name_of(run.run.status)},
                                            {"pull_request", run.run.pull_request},
                                            {"head", run.run.head.hex()},
                                            {"cost", record::to_json(metrics.cost)}});
  if (run.verdict) {
    json.set("verdict", record::Json::object({{"approved", run.verdict->approved},
                                              {"reviewer", run.verdict->reviewer},
                                              {"tree", run.verdict->tree.hex()},
                                              {"time", iso8601(run.verdict->time)}}));
  }
  return json;
}

}  // namespace

record::Json to_json(const Why& why) {
  record::Json json = record::Json::object({{"file", why.line.path},
                                            {"line", why.line.number},
                                            {"text", why.line.text},
                                            {"commit", why.line.commit.hex()},
                                            {"subject", why.line.subject},
                                            {"from_run", why.run.has_value()},
                                            {"link", name_of(why.link)}});
  if (!why.run) {
    json.set("reason", why.reason);
    return json;
  }
  json.set("checked", why.checked);
  json.set("run", json_of(*why.run));
  json.set("hunk", why.hunk);
  json.set("serves", why.serves);
  if (why.criterion) {
    record::Json spec = record::to_json(*why.run->spec);
    for (const record::Json& one : spec.get("acceptance_criteria").items()) {
      if (one.get_string("id") == why.criterion->id) json.set("criterion", one);
    }
  }
  if (why.written) {
    const Written& written = *why.written;
    json.set("written", record::Json::object({{"stage", written.stage},
                                              {"attempt", written.attempt},
                                              {"exchange", written.exchange},
                                              {"turn", written.turn},
                                              {"tool", written.tool},
                                              {"model", written.model},
                                              {"cost", record::to_json(written.cost)}}));
  }
  return json;
}

}  // namespace gf::analyst
