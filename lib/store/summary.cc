// Trailers, written and read back: of ledger commits, which `log` and `metrics` list, and of runs
// that go on.
#include "store/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <type_traits>

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

std::optional<int64_t> whole_number(const std::string& text) {
  int64_t value = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int64_t number(const std::string& text) { return whole_number(text).value_or(0); }

/// What is told of.
struct Ended {
  const record::RunRecord& run;
  const record::RunMetrics& metrics;
  const std::optional<Oid>& before;
};

std::string text_of(const std::string& text) { return text; }
std::string text_of(const Oid& id) { return id.is_zero() ? std::string() : id.hex(); }
std::string text_of(Timestamp time) { return iso8601(time); }
std::string text_of(Milliseconds duration) { return std::to_string(duration.count()); }
std::string text_of(int count) { return std::to_string(count); }
std::string text_of(bool flag) { return flag ? "yes" : "no"; }

void take(const std::string& text, std::string& into) { into = text; }
void take(const std::string& text, Oid& into) { into = Oid::parse(text).value_or(Oid()); }
void take(const std::string& text, Timestamp& into) {
  into = parse_iso8601(text).value_or(Timestamp{});
}
void take(const std::string& text, Milliseconds& into) { into = Milliseconds(number(text)); }
void take(const std::string& text, int& into) { into = static_cast<int>(number(text)); }
void take(const std::string& text, bool& into) { into = text == "yes"; }

std::string tokens_of(const record::Usage& usage) {
  return fmt::format("{}/{}", usage.input_total.value_or(0), usage.output_total.value_or(0));
}
void take_tokens(const std::string& text, record::Usage& usage) {
  std::vector<std::string> tokens = split(text, '/');
  usage.input_total = number(tokens[0]);
  usage.output_total = tokens.size() > 1 ? number(tokens[1]) : 0;
}

std::string price_of(const record::Cost& cost) {
  return cost.pico_usd ? std::to_string(*cost.pico_usd) : "unpriced";
}
/// Anything but a number is no price, and no price is not 0.
void take_price(const std::string& text, record::Cost& cost) { cost.pico_usd = whole_number(text); }
void take_basis(const std::string& text, record::Cost& cost) {
  cost.basis = cost.pico_usd && !text.empty() ? text : "unpriced";
}

std::string verdict_word(const Ended& ended) {
  if (ended.run.status == record::RunStatus::kDelivered) return "pass";
  bool reviewed = ended.run.status == record::RunStatus::kReviewed;
  if (reviewed && ended.run.failed_stage.empty()) return "reviewed";
  return ended.run.status == record::RunStatus::kCancelled ? "aborted" : "fail";
}

/// One trailer: how it is written, and where what was read goes. Without the second it is for
/// people, or read first (the run and its status).
struct Trailer {
  const char* key;
  std::string (*of)(const Ended&);
  void (*into)(Summary&, const std::string&);
};

template <auto kMember>
std::string run_text(const Ended& ended) {
  return text_of(ended.run.*kMember);
}
template <auto kMember>
void into_summary(Summary& summary, const std::string& text) {
  take(text, summary.*kMember);
}
template <auto kMember>
constexpr Trailer metric(const char* key) {
  return {key, [](const Ended& ended) { return text_of(ended.metrics.*kMember); },
          [](Summary& summary, const std::string& text) { take(text, summary.metrics.*kMember); }};
}
template <auto kOfRun, auto kOfSummary>
constexpr Trailer both(const char* key) {
  return {key, run_text<kOfRun>, into_summary<kOfSummary>};
}

using record::RunMetrics;
using record::RunRecord;

// In the order in which they are written, which is part of the format.
constexpr Trailer kTrailers[] = {
    {"Run", [](const Ended& ended) { return ended.run.id.str(); }, nullptr},
    {"Status", [](const Ended& ended) { return std::string(name_of(ended.run.status)); }, nullptr},
    {"Verdict", verdict_word, nullptr},
    both<&RunRecord::slug, &Summary::slug>("Slug"),
    both<&RunRecord::title, &Summary::title>("Title"),
    both<&RunRecord::base_name, &Summary::base_name>("Base-Name"),
    both<&RunRecord::base, &Summary::base>("Base"),
    both<&RunRecord::branch, &Summary::branch>("Branch"),
    both<&RunRecord::head, &Summary::head>("Head"),
    both<&RunRecord::tree, &Summary::tree>("Tree"),
    both<&RunRecord::patch_id, &Summary::patch_id>("Patch-Id"),
    both<&RunRecord::pull_request, &Summary::pull_request>("PR"),
    both<&RunRecord::failed_stage, &Summary::failed_stage>("Failed-Stage"),
    both<&RunRecord::reason, &Summary::reason>("Reason"),
    {"Batch", [](const Ended& ended) { return batch_of(ended.run); },
     into_summary<&Summary::batch>},
    {"Issue", [](const Ended& ended) { return issue_of(ended.run); },
     into_summary<&Summary::issue>},
    {"Tokens", [](const Ended& ended) { return tokens_of(ended.metrics.usage); },
     [](Summary& summary, const std::string& text) { take_tokens(text, summary.metrics.usage); }},
    {"Cost-Pico-Usd", [](const Ended& ended) { return price_of(ended.metrics.cost); },
     [](Summary& summary, const std::string& text) { take_price(text, summary.metrics.cost); }},
    {"Cost-Basis", [](const Ended& ended) { return ended.metrics.cost.basis; },
     [](Summary& summary, const std::string& text) { take_basis(text, summary.metrics.cost); }},
    metric<&RunMetrics::wall>("Wall-Ms"),
    metric<&RunMetrics::model>("Model-Ms"),
    metric<&RunMetrics::gates>("Gates-Ms"),
    metric<&RunMetrics::attempts>("Attempts"),
    metric<&RunMetrics::exchanges>("Exchanges"),
    metric<&RunMetrics::first_try>("First-Try"),
    both<&RunRecord::started, &Summary::started>("Started"),
    both<&RunRecord::ended, &Summary::ended>("Ended"),
    both<&RunRecord::author, &Summary::author>("Author"),
    {"Prev-Month", [](const Ended& ended) { return text_of(ended.before.value_or(Oid())); },
     nullptr},
    {"Schema", [](const Ended&) { return std::string("1"); }, nullptr},
};

constexpr size_t kMostRunsNamed = 20;  ///< a message that names more is made to keep us busy

}  // namespace

