// The picture as lines of a window, and the codes that put them over the last ones.
#include <fmt/format.h>

#include <algorithm>

#include "base/clock_text.h"
#include "base/text.h"
#include "markdown.h"
#include "picture.h"
#include "run_text.h"

namespace gf::cmd {
namespace {

constexpr const char* kStages[] = {"plan", "scout",          "build",  "validate",
                                   "test", "validate-tests", "review", "pr"};
constexpr size_t kColumnsForTokens = 60, kColumnsForModel = 48;

/// What is left out first when a window is low.
/// Who answers (kModels) is said nowhere else in a narrow window: it goes after what is to come.
enum Worth { kStays = 0, kOldResult = 1, kToCome = 2, kPast = 3, kModels = 4 };

/// Who answers, "<stages> <model>; ...", as lines that fit where each part does; empty: none.
std::vector<std::string> models_in(const std::string& text, size_t columns) {
  std::vector<std::string> lines;
  if (text.empty()) return lines;
  for (const std::string& part : split(text, ';')) {
    std::string one(trim(part));
    bool fits = !lines.empty() && columns_of(lines.back() + "; " + one) < columns;
    if (fits) {
      lines.back() += "; " + one;
    } else {
      lines.push_back(one);
    }
  }
  return lines;
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
  bool fits = columns_of(title_) < window.columns;
  std::vector<Line> lines = {{fits ? title_ : narrow_title_, "1"}};
  for (const std::string& models : models_in(models_, window.columns))
    lines.push_back({models, "2", std::string::npos, kModels});
  if (!terms_.empty()) lines.push_back({terms_, "2", std::string::npos, kOldResult});
  if (rows_.contains("base gates")) add_row(lines, "base gates", window.columns, now);
  for (const char* name : kStages) add_row(lines, name, window.columns, now);
  std::string foot = "   " + totals(now, window.columns);
  // Between stages (the push, the seal) there is no row to say it in.
  if (std::string text = doing(now); current_.empty() && !text.empty()) foot += "  " + text;
  lines.push_back({foot, ""});
  size_t room = final_ ? lines.size() : std::max<size_t>(window.rows, 3) - 1;
  for (int worth : {kOldResult, kToCome, kModels, kPast}) {
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

std::string Picture::draw(const Window& window, Time now) {
  if (title_.empty()) return {};
  // A note stays above the picture for good.
  std::vector<std::string> above(notes_.begin() + static_cast<ptrdiff_t>(noted_), notes_.end());
  noted_ = notes_.size();
  std::vector<Canvas::Line> shown;
  for (Line& line : lines(window, now))
    shown.push_back({std::move(line.text), line.code, line.coloured});
  return canvas_.draw(above, shown, window);
}

}  // namespace gf::cmd
