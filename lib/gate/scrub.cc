// Takes out of a message what differs between machines and days, so that the same defect has the
// same text everywhere: findings are compared with the base's, and a replay with its record.
#include <filesystem>

#include "base/text.h"
#include "gate/reports.h"

namespace gf::gate {
namespace {

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool in_path(char c) { return is_word(c) || c == '/' || c == '.' || c == '-' || c == '+'; }

/// "0x7f3a12bc" and longer; a short one is a number that somebody wrote.
size_t address_at(std::string_view text) {
  if (!text.starts_with("0x")) return 0;
  size_t end = 2;
  while (end < text.size() && is_hex(text[end])) ++end;
  return end >= 8 ? end : 0;
}

/// "in 0.12s".
size_t duration_at(std::string_view text) {
  if (!text.starts_with("in ") || text.size() < 5 || !is_digit(text[3])) return 0;
  size_t end = 3;
  while (end < text.size() && (is_digit(text[end]) || text[end] == '.')) ++end;
  bool whole =
      end < text.size() && text[end] == 's' && (end + 1 == text.size() || !is_word(text[end + 1]));
  return whole ? end + 1 : 0;
}

/// How much of an absolute path is a folder of this machine's own: up to and with "pytest-7" of
/// "/tmp/pytest-of-me/pytest-7/test_x0", "tmpab12cd34" of "/tmp/tmpab12cd34/x", "python3.11" of
/// "/usr/lib/python3.11/json".
size_t own_folder(std::string_view path, std::string_view* instead) {
  size_t at = path.find("/pytest-of-");
  if (at != std::string_view::npos) {
    *instead = "<tmp>";
    size_t numbered = path.find("/pytest-", at + 1);
    size_t end = numbered == std::string_view::npos ? at + 1 : numbered + 1;
    while (end < path.size() && path[end] != '/') ++end;
    return end;
  }
  if (at = path.find("/lib/python"); at != std::string_view::npos) {
    *instead = "<python>";
    size_t end = at + 11;
    while (end < path.size() && path[end] != '/') ++end;
    return end;
  }
  constexpr size_t kRandom = 8;  // of the tempfile module's names
  if (at = path.find("/tmp/tmp"); at == 0) {
    size_t end = 8;
    while (end < path.size() && is_word(path[end])) ++end;
    *instead = "<tmp>";
    if (end == 8 + kRandom) return end;
  }
  return 0;
}

std::string without_noise(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    std::string_view rest = text.substr(i);
    bool begins = i == 0 || !is_word(text[i - 1]);
    if (size_t length = begins ? address_at(rest) : 0; length > 0) {
      clean += "0x...";
      i += length;
    } else if (length = begins ? duration_at(rest) : 0; length > 0) {
      clean += "in N s";
      i += length;
    } else if (text[i] == '/' && (i == 0 || !in_path(text[i - 1]))) {
      size_t end = 1;
      while (end < rest.size() && in_path(rest[end])) ++end;
      std::string_view instead;
      size_t own = own_folder(rest.substr(0, end), &instead);
      if (own > 0) clean += instead;
      clean += rest.substr(own, end - own);
      i += end;
    } else {
      clean += text[i++];
    }
  }
  return clean;
}

/// Replaces `folder` where it is a whole path or the beginning of one: "/usr" is not in "/users".
std::string without_folder(std::string_view text, const std::string& folder,
                           std::string_view with) {
  std::string clean;
  size_t from = 0;
  for (size_t at; (at = text.find(folder, from)) != std::string_view::npos;) {
    size_t end = at + folder.size();
    bool whole = (at == 0 || !in_path(text[at - 1])) &&
                 (end == text.size() || text[end] == '/' || !in_path(text[end]));
    clean += text.substr(from, at - from);
    if (!whole) {
      clean += folder;
    } else if (with.empty() && end < text.size() && text[end] == '/') {
      ++end;
    } else {
      clean += with.empty() ? "." : with;
    }
    from = end;
  }
  clean += text.substr(from);
  return clean;
}

}  // namespace

Scrubber::Scrubber(std::string worktree, std::string scratch, std::string python_prefix)
    : worktree_(std::move(worktree)) {
  // The scratch folder may lie in the same parent; a folder inside another one goes first.
  also(scratch, "<scratch>");
  also(worktree_, "");
  also(python_prefix, "<python>");
}

void Scrubber::also(const std::string& folder, const std::string& with) {
  if (folder.size() < 2) return;
  replacements_.emplace_back(folder, with);
  std::error_code failed;  // tools that resolve links name the other spelling
  std::string real = std::filesystem::canonical(folder, failed).string();
  if (!failed && real != folder) replacements_.emplace_back(real, with);
}

std::string Scrubber::operator()(std::string_view text) const {
  std::string clean = to_utf8(text);
  for (const auto& [what, with] : replacements_) clean = without_folder(clean, what, with);
  return without_noise(clean);
}

std::string Scrubber::path(std::string_view path) const {
  std::string clean = to_utf8(path);
  if (clean.starts_with("/")) {
    for (const auto& [what, with] : replacements_) clean = without_folder(clean, what, with);
  }
  return clean.starts_with("./") ? clean.substr(2) : clean;
}

}  // namespace gf::gate
