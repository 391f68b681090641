#include "stage/kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "record/pattern.h"

namespace gf::stage {
namespace {

constexpr std::array kHttp = {
    Observable{"status", "", Form::kStatus},
    Observable{"header", " <name>", Form::kAny},
    Observable{"body", "[.<path>]", Form::kAny},
};
constexpr std::array kCli = {
    Observable{"exit", "", Form::kExit},
    Observable{"stdout", "[.<path>]", Form::kAny},
    Observable{"stderr", "", Form::kAny},
    Observable{"file", " <path>", Form::kAny},
};
constexpr std::array kCall = {
    Observable{"value", "[.<path>]", Form::kAny},
    Observable{"identity", "", Form::kAny},
    Observable{"type", "", Form::kText},
    Observable{"attribute", " <name>", Form::kAny},
};
constexpr std::array kRaise = {
    Observable{"type", "", Form::kException},
    Observable{"message", "", Form::kText},
    Observable{"attribute", " <name>", Form::kAny},
};
constexpr std::array kState = {
    Observable{"before", "[ <of what>]", Form::kAny},
    Observable{"after", "[ <of what>]", Form::kAny},
};
constexpr std::array kLog = {
    Observable{"logger", "", Form::kText},
    Observable{"level", "", Form::kText},
    Observable{"count", "[ <of what>]", Form::kCount},
    Observable{"fragment", "", Form::kText},
};
constexpr std::array kDoc = {
    Observable{"file", " <path>", Form::kAny},
    Observable{"heading", " <path>", Form::kText},
    Observable{"symbol", " <name>", Form::kAny},
};
constexpr std::array kKeep = {
    Observable{"tests", "[ <file or id>]", Form::kAny},
};

constexpr std::array<std::string_view, 2> kBesideHttp = {"state", "log"};
constexpr std::array<std::string_view, 3> kBesideCli = {"state", "log", "doc"};
constexpr std::array<std::string_view, 4> kBesideCall = {"state", "log", "cli", "raise"};
constexpr std::array<std::string_view, 4> kBesideRaise = {"state", "log", "cli", "call"};
constexpr std::array<std::string_view, 5> kBesideState = {"call", "log", "raise", "cli", "http"};
constexpr std::array<std::string_view, 5> kBesideLog = {"call", "state", "raise", "cli", "http"};
constexpr std::array<std::string_view, 7> kBesideKeep = {"http",  "cli", "call", "raise",
                                                         "state", "log", "doc"};

constexpr std::array kKinds = {
    Kind{
        "http", "one request to the application", kHttp, kBesideHttp,
        R"j({"id": "AC1", "kind": "http", "given": "the store holds products 1 to 3", )j"
        R"j("when": "GET /products/9", "then": [{"observable": "status", "op": "equals", )j"
        R"j("expected": 404}, {"observable": "body.detail", "op": "contains", "expected": "9"}], )j"
        R"j("source": "request: 'or 404 if not found'", "authorises": []})j"},
    Kind{"cli", "one command line", kCli, kBesideCli,
         R"j({"id": "AC1", "kind": "cli", "given": "the file notes.txt does not exist", )j"
         R"j("when": "notes export --json notes.txt", "then": [{"observable": "exit", "op": )j"
         R"j("equals", "expected": 2}, {"observable": "stderr", "op": "contains", "expected": )j"
         R"j("notes.txt"}, {"observable": "file notes.json", "op": "absent"}], )j"
         R"j("source": "A1", "authorises": []})j"},
    Kind{"call", "one call of a function, method or constructor", kCall, kBesideCall,
         R"j({"id": "AC1", "kind": "call", "given": "", "when": "parse_duration('<text>')", )j"
         R"j("then": [{"observable": "value", "op": "equals", "expected": "<seconds>"}], )j"
         R"j("cases": [{"text": "90s", "seconds": 90}, {"text": "1h", "seconds": 3600}], )j"
         R"j("source": "request: 'seconds, minutes and hours'", "authorises": []})j"},
    Kind{"raise", "one call that fails: an exception, in Go the error returned, in Rust an Err",
         kRaise, kBesideRaise,
         R"j({"id": "AC1", "kind": "raise", "given": "", "when": "parse_duration('soon')", )j"
         R"j("then": [{"observable": "type", "op": "equals", "expected": "ValueError"}, )j"
         R"j({"observable": "message", "op": "contains", "expected": "soon"}], )j"
         R"j("source": "A2", "authorises": []})j"},
    Kind{"state", "one action that changes what is stored or held", kState, kBesideState,
         R"j({"id": "AC1", "kind": "state", "given": "the queue holds 3 jobs", "when": )j"
         R"j("queue.clear()", "then": [{"observable": "before len(queue)", "op": "equals", )j"
         R"j("expected": 3}, {"observable": "after len(queue)", "op": "equals", "expected": 0}, )j"
         R"j({"observable": "value", "op": "equals", "expected": 3}], )j"
         R"j("source": "request: 'clear() returns how many were dropped'", "authorises": []})j"},
    Kind{"log", "one action that is logged", kLog, kBesideLog,
         R"j({"id": "AC1", "kind": "log", "given": "the first attempt fails", "when": )j"
         R"j("client.fetch('/a')", "then": [{"observable": "logger", "op": "equals", "expected": )j"
         R"j("app.client"}, {"observable": "level", "op": "equals", "expected": "WARNING"}, )j"
         R"j({"observable": "count", "op": "equals", "expected": 1}, {"observable": "fragment", )j"
         R"j("op": "contains", "expected": "retrying"}], )j"
         R"j("source": "request: 'warn once when it retries'", "authorises": []})j"},
    Kind{"doc",
         "documentation that is read",
         kDoc,
         {},
         R"j({"id": "AC1", "kind": "doc", "given": "", "when": "docs/usage.rst is read", "then": )j"
         R"j([{"observable": "file docs/usage.rst", "op": "contains", "expected": "--json"}, )j"
         R"j({"observable": "symbol notes.export", "op": "contains", "expected": "as_json"}], )j"
         R"j("source": "request: 'document the option'", "authorises": []})j"},
    Kind{
        "keep", "one action whose outcome stays what it is today", kKeep, kBesideKeep,
        R"j({"id": "AC1", "kind": "keep", "given": "", "when": "notes export notes.txt", "then": )j"
        R"j([{"observable": "exit", "op": "equals", "expected": 0}, {"observable": "stdout", )j"
        R"j("op": "starts_with", "expected": "exported"}], )j"
        R"j("source": "request: 'without the option nothing changes'", "authorises": []})j"},
};

constexpr std::array kOperators = {
    Operator{"equals", Operand::kAny},
    Operator{"not_equals", Operand::kAny},
    Operator{"is", Operand::kAny},
    Operator{"contains", Operand::kPart},
    Operator{"not_contains", Operand::kPart},
    Operator{"starts_with", Operand::kText},
    Operator{"ends_with", Operand::kText},
    Operator{"matches", Operand::kPattern},
    Operator{"present", Operand::kNothing},
    Operator{"absent", Operand::kNothing},
    Operator{"less_than", Operand::kNumber},
    Operator{"at_most", Operand::kNumber},
    Operator{"greater_than", Operand::kNumber},
    Operator{"at_least", Operand::kNumber},
};

/// "header X-Id" begins with "header"; "headers" does not, nor does "bodyguard" with "body".
bool begins_with_word(std::string_view observable, std::string_view word) {
  if (!starts_with_ignoring_case(observable, word)) return false;
  return observable.size() == word.size() ||
         std::string_view(" .[:").find(observable[word.size()]) != std::string_view::npos;
}

const Observable* own_observable(const Kind& kind, std::string_view observable) {
  for (const Observable& one : kind.observables) {
    if (begins_with_word(observable, one.word)) return &one;
  }
  return nullptr;
}

std::string own_names(const Kind& kind) {
  std::vector<std::string> names;
  for (const Observable& one : kind.observables)
    names.push_back(std::string(one.word) + std::string(one.tail));
  return join(names, ", ");
}

/// JSON in lines of at most 96 characters, broken where a blank stands outside of its strings.
std::string folded(std::string_view json, std::string_view indent) {
  constexpr size_t kWidth = 96;
  std::string text, line(indent), word;
  bool in_string = false;
  auto put = [&] {
    if (line.size() + word.size() > kWidth && line.size() > indent.size()) {
      line.pop_back();  // the blank
      text += line + "\n";
      line = std::string(indent) + " ";
    }
    line += std::exchange(word, {});
  };
  for (char c : json) {
    word += c;
    in_string = (c == '"') != in_string;  // our examples escape nothing
    if (c == ' ' && !in_string) put();
  }
  put();
  return text + line + "\n";
}

std::string beside_of(const Kind& kind) {
  std::vector<std::string> names(kind.beside.begin(), kind.beside.end());
  return join(names, ", ");
}

}  // namespace

std::span<const Kind> all_kinds() { return kKinds; }
std::span<const Operator> all_operators() { return kOperators; }

const Kind* find_kind(std::string_view name) {
  auto found = std::find_if(kKinds.begin(), kKinds.end(),
                            [&](const Kind& kind) { return kind.name == name; });
  return found == kKinds.end() ? nullptr : &*found;
}

const Operator* find_operator(std::string_view name) {
  auto found = std::find_if(kOperators.begin(), kOperators.end(),
                            [&](const Operator& one) { return one.name == name; });
  return found == kOperators.end() ? nullptr : &*found;
}

const Observable* find_observable(const Kind& kind, std::string_view observable) {
  if (const Observable* own = own_observable(kind, trim(observable))) return own;
  for (std::string_view other : kind.beside) {
    if (const Observable* one = own_observable(*find_kind(other), trim(observable))) return one;
  }
  return nullptr;
}

std::string names_of_kinds() {
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) names.emplace_back(kind.name);
  return join(names, ", ");
}

