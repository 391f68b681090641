// The spec as people and models read it: one walk over it, two pens. What it holds came from
// strangers. On a forge none of it may become structure, so Markdown is escaped; a model and a
// terminal take every character as it stands, so plain text never is.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "record/spec.h"

namespace gf::record {
namespace {

bool is_word_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

enum class Backticks { kAreText, kAreCode };

/// The end of the code between single backticks that begins at `at`; npos: none does.
size_t end_of_code(std::string_view text, size_t at) {
  if (text[at] != '`' || (at > 0 && text[at - 1] == '`')) return std::string_view::npos;
  size_t end = text.find('`', at + 1);
  bool single = end != std::string_view::npos && end > at + 1 &&
                (end + 1 == text.size() || text[end + 1] != '`');
  return single ? end : std::string_view::npos;
}

/// One line of text in Markdown that shows the same: nothing in it acts as Markdown or HTML, no one
/// is mentioned and nothing is linked by number.
std::string inline_line(std::string_view text, Backticks backticks) {
  std::string safe;
  size_t begin = text.find_first_not_of(" \t");
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i], next = i + 1 < text.size() ? text[i + 1] : ' ';
    size_t end = backticks == Backticks::kAreCode ? end_of_code(text, i) : std::string_view::npos;
    if (end != std::string_view::npos) {  // nothing within acts as anything
      safe += text.substr(i, end - i + 1);
      i = end;
      continue;
    }
    bool first = i == begin;
    bool numbered = (c == '.' || c == ')') && begin != std::string_view::npos && i > begin &&
                    std::all_of(text.begin() + static_cast<std::ptrdiff_t>(begin),
                                text.begin() + static_cast<std::ptrdiff_t>(i), is_digit);
    bool leads = first && std::string_view("-+=").find(c) != std::string_view::npos;
    if (i < begin || begin == std::string_view::npos) {
      safe += c == ' ' ? "&nbsp;" : "&#9;";
    } else if (c == '&') {
      safe += "&amp;";
    } else if ((c == '@' && is_word_char(next)) || (c == '#' && is_digit(next))) {
      safe += fmt::format("{}{}<!-- -->", c == '#' ? "\\" : "", c);
    } else {
      if (leads || numbered || std::string_view("\\`*_[]<>|#~").find(c) != std::string_view::npos)
        safe += '\\';
      safe += c;
    }
  }
  return safe;
}

/// Text of several lines: each is shown on a line of its own. `lead` begins every line but the
/// first.
std::string inline_text(std::string_view text, std::string_view lead = "",
                        Backticks backticks = Backticks::kAreText) {
  std::string all;
  for (const std::string& line : lines(trim(text))) {
    if (!all.empty()) all += "\\\n" + std::string(lead);
    // An empty line would end the paragraph.
    all += trim(line).empty() ? "&nbsp;" : inline_line(line, backticks);
  }
  return all;
}

}  // namespace

std::string in_markdown(std::string_view text, std::string_view lead) {
  return inline_text(text, lead);
}

