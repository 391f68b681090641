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
#include "gate/java_messages.h"

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

/// Why a module was not tested, where no line of a source is named for it: an option or a processor
/// that the compiler does not take.
void tell_uncompiled_somewhere(const std::vector<std::string>& said, const Scrubber& scrub,
                               GateOutcome& outcome) {
  auto why = std::find_if(said.begin(), said.end(), says_uncompiled);
  if (why == said.end()) return;
  std::string text;
  for (auto end = why + std::min<ptrdiff_t>(said.end() - why, 8); why != end; ++why)
    text += *why + "\n";
  add_java_result({".", TestStatus::kError, "compile", clipped(scrub(trim(text)), kJavaMessage)},
                  outcome);
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
  std::vector<std::string> rows = lines(said);
  if (std::any_of(rows.begin(), rows.end(), says_uncompiled)) {
    tell_uncompiled_java(said, scrub, outcome);
    if (outcome.tests.empty()) tell_uncompiled_somewhere(rows, scrub, outcome);
  }
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
