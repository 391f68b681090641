// Rules that hold the spec against the tree: what it names is there, or is said to be new.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "stage/lint_rules.h"
#include "stage/lint_words.h"

namespace gf::stage {
namespace {

using record::Criterion;
using record::Spec;
using record::TreeFacts;

/// Modules that every Python has: what of them is called stands nowhere in a tree, and is no guess.
constexpr std::array<std::string_view, 119> kModules = {
    "abc",          "argparse",  "array",       "ast",         "asyncio",      "atexit",
    "base64",       "binascii",  "bisect",      "builtins",    "bz2",          "calendar",
    "cmath",        "codecs",    "collections", "concurrent",  "configparser", "contextlib",
    "contextvars",  "copy",      "csv",         "ctypes",      "dataclasses",  "datetime",
    "decimal",      "difflib",   "dis",         "email",       "enum",         "errno",
    "faulthandler", "fnmatch",   "fractions",   "functools",   "gc",           "getpass",
    "gettext",      "glob",      "graphlib",    "gzip",        "hashlib",      "heapq",
    "hmac",         "html",      "http",        "imaplib",     "importlib",    "inspect",
    "io",           "ipaddress", "itertools",   "json",        "keyword",      "linecache",
    "locale",       "logging",   "lzma",        "math",        "mimetypes",    "multiprocessing",
    "numbers",      "operator",  "os",          "pathlib",     "pickle",       "pkgutil",
    "platform",     "pprint",    "queue",       "random",      "re",           "runpy",
    "sched",        "secrets",   "select",      "selectors",   "shelve",       "shlex",
    "shutil",       "signal",    "site",        "smtplib",     "socket",       "sqlite3",
    "ssl",          "stat",      "statistics",  "string",      "struct",       "subprocess",
    "symtable",     "sys",       "sysconfig",   "tarfile",     "tempfile",     "textwrap",
    "threading",    "time",      "timeit",      "tokenize",    "tomllib",      "traceback",
    "tracemalloc",  "types",     "typing",      "unicodedata", "unittest",     "urllib",
    "uuid",         "venv",      "warnings",    "wave",        "weakref",      "xml",
    "xmlrpc",       "zipfile",   "zipimport",   "zlib",        "zoneinfo"};
/// Callables that every tree may use without defining them: a call of ours stands inside.
constexpr std::array<std::string_view, 40> kCommon = {
    "len",        "str",     "repr",    "bytes",   "int",   "float", "bool",   "list",
    "dict",       "set",     "tuple",   "hash",    "id",    "type",  "next",   "iter",
    "sorted",     "min",     "max",     "sum",     "print", "open",  "dumps",  "loads",
    "copy",       "run",     "get",     "post",    "eval",  "exec",  "help",   "isinstance",
    "issubclass", "getattr", "setattr", "hasattr", "vars",  "dir",   "format", "asyncio.run"};

bool is_dotted(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

std::string last_part(const std::string& name) {
  size_t dot = name.rfind('.');
  return dot == std::string::npos ? name : name.substr(dot + 1);
}

/// "Store.product(", "parse(": what is called, in order; what stands in quotes is data.
std::vector<std::string> calls_in(const std::string& when) {
  std::vector<std::string> names;
  std::string code = without_quotations(when, Backticks::kKeep), name;
  for (char c : code + " ") {
    if (is_dotted(c)) {
      name += c;
      continue;
    }
    while (!name.empty() && name.front() == '.') name.erase(0, 1);
    bool call = c == '(' && !name.empty() && !(name[0] >= '0' && name[0] <= '9');
    if (call) names.push_back(name);
    name.clear();
  }
  return names;
}

/// The path of a request: "/products/9".
std::string route_in(const std::string& when) {
  for (std::string word :
       split(replace_all(without_quotations(when, Backticks::kKeep), "\n", " "), ' ')) {
    while (!word.empty() && std::string_view(",.;:()").find(word.back()) != std::string_view::npos)
      word.pop_back();
    if (word.starts_with("/")) return word.substr(0, word.find('?'));
  }
  return {};
}

/// "/products/9" is an instance of "/products/{id}".
bool same_route(const std::string& pattern_text, const std::string& route) {
  size_t begin = pattern_text.find('/');
  std::vector<std::string> a =
      split(pattern_text.substr(begin == std::string::npos ? 0 : begin), '/');
  std::vector<std::string> b = split(route, '/');
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    bool variable = a[i].starts_with("{") || a[i].starts_with("<") || a[i].starts_with(":") ||
                    b[i].starts_with("{") || b[i].starts_with("<");
    if (a[i] != b[i] && !variable) return false;
  }
  return true;
}

/// What the person, the constraints and the assumptions speak of, and what `given` makes ("f =
/// F()").
bool spoken_of(const Spec& spec, const Criterion& criterion, const std::string& name) {
  std::vector<std::string> parts = split(name, '.');
  const std::string& last = parts.back();
  bool local = parts.size() > 1 && criterion.given.find(parts[0] + " = ") != std::string::npos;
  auto says = [&](const std::string& text) { return holds_word(text, last); };
  return local || says(criterion.given) || says(spec.request) ||
         std::any_of(spec.constraints.begin(), spec.constraints.end(), says) ||
         std::any_of(spec.assumptions.begin(), spec.assumptions.end(),
                     [&](const auto& assumption) { return says(assumption.text); });
}

bool introduced(const Spec& spec, const std::string& name) {
  return std::any_of(spec.introduces.begin(), spec.introduces.end(), [&](const std::string& thing) {
    return thing.find(name) != std::string::npos || same_route(thing, name);
  });
}

/// Tests of a framework make an application of their own: then its routes are nobody's.
bool makes_its_own(const Criterion& criterion) {
  std::string given = lower(criterion.given + " " + criterion.when);
  for (const char* word : {"app", "application", "route", "endpoint", "view", "handler", "server",
                           "mounted", "router", "blueprint", "urlconf", "path", "transport"}) {
    if (holds_word(given, word)) return true;
  }
  return false;
}

/// What the criterion is about and that is nowhere; empty when it is known, or cannot be told.
std::string unknown_subject(const Spec& spec, const TreeFacts& tree, const Criterion& criterion) {
  if (criterion.kind == "http") {
    std::string route = route_in(criterion.when);
    bool gone = std::any_of(criterion.then.begin(), criterion.then.end(), [](const auto& seen) {
      return seen.observable == "status" && seen.expected == record::Json(404);
    });
    if (route.empty() || gone || introduced(spec, route) || makes_its_own(criterion) ||
        criterion.given.find(route) != std::string::npos)
      return {};
    // A router's prefix and its route stand in different places: the first part must be there.
    std::vector<std::string> parts = split(route, '/');
    bool known = parts.size() < 2 || parts[1].empty() || tree.mentions("/" + parts[1]) ||
                 tree.mentions("\"" + parts[1]) || tree.mentions("'" + parts[1]);
    return known ? "" : route;
  }
  if (criterion.kind == "cli" || criterion.kind == "doc") return {};
  std::string unknown;
  for (const std::string& name : calls_in(criterion.when)) {
    std::string last = last_part(name);
    if (std::find(kCommon.begin(), kCommon.end(), last) != kCommon.end()) continue;
    std::vector<std::string> parts = split(name, '.');
    bool module = std::find(kModules.begin(), kModules.end(), parts[0]) != kModules.end();
    bool made = std::any_of(parts.begin(), parts.end(), [&](const std::string& part) {
      return part.size() > 1 && introduced(spec, part);
    });
    if (module) continue;
    if (made || tree.mentions(last) || spoken_of(spec, criterion, name)) return {};
    if (unknown.empty()) unknown = name;
  }
  return unknown;
}

/// Documents that are read have to be there, or to be made.
std::string unknown_file(const Spec& spec, const TreeFacts& tree, const Criterion& criterion) {
  if (criterion.kind != "doc") return {};
  for (const record::Observation& seen : criterion.then) {
    if (!seen.observable.starts_with("file ") || seen.op == "absent") continue;
    std::string path(trim(seen.observable.substr(5)));
    path = path.substr(0, path.find_first_of(" :#"));
    bool named =
        std::find(spec.touchpoints.begin(), spec.touchpoints.end(), path) != spec.touchpoints.end();
    if (path.find('*') == std::string::npos && !tree.has_path(path) && !introduced(spec, path) &&
        !named)
      return path;
  }
  return {};
}

void judge_authorised(const TreeFacts& tree, const Criterion& criterion, const Report& report) {
  for (const std::string& test : criterion.authorises) {
    // A test stands for all of its parameters, a file for its tests.
    if (!tree.has_test(test.substr(0, test.find('['))))
      report.add("authorises-unknown-test", criterion.id,
                 "there is no test '" + printable(test) + "'",
                 "name an existing one as <file>::<test>, or its file");
  }
}

// --- touchpoints ---

bool ends_with_any(const std::string& path, std::initializer_list<const char*> ends) {
  std::string small = lower(path);
  return std::any_of(ends.begin(), ends.end(),
                     [&](const char* end) { return small.ends_with(end); });
}

bool is_document(const std::string& path) {
  return ends_with_any(path, {".md", ".rst", ".txt", ".adoc"}) || path.starts_with("docs/") ||
         path.starts_with("doc/");
}

bool is_test(const std::string& path) {
  std::string name = path.substr(path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
  return path.starts_with("tests/") || path.starts_with("test/") ||
         path.find("/tests/") != std::string::npos || name.starts_with("test_") ||
         ends_with_any(name, {"_test.py", "_test.go", ".test.ts", ".test.js"});
}

bool is_setting(const std::string& path) {
  return ends_with_any(path,
                       {".toml", ".cfg", ".ini", ".yml", ".yaml", ".lock", ".json", "setup.py"});
}

bool is_pipeline(const std::string& path) {
  return path.starts_with(".github/") || path.starts_with(".gitlab") ||
         path.starts_with(".circleci");
}

bool is_changelog(const std::string& path) {
  std::string name =
      lower(path.substr(path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1));
  for (const char* word : {"change", "history", "news", "release"}) {
    if (name.starts_with(word)) return true;
  }
  return false;
}

/// All that binds, and what was asked for in the person's words.
std::string asked_text(const Spec& spec) {
  std::string all = spec.request;
  for (const Criterion& criterion : spec.acceptance_criteria)
    all += "\n" + criterion_text(criterion);
  for (const std::string& text : spec.constraints) all += "\n" + text;
  for (const record::Assumption& assumption : spec.assumptions) all += "\n" + assumption.text;
  return all;
}

/// Does anything ask for a change of this file? Of source nobody can tell when something new has to
/// be put into its place.
bool is_served(const Spec& spec, const TreeFacts& tree, const std::string& path,
               const std::string& asked) {
  std::string name = path.substr(path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
  std::string small = lower(asked);
  if (small.find(lower(name)) != std::string::npos || is_changelog(path)) return true;
  if (is_document(path)) {
    bool reads = std::any_of(spec.acceptance_criteria.begin(), spec.acceptance_criteria.end(),
                             [](const Criterion& criterion) { return criterion.kind == "doc"; });
    return reads || small.find("docs") != std::string::npos ||
           small.find("document") != std::string::npos || small.find("readme") != std::string::npos;
  }
  if (is_test(path)) return false;
  if (is_pipeline(path))
    return holds_word(small, "ci") || small.find("workflow") != std::string::npos;
  if (is_setting(path)) {
    for (const char* word : {"depend", "extra", "entry point", "configur", "package", "setting",
                             "version", "plugin"}) {
      if (small.find(word) != std::string::npos) return true;
    }
    return false;
  }
  if (!spec.introduces.empty()) return true;
  std::set<std::string> words = significant(asked);
  for (const std::string& word : significant(path)) {
    if (words.contains(word)) return true;
  }
  std::string content = lower(tree.read(path).value_or(""));
  std::set<std::string> names = code_names(asked);
  return content.empty() || std::any_of(names.begin(), names.end(), [&](const std::string& one) {
           return content.find(last_part(one)) != std::string::npos;
         });
}

}  // namespace

void lint_subjects(const Spec& spec, const TreeFacts& tree, const Report& report) {
  for (const Criterion& criterion : spec.acceptance_criteria) {
    std::string unknown = unknown_subject(spec, tree, criterion);
    if (unknown.empty()) unknown = unknown_file(spec, tree, criterion);
    if (!unknown.empty())
      report.add("subject-unknown", criterion.id,
                 "'" + printable(unknown) + "' is neither in the tree nor in 'introduces'",
                 "list it in 'introduces', or name what exists");
    judge_authorised(tree, criterion, report);
  }
}

void lint_touchpoints(const Spec& spec, const TreeFacts& tree, const Report& report) {
  std::string asked = asked_text(spec);
  for (size_t i = 0; i < spec.touchpoints.size(); ++i) {
    const std::string& path = spec.touchpoints[i];
    if (is_served(spec, tree, path, asked)) continue;
    report.add("touchpoint-unserved", "",
               record::id_of(record::Listed::kTouchpoint, i) + " '" + printable(path) +
                   "' is named, and no criterion, constraint or assumption asks to change it",
               is_test(path)
                   ? "leave tests out: TEST writes them, and 'authorises' lets it change one"
                   : "say what is to change there, or leave it out");
  }
}

}  // namespace gf::stage
