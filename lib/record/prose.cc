// Finding the JSON object in what a model wrote around it.
#include "base/text.h"
#include "record/json.h"

namespace gf::record {
namespace {

/// Bytes looked at in all: a text made of braces alone must not cost the square of its length.
constexpr size_t kMaxWork = 8u << 20;

std::optional<Json> as_object(std::string_view text) {
  auto json = Json::parse(trim(text));
  if (!json.ok() || !json->is_object()) return std::nullopt;
  return std::move(json).value();
}

/// The end of the balanced {...} that begins at `start`, or npos.
size_t balanced_end(std::string_view text, size_t start) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = start; i < text.size(); ++i) {
    char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

}  // namespace

std::optional<Json> json_in_prose(std::string_view text) {
  if (auto whole = as_object(text)) return whole;
  size_t fence = text.find("```");
  while (fence != std::string_view::npos) {
    size_t begin = text.find('\n', fence);
    if (begin == std::string_view::npos) break;
    size_t end = text.find("```", begin);
    if (end == std::string_view::npos) break;
    if (auto fenced = as_object(text.substr(begin, end - begin))) return fenced;
    fence = text.find("```", end + 3);
  }
  size_t work = 0;
  for (size_t start = text.find('{'); start != std::string_view::npos && work < kMaxWork;
       start = text.find('{', start + 1)) {
    // Code has many braces; an object's is followed by a name or by its end.
    size_t next = text.find_first_not_of(" \t\r\n", start + 1);
    if (next == std::string_view::npos) break;
    if (text[next] != '"' && text[next] != '}') continue;
    size_t end = balanced_end(text, start);
    work += (end == std::string_view::npos ? text.size() : end) - start;
    if (end == std::string_view::npos) continue;
    if (auto object = as_object(text.substr(start, end - start))) return object;
  }
  return std::nullopt;
}

}  // namespace gf::record