namespace {

/// An operator that takes any value takes "nothing" as well: shown, it is one.
bool has_value(const Observation& one) {
  return !one.expected.is_null() || one.op == "is" || one.op == "equals" || one.op == "not_equals";
}

/// A code span whose fence is longer than any run of backticks inside. `text` is one line.
std::string code(const std::string& text) {
  size_t longest = 0, run = 0;
  for (char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  std::string fence(longest + 1, '`');
  std::string pad = longest > 0 ? " " : "";
  return fence + pad + text + pad + fence;
}

class MarkdownPen {
 public:
  void top(const Spec& spec) {
    text_ = fmt::format("# {}\n\n{}\n", inline_text(replace_all(spec.title, "\n", " ")),
                        inline_text(spec.intent));
  }
  void request(const std::string& request) {
    text_ += "\n## Request\n\n> " + inline_text(request, "> ") + "\n";
  }
  void criteria() { text_ += "\n## Acceptance criteria\n"; }
  void criterion(const std::string& id, const std::string& kind) {
    text_ += fmt::format("\n### {} ({})\n\n", inline_text(id), inline_text(kind));
  }
  void step(std::string_view label, const std::string& what) {
    text_ += fmt::format("- {} {}\n", label, inline_text(what, "  "));
  }
  void seen(const Observation& one) {
    text_ += fmt::format("- Then {} {}", inline_text(one.observable, "  "), inline_text(one.op));
    if (has_value(one)) text_ += " " + code(one.expected.dump());
    text_ += "\n";
  }
  void rows(const Criterion& criterion) {
    for (const Json& row : criterion.cases) text_ += fmt::format("- Case {}\n", code(row.dump()));
  }
  void list(std::string_view heading) { text_ += fmt::format("\n## {}\n\n", heading); }
  void item(const std::string& id, const std::string& what) {
    text_ +=
        fmt::format("- {}{}\n", id.empty() ? "" : inline_text(id) + ": ", inline_text(what, "  "));
  }
  void changelog(const ChangelogEntry& entry) {
    std::string section = entry.section.empty() ? "" : inline_text(entry.section) + ": ";
    // An entry is written with its code between backticks, as changelogs have it.
    text_ += fmt::format("\n## Changelog\n\n{}{}\n", section,
                         inline_text(entry.entry, "", Backticks::kAreCode));
  }
  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  std::string text_;
};

/// A value that is text stands in quotes as it is, where that can be read in one way only; all
/// others, and text that is hard to see, are JSON and say so by their form.
/// "<name>": a value that a criterion's cases give.
bool is_of_cases(std::string_view text) {
  return text.size() > 2 && text.front() == '<' && text.back() == '>' &&
         std::all_of(text.begin() + 1, text.end() - 1, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

std::string plain_value(const Json& value) {
  std::string text = value.as_string().value_or("");
  bool hard = std::any_of(text.begin(), text.end(),
                          [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (!value.is_string()) return value.dump();
  if (!hard && is_of_cases(text)) return text;  // what it stands for has a type of its own
  if (!hard && text.find('"') == std::string::npos) return "\"" + text + "\"";
  if (!hard && text.find('\'') == std::string::npos) return "'" + text + "'";
  return "JSON " + value.dump();
}

/// The members that all rows have, in the order in which the criterion speaks of them; empty when
/// rows differ in that, or are none.
std::vector<std::string> columns_of(const Criterion& criterion) {
  std::string text = criterion.given + "\n" + criterion.when;
  for (const Observation& seen : criterion.then)
    text += "\n" + seen.observable + "\n" + (seen.expected.is_null() ? "" : seen.expected.dump());
  std::vector<std::pair<size_t, std::string>> found;
  for (const Json& row : criterion.cases) {
    std::vector<std::pair<size_t, std::string>> here;
    for (const auto& member : row.members())
      here.emplace_back(text.find("<" + member.first + ">"), member.first);
    std::sort(here.begin(), here.end());
    if (!found.empty() && here != found) return {};
    found = std::move(here);
  }
  std::vector<std::string> columns;
  for (auto& one : found) columns.push_back(std::move(one.second));
  return columns;
}

class PlainPen {
 public:
  void top(const Spec& spec) {
    step("", "Title:", spec.title);
    step("", "Intent:", spec.intent);
  }
  void request(const std::string& request) {
    list("Request");
    step("  ", "", request);
  }
  void criteria() { list("Acceptance criteria"); }
  void criterion(const std::string& id, const std::string& kind) {
    step("  ", "", id + " (" + kind + ")");
  }
  void step(std::string_view label, const std::string& what) { step("    ", label, what); }
  void seen(const Observation& one) {
    std::string value = has_value(one) ? " " + plain_value(one.expected) : "";
    step("    ", "Then", one.observable + " " + one.op + value);
  }
  /// One row by its members; several as a table, so that names stand there once.
  void rows(const Criterion& criterion) {
    const std::vector<Json>& cases = criterion.cases;
    std::vector<std::string> columns = columns_of(criterion);
    if (cases.size() > 1 && !columns.empty()) {
      table(cases, columns);
      return;
    }
    for (const Json& row : cases) {
      std::vector<std::string> parts;
      for (const auto& [name, value] : row.members())
        parts.push_back(name + " = " + plain_value(value));
      step("    ", "Case", parts.empty() ? plain_value(row) : join(parts, ", "));
    }
  }
  void list(std::string_view heading) { text_ += fmt::format("\n{}:\n", heading); }
  void item(const std::string& id, const std::string& what) {
    step("  ", id.empty() ? "-" : id, what);
  }
  void changelog(const ChangelogEntry& entry) {
    list("Changelog");
    step("  ", entry.section.empty() ? "-" : entry.section + ":", entry.entry);
  }
  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  /// What all rows have alike is told once; the others have a cell each.
  void table(const std::vector<Json>& cases, const std::vector<std::string>& columns) {
    std::vector<std::string> heads, alike, varying;
    for (const std::string& name : columns) {
      std::string first = plain_value(cases.front().get(name));
      bool same = std::all_of(cases.begin(), cases.end(),
                              [&](const Json& row) { return plain_value(row.get(name)) == first; });
      (same ? alike : varying).push_back(name);
      if (same) alike.back() += " = " + first;
    }
    if (varying.empty()) return step("    ", "Case", join(alike, ", "));
    for (const std::string& name : varying) heads.push_back("<" + name + ">");
    std::string all = alike.empty() ? "" : " (in all " + join(alike, ", ") + ")";
    step("    ", "Cases:", join(heads, " | ") + all);
    for (const Json& row : cases) {
      std::vector<std::string> cells;
      for (const std::string& name : varying) cells.push_back(plain_value(row.get(name)));
      step("      ", "", join(cells, " | "));
    }
  }

  /// Further lines of `what` stand deeper than the label: they cannot be taken for another step.
  void step(std::string_view indent, std::string_view label, std::string_view what) {
    bool first = true;
    for (const std::string& line : lines(trim(what))) {
      std::string lead = first ? std::string(label) + (label.empty() ? "" : " ") : "  ";
      text_ += std::string(trim(line).empty() ? "" : std::string(indent) + lead + line) + "\n";
      first = false;
    }
  }

  std::string text_;
};

template <typename Pen>
void draw_criterion(const Criterion& criterion, Pen& pen) {
  pen.criterion(criterion.id, criterion.kind + (criterion.unchanged ? ", unchanged" : ""));
  if (!criterion.given.empty()) pen.step("Given", criterion.given);
  pen.step("When", criterion.when);
  for (const Observation& seen : criterion.then) pen.seen(seen);
  pen.rows(criterion);
  pen.step("Source:", criterion.source);
  if (!criterion.authorises.empty()) pen.step("May change:", join(criterion.authorises, ", "));
}

template <typename Pen>
void draw_list(std::string_view heading, const std::vector<std::string>& items,
               std::optional<Listed> listed, Pen& pen) {
  if (items.empty()) return;
  pen.list(heading);
  for (size_t i = 0; i < items.size(); ++i) pen.item(listed ? id_of(*listed, i) : "", items[i]);
}

template <typename Pen>
std::string drawn(const Spec& spec, Pen pen) {
  pen.top(spec);
  pen.request(spec.request);
  pen.criteria();
  for (const Criterion& criterion : spec.acceptance_criteria) draw_criterion(criterion, pen);
  draw_list("Touches", spec.touchpoints, Listed::kTouchpoint, pen);
  draw_list("Introduces", spec.introduces, std::nullopt, pen);
  draw_list("Constraints", spec.constraints, Listed::kConstraint, pen);
  draw_list("Out of scope", spec.out_of_scope, Listed::kOutOfScope, pen);
  if (!spec.assumptions.empty()) pen.list("Assumptions");
  for (const Assumption& assumption : spec.assumptions) {
    std::string whose = assumption.source.empty() ? "" : " (" + assumption.source + ")";
    pen.item(assumption.id, assumption.text + whose);
  }
  if (!spec.changelog.entry.empty()) pen.changelog(spec.changelog);
  return std::move(pen).text();
}

}  // namespace

std::string to_markdown(const Spec& spec) { return drawn(spec, MarkdownPen()); }
std::string to_plain_text(const Spec& spec) { return drawn(spec, PlainPen()); }

}  // namespace gf::record
