#include "gate/java_reports.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <pugixml.hpp>
#include <set>

#include "base/files.h"
#include "base/text.h"

namespace gf::gate {
namespace {

namespace fs = std::filesystem;
using record::GateOutcome;
using record::TestResult;
using record::TestStatus;

constexpr size_t kJavaMessage = 2000;

std::string below_module(const std::string& module, const std::string& path) {
  return module.empty() || module == "." ? path : module + "/" + path;
}

/// Where sources of a class are by custom.
class JavaSources {
 public:
  explicit JavaSources(std::string worktree) : worktree_(std::move(worktree)) {}

  /// "shop/PricesTest" of a module, below one of its folders `kinds`; empty: there is no such file.
  std::string file_of(const std::string& module, const std::string& name, bool tests) {
    constexpr std::array<std::string_view, 4> kLanguages = {"java", "kotlin", "groovy", "scala"};
    constexpr std::array<std::string_view, 5> kTests = {
        "src/test/", "src/it/", "src/integrationTest/", "src/intTest/", "src/functionalTest/"};
    for (std::string_view folder : kTests) {
      for (std::string_view language : kLanguages) {
        std::string root = (tests ? std::string(folder) : "src/main/") + std::string(language);
        std::string found = as_source(below_module(module, root + "/" + name), language);
        if (!found.empty()) return found;
      }
      if (!tests) break;
    }
    return elsewhere(module, name);
  }

 private:
  std::string as_source(const std::string& path, std::string_view language) const {
    std::string ending = language == "kotlin" ? ".kt" : "." + std::string(language);
    std::string whole = fs::path(path).extension() == ending ? path : path + ending;
    std::error_code failed;
    return fs::is_regular_file(worktree_ + "/" + whole, failed) ? whole : std::string();
  }
  /// Any file of the module that ends so: of builds that name folders of their own.
  std::string elsewhere(const std::string& module, const std::string& name) {
    if (!read_) read();
    std::string ending = "/" + name + (name.ends_with(".java") ? "" : ".java");
    for (const std::string& path : all_) {
      if (path.starts_with(below_module(module, "")) && ("/" + path).ends_with(ending)) return path;
    }
    return {};
  }
  void read() {
    read_ = true;
    std::error_code failed;
    for (fs::recursive_directory_iterator at(worktree_, failed), end; !failed && at != end;
         at.increment(failed)) {
      std::string name = at->path().filename().string();
      if (name.starts_with(".") && at->is_directory(failed)) at.disable_recursion_pending();
      if (name.ends_with(".java"))
        all_.push_back(at->path().lexically_relative(worktree_).string());
    }
    std::sort(all_.begin(), all_.end());
  }

