#include "gate/cpp_reports.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <pugixml.hpp>
#include <set>

#include "base/files.h"
#include "base/text.h"
#include "gate/unity_reports.h"
#include "record/json.h"

namespace gf::gate {
namespace {

using record::GateOutcome;
using record::TestResult;
using record::TestStatus;

constexpr size_t kCppMessage = 2000;
constexpr std::string_view kNot = "false", kFail = "fail";

bool is_in_tree(std::string_view path) {
  return !path.empty() && path[0] != '/' && path[0] != '<' && !path.starts_with("../");
}

void count(const TestResult& result, record::GateCounts& counts) {
  if (result.status == TestStatus::kPassed) ++counts.passed;
  if (result.status == TestStatus::kFailed) ++counts.failed;
  if (result.status == TestStatus::kError) ++counts.errors;
  if (result.status == TestStatus::kSkipped) ++counts.skipped;
}

void add(TestResult result, GateOutcome& outcome) {
  count(result, outcome.counts);
  outcome.tests.push_back(std::move(result));
}

/// One test in several programs is one test, and did as it did worst.
class Results {
 public:
  void add(TestResult result) {
    auto [found, is_new] = by_id_.try_emplace(result.id, all_.size());
    if (is_new) {
      all_.push_back(std::move(result));
    } else if (rank(result) > rank(all_[found->second])) {
      all_[found->second] = std::move(result);
    }
  }
  void end(GateOutcome& outcome) {
    for (TestResult& one : all_) gate::add(std::move(one), outcome);
  }

