#include "base/source_parts.h"

#include <algorithm>

#include "base/text.h"

namespace gf {
namespace {

/// Goes through a file byte by byte and remembers what it is in.
class Apart {
 public:
  explicit Apart(const Syntax& syntax) : syntax_(syntax) {}

  SourceLine take(const std::string& line) {
    SourceLine made;
    made.code.assign(line.size(), ' ');
    for (size_t at = 0; at < line.size();) at += step(line, at, made);
    // Only texts of several lines go on; a plain quote that is open here was none, or is broken.
    if (end_.size() == 1 && end_ != "`") end_.clear();
    return made;
  }

 private:
  /// Bytes that were taken.
  size_t step(const std::string& line, size_t at, SourceLine& made) {
    std::string_view rest = std::string_view(line).substr(at);
    if (in_comment_) {
      bool ends = rest.starts_with("*/");
      made.comment += rest.substr(0, ends ? 2 : 1);
      in_comment_ = !ends;
      return ends ? 2 : 1;
    }
    if (!end_.empty()) return inside(rest, at, made);
    if (rest.starts_with(syntax_.comment)) {
      made.comment += rest;
      return rest.size();
    }
    if (!syntax_.indented && rest.starts_with("/*")) {
      in_comment_ = true;
      made.comment += "/*";
      return 2;
    }
    if (size_t opened = open(line, at); opened > 0) {
      for (size_t i = 0; i < opened; ++i) made.code[at + i] = line[at + i];
      return opened;
    }
    made.code[at] = line[at];
    return 1;
  }

  size_t inside(std::string_view rest, size_t at, SourceLine& made) {
    if (rest.front() == '\\' && !raw_) return std::min<size_t>(2, rest.size());
    if (!rest.starts_with(end_)) return 1;
    size_t size = end_.size();
    for (size_t i = 0; i < size; ++i) made.code[at + i] = rest[i];
    end_.clear();
    return size;
  }

  /// Bytes of what opens a text here; 0: nothing does.
  size_t open(const std::string& line, size_t at) {
    std::string_view rest = std::string_view(line).substr(at);
    raw_ = false;
    if (syntax_.indented) {
      for (std::string_view three : {"\"\"\"", "'''"}) {
        if (!rest.starts_with(three)) continue;
        end_ = three;
        return 3;
      }
    }
    if (!syntax_.quotes_by_tick && rest.front() == 'r') {  // Rust: r"..", r#".."#
      size_t marks = rest.find_first_not_of('#', 1);
      bool name = at > 0 && in_identifier(line[at - 1]);
      if (!name && marks != std::string_view::npos && rest[marks] == '"') {
        raw_ = true;
        end_ = "\"" + std::string(marks - 1, '#');
        return marks + 1;
      }
    }
    char quote = rest.front();
    bool tick = quote == '\'' && !syntax_.quotes_by_tick;
    bool letter = tick && rest.size() > 2 && (rest[1] == '\\' || rest[2] == '\'');
    if (quote != '"' && quote != '`' && quote != '\'') return 0;
    if (quote == '`' && syntax_.indented) return 0;
    if (tick && !letter) return 0;  // a lifetime
    end_ = quote;
    return 1;
  }

  const Syntax& syntax_;
  std::string end_;  ///< what ends the text that is open; empty: none is
  bool raw_ = false;
  bool in_comment_ = false;
};

}  // namespace

std::vector<SourceLine> source_lines(std::string_view text, const Syntax& syntax) {
  Apart apart(syntax);
  std::vector<SourceLine> all;
  for (const std::string& line : lines(text)) all.push_back(apart.take(line));
  return all;
}

bool in_identifier(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

size_t find_word(std::string_view code, std::string_view word, size_t from) {
  for (size_t at = code.find(word, from); at != std::string_view::npos;
       at = code.find(word, at + 1)) {
    size_t end = at + word.size();
    bool before = at > 0 && in_identifier(code[at - 1]) && in_identifier(word.front());
    bool after = end < code.size() && in_identifier(code[end]) && in_identifier(word.back());
    if (!before && !after) return at;
  }
  return std::string_view::npos;
}

}  // namespace gf
