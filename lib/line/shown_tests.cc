// What may be changed and what the memo points at comes whole, other tests for their form.
#include "line/shown_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/glob.h"
#include "base/text.h"
#include "gate/language.h"
#include "line/assignment.h"
#include "line/change.h"
#include "line/dossier.h"
#include "line/imports.h"
#include "line/test_form.h"
#include "stage/digest.h"
#include "stage/marks.h"

namespace gf::line {
namespace {

using Files = stage::Input::Files;

constexpr size_t kFormBytes = 12u << 10;       ///< of test files that show how tests look here
constexpr size_t kSharedBytes = 8u << 10;      ///< of what these import and their folders share
constexpr size_t kSharedFileBytes = 5u << 10;  ///< of one such file: half of it is read by anybody
constexpr size_t kLeastBytes = 512;            ///< less of a file shows nothing
constexpr size_t kFormFiles = 3;               ///< a memo that names more does not mean their form
constexpr size_t kPathsBeside = 400;           ///< looked through in a folder of tests
constexpr size_t kBesideBytes = 600;
constexpr size_t kTestsBytes = 32u << 10;  ///< of tests, in the prompts of those who do not build

/// Names by which tests near to a spec are found: all that it speaks of.
std::vector<std::string> names_near(const record::Spec& spec) {
  std::string text = spec.title + "\n" + spec.intent + "\n" + join(spec.constraints, "\n");
  for (const record::Assumption& assumption : spec.assumptions) text += "\n" + assumption.text;
  std::vector<std::string> names = names_of(spec);
  for (std::string& name : stage::names_in(text)) {
    if (std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(std::move(name));
  }
  return names;
}

/// Tests of a file that criteria let TEST change, by name.
std::vector<std::string> authorised_in(const record::Spec& spec, const std::string& path) {
  std::vector<std::string> names;
  for (const record::Criterion& criterion : spec.acceptance_criteria) {
    for (const std::string& id : criterion.authorises) {
      size_t at = id.rfind("::");
      if (at == std::string::npos || id.substr(0, id.find("::")) != path) continue;
      std::string name = id.substr(at + 2);
      names.push_back(name.substr(0, name.find('[')));
    }
  }
  return names;
}

/// What the memo names in a file: to be used again, and in what it says of it and of tests. What of
/// that the file does not define is nothing there.
std::vector<std::string> named_by_memo(const stage::Brief& brief, const std::string& path) {
  std::string text = brief.test_notes + "\n" + join(brief.conventions, "\n");
  for (const stage::Brief::Place& place : brief.places) {
    if (place.path == path) text += "\n" + place.why;
  }
  std::vector<std::string> names = stage::names_in(text);
  for (const stage::Brief::Reuse& one : brief.reuse) {
    if (one.path != path) continue;
    std::string name = one.symbol.substr(0, one.symbol.find('('));
    names.push_back(name.substr(name.find_last_of(".:") + 1));
  }
  return names;
}

/// What is shown of a test file for its form: what may be changed in it and what the memo points at
/// whole, and tests of names that the spec speaks of.
std::string shown_for_form(const Showing& showing, const std::string& path,
                           const std::string& content, size_t room) {
  std::string why;
  Looked looked;
  if (const auto& brief = showing.dossier->brief) {
    looked = looked_at(*brief, path, why);
    looked.whole = named_by_memo(*brief, path);
  }
  looked.names = names_near(*showing.dossier->spec);
  std::vector<std::string> own = authorised_in(*showing.dossier->spec, path);
  looked.whole.insert(looked.whole.begin(), own.begin(), own.end());
  return why + test_form(path, content, looked, room);
}

/// TEST reads tests and what those of a package share (test_scope), so it is shown no other file.
bool may_read(const Assignment& assignment, const std::vector<std::string>& forms,
              const std::string& path) {
  auto shares = [&](const std::string& form) {
    std::string folder = folder_of_tests(form);
    return !folder.empty() && glob_matches(folder + "**", path);
  };
  return is_test_path(assignment, path) || path == "conftest.py" ||
         path.ends_with("/conftest.py") || std::any_of(forms.begin(), forms.end(), shares);
}

bool is_shown(const Files& shown, const std::string& path) {
  return std::any_of(shown.begin(), shown.end(), [&](const auto& file) {
    return file.first == path || file.first.starts_with(path + " (");
  });
}

bool is_changed(const Showing& showing, const std::string& path) {
  if (showing.change == nullptr) return false;
  std::vector<std::string> paths = showing.change->paths();
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}

/// Files that hold no tests, and that those in `forms` import or have beside or above them as
/// fixtures.
void show_shared(const Showing& showing, const std::vector<std::string>& forms, Files& shown) {
  std::vector<Imported> shared;
  for (const std::string& path : forms) {
    for (std::string folder = folder_of(path);; folder = folder_of(folder)) {
      shared.push_back({folder + "conftest.py", {}});
      if (folder.empty()) break;
      folder.pop_back();
    }
    for (Imported& one : imported_by(path, showing.tree->read(path).value_or(""), *showing.tree))
      shared.push_back(std::move(one));
  }
  size_t room = kSharedBytes;
  for (const Imported& one : shared) {
    if (is_shown(shown, one.path) || !may_read(*showing.assignment, forms, one.path)) continue;
    auto content = showing.tree->read(one.path);
    if (!content || trim(*content).empty() || room < kLeastBytes) continue;
    Looked looked;
    looked.names = one.names;
    std::string text = shown_file(one.path, *content, looked, std::min(room, kSharedFileBytes));
    room -= std::min(room, text.size());
    shown.emplace_back(one.path + std::string(stage::kToRead), std::move(text));
  }
}

/// The names of what else stands in a folder of tests, so that nobody lists it.
std::string others_beside(const Showing& showing, const std::string& path) {
  std::string folder = folder_of(path);
  if (folder.empty()) return {};
  std::vector<std::string> names;
  for (const std::string& one :
       showing.tree->paths(folder.substr(0, folder.size() - 1), kPathsBeside)) {
    std::string name = one.substr(folder.size());
    if (one != path && name.find('/') == std::string::npos) names.push_back(std::move(name));
  }
  if (names.empty()) return {};
  return fmt::format("[beside it: {}]\n", clipped(join(names, ", "), kBesideBytes));
}

/// Where a new file of tests has to be named, the nearest to those that SCOUT found: in their
/// folders and above them, as far as that is among the tests.
std::vector<std::string> builds_of_tests(const Showing& showing) {
  std::vector<std::string> all;
  if (!showing.dossier->brief) return all;
  for (const std::string& path :
       gate::paths_matching(*showing.tree, showing.assignment->test_paths)) {
    if (!gate::builds_tests(path)) continue;
    std::string folder = path.substr(0, path.rfind('/') + 1);
    const std::vector<std::string>& tests = showing.dossier->brief->test_files;
    if (std::any_of(tests.begin(), tests.end(),
                    [&](const std::string& test) { return test.starts_with(folder); }))
      all.push_back(path);
  }
  return all;
}

}  // namespace

std::string folder_of_tests(const std::string& test_file) {
  size_t at = test_file.find("/test/");
  bool own = at != std::string::npos && gate::holds_tests(test_file);
  return own ? glob_literal(test_file.substr(0, at + 1)) + "test/" : "";
}

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
  std::set<std::string> authorised;
  for (const record::Criterion& criterion : showing.dossier->spec->acceptance_criteria) {
    for (const std::string& id : criterion.authorises)
      authorised.insert(id.substr(0, id.find("::")));
  }
  std::vector<std::string> added = added_to(*showing.assignment, *showing.dossier, *showing.tree);
  auto name_of_shown = [&](const std::string& path) {
    bool only =
        std::find(added.begin(), added.end(), path) != added.end() && !authorised.contains(path);
    return path + std::string(only ? stage::kToAddTo : "");
  };
  Files shown;
  size_t room = kTestsBytes;
  if (showing.assignment->wishes.rules >= Rules::kTestsAreBuilt) {
    std::vector<std::string> builds = builds_of_tests(showing);
    authorised.insert(builds.begin(), builds.end());
  }
  if (showing.change != nullptr) {
    Shelf own(room);
    for (const std::string& path : showing.change->paths()) {
      if (!is_test_path(*showing.assignment, path)) continue;
      Looked looked;
      look_at_change(showing.change, path, looked);
      looked.names = authorised_in(*showing.dossier->spec, path);
      if (auto content = showing.tree->read(path)) own.put(path, *content, looked);
    }
    shown = own.take();
    for (auto& file : shown) {
      room -= std::min(room, file.second.size());
      file.first = name_of_shown(file.first);
    }
  }
  std::set<std::string> shown_now = authorised;
  shown_now.insert(added.begin(), added.end());
  for (const std::string& path : shown_now) {
    bool to_add = std::find(added.begin(), added.end(), path) != added.end();
    bool own = is_test_path(*showing.assignment, path);
    if ((!own && !to_add) || (own && is_changed(showing, path))) continue;
    std::optional<std::string> content = showing.tree->read(path);
    if (!content) continue;
    std::string text = room < kLeastBytes
                           ? fmt::format("({} bytes, no room; read_file has it)\n", content->size())
                           : shown_for_form(showing, path, *content, std::min(room, kFormBytes));
    room -= std::min(room, text.size());
    shown.emplace_back(name_of_shown(path), std::move(text));
  }
  return shown;
}

void show_form_of_tests(const Showing& showing, Files& shown) {
  if (!showing.dossier->brief) return;
  std::vector<std::string> forms;
  for (const std::string& path : showing.dossier->brief->test_files) {
    bool known = std::find(forms.begin(), forms.end(), path) != forms.end();
    if (known || forms.size() >= kFormFiles || !is_test_path(*showing.assignment, path)) continue;
    std::optional<std::string> content = showing.tree->read(path);
    if (content && !trim(*content).empty()) forms.push_back(path);
  }
  size_t room = kFormBytes;
  for (size_t i = 0; i < forms.size(); ++i) {
    auto known = std::find_if(shown.begin(), shown.end(), [&](const auto& file) {
      return file.first == forms[i] || file.first == forms[i] + std::string(stage::kToAddTo);
    });
    if (known != shown.end() && is_changed(showing, forms[i])) continue;  // TEST's own work
    // What the memo names first is nearest: it has what the others leave, and half at least.
    size_t share = i + 1 == forms.size() ? room : room / 2;
    std::string text = shown_for_form(showing, forms[i], *showing.tree->read(forms[i]), share);
    room -= std::min(room, text.size());
    if (i == 0) text += others_beside(showing, forms[i]);
    if (known != shown.end()) {
      known->second = std::move(text);  // it may be changed, and is the form as well
    } else {
      shown.emplace_back(forms[i] + std::string(stage::kForItsForm), std::move(text));
    }
  }
  show_shared(showing, forms, shown);
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
