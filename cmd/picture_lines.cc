// The picture as lines of a window, and the codes that put them over the last ones.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "markdown.h"
#include "picture.h"
#include "run_text.h"

namespace gf::cmd {
namespace {

constexpr const char* kStages[] = {"plan", "scout",          "build",  "validate",
                                   "test", "validate-tests", "review", "pr"};
constexpr size_t kNoteBytes = 600;
constexpr size_t kColumnsForTokens = 60, kColumnsForModel = 48;

/// What is left out first when a window is low.
enum Worth { kStays = 0, kOldResult = 1, kToCome = 2, kPast = 3 };

const char* code_of(char mark) {
  switch (mark) {
    case '+':
      return "32";
    case 'x':
      return "31";
    case '>':
      return "1;33";
    case '!':
    case '-':
      return "33";
    default:
      return "";
  }
}

/// The longest beginning of `text` that takes at most `columns` of them, between characters.
std::string fitted(const std::string& text, size_t columns) {
  if (text.size() <= columns || columns_of(text) <= columns) return text;
  size_t taken = 0, at = 0;
  while (at < text.size()) {
    size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
    taken += columns_of(std::string_view(text).substr(at, end - at));
    if (taken > columns) break;
    at = end;
  }
  return text.substr(0, at);
}

std::string painted(const std::string& text, const char* code, size_t coloured) {
  if (*code == '\0' || text.empty()) return text;
  size_t until = std::min(coloured, text.size());
  return fmt::format("\x1b[{}m{}\x1b[m{}", code, text.substr(0, until), text.substr(until));
}

}  // namespace

Picture::Line Picture::head(const std::string& name, const Row& row, size_t columns,
                            Time now) const {
  bool running = current_ == name;
  double seconds = row.seconds + (running ? (now - began_).count() : 0);
  std::string text = fmt::format(" {} {:<14}", row.mark, name);
  if (row.mark != ' ') {
    std::string attempt = row.attempt > 0 ? fmt::format("{}", row.attempt) : " ";
    text += fmt::format(" {}  {:>8}", attempt, clock_text(seconds));
  }
  if (row.tokens_in + row.tokens_out > 0) {
    if (columns >= kColumnsForTokens)
      text += fmt::format("  {}/{} tokens", row.tokens_in, row.tokens_out);
    text += "  " + record::to_text(row.cost);
  }
  if (columns >= kColumnsForModel && !row.model.empty()) text += "  " + row.model;
  int worth = running ? kStays : row.mark == ' ' ? kToCome : kPast;
  return {text, code_of(row.mark), 3, worth};
}

void Picture::add_row(std::vector<Line>& lines, const std::string& name, size_t columns,
                      Time now) const {
  auto found = rows_.find(name);
  const Row row = found == rows_.end() ? Row{} : found->second;
  lines.push_back(head(name, row, columns, now));
  constexpr const char* kBelow = "     ";
  if (current_ == name) {
    if (!last_.empty()) lines.push_back({kBelow + last_, "2", std::string::npos, kOldResult});
    if (std::string text = doing(now); !text.empty())
      lines.push_back({kBelow + text, "", std::string::npos, kStays});
  } else if (!row.result.empty()) {
    lines.push_back({kBelow + row.result, "2", std::string::npos, kOldResult});
  }
}

std::vector<Picture::Line> Picture::lines(const Window& window, Time now) const {
  std::vector<Line> lines = {{title_, "1"}};
  if (rows_.contains("base gates")) add_row(lines, "base gates", window.columns, now);
  for (const char* name : kStages) add_row(lines, name, window.columns, now);
  std::string foot = "   " + totals(now, window.columns);
  // Between stages (the push, the seal) there is no row to say it in.
  if (std::string text = doing(now); current_.empty() && !text.empty()) foot += "  " + text;
  lines.push_back({foot, ""});
  size_t room = final_ ? lines.size() : std::max<size_t>(window.rows, 3) - 1;
  for (int worth : {kOldResult, kToCome, kPast}) {
    auto is_worth = [&](const Line& line) { return line.worth == worth; };
    while (lines.size() > room) {
      auto first = std::find_if(lines.begin(), lines.end(), is_worth);
      if (first == lines.end()) break;
      auto last = std::find_if(lines.rbegin(), lines.rend(), is_worth);
      lines.erase(worth == kToCome ? std::next(last).base() : first);
    }
  }
  while (lines.size() > room) lines.erase(std::prev(lines.end(), 2));
  return lines;
}

/// To the first line of the last picture. A window that has become narrower has broken its lines,
/// and one that has become lower has moved some of them out of reach.
std::string Picture::up(const Window& window) const {
  size_t rows = 0, columns = std::max<size_t>(window.columns, 1);
  for (size_t taken : drawn_) rows += std::max<size_t>(1, (taken + columns - 1) / columns);
  rows = std::min(rows, std::max<size_t>(window.rows, 2) - 1);
  return rows == 0 ? "\r" : fmt::format("\r\x1b[{}A", rows);
}

std::string Picture::draw(const Window& window, Time now) {
  if (title_.empty()) return {};
  std::string text = drawn_.empty() ? "" : up(window);
  drawn_.clear();
  // A note stays above the picture for good.
  for (; noted_ < notes_.size(); ++noted_) {
    std::string note = printable(clipped(notes_[noted_], kNoteBytes));
    bool warns = note.starts_with("warning: ");
    text += (window.colour ? painted(note, warns ? "33" : "", 8) : note) + "\x1b[K\n";
  }
  // One column stays free: a full line would break on some terminals.
  size_t room = std::max<size_t>(window.columns, 2) - 1;
  for (const Line& line : lines(window, now)) {
    std::string shown = fitted(flat(line.text), room);
    drawn_.push_back(columns_of(shown));
    text += (window.colour ? painted(shown, line.code, line.coloured) : shown) + "\x1b[K\n";
  }
  return text + "\x1b[J";
}

}  // namespace gf::cmd
