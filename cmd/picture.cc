// What events make of the picture. How it is drawn: picture_lines.cc.
#include "picture.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/clock_text.h"
#include "base/text.h"
#include "run_text.h"

namespace gf::cmd {
namespace {

using session::Event;

constexpr const char* kBase = "base gates";
constexpr double kStallSeconds = 3;  ///< a pause that is worth a word

std::string size_text(int64_t bytes) {
  if (bytes < 10'000) return fmt::format("{} bytes", bytes);
  return fmt::format("{} kB", bytes / 1000);
}

}  // namespace

void Picture::on(const Event& event, Time now) {
  if (event.kind == "run.begin") {
    std::string from = start_of(event), out = event.fields.get_string("left_out");
    title_ = fmt::format("{}  {}", event.text, event.run.str());
    narrow_title_ = fmt::format("{}  {}", event.text, event.run.id8());
    if (!from.empty()) title_ += "  from " + from, narrow_title_ += "  " + from;
    if (!out.empty()) notes_.push_back(out);
    started_ = now;
  } else if (event.kind == "run.terms") {
    std::string models = event.fields.get_string("models");
    std::string rest = event.text.substr(models.size());
    models_ = models;
    terms_ = std::string(trim(rest));
  } else if (event.kind == "stage.begin") {
    begin_stage(event, now);
  } else if (event.kind == "stage.end") {
    end_stage(event);
  } else if (event.kind == "warning") {
    notes_.push_back("warning: " + event.text);
  } else if (event.kind == "note") {
    notes_.push_back(event.text);
  } else if (event.kind == "run.end") {
    end_run(now);
  } else {
    on_work(event, now);
  }
}

/// A model, a gate, a tool or an act of the line itself.
void Picture::on_work(const Event& event, Time now) {
  if (event.kind == "ask.progress") {
    if (!doing_ || !doing_->is_model) doing_ = Doing{{}, {}, now, true, true, 0, 0, now};
    doing_->name = event.fields.get_string("model");
    doing_->bytes = event.fields.get_int("bytes");
    doing_->received = event.fields.get_int("received");
    doing_->heard = now;
  } else if (event.kind == "ask.begin") {
    doing_ = Doing{event.text, {}, now, true, true, 0, 0, now};
    if (!current_.empty()) rows_[current_].model = event.text;
  } else if (event.kind == "gate.progress") {
    std::string gate = event.fields.get_string("gate");
    if (!doing_ || doing_->name != gate) doing_ = Doing{gate, {}, now, true, false, 0, 0, now};
    std::string said = event.text;
    doing_->said = said.starts_with(gate + ": ") ? said.substr(gate.size() + 2) : said;
  } else if (event.kind == "check.begin") {
    if (event.stage.empty()) begin_base(now);
    if (!event.stage.empty()) last_ = event.text;
  } else if (event.kind == "tool") {
    last_ = event.text;
    doing_.reset();
  } else if (event.kind.ends_with(".begin")) {
    doing_ = Doing{event.text, {}, now, event.kind == "gate.begin", false, 0, 0, now};
  } else if (event.kind.ends_with(".end")) {
    doing_.reset();
    if (event.kind != "gate.end") return;
    last_ = event.text;
    if (current_ != kBase) return;
    ++base_gates_;
    if (!event.text.starts_with(event.fields.get_string("gate") + " pass")) ++base_red_;
  }
}

void Picture::begin_base(Time now) {
  current_ = kBase;
  began_ = now;
  last_.clear();
  rows_[kBase].mark = '>';
}

void Picture::end_base(char mark, Time now) {
  if (current_ != kBase) return;
  Row& row = rows_[kBase];
  row.mark = mark;
  row.seconds += (now - began_).count();
  row.result = counted(static_cast<size_t>(base_gates_), "gate");
  if (base_red_ > 0) row.result += fmt::format(", {} red before any change", base_red_);
  current_.clear();
}

void Picture::begin_stage(const Event& event, Time now) {
  if (current_ == kBase) {
    end_base(base_red_ > 0 ? '!' : '+', now);
    before_first_ = rows_[kBase].seconds;
  }
  current_ = event.stage;
  began_ = now;
  Row& row = rows_[event.stage];
  row.attempt = event.attempt;
  row.mark = '>';
  row.result.clear();
  last_.clear();
  doing_.reset();
}

void Picture::end_stage(const Event& event) {
  Row& row = rows_[event.stage];
  bool passed = event.fields.get_string("status") == "pass";
  row.mark = passed ? '+' : 'x';
  // The record's time of the first stage holds what came before it, which has a row of its own.
  double took = static_cast<double>(event.fields.get_int("ms")) / 1000;
  row.seconds += std::max(0.0, took - before_first_);
  before_first_ = 0;
  row.tokens_in += event.fields.get_int("tokens_in");
  row.tokens_out += event.fields.get_int("tokens_out");
  row.model = event.fields.get_string("model", row.model);
  auto cost = record::cost_from_json(event.fields.get("cost"));
  if (cost.ok() && !row.model.empty()) row.cost = row.cost + *cost;
  size_t colon = event.text.find(": ");
  row.result = colon == std::string::npos ? event.text : event.text.substr(colon + 2);
  if (!passed) {
    std::string back = event.fields.get_string("goes_back_to");
    notes_.push_back(fmt::format("{} {}: {}{}", event.stage, event.attempt, row.result,
                                 back.empty() ? "" : " -> " + back));
  }
  current_.clear();
  last_.clear();
  doing_.reset();
}

void Picture::end_run(Time now) {
  end_base('-', now);
  if (!current_.empty()) {
    Row& row = rows_[current_];
    row.mark = '-';
    row.seconds += (now - began_).count();
    row.result = "stopped";
  }
  if (!over_) ended_ = now;
  over_ = true;
  current_.clear();
  last_.clear();
  doing_.reset();
}

void Picture::stop(Time now) {
  end_run(now);
  final_ = true;
}

/// What goes on, and since when: a model with what has come of its answer, a gate with its last
/// line of output.
std::string Picture::doing(Time now) const {
  if (!doing_) return {};
  std::string text = doing_->name;
  if (doing_->is_model) {
    if (doing_->bytes > 0) {
      text += fmt::format("  {} of the answer", size_text(doing_->bytes));
    } else if (doing_->received > 0) {
      text += fmt::format("  no words yet, {} received", size_text(doing_->received));
    }
    double silent = (now - doing_->heard).count();
    if (silent < kStallSeconds) return text;
    const char* what = doing_->received > 0 ? ", nothing more for" : "  nothing yet after";
    return text + fmt::format("{} {:.0f} s", what, silent);
  }
  if (doing_->timed) text += "  " + clock_text((now - doing_->began).count());
  if (!doing_->said.empty()) text += "  " + doing_->said;
  return text;
}

std::string Picture::totals(Time now, size_t columns) const {
  constexpr size_t kColumnsForWords = 48;
  int64_t in = 0, out = 0;
  record::Cost cost{std::nullopt, "none"};
  for (const auto& [name, row] : rows_) {
    in += row.tokens_in;
    out += row.tokens_out;
    cost = cost + row.cost;
  }
  std::string text = columns < kColumnsForWords ? fmt::format("{}/{} tokens", in, out)
                                                : fmt::format("{} tokens in, {} out", in, out);
  if (cost.basis != "none") text += "  " + record::to_text(cost);
  text += "  " + clock_text(((over_ ? ended_ : now) - started_).count());
  std::vector<std::string> repeated;
  for (const auto& [name, row] : rows_) {
    if (row.attempt > 1) repeated.push_back(fmt::format("{} {}", name, row.attempt));
  }
  // At the end, with what the stages' names stand for: how many attempts they took.
  if (over_ && !repeated.empty()) text += "  repeated: " + join(repeated, ", ");
  return text;
}

}  // namespace gf::cmd
