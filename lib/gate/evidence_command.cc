// Which tool a command line calls, behind all that people write in front of it.
#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>

#include "base/command_line.h"
#include "base/text.h"
#include "gate/evidence.h"

namespace gf::gate {
namespace {

using Words = std::vector<std::string>;
using namespace std::string_view_literals;

/// Options of runners (`uv run --group dev pytest`) that take the word behind them along.
constexpr std::array kRunnerValues = {
    "--group"sv,    "--extra"sv,   "--with"sv,    "--with-editable"sv, "--only-group"sv,
    "--python"sv,   "-p"sv,        "--project"sv, "--directory"sv,     "--env-file"sv,
    "--no-group"sv, "-n"sv,        "--name"sv,    "--environment"sv,   "-e"sv,
    "--index"sv,    "--package"sv, "--from"sv,    "--spec"sv,          "--venv"sv};
/// Options of `coverage run` that do.
constexpr std::array kCoverageValues = {"--source"sv,  "--rcfile"sv,      "--include"sv,
                                        "--omit"sv,    "--concurrency"sv, "--data-file"sv,
                                        "--context"sv, "--source-pkg"sv};

template <size_t N>
bool is_one_of(const std::array<std::string_view, N>& all, std::string_view word) {
  return std::find(all.begin(), all.end(), word) != all.end();
}

std::string_view file_name(std::string_view program) {
  return program.substr(program.rfind('/') + 1);
}

bool is_python(std::string_view program) {
  std::string_view name = file_name(program);
  if (name.starts_with("python")) {
    return std::all_of(name.begin() + 6, name.end(),
                       [](char c) { return is_digit(c) || c == '.'; });
  }
  return name == "py" || name == "pypy3";
}

bool is_assignment(std::string_view word) {
  size_t equals = word.find('=');
  if (equals == std::string_view::npos || equals == 0 || is_digit(word[0])) return false;
  return std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  });
}

/// The words left, seen from the front.
class Reader {
 public:
  explicit Reader(const Words& words) : words_(words) {}
  [[nodiscard]] bool ended() const { return at_ >= words_.size(); }
  [[nodiscard]] std::string_view front() const {
    return ended() ? std::string_view() : std::string_view(words_[at_]);
  }
  void next(size_t count = 1) { at_ = std::min(words_.size(), at_ + count); }
  bool take(std::string_view word) {
    if (front() != word) return false;
    next();
    return true;
  }
  /// Passes over options, and the values of those in `valued`.
  template <size_t N>
  void skip_options(const std::array<std::string_view, N>& valued) {
    while (!ended() && front().starts_with('-') && front() != "-m") {
      if (take("--")) return;
      next(is_one_of(valued, front()) ? 2 : 1);
    }
  }
  [[nodiscard]] Words rest() const {
    return {words_.begin() + static_cast<std::ptrdiff_t>(at_), words_.end()};
  }

 private:
  const Words& words_;
  size_t at_ = 0;
};

/// "uv run", "poetry run", "hatch run dev:" and their like; false when there is none in front.
bool skip_runner(Reader& words) {
  std::string_view program = file_name(words.front());
  constexpr std::array kExec = {"npm"sv, "pnpm"sv, "yarn"sv, "bun"sv};
  if (is_one_of(kExec, program)) {
    words.next();
    bool execs = words.take("exec") || words.take("x") || words.take("dlx");
    // "npm run lint" and "yarn lint" are scripts, which are looked at themselves.
    if (!execs && program != "yarn" && program != "pnpm") words.next(~size_t{0} >> 1);
    words.skip_options(kRunnerValues);
    return execs;
  }
  constexpr std::array kRun = {"uv"sv,    "poetry"sv, "pdm"sv,   "pipenv"sv,     "rye"sv, "pixi"sv,
                               "hatch"sv, "conda"sv,  "mamba"sv, "micromamba"sv, "pipx"sv};
  constexpr std::array kPlain = {"exec"sv,     "time"sv, "nice"sv,      "command"sv,
                                 "xvfb-run"sv, "uvx"sv,  "npx"sv,       "bunx"sv,
                                 "c8"sv,       "nyc"sv,  "cross-env"sv, "cross-env-shell"sv};
  if (is_one_of(kPlain, program)) {
    words.next();
    words.skip_options(kRunnerValues);
    return true;
  }
  if (!is_one_of(kRun, program)) return false;
  bool hatch = program == "hatch";
  words.next();
  if (!hatch) words.skip_options(kRunnerValues);
  if (program == "uv") words.take("tool");
  if (!words.take("run")) {
    words.next(~size_t{0} >> 1);  // "uv sync": another job of the manager, and no tool
    return false;
  }
  words.skip_options(kRunnerValues);
  return true;
}

