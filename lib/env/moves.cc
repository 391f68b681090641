#include "env/moves.h"

#include <algorithm>
#include <filesystem>

#include "base/text.h"

namespace gf::env {
namespace {

/// May stand in a path beside a "/": where one folder's name ends and another's goes on.
bool names_on(char c) {
  bool letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || c == '_' || c == '.' || c == '-' || c == '+' || static_cast<signed char>(c) < 0;
}

bool is_below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

bool begins_with_one_of(std::string_view text, const std::vector<std::string>& folders) {
  return std::any_of(folders.begin(), folders.end(), [&](const std::string& folder) {
    if (!text.starts_with(folder)) return false;
    return text.size() == folder.size() || !names_on(text[folder.size()]);
  });
}

const Move* longest(std::string_view path, const Moves& moves) {
  const Move* best = nullptr;
  for (const Move& move : moves.folders) {
    bool longer = best == nullptr || move.from.size() > best->from.size();
    if (longer && is_below(path, move.from)) best = &move;
  }
  return best;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

constexpr size_t kLongestFirstLine = 127;  // of a script, on kernels before 5.1

}  // namespace

std::optional<std::string> moved(const std::string& path, const Moves& moves) {
  std::string plain = std::filesystem::path(path).lexically_normal().string();
  if (plain.size() > 1 && plain.ends_with('/')) plain.pop_back();
  for (const std::string& kept : moves.kept) {
    if (is_below(plain, kept)) return std::nullopt;
  }
  const Move* move = longest(plain, moves);
  if (move == nullptr) return std::nullopt;
  return move->to + plain.substr(move->from.size());
}

std::string with_moved(std::string_view text, const Moves& moves) {
  std::vector<const Move*> order;
  for (const Move& move : moves.folders) order.push_back(&move);
  std::sort(order.begin(), order.end(),
            [](const Move* a, const Move* b) { return a->from.size() > b->from.size(); });
  std::string result;
  for (size_t i = 0; i < text.size();) {
    std::string_view rest = text.substr(i);
    bool begins = text[i] == '/' && (i == 0 || !names_on(text[i - 1]));
    const Move* found = nullptr;
    for (const Move* move : order) {
      bool whole = begins && rest.starts_with(move->from) &&
                   (rest.size() == move->from.size() || !names_on(rest[move->from.size()]));
      if (whole && found == nullptr && !begins_with_one_of(rest, moves.kept)) found = move;
    }
    if (found == nullptr) {
      result += text[i++];
      continue;
    }
    result += found->to;
    i += found->from.size();
  }
  return result;
}

std::string path_of_url(std::string_view direct_url) {
  size_t at = direct_url.find("\"file://");
  if (at == std::string_view::npos) return {};
  std::string_view url = direct_url.substr(at + 8);
  url = url.substr(0, url.find('"'));
  std::string path;
  for (size_t i = 0; i < url.size(); ++i) {
    int high = i + 2 < url.size() ? hex_digit(url[i + 1]) : -1;
    int low = i + 2 < url.size() ? hex_digit(url[i + 2]) : -1;
    if (url[i] != '%' || high < 0 || low < 0) {
      path += url[i];
      continue;
    }
    path += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return path;
}

std::string url_of_path(std::string_view path) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string url = "file://";
  for (char c : path) {
    bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                 std::string_view("/._-~").find(c) != std::string_view::npos;
    if (plain) {
      url += c;
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    url += '%';
    url += kDigits[byte / 16];
    url += kDigits[byte % 16];
  }
  return url;
}

PathFile read_path_file(std::string_view text) {
  PathFile file;
  for (const std::string& line : lines(text)) {
    if (line.starts_with("import ") || line.starts_with("import\t")) {
      file.imports.push_back(line);
      continue;
    }
    std::string path(trim(line));
    if (!path.empty() && path[0] != '#') file.paths.push_back(std::move(path));
  }
  return file;
}

std::string import_from(std::string_view line, const std::string& site) {
  std::string quoted = "'" + replace_all(replace_all(site, "\\", "\\\\"), "'", "\\'") + "'";
  return replace_all(line, "sys._getframe(1).f_locals['sitedir']", quoted);
}

std::optional<std::string> script_for(std::string_view script, const std::string& bin,
                                      const std::string& new_bin) {
  // "#!/env/bin/python3", or "#!/bin/sh" and "'''exec' '/env/bin/python3' "$0" "$@"".
  if (!script.starts_with("#!")) return std::nullopt;
  size_t first = script.find('\n');
  if (first == std::string_view::npos) return std::nullopt;
  size_t end = first + 1;
  bool by_shell = script.substr(first + 1).starts_with("'''exec'");
  if (by_shell) {
    end = script.find('\n', first + 1);
    if (end == std::string_view::npos) return std::nullopt;
    size_t closing = script.find('\n', end + 1);  // "' '''"
    end = closing == std::string_view::npos ? script.size() : closing + 1;
  }
  std::string_view head = script.substr(0, end);
  size_t at = head.find(bin + "/");
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view name = head.substr(at + bin.size() + 1);
  name = name.substr(0, name.find_first_of("\"'\n "));
  std::string python = new_bin + "/" + std::string(name);
  std::string line = "#!" + python + "\n";
  if (python.find(' ') != std::string::npos || line.size() > kLongestFirstLine)
    line = "#!/bin/sh\n'''exec' \"" + python + "\" \"$0\" \"$@\"\n' '''\n";
  return line + std::string(script.substr(end));
}

}  // namespace gf::env
