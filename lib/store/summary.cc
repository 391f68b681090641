// Trailers, written and read back: of ledger commits, which `log` and `metrics` list, and of runs
// that go on.
#include "store/summary.h"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <string_view>

#include "base/text.h"

namespace gf::store {
namespace {

constexpr size_t kMaxValue = 400;

/// A trailer's value: one line that cannot begin another trailer.
std::string value_of(std::string_view text) {
  std::string one;
  for (char c : to_utf8(clipped(trim(text), kMaxValue)))
    one += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  return one;
}

void add(std::string& message, const char* key, std::string_view value) {
  std::string text = value_of(value);
  if (!text.empty()) message += fmt::format("Factory-{}: {}\n", key, text);
}

void add(std::string& message, const char* key, const Oid& id) {
  if (!id.is_zero()) add(message, key, id.hex());
}

void add_cost(std::string& message, const record::Usage& usage, const record::Cost& cost) {
  add(message, "Tokens",
      fmt::format("{}/{}", usage.input_total.value_or(0), usage.output_total.value_or(0)));
  add(message, "Cost-Pico-Usd", cost.pico_usd ? std::to_string(*cost.pico_usd) : "unpriced");
  add(message, "Cost-Basis", cost.basis);
}

std::string verdict_word(const record::RunRecord& run) {
  if (run.status == record::RunStatus::kDelivered) return "pass";
  return run.status == record::RunStatus::kCancelled ? "aborted" : "fail";
}

}  // namespace

std::string ledger_message(const record::RunRecord& run, const record::RunMetrics& metrics,
                           const std::optional<Oid>& before) {
  std::string message =
      fmt::format("factory: {} {} {}\n\n{}\n\n", record::name_of(run.status), run.id.str(),
                  value_of(run.slug), run.title.empty() ? value_of(run.slug) : value_of(run.title));
  add(message, "Run", run.id.str());
  add(message, "Status", record::name_of(run.status));
  add(message, "Verdict", verdict_word(run));
  add(message, "Slug", run.slug);
  add(message, "Title", run.title);
  add(message, "Base-Name", run.base_name);
  add(message, "Base", run.base);
  add(message, "Branch", run.branch);
  add(message, "Head", run.head);
  add(message, "Tree", run.tree);
  add(message, "Patch-Id", run.patch_id);
  add(message, "PR", run.pull_request);
  add(message, "Failed-Stage", run.failed_stage);
  add(message, "Reason", run.reason);
  add(message, "Batch", batch_of(run));
  add_cost(message, metrics.usage, metrics.cost);
  add(message, "Wall-Ms", std::to_string(metrics.wall.count()));
  add(message, "Model-Ms", std::to_string(metrics.model.count()));
  add(message, "Gates-Ms", std::to_string(metrics.gates.count()));
  add(message, "Attempts", std::to_string(metrics.attempts));
  add(message, "Exchanges", std::to_string(metrics.exchanges));
  add(message, "First-Try", metrics.first_try ? "yes" : "no");
  add(message, "Started", iso8601(run.started));
  add(message, "Ended", iso8601(run.ended));
  add(message, "Author", run.author);
  if (before) add(message, "Prev-Month", before->hex());
  add(message, "Schema", "1");
  return message;
}

namespace {

std::optional<int64_t> whole_number(const std::string& text) {
  int64_t value = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int64_t number(const std::string& text) { return whole_number(text).value_or(0); }

using Trailers = std::map<std::string, std::string>;

/// None at all for a commit that is not ours.
Trailers trailers_of(const git::CommitInfo& commit) {
  Trailers trailers;
  if (!commit.message.starts_with("factory: ")) return trailers;
  // Only the last paragraph counts: a title that looks like a trailer stands before it.
  std::string_view text = trim(commit.message);
  size_t paragraph = text.rfind("\n\n");
  if (paragraph == std::string_view::npos) return trailers;
  for (const std::string& line : lines(text.substr(paragraph + 2))) {
    size_t colon = line.find(": ");
    if (line.starts_with("Factory-") && colon != std::string::npos)
      trailers[line.substr(8, colon - 8)] = line.substr(colon + 2);
  }
  return trailers;
}

void read_cost(Trailers& trailers, record::Usage& usage, record::Cost& cost) {
  std::vector<std::string> tokens = split(trailers["Tokens"], '/');
  usage.input_total = number(tokens[0]);
  usage.output_total = tokens.size() > 1 ? number(tokens[1]) : 0;
  // Anything but a number is no price, and no price is not 0.
  cost.pico_usd = whole_number(trailers["Cost-Pico-Usd"]);
  cost.basis = trailers["Cost-Basis"];
  if (!cost.pico_usd || cost.basis.empty()) cost.basis = "unpriced";
}

}  // namespace

std::optional<Summary> summary_of(const git::CommitInfo& commit) {
  Trailers trailers = trailers_of(commit);
  auto id = RunId::parse(trailers["Run"]);
  auto status = record::run_status_of(trailers["Status"]);
  if (!id.ok() || !status) return std::nullopt;
  auto oid = [&](const char* key) { return Oid::parse(trailers[key]).value_or(Oid()); };
  Summary run;
  run.id = *id;
  run.status = *status;
  run.slug = trailers["Slug"];
  run.title = trailers["Title"];
  run.base_name = trailers["Base-Name"];
  run.branch = trailers["Branch"];
  run.pull_request = trailers["PR"];
  run.failed_stage = trailers["Failed-Stage"];
  run.reason = trailers["Reason"];
  run.author = trailers["Author"];
  run.patch_id = trailers["Patch-Id"];
  run.batch = trailers["Batch"];
  run.head = oid("Head");
  run.tree = oid("Tree");
  run.base = oid("Base");
  read_cost(trailers, run.metrics.usage, run.metrics.cost);
  run.metrics.wall = Milliseconds(number(trailers["Wall-Ms"]));
  run.metrics.model = Milliseconds(number(trailers["Model-Ms"]));
  run.metrics.gates = Milliseconds(number(trailers["Gates-Ms"]));
  run.metrics.attempts = static_cast<int>(number(trailers["Attempts"]));
  run.metrics.exchanges = static_cast<int>(number(trailers["Exchanges"]));
  run.metrics.first_try = trailers["First-Try"] == "yes";
  run.started = parse_iso8601(trailers["Started"]).value_or(Timestamp{});
  run.ended = parse_iso8601(trailers["Ended"]).value_or(Timestamp{});
  return run;
}

std::string spending_trailers(const Spending& spent) {
  std::string text;
  add(text, "Batch", spent.batch);
  add(text, "Exchanges", std::to_string(spent.exchanges));
  add_cost(text, spent.usage, spent.cost);
  add(text, "Wall-Ms", std::to_string(spent.wall.count()));
  return text;
}

std::optional<Spending> spending_of(const git::CommitInfo& commit) {
  Trailers trailers = trailers_of(commit);
  if (!trailers.contains("Exchanges")) return std::nullopt;
  Spending spent;
  spent.batch = trailers["Batch"];
  spent.exchanges = static_cast<int>(number(trailers["Exchanges"]));
  read_cost(trailers, spent.usage, spent.cost);
  spent.wall = Milliseconds(number(trailers["Wall-Ms"]));
  return spent;
}

std::string batch_of(const record::RunRecord& run) {
  auto batch = run.policy.find("batch");
  return batch == run.policy.end() ? std::string() : batch->second;
}

}  // namespace gf::store