std::string names_of_operators() {
  std::vector<std::string> names;
  for (const Operator& one : kOperators) names.emplace_back(one.name);
  return join(names, ", ");
}

std::string observables_of(const Kind& kind) {
  std::vector<std::string> parts;
  for (const Observable& one : kind.observables)
    parts.push_back(std::string(one.word) + std::string(one.tail));
  for (std::string_view other : kind.beside) {
    for (const Observable& one : find_kind(other)->observables) {
      std::string name = std::string(one.word) + std::string(one.tail);
      if (own_observable(kind, one.word) == nullptr &&
          std::find(parts.begin(), parts.end(), name) == parts.end())
        parts.push_back(name);
    }
  }
  return join(parts, ", ");
}

std::string_view operand_text(Operand operand) {
  switch (operand) {
    case Operand::kNothing:
      return "no expected";
    case Operand::kAny:
      return "any JSON value";
    case Operand::kPart:
      return "a string, or an item of a list";
    case Operand::kText:
      return "a string";
    case Operand::kPattern:
      return "a regular expression as a string";
    case Operand::kNumber:
      return "a number, or a string with a number and its unit";
  }
  return "";
}

std::string kinds_text() {
  std::string text;
  for (const Kind& kind : kKinds) {
    text += fmt::format("{}: {}\n  observables: {}\n", kind.name, kind.about, own_names(kind));
    if (!kind.beside.empty()) text += fmt::format("  and those of: {}\n", beside_of(kind));
    text += folded(kind.example, "  ");
  }
  return text;
}

std::string operators_text() {
  std::string text;
  for (size_t i = 0; i < kOperators.size();) {
    std::vector<std::string> names;
    Operand operand = kOperators[i].operand;
    for (; i < kOperators.size() && kOperators[i].operand == operand; ++i)
      names.emplace_back(kOperators[i].name);
    std::string dialect = operand == Operand::kPattern
                              ? fmt::format(" ({}, Perl's syntax: (?i), (?s) and \\d are known)",
                                            record::kPatternDialect)
                              : "";
    text += fmt::format("{}: {}{}\n", join(names, ", "), operand_text(operand), dialect);
  }
  return text;
}

std::string values_text() {
  return "In `expected` a value that JSON has no form for is its literal between backquotes, as "
         "in\n"
         "\"`b'ab'`\", \"`float('inf')`\" or \"`(1, None)`\"; a string without them is that very "
         "string.\n"
         "`type` with `equals` is that class itself, with `is` one derived from it will do.\n";
}

}  // namespace gf::stage
