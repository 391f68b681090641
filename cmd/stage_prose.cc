#include "stage_prose.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "analyst/must_fail.h"
#include "base/text.h"
#include "record/spec.h"
#include "stage/revision.h"

namespace gf::cmd {
namespace {

constexpr size_t kFindingsShown = 5;
constexpr size_t kShortList = 60;  ///< bytes

bool is_empty(const record::Json& value) {
  return value.is_null() || ((value.is_array() || value.is_object()) && value.size() == 0) ||
         (value.is_string() && value.as_string()->empty());
}

/// A scalar as it stands in a sentence.
std::string word_of(const record::Json& value) {
  return value.is_string() ? *value.as_string() : value.dump();
}

bool is_scalar(const record::Json& value) { return !value.is_array() && !value.is_object(); }

/// The first of `names` that the object has something under; it is taken out.
std::string taken(record::Json& object, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    record::Json value = object.get(name);
    if (is_empty(value) || !is_scalar(value)) continue;
    object.erase(name);
    return word_of(value);
  }
  return {};
}

std::string indented(const std::string& content, size_t by) {
  std::string text;
  for (const std::string& line : lines(content)) text += std::string(by, ' ') + line + "\n";
  return text;
}

/// A list of few short words, on one line; empty: it is none.
std::string short_list(const record::Json& value) {
  if (!value.is_array()) return {};
  std::vector<std::string> words;
  for (const record::Json& item : value.items()) {
    if (!is_scalar(item)) return {};
    words.push_back(word_of(item));
  }
  std::string all = join(words, ", ");
  return all.size() <= kShortList && all.find('\n') == std::string::npos ? all : std::string();
}

std::string prose_at(const record::Json& value, size_t level);

/// An item of a list: what it is of, what is said of it, why; then the rest.
std::string item_prose(record::Json item, size_t level) {
  std::string before(2 * level, ' ');
  if (is_scalar(item)) {
    std::string text = indented(word_of(item), 2 * level + 2);
    return text.empty() ? text : before + "-" + text.substr(2 * level + 1);
  }
  if (item.is_array()) return before + "- " + item.dump() + "\n";
  std::string head = taken(item, {"id", "path", "name", "index", "title", "field"});
  std::string said = taken(item, {"verdict", "status", "kind"});
  std::string why = taken(item, {"why", "reason", "summary", "text", "note", "role", "what"});
  if (!said.empty()) head += (head.empty() ? "" : " ") + said;
  if (!why.empty())
    head += (head.empty() ? "" : ": ") + replace_all(why, "\n", "\n" + before + "  ");
  return before + (head.empty() ? "-" : "- ") + head + "\n" + prose_at(item, level + 1);
}

std::string prose_at(const record::Json& value, size_t level) {
  std::string text, before(2 * level, ' ');
  if (value.is_array()) {
    for (const record::Json& item : value.items()) text += item_prose(item, level);
    return text;
  }
  for (const auto& [name, member] : value.members()) {
    if (is_empty(member)) continue;
    std::string label = replace_all(name, "_", " ");
    if (std::string few = short_list(member); !few.empty()) {
      text += before + label + ": " + few + "\n";
      continue;
    }
    if (!is_scalar(member)) {
      text += before + label + ":\n" + prose_at(member, level + 1);
      continue;
    }
    std::string word = word_of(member);
    bool one_line = word.find('\n') == std::string::npos;
    text += before + label + ":" +
            (one_line ? " " + word + "\n" : "\n" + indented(word, 2 * level + 2));
  }
  return text;
}

/// Equal lines that follow each other, once, with their number.
std::string counted_lines(const std::vector<std::string>& all) {
  std::string text;
  for (size_t i = 0; i < all.size();) {
    size_t end = i;
    while (end < all.size() && all[end] == all[i]) ++end;
    text += "  " + all[i] + (end - i > 1 ? fmt::format(" ({} times)", end - i) : "") + "\n";
    i = end;
  }
  return text;
}

std::string heading(const std::string& title, const std::string& body) {
  return body.empty() ? body : "\n" + title + "\n" + body;
}

bool is_of(const record::Exchange& exchange, const record::StageRecord& stage) {
  return exchange.request.stage == stage.stage && exchange.request.attempt == stage.attempt;
}

/// " for <provider>/<model>": what was asked, where the exchanges are known.
std::string asked_of(const store::Run& run, const record::StageRecord& stage) {
  std::string asked;
  for (const record::Exchange& exchange : run.exchanges)
    if (is_of(exchange, stage)) asked = exchange.provider + "/" + exchange.model_asked;
  return asked.empty() ? asked : " for " + asked;
}

std::string head_of(const store::Run& run, const record::StageRecord& stage) {
  int last = stage.attempt;
  for (const record::StageRecord& other : run.stages)
    if (other.stage == stage.stage) last = std::max(last, other.attempt);
  std::string text =
      fmt::format("{}, attempt {} of {}: {}, {:.1f} s", stage.stage, stage.attempt, last,
                  record::name_of(stage.status), static_cast<double>(stage.wall.count()) / 1000);
  if (!stage.exchanges.empty()) {
    text += fmt::format(", {}/{} tokens {}, answered by {}{}", stage.usage.input_total.value_or(0),
                        stage.usage.output_total.value_or(0), record::to_text(stage.cost),
                        stage.model_answered, asked_of(run, stage));
  }
  text += "\n";
  std::string back = stage.goes_back_to.empty() ? "" : " -> " + stage.goes_back_to;
  return stage.reason.empty() && back.empty() ? text : text + "  " + stage.reason + back + "\n";
}

std::string gates_text(const store::Run& run, const record::StageRecord& stage) {
  std::vector<std::string> all;
  analyst::MustFail base(run, stage);
  for (const record::GateOutcome& gate : run.gates) {
    if (!analyst::ran_gate(stage, gate)) continue;
    std::string line = fmt::format("gate {} {}{}", gate.gate, record::name_of(gate.status),
                                   gate.reason.empty() ? "" : ": " + gate.reason);
    if (base.holds(gate)) {
      all.push_back(line + " (the new tests on the base, where they have to fail)");
      continue;
    }
    for (size_t i = 0; i < std::min(gate.findings.size(), kFindingsShown); ++i) {
      const record::Finding& one = gate.findings[i];
      line += fmt::format("\n    {}:{}: {} {}", one.path, one.line, one.rule, one.message);
    }
    if (gate.findings.size() > kFindingsShown)
      line += fmt::format("\n    and {} more: --gate {}", gate.findings.size() - kFindingsShown,
                          gate.gate);
    all.push_back(line);
  }
  return counted_lines(all);
}

/// What was called, and what did not come.
std::string calls_text(const store::Run& run, const record::StageRecord& stage) {
  std::vector<std::string> all;
  for (const record::Exchange& exchange : run.exchanges) {
    if (!is_of(exchange, stage)) continue;
    if (!exchange.answer) {
      all.push_back(fmt::format("{}/{} failed ({}): {}", exchange.provider, exchange.model_asked,
                                record::name_of(exchange.failure), exchange.failure_text));
      continue;
    }
    for (const record::ToolCall& call : exchange.answer->message.tool_calls) {
      std::string about = call.arguments.get_string("path", call.arguments.get_string("pattern"));
      all.emplace_back(trim(fmt::format("calls {} {}", call.name, about)));
    }
  }
  return counted_lines(all);
}

/// The spec that the run went on with has a form of its own.
std::string answer_text(const store::Run& run, const record::StageRecord& stage) {
  bool passed = stage.stage == "plan" && stage.status == record::StageStatus::kPass;
  bool later = std::any_of(run.stages.begin(), run.stages.end(), [&](const auto& other) {
    return other.stage == stage.stage && other.attempt > stage.attempt;
  });
  if (passed && !later && run.spec) return indented(record::to_plain_text(*run.spec), 2);
  return prose_at(stage.output, 1);
}

std::string exchanges_text(const store::Run& run, const record::StageRecord& stage) {
  if (stage.exchanges.empty()) return {};
  if (!run.has_exchanges) return "\n(the exchanges are not in this clone)\n";
  return fmt::format("\n{}, every word of them: git factory show {}:{}:{} --exchanges\n",
                     counted(stage.exchanges.size(), "exchange"), run.run.id.id8(), stage.stage,
                     stage.attempt);
}

}  // namespace

std::string prose_of(const record::Json& answer) { return prose_at(answer, 0); }

std::string stage_text(const store::Run& run, const record::StageRecord& stage) {
  std::string fed, revised;
  for (const std::string& line : stage.feedback)
    fed += "  - " + replace_all(std::string(trim(line)), "\n", "\n    ") + "\n";
  for (const std::string& line : stage::lines_of_revision(stage.output))
    revised += "  " + line + "\n";
  return head_of(run, stage) + heading("Fed back", fed) + heading("Gates", gates_text(run, stage)) +
         heading("Did", calls_text(run, stage)) + heading("Revised", revised) +
         heading("Answered", answer_text(run, stage)) + exchanges_text(run, stage);
}

}  // namespace gf::cmd
