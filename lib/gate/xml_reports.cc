// JUnit and Cobertura, read by pugixml (which expands no entities of a document's own).
#include <fmt/format.h>

#include <pugixml.hpp>

#include "base/text.h"
#include "gate/reports.h"

namespace gf::gate {
namespace {

constexpr size_t kMaxMessage = 2048;

bool has(std::string_view text, std::string_view what) { return text.find(what) != std::string_view::npos; }

/// Why a test failed, from pytest's message (its first line) and text.
std::string failure_cause(std::string_view message) {
  for (std::string_view name : {"ImportError", "ModuleNotFoundError", "AttributeError", "NameError"}) {
    if (message.starts_with(name)) return "missing-symbol";
  }
  if (message.starts_with("AssertionError") || message.starts_with("assert ") || message.starts_with("Failed: DID NOT RAISE") ||
      message.starts_with("Failed:")) {
    return "assertion";
  }
  return "other";
}

std::string error_cause(std::string_view message) {
  if (has(message, "collection")) return "collection";
  if (has(message, "teardown")) return "teardown";
  return "setup";
}

/// pytest's node id from xunit1's attributes: file, classname "tests.test_a.TestC", name "test_x[1]".
std::string node_id(const pugi::xml_node& test, const Scrubber& scrub) {
  std::string file = scrub.path(test.attribute("file").as_string());
  std::string name = test.attribute("name").as_string();
  std::string classname = test.attribute("classname").as_string();
  if (file.empty()) return classname.empty() ? name : classname + "::" + name;
  std::string module = replace_all(file.substr(0, file.rfind(".py")), "/", ".");
  std::string classes = classname.size() > module.size() && classname.starts_with(module) ? classname.substr(module.size() + 1) : "";
  return file + (classes.empty() ? "" : "::" + replace_all(classes, ".", "::")) + "::" + name;
}

void add_test(const pugi::xml_node& test, const Scrubber& scrub, record::GateOutcome& outcome) {
  record::TestResult result;
  result.id = to_utf8(node_id(test, scrub));
  pugi::xml_node failure = test.child("failure"), error = test.child("error"), skipped = test.child("skipped");
  pugi::xml_node told = failure ? failure : error ? error : skipped;
  std::string message = told.attribute("message").as_string();
  if (failure) {
    result.status = record::TestStatus::kFailed;
    result.cause = failure_cause(message);
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
  if (told) result.message = clipped(scrub(message), kMaxMessage);
  outcome.tests.push_back(std::move(result));
}

void each_case(const pugi::xml_node& node, const Scrubber& scrub, record::GateOutcome& outcome, int depth) {
  if (depth > 50) return;
  for (const pugi::xml_node& child : node.children()) {
    std::string_view name = child.name();
    if (name == "testcase") add_test(child, scrub, outcome);
    if (name == "testsuite" || name == "testsuites") each_case(child, scrub, outcome, depth + 1);
  }
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
  // File names are relative to one of the <source> folders.
  std::vector<std::string> sources;
  for (const pugi::xml_node& source : root.child("sources").children("source")) {
    std::string folder = scrub.path(source.text().as_string());
    sources.push_back(folder == "." || folder.starts_with("/") ? "" : folder);
  }
  std::string prefix = sources.empty() || sources[0].empty() ? "" : sources[0] + "/";
  for (const pugi::xml_node& package : root.child("packages").children("package")) {
    for (const pugi::xml_node& type : package.child("classes").children("class")) {
      record::FileCoverage& file = outcome.coverage[prefix + scrub.path(type.attribute("filename").as_string())];
      for (const pugi::xml_node& line : type.child("lines").children("line")) {
        int number = line.attribute("number").as_int();
        (line.attribute("hits").as_int() > 0 ? file.executed : file.missing).push_back(number);
      }
    }
  }
  return true;
}

}  // namespace gf::gate
