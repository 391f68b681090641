#include "line/shown_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/source_text.h"
#include "base/text.h"
#include "line/assignment.h"
#include "line/change.h"
#include "line/dossier.h"
#include "stage/digest.h"

namespace gf::line {
namespace {

using Files = stage::Input::Files;

constexpr size_t kFormBytes = 8u << 10;     ///< of a test file that shows how tests look here
constexpr size_t kFixtureBytes = 3u << 10;  ///< of what the tests of a folder share
constexpr size_t kTestsBytes = 32u << 10;   ///< of tests, in the prompts of those who do not build

/// The first test of a file, that one has its form before one.
std::optional<Span> first_test(std::string_view path, const std::string& content) {
  auto syntax = syntax_of(path);
  if (!syntax) return std::nullopt;
  std::vector<std::string> source = lines(to_utf8(content));
  for (size_t at : definition_lines(source, *syntax)) {
    auto found = lower(defined_name(source[at])).starts_with("test_")
                     ? definition_at(source, at, *syntax)
                     : std::nullopt;
    if (found) return found->whole;
  }
  return std::nullopt;
}

/// What is shown of a test file for its form: what the memo points at, tests of names that the spec
/// speaks of, and at least one test.
std::string shown_for_form(const Showing& showing, const std::string& path,
                           const std::string& content) {
  std::string why;
  Looked looked = looked_at(*showing.dossier->brief, path, why);
  looked.names = names_of(*showing.dossier->spec);
  bool named = std::any_of(looked.names.begin(), looked.names.end(), [&](const std::string& name) {
    return content.find(name) != std::string::npos;
  });
  auto first = looked.places.empty() && !named ? first_test(path, content) : std::nullopt;
  if (first) looked.places.push_back(*first);
  return why + shown_file(path, content, looked, kFormBytes);
}

}  // namespace

Looked looked_at(const stage::Brief& brief, const std::string& path, std::string& why) {
  Looked looked;
  for (const stage::Brief::Place& place : brief.places) {
    if (place.path != path || place.first < 1 || place.last < place.first) continue;
    looked.places.push_back(
        {static_cast<size_t>(place.first - 1), static_cast<size_t>(place.last - 1)});
    if (!place.why.empty()) why += fmt::format("[{}-{}: {}]\n", place.first, place.last, place.why);
  }
  return looked;
}

void look_at_change(const Change* change, const std::string& path, Looked& looked) {
  if (change == nullptr) return;
  std::vector<Span> touched;
  for (const git::Hunk& hunk : change->hunks) {
    if (hunk.path != path || hunk.new_start < 1) continue;
    auto first = static_cast<size_t>(hunk.new_start - 1);
    touched.push_back({first, first + static_cast<size_t>(std::max(hunk.new_count, 1)) - 1});
  }
  looked.places.insert(looked.places.begin(), touched.begin(), touched.end());
}

Files tests_to_change(const Showing& showing) {
  std::map<std::string, Looked> authorised;
  for (const record::Criterion& criterion : showing.dossier->spec->acceptance_criteria) {
    for (const std::string& id : criterion.authorises) {
      size_t at = id.rfind("::");
      Looked& looked = authorised[id.substr(0, id.find("::"))];
      if (at == std::string::npos) continue;
      std::string name = id.substr(at + 2);
      looked.names.push_back(name.substr(0, name.find('[')));
    }
  }
  if (showing.change != nullptr) {
    for (const std::string& path : showing.change->paths()) {
      if (is_test_path(*showing.assignment, path))
        look_at_change(showing.change, path, authorised[path]);
    }
  }
  Shelf shelf(kTestsBytes);
  for (auto& [path, looked] : authorised) {
    if (!is_test_path(*showing.assignment, path)) continue;
    if (showing.dossier->brief) {
      std::string why;
      std::vector<Span> places = looked_at(*showing.dossier->brief, path, why).places;
      looked.places.insert(looked.places.end(), places.begin(), places.end());
    }
    if (auto content = showing.tree->read(path)) shelf.put(path, *content, looked);
  }
  return shelf.take();
}

void show_form_of_tests(const Showing& showing, Files& shown) {
  if (!showing.dossier->brief) return;
  auto known = [&](const std::string& path) {
    return std::any_of(shown.begin(), shown.end(),
                       [&](const auto& file) { return file.first == path; });
  };
  for (const std::string& path : showing.dossier->brief->test_files) {
    auto content =
        is_test_path(*showing.assignment, path) ? showing.tree->read(path) : std::nullopt;
    if (!content) continue;
    if (!known(path)) {
      shown.emplace_back(path + " (to read, for its form; not yours to change)",
                         shown_for_form(showing, path, *content));
    }
    std::string fixtures = path.substr(0, path.rfind('/') + 1) + "conftest.py";
    auto shared = known(fixtures) ? std::nullopt : showing.tree->read(fixtures);
    if (shared && !trim(*shared).empty()) {
      shown.emplace_back(fixtures + " (to read; not yours to change)",
                         shown_file(fixtures, *shared, {}, kFixtureBytes));
    }
    return;
  }
}

Files tests_of_criteria(const Showing& showing) {
  std::set<std::string> changed;
  if (showing.change != nullptr) {
    for (const std::string& path : showing.change->paths()) changed.insert(path);
  }
  std::map<std::string, Looked> carrying;
  for (const record::GateOutcome& outcome : showing.dossier->tested) {
    for (const record::TestResult& test : outcome.tests) {
      std::string path = test.id.substr(0, test.id.find("::"));
      if (changed.contains(path)) continue;
      for (const record::Criterion& criterion : showing.dossier->spec->acceptance_criteria) {
        if (!stage::carries_id(test.id, criterion.id)) continue;
        std::string name = test.id.substr(test.id.rfind(':') + 1);
        carrying[path].names.push_back(name.substr(0, name.find('[')));
      }
    }
  }
  Shelf shelf(kTestsBytes);
  for (const auto& [path, looked] : carrying) {
    if (auto content = showing.tree->read(path)) shelf.put(path, *content, looked);
  }
  return shelf.take();
}

}  // namespace gf::line