  std::string worktree_;
  std::vector<std::string> all_;
  bool read_ = false;
};

/// "many[2]" of "many(int)[2]", "named" of "named(TestInfo)".
std::string without_types(const std::string& name) {
  size_t open = name.find('('), close = name.find(')', open);
  if (open == std::string::npos || open == 0 || close == std::string::npos) return name;
  return name.substr(0, open) + name.substr(close + 1);
}

/// "Inner::halves" of the class "shop.PricesTest$Inner".
std::string within_class(const std::string& classname, const std::string& name) {
  size_t dollar = classname.find('$');
  if (dollar == std::string::npos) return name;
  return replace_all(classname.substr(dollar + 1), "$", "::") + "::" + name;
}

std::string simple_name(std::string_view type) {
  return std::string(type.substr(type.find_last_of(".$") + 1));
}

/// By the class of what was thrown.
std::string cause_of_throwable(std::string_view type) {
  std::string name = simple_name(type);
  for (std::string_view assertion :
       {"AssertionError", "AssertionFailedError", "ComparisonFailure", "MultipleFailuresError",
        "ArrayComparisonFailure", "ConditionTimeoutException", "WantedButNotInvoked"}) {
    if (name.ends_with(assertion)) return "assertion";
  }
  for (std::string_view missing :
       {"NoSuchMethodError", "NoSuchFieldError", "NoClassDefFoundError", "NoSuchMethodException",
        "ClassNotFoundException", "NoSuchFieldException", "AbstractMethodError"}) {
    if (name == missing) return "missing-symbol";
  }
  return "other";
}

/// "shop.Bad: no", and the line of the test's own file that it came through.
std::string throwable_text(const pugi::xml_node& thrown, const std::string& file,
                           const Scrubber& scrub) {
  std::string message = thrown.attribute("message").as_string();
  std::string whole = thrown.attribute("type").as_string(), type = simple_name(whole);
  // Gradle has it in front of the message, too.
  if (!whole.empty() && message.starts_with(whole + ": ")) message.erase(0, whole.size() + 2);
  std::string text = type.empty() ? message : message.empty() ? type : type + ": " + message;
  std::string frame = "(" + file.substr(file.rfind('/') + 1) + ":";
  std::string trace = thrown.text().as_string();
  size_t at = file.empty() ? std::string::npos : trace.find(frame);
  if (at != std::string::npos) {
    size_t begin = at + frame.size();
    text += fmt::format("\nat {}:{}", file, trace.substr(begin, trace.find(')', begin) - begin));
  }
  return clipped(scrub(trim(text)), kJavaMessage);
}

void add_java_result(TestResult result, GateOutcome& outcome) {
  record::GateCounts& counts = outcome.counts;
  if (result.status == TestStatus::kPassed) ++counts.passed;
  if (result.status == TestStatus::kFailed) ++counts.failed;
  if (result.status == TestStatus::kError) ++counts.errors;
  if (result.status == TestStatus::kSkipped) ++counts.skipped;
  outcome.tests.push_back(std::move(result));
}

TestResult result_of(const pugi::xml_node& test, const std::string& module, JavaSources& sources,
                     const Scrubber& scrub) {
  TestResult result;
  std::string classname = test.attribute("classname").as_string();
  std::string name = without_types(test.attribute("name").as_string());
  std::string outer = classname.substr(0, classname.find('$'));
  std::string file = sources.file_of(module, replace_all(outer, ".", "/"), true);
  // What went wrong around all tests of a class has no name, or the class's.
  bool whole = name.empty() || name == classname || name == simple_name(classname);
  std::string place = file.empty() ? outer : file;
  result.id = to_utf8(place + "::" + within_class(classname, whole ? "(class)" : name));
  if (whole && classname.find('$') == std::string::npos) result.id = to_utf8(place);
  pugi::xml_node failure = test.child("failure"), error = test.child("error");
  pugi::xml_node thrown = failure ? failure : error;
  if (thrown && whole) {
    result.status = TestStatus::kError;
    result.cause = "setup";
  } else if (thrown) {
    result.status = TestStatus::kFailed;
    result.cause = failure && !failure.attribute("type")
                       ? "assertion"
                       : cause_of_throwable(thrown.attribute("type").as_string());
  } else if (test.child("skipped")) {
    result.status = TestStatus::kSkipped;
    result.message =
        clipped(scrub(test.child("skipped").attribute("message").as_string()), kJavaMessage);
  }
  if (thrown) result.message = throwable_text(thrown, file, scrub);
  return result;
}

/// A place in a source that a tool prints, and what it says of it.
struct JavaPlace {
  std::string path;
  int line = 0;
  std::string severity, message;
};

int number_in(std::string_view text) {
  int value = 0;
  for (char c : text) {
    if (!is_digit(c) || value > 100000000) break;
    value = value * 10 + (c - '0');
  }
  return value;
}

/// "[ERROR] /w/A.java:[3,5] cannot find symbol" of Maven, "/w/A.java:3: error: no" of javac and
/// Gradle, "[ant:checkstyle] [ERROR] /w/A.java:3:5: no [Rule]".
std::optional<JavaPlace> place_in(const std::string& line, const Scrubber& scrub) {
  std::string_view rest = trim(line);
  JavaPlace place;
  place.severity = "error";
  bool marked = false;
  for (bool more = true; more;) {
    more = false;
    for (std::string_view mark : {"[ERROR]", "[WARNING]", "[WARN]", "[ant:checkstyle]"}) {
      if (!rest.starts_with(mark)) continue;
      if (mark.starts_with("[WARN")) place.severity = "warning";
      rest = trim(rest.substr(mark.size()));
      marked = more = true;
    }
  }
  size_t end = std::string_view::npos;
  for (std::string_view ending : {".java:", ".kt:", ".groovy:"}) {
    if (size_t at = rest.find(ending); at != std::string_view::npos)
      end = std::min(end, at + ending.size() - 1);
  }
  if (end == std::string_view::npos || rest.substr(0, end).find(' ') < end) return std::nullopt;
  place.path = scrub.path(rest.substr(0, end));
  rest.remove_prefix(end + 1);
  bool bracket = rest.starts_with('[');
  if (bracket) rest.remove_prefix(1);
  if (rest.empty() || !is_digit(rest[0]) || (bracket && !marked)) return std::nullopt;
  place.line = number_in(rest);
  rest.remove_prefix(rest.find_first_not_of("0123456789,:") == std::string_view::npos
                         ? rest.size()
                         : rest.find_first_not_of("0123456789,:"));
  if (bracket && rest.starts_with(']')) rest.remove_prefix(1);
  rest = trim(rest);
  for (std::string_view severity : {"error: ", "warning: "}) {
    if (!rest.starts_with(severity)) continue;
    place.severity = severity.substr(0, severity.size() - 2);
    rest.remove_prefix(severity.size());
  }
  place.message = scrub(rest);
  return place;
}

/// Every place once, with what javac says below it of the symbol: Maven tells all of them again
/// when it ends.
std::vector<JavaPlace> places_in(std::string_view text, const Scrubber& scrub) {
  std::vector<JavaPlace> all;
  std::set<std::string> reported;
  std::vector<std::string> rows = lines(text);
  for (size_t at = 0; at < rows.size(); ++at) {
    auto place = place_in(rows[at], scrub);
    if (!place) continue;
    for (size_t i = at + 1; i < rows.size() && i <= at + 5; ++i) {
      std::string_view more = trim(rows[i]);
      if (more.starts_with("[ERROR]")) more = trim(more.substr(7));
      if (more.starts_with("symbol:"))
        place->message += fmt::format(": {}", scrub(trim(more.substr(7))));
      if (place_in(rows[i], scrub)) break;
    }
    std::string key = fmt::format("{}:{}:{}", place->path, place->line, place->message);
    if (reported.insert(key).second) all.push_back(*std::move(place));
  }
  return all;
}

bool is_below_worktree(std::string_view path) {
  return !path.empty() && path[0] != '/' && path[0] != '<' && !path.starts_with("../");
}

/// What does not compile, and which tests stand there.
void tell_uncompiled_java(std::string_view said, const Scrubber& scrub, GateOutcome& outcome) {
  std::map<std::string, std::string> files;
  std::set<std::string> failed;
  for (const JavaPlace& one : places_in(said, scrub)) {
    if (one.severity != "error" || !is_below_worktree(one.path)) continue;
    auto source = lines(read_file(scrub.worktree() + "/" + one.path).value_or(""));
    auto test = java_test_at(source, one.line);
    std::string id = one.path + "::" + test.value_or("");
    if (test && failed.insert(id).second)
      add_java_result(
          {id, TestStatus::kFailed, "missing-symbol", "does not compile: " + one.message}, outcome);
    files.try_emplace(one.path, fmt::format("{}:{}: {}", one.path, one.line, one.message));
  }
  for (const auto& [path, message] : files)
    add_java_result({path, TestStatus::kError, "compile", clipped(message, kJavaMessage)}, outcome);
}

bool is_compilation(std::string_view said) {
  return said.find("COMPILATION ERROR") != std::string_view::npos ||
         said.find("Compilation failed;") != std::string_view::npos ||
         said.find("Compilation failure") != std::string_view::npos;
}

void take_jacoco(const pugi::xml_node& node, const std::string& module, JavaSources& sources,
                 GateOutcome& outcome) {
  for (const pugi::xml_node& group : node.children("group"))
    take_jacoco(group, module, sources, outcome);
  for (const pugi::xml_node& package : node.children("package")) {
    std::string folder = package.attribute("name").as_string();
    for (const pugi::xml_node& file : package.children("sourcefile")) {
      std::string name = file.attribute("name").as_string();
      std::string whole = folder.empty() ? name : folder + "/" + name;
      std::string path = sources.file_of(module, whole, false);
      std::map<int, bool> ran;
      for (const pugi::xml_node& line : file.children("line"))
        ran[line.attribute("nr").as_int()] = line.attribute("ci").as_int() > 0;
      if (!path.empty()) add_lines(ran, outcome.coverage[path]);
    }
  }
}

}  // namespace

bool read_surefire(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  size_t begin = text.rfind("\n<report>");
  std::string_view said = text.substr(0, begin);
  if (is_compilation(said)) tell_uncompiled_java(said, scrub, outcome);
  pugi::xml_document document;
  if (begin != std::string_view::npos) {
    std::string_view report = text.substr(begin + 1);
    if (!document.load_buffer(report.data(), report.size())) return false;
  }
  JavaSources sources(scrub.worktree());
  std::set<std::string> known;  // a nested class may be told of with its outer one as well
  for (const pugi::xml_node& module : document.child("report").children("module")) {
    for (const pugi::xml_node& suite : module.children("testsuite")) {
      for (const pugi::xml_node& test : suite.children("testcase")) {
        TestResult result = result_of(test, module.attribute("path").as_string(), sources, scrub);
        if (known.insert(result.id).second) add_java_result(std::move(result), outcome);
      }
    }
  }
  bool ended = said.find("BUILD SUCCESS") != std::string_view::npos;
  return ended || !outcome.tests.empty();
}

bool read_maven(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  std::set<std::string> reported;
  for (JavaPlace& one : places_in(text, scrub)) {
    std::string rule;
    size_t open = one.message.rfind('[');
    size_t name = one.message.starts_with('(') ? one.message.find(") ") : std::string::npos;
    size_t colon = name == std::string::npos ? name : one.message.find(": ", name);
    if (one.message.ends_with(']') && open != std::string::npos) {
      rule = one.message.substr(open + 1, one.message.size() - open - 2);
      one.message = std::string(trim(one.message.substr(0, open)));
    } else if (colon != std::string::npos) {  // checkstyle's "(naming) MethodName: ..."
      rule = one.message.substr(name + 2, colon - name - 2);
      one.message = one.message.substr(colon + 2);
    }
    // checkstyle tells of each by its own line, and Maven's plugin by another.
    std::string key = fmt::format("{}:{}:{}:{}", one.path, one.line, rule, one.message);
    if (reported.insert(key).second)
      add_finding(outcome, {one.path, one.line, rule, one.message, one.severity});
  }
  bool untidy = false;
  for (const std::string& line : lines(text)) {
    std::string_view row = trim(line);
    if (row.starts_with("[ERROR] ")) row = row.substr(8);
    untidy = untidy || row.find("The following files had format violations:") < row.size();
    bool path = row.starts_with("    ") && trim(row).find(' ') == std::string_view::npos &&
                trim(row).rfind('.') != std::string_view::npos && row[4] != ' ';
    if (untidy && path)
      add_finding(outcome, {scrub.path(trim(row)), 0, "format",
                            "is not laid out as the formatter writes it", "error"});
  }
  return true;
}

bool read_jacoco(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  pugi::xml_document document;
  if (!document.load_buffer(text.data(), text.size())) return false;
  JavaSources sources(scrub.worktree());
  bool any = false;
  auto take = [&](const pugi::xml_node& parent, const std::string& module) {
    for (const pugi::xml_node& report : parent.children("report")) {
      take_jacoco(report, module, sources, outcome);
      any = true;
    }
  };
  take(document, "");
  for (const pugi::xml_node& module : document.child("coverage").children("module"))
    take(module, module.attribute("path").as_string());
  return any;
}

}  // namespace gf::gate
