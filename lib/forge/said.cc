#include "forge/said.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "record/exchange.h"

namespace gf::forge {

namespace {

bool has_our_mark(std::string_view text) { return text.find(kOurMark) != std::string_view::npos; }

}  // namespace

std::string place_of(const record::Remark& remark) {
  if (remark.path.empty() || remark.line <= 0) return remark.path;
  return fmt::format("{}:{}", remark.path, remark.line);
}

Timestamp time_of(const record::Json& json, const char* member) {
  return parse_iso8601(json.get_string(member)).value_or(Timestamp{});
}

std::string end_of_log(const std::string& text, size_t most) {
  std::vector<std::string> kept;
  for (const std::string& raw : lines(to_utf8(text))) {
    std::string line;
    for (size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] == '\x1b') {
        // Up to the letter that ends a sequence.
        while (i < raw.size() && !std::isalpha(static_cast<unsigned char>(raw[i]))) ++i;
      } else if (static_cast<unsigned char>(raw[i]) >= 0x20 || raw[i] == '\t') {
        line += raw[i];
      }
    }
    bool timed = line.size() > 20 && line[4] == '-' && line[10] == 'T' && line[13] == ':';
    size_t blank = timed ? line.find(' ') : std::string::npos;
    if (blank != std::string::npos && blank < 40) line = line.substr(blank + 1);
    kept.push_back(std::move(line));
  }
  std::string all(trim(join(kept, "\n")));
  if (all.size() <= most) return all;
  all.erase(0, all.size() - most);
  // From a whole line on.
  size_t end = all.find('\n');
  return end == std::string::npos ? to_utf8(all) : all.substr(end + 1);
}

std::string id_of_words(std::string_view words) {
  return "comment/" + record::content_id(words).short_hex(10);
}

Said said_as(std::string text) {
  Said said;
  said.remark.id = id_of_words(text);
  said.remark.kind = "comment";
  said.ours = has_our_mark(text) || text.starts_with(kReviewWords);
  said.remark.text = std::move(text);
  return said;
}

std::vector<Said> said_in(const PullRequest& pull) {
  std::vector<Said> all;
  for (const std::string& text : pull.comments) {
    auto is_it = [&](const record::Remark& remark) { return remark.text == text; };
    if (std::none_of(pull.remarks.begin(), pull.remarks.end(), is_it)) all.push_back(said_as(text));
  }
  for (const record::Remark& remark : pull.remarks) {
    Said said;
    said.remark = remark;
    said.ours = remark.kind == "answer" || has_our_mark(remark.text);
    all.push_back(std::move(said));
  }
  for (Said& said : all) said.may_write = true;
  return all;
}

}  // namespace gf::forge
