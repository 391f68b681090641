#include "picture.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "line/answers.h"
#include "record/exchange.h"

namespace gf::cmd {
namespace {

using session::Event;

constexpr const char* kLine[] = {"plan", "scout",          "build",  "validate",
                                 "test", "validate-tests", "review", "pr"};
constexpr size_t kNoteBytes = 600;
constexpr double kStallSeconds = 3;  ///< a pause that is worth a word

std::string size_text(int64_t bytes) {
  if (bytes < 10'000) return fmt::format("{} bytes", bytes);
  return fmt::format("{} kB", bytes / 1000);
}

/// A tab is one byte and up to eight columns.
std::string flat(std::string_view text) {
  return replace_all(replace_all(printable(text), "\n", " "), "\t", " ");
}

/// "from main at 1a2b3c4d5e, as origin has it; left out: 2 untracked paths"; empty: not told.
std::string beginning(const Event& event) {
  std::string from = event.fields.get_string("from"), out = event.fields.get_string("left_out");
  if (from.empty()) return out;
  return flat(out.empty() ? "from " + from : fmt::format("from {}; {}", from, out));
}

}  // namespace

std::string plain_line(const Event& event) {
  constexpr int64_t kWorthALine = 1000;  ///< milliseconds of an act that went well
  std::string text = flat(event.text);
  if (event.kind == "run.begin") {
    std::string from = beginning(event);
    return fmt::format("{}{}{}  {}", text, from.empty() ? "" : "  ", from, event.run.str());
  }
  if (event.kind == "stage.begin") {
    return event.attempt > 1 ? fmt::format("{}, attempt {}", text, event.attempt) : text;
  }
  if (event.kind == "stage.end") return text;
  if (event.kind == "check.begin") return event.stage.empty() ? text : "  " + text;
  if (event.kind == "warning") return "warning: " + text;
  if (event.kind == "run.end") {
    // What stopped a run is said below, with a hint.
    std::string status = event.fields.get_string("status");
    if (status == "stopped" || status == text) return status == text ? text : std::string();
    return fmt::format("{}: {}", status, text);
  }
  if (event.kind.ends_with(".begin") || event.kind.ends_with(".progress")) return {};
  if (event.kind == "act.end") {
    int64_t ms = event.fields.get_int("ms");
    if (ms < kWorthALine) return {};
    return fmt::format("  {}: {:.1f} s", text, static_cast<double>(ms) / 1000);
  }
  if (event.kind == "gate.end" || event.kind == "ask.end") return "  " + text;
  return fmt::format("  {}: {}", event.kind, text);
}

void Picture::on(const Event& event, Time now) {
  if (event.kind == "ask.progress") {
    if (!asked_) asked_ = Asked{{}, 0, 0, now};
    asked_->model = event.fields.get_string("model");
    asked_->bytes = event.fields.get_int("bytes");
    asked_->received = event.fields.get_int("received");
    asked_->heard = now;
    return;
  }
  asked_.reset();
  if (event.kind == "run.begin") {
    title_ = event.text;
    run_ = event.run.str();
    if (std::string from = beginning(event); !from.empty()) notes_.push_back(from);
  } else if (event.kind == "stage.begin") {
    current_ = event.stage;
    began_ = now;
    Row& row = rows_[event.stage];
    row.attempt = event.attempt;
    row.mark = '>';
    doing_.clear();
  } else if (event.kind == "stage.end") {
    end_stage(event);
  } else if (event.kind == "warning") {
    notes_.push_back("warning: " + event.text);
  } else if (event.kind == "note") {
    notes_.push_back(event.text);
  } else if (event.kind == "run.end") {
    doing_.clear();
  } else if (event.kind.ends_with(".begin") || event.kind == "tool" ||
             event.kind == "gate.progress") {
    doing_ = event.text;
    if (event.kind == "ask.begin") asked_ = Asked{event.text, 0, 0, now};
  } else if (event.kind.ends_with(".end")) {
    doing_.clear();
  }
}

void Picture::end_stage(const Event& event) {
  Row& row = rows_[event.stage];
  bool passed = event.fields.get_string("status") == "pass";
  row.mark = passed ? '+' : 'x';
  row.seconds += static_cast<double>(event.fields.get_int("ms")) / 1000;
  row.tokens_in += event.fields.get_int("tokens_in");
  row.tokens_out += event.fields.get_int("tokens_out");
  row.model = event.fields.get_string("model", row.model);
  auto cost = record::cost_from_json(event.fields.get("cost"));
  if (cost.ok() && !row.model.empty()) row.cost = record::to_text(*cost);
  size_t colon = event.text.find(": ");
  row.reason = colon == std::string::npos ? event.text : event.text.substr(colon + 2);
  if (!passed) {
    std::string back = event.fields.get_string("goes_back_to");
    notes_.push_back(fmt::format("{} {}: {}{}", event.stage, event.attempt, row.reason,
                                 back.empty() ? "" : " -> " + back));
  }
  stop();
}

void Picture::stop() {
  current_.clear();
  doing_.clear();
  asked_.reset();
}

/// What goes on: an act, a tool, or a model with what has come of its answer, and since when
/// nothing more has.
std::string Picture::doing(Time now) const {
  if (!asked_) return doing_;
  std::string text = asked_->model;
  if (asked_->bytes > 0) {
    text += fmt::format("  {} of the answer", size_text(asked_->bytes));
  } else if (asked_->received > 0) {
    text += fmt::format("  no words yet, {} received", size_text(asked_->received));
  }
  double silent = (now - asked_->heard).count();
  if (silent < kStallSeconds) return text;
  const char* what = asked_->received > 0 ? ", nothing more for" : "  nothing yet after";
  return text + fmt::format("{} {:.0f} s", what, silent);
}

void Picture::add_line(std::string& text, std::string line, size_t width) {
  line = flat(line);
  // Cut by bytes between characters: never wider than the window, which is one column kept free.
  size_t room = std::max<size_t>(width, 2) - 1;
  if (line.size() > room) {
    while (room > 0 && (static_cast<unsigned char>(line[room]) & 0xc0) == 0x80) --room;
    line.resize(room);
  }
  text += line + "\x1b[K\n";
  ++drawn_;
}

std::string Picture::row(const char* name, Time now) {
  const Row& row = rows_[name];
  bool running = current_ == name;
  double seconds = row.seconds + (running ? (now - began_).count() : 0);
  std::string text = fmt::format(" {} {:<14}", row.mark, name);
  if (row.attempt > 0) text += fmt::format(" {}  {:6.1f} s", row.attempt, seconds);
  if (row.tokens_in + row.tokens_out > 0) {
    text += fmt::format("  {}/{} tokens  {}", row.tokens_in, row.tokens_out, row.cost);
    if (row.model == "scripted") text += " scripted";
  }
  if (std::string now_doing = doing(now); running && !now_doing.empty()) text += "  " + now_doing;
  return text;
}

std::string Picture::draw(size_t width, Time now) {
  if (title_.empty()) return {};
  std::string text;
  if (drawn_ > 0) text += fmt::format("\x1b[{}A", drawn_);
  text += "\x1b[J";
  drawn_ = 0;
  // A note stays above the picture for good.
  for (; noted_ < notes_.size(); ++noted_)
    text += printable(clipped(notes_[noted_], kNoteBytes)) + "\x1b[K\n";
  add_line(text, fmt::format("{}  {}", title_, run_), width);
  int64_t in = 0, out = 0;
  for (const char* name : kLine) {
    add_line(text, row(name, now), width);
    in += rows_[name].tokens_in;
    out += rows_[name].tokens_out;
  }
  // Between stages (the base's own gates, the push) there is no row to say it in.
  std::string between = doing(now);
  if (!current_.empty()) between.clear();
  if (!between.empty()) between.insert(0, "  ");
  add_line(text, fmt::format("   {} tokens in, {} out{}", in, out, between), width);
  return text;
}

std::string result_text(const record::RunRecord& run) {
  using Status = record::RunStatus;
  std::string id = run.id.id8(), branch = RefName::known(run.branch).short_name();
  switch (run.status) {
    case Status::kDelivered:
      if (run.pull_request.empty()) return fmt::format("branch {}  (run {})\n", branch, id);
      return fmt::format("pull request {}  branch {}  (run {})\n", run.pull_request, branch, id);
    case Status::kPlanned:
      return fmt::format("planned: {}  (run {})\n", run.title, id);
    case Status::kNeedsAnswers:
      return fmt::format(
          "the request does not compile; it leaves {} open:\n{}answer with 'git factory answer "
          "{}', "
          "or each by its number with --answer \"<n>=<text>\"\n",
          counted(run.questions.size(), "question"),
          line::questions_text(run.questions, run.likeliest), id);
    default:
      return fmt::format("{} at {}: {}  (run {})\n", record::name_of(run.status), run.failed_stage,
                         run.reason, id);
  }
}

}  // namespace gf::cmd
