// JUnit and Cobertura, read by pugixml (which expands no entities of a document's own).
#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>
#include <set>

#include "base/files.h"
#include "base/text.h"
#include "gate/reports.h"

namespace gf::gate {
namespace {

constexpr size_t kMaxMessage = 2000;  // 2 KB with the mark of the cut

std::string_view folder_of(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : path.substr(0, slash);
}

/// Is the frame that ends at `rows[at]` a `__getattr__`? That is how a module or an object says
/// that it has no such name: who asked for it is one frame up.
bool is_getattr(const std::vector<std::string>& rows, size_t at) {
  if (rows[at].ends_with(": in __getattr__")) return true;
  for (size_t i = at; i > 0 && rows[i - 1].find(".py:") == std::string::npos; --i) {
    if (trim(rows[i - 1]).starts_with("def __getattr__(")) return true;
  }
  return false;
}

/// Was it raised in the tests, or in a library that they called (unittest.mock)? Then the symbol is
/// what the test looked for. Raised deep in the code under test it is a defect like any other.
bool raised_in_tests(std::string_view text, std::string_view file, const Scrubber& scrub) {
  std::vector<std::string> rows = lines(text);
  for (size_t i = rows.size(); i > 0; --i) {
    size_t colon = rows[i - 1].find(".py:");
    if (colon == std::string::npos) continue;
    std::string path = scrub.path(rows[i - 1].substr(0, colon + 3));
    if (is_getattr(rows, i - 1)) continue;
    bool outside = path.starts_with("/") || path.starts_with("<") || path.starts_with("../");
    return outside || path == file || folder_of(path) == folder_of(file);
  }
  return true;  // no traceback to tell from
}

/// Why a test failed, from pytest's message (its first line) and text.
std::string failure_cause(std::string_view message, std::string_view text, std::string_view file,
                          const Scrubber& scrub) {
  for (std::string_view name :
       {"ImportError", "ModuleNotFoundError", "AttributeError", "NameError"}) {
    if (!message.starts_with(name)) continue;
    return raised_in_tests(text, file, scrub) ? "missing-symbol" : "other";
  }
  if (message.starts_with("Failed: Timeout")) return "other";  // of pytest-timeout
  for (std::string_view start : {"AssertionError", "assert ", "Failed:"}) {
    if (message.starts_with(start)) return "assertion";
  }
  return "other";
}

/// By how pytest begins its message: what follows is the test's own text.
std::string error_cause(std::string_view message) {
  if (message.starts_with("collection")) return "collection";
  if (message.starts_with("failed on teardown")) return "teardown";
  return "setup";
}

/// pytest's node id from xunit1's attributes: file, classname "tests.test_a.TestC", name
/// "test_x[1]".
std::string node_id(const pugi::xml_node& test, const Scrubber& scrub) {
  std::string file = scrub.path(test.attribute("file").as_string());
  std::string name = test.attribute("name").as_string();
  std::string classname = test.attribute("classname").as_string();
  if (file.empty()) return classname.empty() ? name : classname + "::" + name;
  std::string module = replace_all(file.substr(0, file.rfind(".py")), "/", ".");
  if (classname.empty() && name == module) return file;  // the file itself did not collect
  std::string classes = classname.size() > module.size() && classname.starts_with(module + ".")
                            ? classname.substr(module.size() + 1)
                            : "";
  return file + (classes.empty() ? "" : "::" + replace_all(classes, ".", "::")) + "::" + name;
}

void add_test(const pugi::xml_node& test, const Scrubber& scrub, record::GateOutcome& outcome) {
  record::TestResult result;
  result.id = to_utf8(node_id(test, scrub));
  pugi::xml_node failure = test.child("failure"), error = test.child("error"),
                 skipped = test.child("skipped");
  pugi::xml_node reason = failure ? failure : error ? error : skipped;
  std::string message = reason.attribute("message").as_string();
  if (failure) {
    result.status = record::TestStatus::kFailed;
    result.cause = failure_cause(message, failure.text().as_string(),
                                 result.id.substr(0, result.id.find("::")), scrub);
    ++outcome.counts.failed;
  } else if (error) {
    result.status = record::TestStatus::kError;
    result.cause = error_cause(message);
    if (result.cause == "collection") message += "\n" + std::string(error.text().as_string());
    ++outcome.counts.errors;
  } else if (skipped) {
    result.status = record::TestStatus::kSkipped;
    ++outcome.counts.skipped;
  } else {
    ++outcome.counts.passed;
  }
  if (reason) result.message = clipped(scrub(message), kMaxMessage);
  outcome.tests.push_back(std::move(result));
}

void each_case(const pugi::xml_node& node, const Scrubber& scrub, record::GateOutcome& outcome,
               int depth) {
  if (depth > 50) return;
  for (const pugi::xml_node& child : node.children()) {
    std::string_view name = child.name();
    if (name == "testcase") add_test(child, scrub, outcome);
    if (name == "testsuite" || name == "testsuites") each_case(child, scrub, outcome, depth + 1);
  }
}

/// How many of the lines that a report counts cannot be statements of this text.
size_t misfits(const std::string& text, const record::FileCoverage& counted_lines) {
  std::vector<std::string> all = lines(text);
  auto wrong = [&](int number) {
    auto at = static_cast<size_t>(std::max(number, 1) - 1);
    return at >= all.size() || trim(all[at]).empty();
  };
  auto count = [&](const std::vector<int>& numbers) {
    return static_cast<size_t>(std::count_if(numbers.begin(), numbers.end(), wrong));
  };
  return count(counted_lines.executed) + count(counted_lines.missing);
}

/// File names are relative to one of the <source> folders, and the report does not say to which.
/// Where files of one name are in several it is those that the counted lines fit best: an old name
/// of a package, whose modules only import the new one's, has shorter files.
std::vector<std::string> under_sources(const std::vector<std::string>& sources,
                                       const std::string& name,
                                       const record::FileCoverage& counted_lines,
                                       const Scrubber& scrub) {
  if (sources.size() < 2) return {sources.empty() ? name : sources[0] + name};
  std::vector<std::string> best;
  size_t least = 0;
  for (const std::string& source : sources) {
    auto text = read_file(scrub.worktree() + "/" + source + name);
    if (!text) continue;
    size_t wrong = misfits(*text, counted_lines);
    if (best.empty() || wrong < least) best.clear();
    if (!best.empty() && wrong > least) continue;
    least = wrong;
    best.push_back(source + name);
  }
  if (best.empty()) best.push_back(sources[0] + name);
  return best;
}

/// Of a file that is told twice: what ran once did run.
void add_coverage(const record::FileCoverage& more, record::FileCoverage& file) {
  std::set<int> executed(file.executed.begin(), file.executed.end());
  executed.insert(more.executed.begin(), more.executed.end());
  std::set<int> missing(file.missing.begin(), file.missing.end());
  missing.insert(more.missing.begin(), more.missing.end());
  for (int number : executed) missing.erase(number);
  file.executed.assign(executed.begin(), executed.end());
  file.missing.assign(missing.begin(), missing.end());
}

}  // namespace

bool read_junit(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome) {
  pugi::xml_document document;
  if (!document.load_buffer(text.data(), text.size())) return false;
  std::string_view root = document.document_element().name();
  if (root != "testsuites" && root != "testsuite") return false;
  each_case(document, scrub, outcome, 0);
  return true;
}

bool read_cobertura(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome) {
  pugi::xml_document document;
  if (!document.load_buffer(text.data(), text.size())) return false;
  pugi::xml_node root = document.child("coverage");
  if (!root) return false;
  std::vector<std::string> sources;
  for (const pugi::xml_node& source : root.child("sources").children("source")) {
    std::string folder = scrub.path(source.text().as_string());
    sources.push_back(folder == "." || folder.starts_with("/") ? "" : folder + "/");
  }
  for (const pugi::xml_node& package : root.child("packages").children("package")) {
    for (const pugi::xml_node& type : package.child("classes").children("class")) {
      record::FileCoverage file;
      for (const pugi::xml_node& line : type.child("lines").children("line")) {
        int number = line.attribute("number").as_int();
        (line.attribute("hits").as_int() > 0 ? file.executed : file.missing).push_back(number);
      }
      std::string name = scrub.path(type.attribute("filename").as_string());
      for (const std::string& path : under_sources(sources, name, file, scrub))
        add_coverage(file, outcome.coverage[path]);
    }
  }
  return true;
}

}  // namespace gf::gate