std::string ledger_message(const record::RunRecord& raw, const record::RunMetrics& metrics,
                           const std::optional<Oid>& before, const record::Redactor& redactor) {
  record::RunRecord run = redacted(raw, redactor);
  std::string slug = value_of(run.slug), title = value_of(run.title);
  std::string message = fmt::format("factory: {} {} {}\n\n{}\n\n", record::name_of(run.status),
                                    run.id.str(), slug, run.title.empty() ? slug : title);
  for (const Trailer& trailer : kTrailers)
    add(message, trailer.key, trailer.of({run, metrics, before}));
  return message;
}

std::map<std::string, std::string> trailers_in(std::string_view message) {
  std::map<std::string, std::string> trailers;
  std::vector<std::string> all = lines(trim(message));
  auto blank = [](const std::string& line) { return trim(line).empty(); };
  auto above = std::find_if(all.rbegin(), all.rend(), blank);
  if (above == all.rend()) return trailers;
  for (auto line = above.base(); line != all.end(); ++line) {
    size_t colon = line->find(": ");
    if (line->starts_with("Factory-") && colon != std::string::npos)
      trailers[line->substr(8, colon - 8)] = line->substr(colon + 2);
  }
  return trailers;
}

std::optional<Summary> summary_of(const git::CommitInfo& commit) {
  if (!commit.message.starts_with("factory: ")) return std::nullopt;
  std::map<std::string, std::string> trailers = trailers_in(commit.message);
  auto id = RunId::parse(trailers["Run"]);
  auto status = record::run_status_of(trailers["Status"]);
  if (!id.ok() || !status) return std::nullopt;
  Summary run;
  run.id = *id;
  run.status = *status;
  for (const Trailer& trailer : kTrailers) {
    if (trailer.into != nullptr) trailer.into(run, trailers[trailer.key]);
  }
  return run;
}

std::string spending_trailers(const Spending& spent) {
  std::string text;
  add(text, "Batch", spent.batch);
  add(text, "Exchanges", std::to_string(spent.exchanges));
  add(text, "Tokens", tokens_of(spent.usage));
  add(text, "Cost-Pico-Usd", price_of(spent.cost));
  add(text, "Cost-Basis", spent.cost.basis);
  add(text, "Wall-Ms", std::to_string(spent.wall.count()));
  return text;
}

std::optional<Spending> spending_of(const git::CommitInfo& commit) {
  if (!commit.message.starts_with("factory: ")) return std::nullopt;
  std::map<std::string, std::string> trailers = trailers_in(commit.message);
  if (!trailers.contains("Exchanges")) return std::nullopt;
  Spending spent;
  spent.batch = trailers["Batch"];
  spent.exchanges = static_cast<int>(number(trailers["Exchanges"]));
  take_tokens(trailers["Tokens"], spent.usage);
  take_price(trailers["Cost-Pico-Usd"], spent.cost);
  take_basis(trailers["Cost-Basis"], spent.cost);
  spent.wall = Milliseconds(number(trailers["Wall-Ms"]));
  return spent;
}

std::string batch_of(const record::RunRecord& run) {
  auto batch = run.policy.find("batch");
  return batch == run.policy.end() ? std::string() : batch->second;
}

std::string issue_of(const record::RunRecord& run) {
  auto issue = run.policy.find("issue");
  return issue == run.policy.end() ? std::string() : issue->second;
}

std::vector<RunId> runs_named_in(const std::string& message) {
  std::vector<RunId> runs;
  for (const std::string& line : lines(message)) {
    std::string_view text = trim(line);
    constexpr std::string_view kKey = "factory-run:";
    if (!starts_with_ignoring_case(text, kKey)) continue;
    auto id = RunId::parse(trim(text.substr(kKey.size())));
    if (!id.ok() || std::find(runs.begin(), runs.end(), *id) != runs.end()) continue;
    runs.push_back(*id);
    if (runs.size() == kMostRunsNamed) break;
  }
  return runs;
}

}  // namespace gf::store