bool skip_environment(Reader& words, Words& variables) {
  bool any = false;
  if (words.front() == "env") {
    words.next();
    any = true;
  }
  for (; is_assignment(words.front()); words.next()) {
    variables.emplace_back(words.front());
    any = true;
  }
  return any;
}

/// What stands behind `python`: "-m pytest", "manage.py test"; a script of the project is no tool.
bool skip_python(Reader& words) {
  if (!is_python(words.front())) return false;
  words.next();
  constexpr std::array kValued = {"-W"sv, "-X"sv};
  words.skip_options(kValued);
  words.take("-m");
  return true;
}

bool skip_coverage(Reader& words) {
  if (file_name(words.front()) != "coverage") return false;
  words.next();
  if (!words.take("run")) {
    words.next(~size_t{0} >> 1);
    return false;
  }
  words.skip_options(kCoverageValues);
  words.take("-m");
  return true;
}

/// node with --test among its own options.
bool is_node_test(const Words& arguments) {
  for (const std::string& word : arguments) {
    if (word == "--test") return true;
  }
  return false;
}

/// Tools of JavaScript; empty: it is none.
std::string javascript_tool(std::string_view name, Reader& words) {
  bool node = name == "node" || name == "tsx";
  if (node) return is_node_test(words.rest()) ? std::string(name) + "-test" : "";
  if (name == "biome") {
    constexpr std::array kChecks = {"check"sv, "lint"sv, "ci"sv, "format"sv};
    return is_one_of(kChecks, words.front()) ? "biome" : "";
  }
  constexpr std::array kTools = {"vitest"sv, "jest"sv,   "mocha"sv,    "ava"sv, "tape"sv,
                                 "eslint"sv, "oxlint"sv, "prettier"sv, "tsc"sv, "xo"sv};
  return is_one_of(kTools, name) ? std::string(name) : "";
}

/// "cargo test" of "cargo +nightly test"; `toolchain` is "+nightly" then. Empty: it is no check.
std::string cargo_tool(Reader& words, std::string& toolchain) {
  if (words.front().starts_with('+')) {
    toolchain = words.front();
    words.next();
  }
  if (words.front() == "nextest") {
    words.next();
    bool runs = words.front() == "run" || words.front() == "r";
    if (runs) words.next();
    return runs ? "cargo nextest" : "";
  }
  constexpr std::array kCommands = {"fmt"sv, "clippy"sv, "test"sv};
  std::string command(words.front() == "t" ? "test"sv : words.front());
  if (!is_one_of(kCommands, command)) return {};
  words.next();
  return "cargo " + command;
}

/// `ahead`: what was said in front of the tool's own words and means something to it.
std::string tool_at(Reader& words, std::string& ahead) {
  std::string name(file_name(words.front()));
  words.next();
  if (name == "cargo") return cargo_tool(words, ahead);
  if (name == "mvn" || name == "mvnw") return "mvn";
  if (name == "gradle" || name == "gradlew") return "gradle";
  if (name == "make" || name == "gmake") return "make";
  if (name == "cmake") return words.front() == "--build" || words.front() == "-E" ? "" : "cmake";
  if (std::string tool = javascript_tool(name, words); !tool.empty()) return tool;
  if (name == "ruff") {
    if (words.take("format")) return "ruff format";
    words.take("check");
    constexpr std::array kOther = {"rule"sv,   "config"sv,  "linter"sv,    "clean"sv,
                                   "server"sv, "analyze"sv, "--version"sv, "version"sv};
    return is_one_of(kOther, words.front()) ? "" : "ruff check";
  }
  if (name == "ty" || name == "pyrefly") return words.take("check") ? name : "";
  if (name == "basedpyright") return "pyright";
  if (name.starts_with("clang-tidy") || name.starts_with("run-clang-tidy")) return "clang-tidy";
  if (name == "py.test") return "pytest";
  if (name == "nosetests" || name == "nose2") return "nose";
  if (name == "trial" || name == "twisted.trial") return "trial";
  if (name == "manage.py" || name == "django-admin" || name == "django")
    return words.take("test") ? "django" : "";
  constexpr std::array kTools = {"black"sv,   "isort"sv,  "flake8"sv, "pylint"sv,  "mypy"sv,
                                 "pyright"sv, "bandit"sv, "pytest"sv, "unittest"sv};
  return is_one_of(kTools, name) ? name : "";
}

