#include "intake/request.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "record/spec.h"

namespace gf::intake {
namespace {

/// By it a comment with questions is known again.
constexpr const char* kMark = "<!-- git-factory intake -->";

std::string without_comments(std::string text) {
  for (;;) {
    size_t open = text.find("<!--");
    if (open == std::string::npos) return text;
    size_t close = text.find("-->", open + 4);
    // One that is never closed hides all that follows.
    if (close == std::string::npos) return text.substr(0, open);
    text.erase(open, close + 3 - open);
  }
}

/// Zero-width and directional marks, tags, controls: nobody who reads the page has seen them.
bool is_invisible(char32_t code) {
  using Range = std::pair<char32_t, char32_t>;
  constexpr std::array kNothing = {
      Range{0x00, 0x08},     Range{0x0b, 0x1f},     Range{0x7f, 0x9f},     Range{0xad, 0xad},
      Range{0x200b, 0x200b}, Range{0x200e, 0x200f}, Range{0x202a, 0x202e}, Range{0x2060, 0x2064},
      Range{0x2066, 0x206f}, Range{0xfeff, 0xfeff}, Range{0xfff9, 0xfffb}, Range{0xe0000, 0xe007f}};
  for (const Range& range : kNothing) {
    if (range.first <= code && code <= range.second) return true;
  }
  return false;
}

std::string without_invisible(const std::string& text) {
  std::string seen;
  for (size_t at = 0; at < text.size();) {
    auto first = static_cast<unsigned char>(text[at]);
    size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    char32_t code = length == 1 ? first : first & (0xffu >> (length + 1));
    for (size_t i = 1; i < length && at + i < text.size(); ++i)
      code = (code << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3f);
    if (!is_invisible(code)) seen += text.substr(at, length);
    at += length;
  }
  return seen;
}

/// At most one empty line between two others.
std::string closed_up(const std::string& text) {
  std::string all;
  size_t empty = 0;
  for (const std::string& line : lines(text)) {
    bool blank = trim(line).empty();
    empty = blank ? empty + 1 : 0;
    if (empty < 2) all += (blank ? "" : line) + "\n";
  }
  return std::string(trim(all));
}

}  // namespace

std::string as_seen(const std::string& text) {
  std::string plain = replace_all(replace_all(to_utf8(text), "\r\n", "\n"), "\r", "\n");
  return closed_up(without_comments(without_invisible(plain)));
}

std::string request_of(const forge::Issue& issue, const std::vector<forge::Said>& said,
                       const line::Trust& trust) {
  std::string title = replace_all(as_seen(issue.title), "\n", " ");
  std::string body = as_seen(issue.body);
  std::string text = body.empty() ? title : title + "\n\n" + body;
  bool asked = false;
  for (const forge::Said& one : said) {
    bool question = one.remark.text.find(kMark) != std::string::npos;
    asked = asked || question;
    if (!asked || question || one.ours) continue;
    if (!line::trusts(trust, one.remark.by, one.may_write)) continue;
    std::string answer = as_seen(one.remark.text);
    if (answer.empty()) continue;
    text += fmt::format("\n\nAnswered by {}:\n{}", replace_all(as_seen(one.remark.by), "\n", " "),
                        answer);
  }
  return text;
}

std::string questions_comment(const std::vector<std::string>& questions,
                              const std::vector<std::string>& likeliest) {
  std::string text = "Before this can be built it has to be said:\n\n";
  for (size_t i = 0; i < questions.size(); ++i) {
    text += fmt::format("{}. {}\n", i + 1, record::in_markdown(questions[i], "   "));
    if (i < likeliest.size() && !likeliest[i].empty())
      text += fmt::format("   - likely: {}\n", record::in_markdown(likeliest[i], "     "));
  }
  return text +
         "\nAnswer here, or in the description; who may push to the repository is listened "
         "to.\n\n" +
         kMark;
}

}  // namespace gf::intake
