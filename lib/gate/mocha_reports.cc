// mocha's JSON. A file that it cannot load ends it before it writes any.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "gate/javascript_reports.h"
#include "gate/javascript_results.h"
#include "record/json.h"

namespace gf::gate {
namespace {

using record::GateOutcome;
using record::Json;
using record::TestResult;
using record::TestStatus;

constexpr std::string_view kExceptionOfMocha = "Exception during run:";

bool is_projects(std::string_view path) {
  return !path.empty() && !path.starts_with('/') &&
         path.find("node_modules/") == std::string_view::npos;
}

/// The file that mocha could not load, after which it runs none: the last of what required another,
/// the one that imports what is not there, or the place of a mistake. Empty: none of the project.
std::string file_not_loaded(std::string_view text, const Scrubber& scrub) {
  std::string found;
  bool stack = false;
  for (const std::string& line : lines(text)) {
    std::string_view row = trim(line);
    size_t from = row.rfind(" imported from ");
    std::string place_in_tree;
    if (from != std::string_view::npos) place_in_tree = scrub.path(row.substr(from + 15));
    if (stack && row.starts_with("- ")) place_in_tree = scrub.path(row.substr(2));
    stack = row == "Require stack:" || (stack && row.starts_with("- "));
    if (is_projects(place_in_tree)) found = place_in_tree;
    if (!found.empty() || !row.starts_with(kExceptionOfMocha)) continue;
    std::string_view place = trim(row.substr(kExceptionOfMocha.size()));
    if (place.starts_with("file://")) place.remove_prefix(7);
    place_in_tree = scrub.path(place.substr(0, place.rfind(':')));
    if (place.starts_with('/') && is_projects(place_in_tree)) found = place_in_tree;
  }
  return found;
}

/// What mocha prints where it writes no report. False: that is none of its words.
bool read_mocha_without_report(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  if (text.find("Error: No test files found") != std::string_view::npos) return true;
  size_t at = text.find(kExceptionOfMocha);
  if (at == std::string_view::npos) return false;
  std::string file = file_not_loaded(text.substr(at), scrub);
  if (file.empty()) return false;  // its own, or what it was configured with
  add_result(unloaded(file, text.substr(at + kExceptionOfMocha.size()), scrub), outcome);
  return true;
}

/// `"before all" hook for "x"`: mocha tells what went wrong around x, and nothing of x.
std::string test_of_hook(const std::string& title) {
  constexpr std::string_view kFor = " hook for \"";
  size_t at = title.find(kFor);
  if (!title.starts_with('"') || at == std::string::npos || !title.ends_with('"')) return title;
  return title.substr(at + kFor.size(), title.size() - at - kFor.size() - 1);
}

std::string mocha_id(const Json& test, const std::string& title, const Scrubber& scrub) {
  std::string id = scrub.path(test.get_string("file")), full = test.get_string("fullTitle");
  std::string own = test.get_string("title");
  if (full.size() > own.size() + 1 && full.ends_with(own))
    id += "::" + full.substr(0, full.size() - own.size() - 1);
  return id + "::" + title;
}

/// Hooks that failed: they are among the failures, and are no tests.
void add_failed_hooks(const Json& report, const Scrubber& scrub, GateOutcome& outcome) {
  std::set<std::string> known;
  for (const TestResult& test : outcome.tests) known.insert(test.id);
  for (const Json& failure : report.get("failures").items()) {
    std::string title = failure.get_string("title");
    if (known.contains(mocha_id(failure, title, scrub))) continue;
    std::string id = mocha_id(failure, test_of_hook(title), scrub);
    if (known.contains(id)) id = mocha_id(failure, title, scrub);
    Json error = failure.get("err");
    add_result({id, TestStatus::kError, "setup",
                said_in(error.get_string("stack", error.get_string("message")), scrub)},
               outcome);
  }
}

}  // namespace

bool read_mocha(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  size_t begin = text.find("{\n");
  auto json = Json::parse(begin == std::string_view::npos ? text : text.substr(begin));
  if (!json.ok() || !json->has("tests")) return read_mocha_without_report(text, scrub, outcome);
  std::vector<std::string> pending;
  for (const Json& test : json->get("pending").items())
    pending.push_back(test.get_string("fullTitle"));
  for (const Json& test : json->get("tests").items()) {
    std::string file = scrub.path(test.get_string("file")), full = test.get_string("fullTitle");
    std::string id = mocha_id(test, test.get_string("title"), scrub);
    Json error = test.get("err");
    std::string said = error.get_string("stack", error.get_string("message"));
    if (error.size() > 0) {
      add_result(failed_test(id, said, file, scrub), outcome);
    } else {
      bool skipped = std::find(pending.begin(), pending.end(), full) != pending.end();
      add_result({id, skipped ? TestStatus::kSkipped : TestStatus::kPassed, "", ""}, outcome);
    }
  }
  add_failed_hooks(*json, scrub, outcome);
  return true;
}

}  // namespace gf::gate
