#include "gate/reaching_out.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/source_text.h"
#include "base/text.h"

namespace gf::gate {
namespace {

struct Telling {
  std::vector<std::string_view> process, network;
};

/// A word stands in code between no letters. Those with quotes are what an import names.
const Telling& telling_of(std::string_view path) {
  static const Telling python = {
      {"subprocess", "os.system", "os.popen", "os.execv", "os.execvp", "os.spawnv", "pty.spawn",
       "create_subprocess_exec", "create_subprocess_shell"},
      {"socket", "requests", "httpx", "aiohttp", "urllib.request", "http.client", "urllib3",
       "ftplib", "smtplib", "websockets", "paramiko", "grpc"}};
  static const Telling script = {
      {"'child_process'", "'node:child_process'", "'execa'", "Bun.spawn", "Deno.Command"},
      {"fetch", "XMLHttpRequest", "WebSocket", "'http'", "'https'", "'net'", "'dgram'", "'tls'",
       "'node:http'", "'node:https'", "'node:net'", "'axios'", "'node-fetch'", "'undici'", "'ws'"}};
  static const Telling go = {
      {"'os/exec'", "syscall.Exec"},
      {"'net'", "'net/http'", "'net/rpc'", "'net/smtp'", "'google.golang.org/grpc'"}};
  static const Telling rust = {{"std::process::Command", "process::Command", "Command::new"},
                               {"std::net", "reqwest", "hyper", "tokio::net", "ureq"}};
  static const Telling c = {{"system", "popen", "fork", "execv", "execvp", "posix_spawn"},
                            {"<sys/socket.h>", "<netdb.h>", "<curl/curl.h>", "<boost/asio.hpp>"}};
  static const Telling java = {
      {"ProcessBuilder", "Runtime.getRuntime().exec"},
      {"java.net", "java.net.http", "javax.net", "okhttp3", "org.apache.http",
       "org.springframework.web.client", "io.grpc", "io.netty"}};
  static const Telling none;
  std::string ending = lower(path.substr(std::min(path.size(), path.rfind('.'))));
  auto is = [&](std::initializer_list<std::string_view> endings) {
    return std::find(endings.begin(), endings.end(), ending) != endings.end();
  };
  if (is({".py", ".pyi"})) return python;
  if (is({".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx"})) return script;
  if (is({".go"})) return go;
  if (is({".rs"})) return rust;
  if (is({".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp"})) return c;
  if (is({".java", ".kt"})) return java;
  return none;
}

bool in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Where a word stands in a line with no letter beside it; npos: nowhere.
size_t place_of(std::string_view line, std::string_view word) {
  for (size_t at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    size_t end = at + word.size();
    bool before = at > 0 && (in_word(line[at - 1]) || line[at - 1] == '.') && in_word(word[0]);
    bool after = end < line.size() && in_word(line[end]) && in_word(word.back());
    if (!before && !after) return at;
  }
  return std::string_view::npos;
}

bool is_import(std::string_view line) {
  line = trim(line);
  for (std::string_view word : {"import ", "from ", "use ", "#include", "require", "} from "}) {
    if (line.starts_with(word)) return true;
  }
  return line.find("require(") != std::string_view::npos ||
         line.find("import(") != std::string_view::npos;
}

/// Is a word in a line of code what it says it is: a module that is taken in, or a call?
bool is_used(const std::string& line, std::string_view word) {
  size_t at = place_of(line, word);
  if (at == std::string_view::npos) return false;
  bool quoted = word.front() == '\'' || word.front() == '<';
  if (quoted || is_import(line)) return true;
  size_t end = at + word.size();
  bool dotted =
      word.find('.') != std::string_view::npos || word.find(':') != std::string_view::npos;
  return end < line.size() && (line[end] == '(' || (dotted && line[end] == ' '));
}

/// The line without the parts that a comment over several lines takes; `inside`: of one, before
/// and after. What opens one in a text opens none.
std::string without_blocks(const std::string& line, std::string_view comment, bool& inside) {
  std::string kept;
  char quote = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    std::string_view rest = std::string_view(line).substr(i);
    if (inside) {
      if (!rest.starts_with("*/")) continue;
      inside = false;
      ++i;
      kept += ' ';
    } else if (quote == 0 && rest.starts_with(comment)) {
      break;
    } else if (quote == 0 && rest.starts_with("/*")) {
      inside = true;
      ++i;
    } else {
      if (quote != 0 && line[i] == '\\' && i + 1 < line.size()) kept += line[i++];
      bool mark = line[i] == '"' || line[i] == '\'' || line[i] == '`';
      if (mark && (quote == 0 || quote == line[i])) quote = quote == 0 ? line[i] : 0;
      kept += line[i];
    }
  }
  return kept;
}

/// A line of a language whose texts may take several.
std::string without_long_texts(const std::string& line, std::string_view comment, bool& inside) {
  size_t marks = 0;
  bool is_comment = !inside && trim(line).starts_with(comment);
  for (std::string_view mark : {"\"\"\"", "\'\'\'"}) {
    if (is_comment) break;
    for (size_t at = line.find(mark); at != std::string::npos; at = line.find(mark, at + 3))
      ++marks;
  }
  bool was = inside;
  if (marks % 2 == 1) inside = !inside;
  return was || is_comment || marks % 2 == 1 ? std::string() : line;
}

/// Texts are blanked, but for those that an import names, which have plain quotes then.
std::vector<std::string> code_of(std::string_view text, const Syntax& syntax) {
  std::vector<std::string> all;
  bool inside = false;  // of a text or a comment over several lines
  for (const std::string& line : lines(to_utf8(text))) {
    std::string code = syntax.indented ? without_long_texts(line, syntax.comment, inside)
                                       : without_blocks(line, syntax.comment, inside);
    bool names =
        is_import(code) || (!code.empty() && (code.front() == '\t' || code.front() == ' ') &&
                            trim(code).starts_with('"'));
    std::string kept;
    char quote = 0;
    for (size_t i = 0; i < code.size(); ++i) {
      char c = code[i];
      if (quote == 0 && std::string_view(code).substr(i).starts_with(syntax.comment)) break;
      bool mark = c == '"' || c == '\'' || c == '`';
      if (quote != 0) {
        if (c == '\\') ++i;
        if (c == quote) quote = 0;
        if (names) kept += c == '"' ? '\'' : c;
      } else if (mark) {
        quote = c;
        kept += names ? '\'' : ' ';
      } else {
        kept += c;
      }
    }
    all.push_back(std::move(kept));
  }
  return all;
}

}  // namespace

Reach reach_of(std::string_view path, std::string_view text) {
  Reach reach;
  auto syntax = syntax_of(path);
  const Telling& words = telling_of(path);
  if (!syntax || words.network.empty()) return reach;
  std::vector<std::string> code = code_of(text, *syntax);
  auto first_of = [&](const std::vector<std::string_view>& some, std::string& what, int& line) {
    for (size_t i = 0; i < code.size() && what.empty(); ++i) {
      for (std::string_view word : some) {
        if (!what.empty() || !is_used(code[i], word)) continue;
        what = replace_all(std::string(word), "'", "");
        line = static_cast<int>(i) + 1;
      }
    }
  };
  first_of(words.process, reach.process, reach.process_line);
  first_of(words.network, reach.network, reach.network_line);
  return reach;
}

}  // namespace gf::gate