/// hatch's "{args:tests}" is "tests"; GitHub's "${{ matrix.x }}" says nothing here.
std::string filled(std::string_view command) {
  std::string out;
  for (size_t i = 0; i < command.size(); ++i) {
    std::string_view rest = command.substr(i);
    std::string_view end = rest.starts_with("${{") ? "}}"sv : "}"sv;
    bool opens = rest.starts_with("${{") || rest.starts_with("{args:");
    size_t length = opens ? rest.find(end) : std::string_view::npos;
    if (length == std::string_view::npos) {
      out += command[i];
      continue;
    }
    if (command[i] == '{') out += rest.substr(6, length - 6);
    i += length + end.size() - 1;
  }
  return out;
}

/// Where `cd` leads from a folder of the tree; "": out of it, or nobody knows.
std::string led_to(const std::string& from, const std::string& word) {
  if (word.starts_with('/') || word.find('$') != std::string::npos) return {};
  std::string path = (std::filesystem::path(from) / word).lexically_normal().string();
  while (path.ends_with('/')) path.pop_back();
  return path == "." || path.starts_with("..") ? "" : path;
}

/// Placeholders of tox, make, just and CI that nobody filled: what they stand for is not known
/// here, and a word that holds one says nothing.
bool is_unknown(const std::string& word) {
  if (word.find("$(") != std::string::npos || word.find("${") != std::string::npos) return true;
  return word.find("{{") != std::string::npos || word == "$@" || word == "$*" || word == "$1" ||
         word == "{posargs}" || word == "{args}";
}

/// `line` cut where a shell would begin another command, outside of quotes.
std::vector<std::string> commands_of(std::string_view line) {
  std::vector<std::string> all(1);
  char quote = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
      all.back() += c;
    } else if (c == '\\' && i + 1 < line.size()) {
      if (line[i + 1] != '\n') (all.back() += c) += line[i + 1];
      ++i;
    } else if (c == '\'' || c == '"') {
      quote = c;
      all.back() += c;
    } else if (c == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\n')) {
      i = std::min(line.find('\n', i), line.size()) - 1;
    } else if (c == ';' || c == '|' || c == '\n' ||
               (c == '&' && i + 1 < line.size() && line[i + 1] == '&')) {
      all.emplace_back();
    } else if (c != '&') {
      all.back() += c;
    }
  }
  return all;
}

}  // namespace

std::vector<ToolCall> calls_in(std::string_view command, std::string* folder) {
  std::string top;
  if (folder == nullptr) folder = &top;
  std::vector<ToolCall> calls;
  for (const std::string& one : commands_of(filled(command))) {
    std::string_view text = trim(one);
    while (text.starts_with('@') || text.starts_with('-') || text.starts_with('!') ||
           text.starts_with('('))
      text = trim(text.substr(1));  // of make and tox: silent, and failing is no matter
    if (text.ends_with(')') && text.find('(') == std::string_view::npos)
      text = trim(text.substr(0, text.size() - 1));  // the end of "(cd low && pytest)"
    auto words = command_words(text);
    if (!words) continue;
    std::erase_if(*words, is_unknown);
    if (words->size() == 2 && (words->front() == "cd" || words->front() == "pushd")) {
      *folder = led_to(*folder, words->back());
      continue;
    }
    Reader reader(*words);
    ToolCall call;
    while (skip_environment(reader, call.variables) || skip_runner(reader) ||
           skip_coverage(reader) || skip_python(reader)) {
    }
    if (reader.ended()) continue;
    // hatch's "dev:pytest" is a script of that environment, which stands elsewhere.
    std::string ahead;
    call.tool = tool_at(reader, ahead);
    call.arguments = reader.rest();
    if (!ahead.empty()) call.arguments.insert(call.arguments.begin(), ahead);
    call.folder = *folder;
    if (!call.tool.empty()) calls.push_back(std::move(call));
  }
  return calls;
}

std::string_view tool_of_hook(std::string_view id) {
  constexpr std::array kHooks = {std::pair{"ruff"sv, "ruff check"sv},
                                 std::pair{"ruff-check"sv, "ruff check"sv},
                                 std::pair{"ruff-format"sv, "ruff format"sv},
                                 std::pair{"black"sv, "black"sv},
                                 std::pair{"black-jupyter"sv, "black"sv},
                                 std::pair{"isort"sv, "isort"sv},
                                 std::pair{"flake8"sv, "flake8"sv},
                                 std::pair{"pylint"sv, "pylint"sv},
                                 std::pair{"mypy"sv, "mypy"sv},
                                 std::pair{"pyright"sv, "pyright"sv},
                                 std::pair{"basedpyright"sv, "pyright"sv},
                                 std::pair{"bandit"sv, "bandit"sv},
                                 std::pair{"ty"sv, "ty"sv},
                                 std::pair{"pyrefly-check"sv, "pyrefly"sv}};
  for (const auto& [hook, tool] : kHooks) {
    if (hook == id) return tool;
  }
  return {};
}

}  // namespace gf::gate