 private:
  static int rank(const TestResult& result) {
    if (result.status == TestStatus::kFailed) return 2;
    return result.status == TestStatus::kPassed ? 1 : 0;
  }
  std::vector<TestResult> all_;
  std::map<std::string, size_t> by_id_;
};

/// "IsHalf/0" is the test IsHalf with its first parameter.
std::string with_parameter(const std::string& name) {
  size_t slash = name.find('/');
  return slash == std::string::npos ? name
                                    : name.substr(0, slash) + "[" + name.substr(slash + 1) + "]";
}

/// Without its first line, which says where: that is last.
std::string googletest_message(const pugi::xml_node& said, const Scrubber& scrub) {
  std::string text = said.attribute("message").as_string();
  size_t end = text.find('\n');
  std::string where = scrub.path(text.substr(0, end));
  std::string rest = end == std::string::npos ? "" : text.substr(end + 1);
  return clipped(scrub(trim(rest) == "" ? where : rest + "\nat " + where), kCppMessage);
}

void read_googletest(const pugi::xml_node& report, const Scrubber& scrub, Results& results) {
  for (const pugi::xml_node& suite : report.children("testsuite")) {
    for (const pugi::xml_node& test : suite.children("testcase")) {
      // A program that only listed its tests, for ctest to know of them, left such a file as well.
      if (!test.attribute("status")) continue;
      TestResult result;
      std::string file = scrub.path(test.attribute("file").as_string());
      std::string name = std::string(test.attribute("classname").as_string()) +
                         "::" + with_parameter(test.attribute("name").as_string());
      result.id = to_utf8(is_in_tree(file) ? file + "::" + name : name);
      std::string_view state = test.attribute("result").as_string();
      if (pugi::xml_node failure = test.child("failure")) {
        result.status = TestStatus::kFailed;
        std::string text = failure.attribute("message").as_string();
        result.cause = text.starts_with("unknown file") || text.find("C++ exception") < text.size()
                           ? "other"
                           : "assertion";
        result.message = googletest_message(failure, scrub);
      } else if (test.child("skipped") || state == "skipped" || state == "suppressed") {
        result.status = TestStatus::kSkipped;
      }
      results.add(std::move(result));
    }
  }
}

/// Did a program of GoogleTest tell of its tests itself, to the end?
bool reports_its_tests(std::string_view said, bool any_googletest) {
  bool ran = said.find("[==========] Running ") != std::string_view::npos;
  return any_googletest && ran && said.find("[  PASSED  ] ") != std::string_view::npos;
}

/// What a test printed, the end of it: that is where it says why.
std::string last_words_of(std::string_view said, const Scrubber& scrub) {
  return clipped_middle(scrub(trim(said)), kCppMessage);
}

/// "REQUIRE(2 / 1 == 1)", with the values that it had, or what was thrown.
std::string case_message(const pugi::xml_node& test, const Scrubber& scrub) {
  pugi::xml_node said = test.find_node([](const pugi::xml_node& one) {
    std::string_view name = one.name();
    return name == "Exception" || name == "FatalErrorCondition" ||
           (name == "Expression" && one.attribute("success").as_string() == kNot);
  });
  if (!said) return {};
  std::string text;
  for (const char* part : {"Original", "Expanded", "Exception"}) {
    std::string one(trim(said.child(part).text().as_string()));
    if (!one.empty()) text += (text.empty() ? "" : "\n") + one;
  }
  if (text.empty()) text = trim(said.text().as_string());
  if (std::string where = scrub.path(said.attribute("filename").as_string()); !where.empty())
    text += fmt::format("\nat {}:{}", where, said.attribute("line").as_string());
  return clipped(scrub(text), kCppMessage);
}

/// A case of Catch2 or doctest, in the words of their own XML.
TestResult case_result(const pugi::xml_node& test, const Scrubber& scrub) {
  TestResult result;
  std::string file = scrub.path(test.attribute("filename").as_string());
  std::string name(trim(test.attribute("name").as_string()));
  result.id = to_utf8(is_in_tree(file) ? file + "::" + name : name);
  pugi::xml_node catch2 = test.child("OverallResult"),
                 doctest = test.child("OverallResultsAsserts");
  bool passed = catch2 ? catch2.attribute("success").as_string() != kNot
                       : doctest.attribute("test_case_success").as_string() != kNot;
  if (test.attribute("skipped").as_bool() || (!catch2 && !doctest)) {
    result.status = TestStatus::kSkipped;
  } else if (!passed) {
    result.status = TestStatus::kFailed;
    bool thrown = test.find_node([](const pugi::xml_node& one) {
      std::string_view of = one.name();
      return of == "Exception" || of == "FatalErrorCondition";
    });
    result.cause = thrown ? "other" : "assertion";
    result.message = case_message(test, scrub);
  }
  return result;
}

void collect_cases(const pugi::xml_node& from, const Scrubber& scrub,
                   std::vector<TestResult>& cases) {
  for (const pugi::xml_node& one : from.children()) {
    std::string_view name = one.name();
    if (name == "TestCase") cases.push_back(case_result(one, scrub));
    if (name != "TestCase") collect_cases(one, scrub, cases);
  }
}

/// Programs that told their cases by themselves, by the name that ctest has for them.
using Cases = std::map<std::string, std::vector<TestResult>>;

bool any_failed(const std::vector<TestResult>& tests) {
  return std::any_of(tests.begin(), tests.end(),
                     [](const TestResult& one) { return one.status == TestStatus::kFailed; });
}

/// Those of a program, where they come to what ctest saw of it: it may have been run with more than
/// its name, and then they are of another run.
const std::vector<TestResult>* cases_of(const Cases& programs, const std::string& name,
                                        bool failed) {
  auto found = programs.find(name);
  if (found == programs.end() || found->second.empty()) return nullptr;
  return any_failed(found->second) == failed ? &found->second : nullptr;
}

void read_ctests(const pugi::xml_node& suite, bool any_googletest, const Cases& programs,
                 const Scrubber& scrub, Results& results) {
  std::string_view suite_name = suite.attribute("name").as_string();
  for (const pugi::xml_node& test : suite.children("testcase")) {
    // What Meson tells of a program of GoogleTest: the program has told more.
    std::string of = test.attribute("classname").as_string();
    if (any_googletest && suite_name.ends_with("." + of) && !of.empty()) continue;
    bool failed = test.child("failure") || test.attribute("status").as_string() == kFail;
    if (const auto* cases = cases_of(programs, test.attribute("name").as_string(), failed)) {
      for (const TestResult& one : *cases) results.add(one);
      continue;
    }
    std::string said = test.child("system-out").text().as_string();
    said += test.child("system-err").text().as_string();
    std::string_view status = test.attribute("status").as_string();
    if (reports_its_tests(said, any_googletest)) continue;
    if (any_googletest && status == "disabled") continue;
    std::vector<TestResult> unity = unity_tests(said, scrub);
    if (!unity.empty() && any_failed(unity) == failed) {
      for (TestResult& one : unity) results.add(std::move(one));
      continue;
    }
    TestResult result;
    result.id = to_utf8(test.attribute("name").as_string());
    if (failed) {
      result.status = TestStatus::kFailed;
      bool asserted = said.find("Assertion") != std::string::npos ||
                      said.find("REQUIRE") != std::string::npos ||
                      said.find("CHECK") != std::string::npos;
      result.cause = asserted ? "assertion" : "other";
      result.message = last_words_of(said, scrub);
    } else if (test.child("skipped") || status == "disabled" || status == "notrun") {
      result.status = TestStatus::kSkipped;
    }
    results.add(std::move(result));
  }
}

/// The words between the brackets of "TEST_F(Half, Halves) {", in quotes or not.
std::vector<std::string> named_in(std::string_view line) {
  size_t open = line.find('(');
  if (open == std::string_view::npos) return {};
  std::string_view inside = line.substr(open + 1);
  if (inside.starts_with('"')) {
    inside.remove_prefix(1);
    return {std::string(inside.substr(0, inside.find('"')))};
  }
  std::vector<std::string> names;
  for (const std::string& one : split(inside.substr(0, inside.find(')')), ','))
    names.emplace_back(trim(one));
  return names;
}

/// "CMake Error at tests/CMakeLists.txt:3 (find_package):".
void take_cmake_error(const std::vector<std::string>& all, size_t at, const Scrubber& scrub,
                      std::map<std::string, std::string>& files) {
  constexpr std::string_view kError = "CMake Error at ";
  if (!all[at].starts_with(kError)) return;
  std::string place = all[at].substr(kError.size());
  std::string path = scrub.path(place.substr(0, place.find(':')));
  std::string text;
  for (size_t i = at; i < all.size() && i < at + 12; ++i) text += all[i] + "\n";
  if (is_in_tree(path)) files.try_emplace(path, scrub(trim(text)));
}

/// A line of ld's, "ld: a.o: in function `main': /w/a.cc:5: undefined reference to `x'", from where
/// it names the source.
std::string_view from_source(std::string_view line) {
  size_t undefined = line.find(": undefined reference to ");
  if (undefined == std::string_view::npos) return line;
  size_t begin = line.substr(0, undefined).rfind(' ');
  return begin == std::string_view::npos ? line : line.substr(begin + 1);
}

/// Nothing was tested: what does not compile, and which tests stand there.
void tell_uncompiled(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  std::map<std::string, std::string> files;
  std::set<std::string> failed;
  std::vector<std::string> all = lines(text);
  for (size_t at = 0; at < all.size(); ++at) {
    take_cmake_error(all, at, scrub, files);
    bool error = all[at].find(": error: ") != std::string::npos ||
                 all[at].find(": fatal error: ") != std::string::npos ||
                 all[at].find("undefined reference to ") != std::string::npos;
    if (!error) continue;
    GateOutcome parsed;
    read_text(from_source(all[at]), scrub, parsed);
    for (const record::Finding& one : parsed.findings) {
      std::string path = one.path;
      if (!is_in_tree(path)) continue;
      auto source = lines(read_file(scrub.worktree() + "/" + path).value_or(""));
      auto test = cpp_test_at(source, one.line);
      std::string id =
          test && test->find("::") == std::string::npos ? *test : path + "::" + test.value_or("");
      if (test && failed.insert(id).second)
        add({id, TestStatus::kFailed, "missing-symbol", "does not compile: " + one.message},
            outcome);
      files.try_emplace(path, fmt::format("{}:{}: {}", path, one.line, one.message));
    }
  }
  for (const auto& [path, message] : files)
    add({path, TestStatus::kError, "compile", clipped(message, kCppMessage)}, outcome);
}

}  // namespace

std::optional<std::string> cpp_test_at(const std::vector<std::string>& lines, int number) {
  if (number < 1 || static_cast<size_t>(number) > lines.size()) return std::nullopt;
  for (auto at = static_cast<size_t>(number); at > 0; --at) {
    const std::string& line = lines[at - 1];
    bool ends = line.starts_with("}") && at < static_cast<size_t>(number);
    if (ends) return std::nullopt;
    std::string_view macro = std::string_view(line).substr(0, line.find('('));
    std::vector<std::string> names = named_in(line);
    for (std::string_view one : {"TEST", "TEST_F", "TEST_P", "TYPED_TEST", "TYPED_TEST_P"}) {
      if (macro == one && names.size() == 2) return names[0] + "::" + names[1];
    }
    for (std::string_view one : {"TEST_CASE", "SCENARIO", "TEST_CASE_METHOD"}) {
      if (macro == one && !names.empty()) return names[0];
    }
  }
  return std::nullopt;
}

bool read_ctest(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  if (!text.starts_with("<report>")) {
    tell_uncompiled(text, scrub, outcome);
    return outcome.counts.executed() > 0;
  }
  pugi::xml_document document;
  if (!document.load_buffer(text.data(), text.size())) return false;
  pugi::xml_node report = document.child("report");
  std::vector<pugi::xml_node> runners;  // ctest's one suite, meson's
  Results results;
  bool any_googletest = false;
  Cases programs;
  for (const pugi::xml_node& one : report.children()) {
    if (one.name() == std::string_view("program")) {
      collect_cases(one, scrub, programs[one.attribute("name").as_string()]);
      continue;
    }
    bool googletest = one.attribute("name").as_string() == std::string_view("AllTests");
    any_googletest = any_googletest || googletest;
    if (googletest) read_googletest(one, scrub, results);
    if (googletest) continue;
    if (one.name() == std::string_view("testsuite")) runners.push_back(one);
    for (const pugi::xml_node& suite : one.children("testsuite")) runners.push_back(suite);
  }
  for (const pugi::xml_node& one : runners) {
    read_ctests(one, any_googletest, programs, scrub, results);
  }
  results.end(outcome);
  return !runners.empty() || any_googletest;
}

bool read_gcov(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  std::map<std::string, std::map<int, bool>> files;
  bool any = false;
  for (const std::string& line : lines(text)) {
    auto json = record::Json::parse(line);
    if (!json.ok() || !json->has("files")) continue;
    any = true;
    std::filesystem::path from = json->get_string("current_working_directory");
    for (const record::Json& file : json->get("files").items()) {
      std::string path = scrub.path((from / file.get_string("file")).lexically_normal().string());
      if (!is_in_tree(path)) continue;
      for (const record::Json& one : file.get("lines").items()) {
        bool& ran = files[path][static_cast<int>(one.get_int("line_number"))];
        ran = ran || one.get_int("count") > 0;
      }
    }
  }
  for (const auto& [path, ran] : files) add_lines(ran, outcome.coverage[path]);
  return any;
}

}  // namespace gf::gate
