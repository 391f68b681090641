#include "stage/first_look.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/glob.h"
#include "stage/look_page.h"

namespace gf::stage {
namespace {

constexpr size_t kShortTouched = 6u << 10;  ///< bytes: one that is touched is shown whole
constexpr size_t kWholeFile = 16u << 10;    ///< the same, where all that is touched has room for it
constexpr size_t kShortElsewhere = 5u << 10;  ///< one that is gone through and shown whole
constexpr size_t kShortTests = 8u << 10;      ///< a test file that is shown whole
constexpr size_t kWholeUnit = 8u << 10;       ///< of the place of the change itself
constexpr size_t kPlainUnit = 3u << 10;       ///< of another one; a longer one is shown in parts
constexpr size_t kTestUnit = 2u << 10;        ///< of a test
constexpr size_t kTextBytes = 4u << 10;       ///< of a long text
constexpr size_t kElsewhereBytes = 9u << 10;  ///< of all files that the spec does not touch
constexpr size_t kHelpersBytes = 5u << 10;    ///< of files that the nearest tests use
constexpr double kOfText = 0.3;               ///< of the best paragraph: less tells nothing
constexpr double kLeastShown = 0.05;          ///< of the best unit: less is not worth its bytes
constexpr double kLeastTest = 0.1;            ///< of the best test

/// What is left of a part's own bound, as a bound of all that is shown.
size_t within(const LookPage& page, size_t bytes, size_t spent, size_t most) {
  return std::min(most, page.used() + bytes - std::min(bytes, spent));
}

/// Files that are touched and so short that anybody reads all of them.
void show_short_files(const LookState& state, LookPage& page, size_t most) {
  size_t all = 0;
  for (const LookFile& file : state.files) all += file.touched ? file.size : 0;
  for (size_t i = 0; i < state.files.size(); ++i) {
    const LookFile& file = state.files[i];
    bool fits = file.size <= kShortTouched || (file.size <= kWholeFile && all <= most / 4 * 3);
    if (file.touched && fits) page.show_all_of(i, most);
  }
}

void show_code(const LookState& state, LookPage& page, size_t most) {
  show_short_files(state, page, most);
  size_t elsewhere = 0;
  double highest = state.best(false);
  std::map<size_t, size_t> text;  // bytes by file
  for (const LookChoice& choice : state.ranked(false)) {
    if (choice.worth < highest * kLeastShown || choice.worth <= 0) break;
    const LookFile& file = state.files[choice.file];
    const LookUnit& unit = file.units[choice.unit];
    size_t before = page.used();
    if (!file.touched) {
      size_t room = within(page, kElsewhereBytes, elsewhere, most);
      file.size <= kShortElsewhere ? void(page.show_all_of(choice.file, room))
                                   : page.show_unit(choice.file, unit, kPlainUnit, room);
      elsewhere += page.used() - before;
    } else if (file.syntax) {
      bool centre = choice.worth >= highest * kCentre;
      page.show_unit(choice.file, unit, centre ? kWholeUnit : kPlainUnit, most);
    } else if (choice.worth >= best_of(file) * kOfText) {
      size_t room = within(page, kTextBytes, text[choice.file], most);
      page.show_unit(choice.file, unit, kPlainUnit, room);
      text[choice.file] += page.used() - before;
    }
  }
  // What room is left is for the rest of files that would have been asked for whole.
  for (size_t i = 0; i < state.files.size(); ++i) {
    if (state.files[i].touched && state.files[i].size <= kWholeFile) page.show_all_of(i, most);
  }
}

/// What the tests that tell most use, of each test file what its tests share, and these tests.
void show_tests(LookState& state, LookPage& page, size_t most) {
  size_t room = std::min(most, page.used() + kHelpersBytes);
  for (const LookChoice& choice : helpers_of_tests(state)) {
    const LookFile& file = state.files[choice.file];
    file.size <= kShortElsewhere
        ? void(page.show_all_of(choice.file, room))
        : page.show_unit(choice.file, file.units[choice.unit], kTestUnit, room);
  }
  double highest = state.best(true);
  for (size_t i = 0; i < state.files.size(); ++i) {
    const LookFile& file = state.files[i];
    if (file.test && best_of(file) > 0 && file.size <= kShortTests) page.show_all_of(i, most);
  }
  for (const LookChoice& choice : state.ranked(true)) {
    if (choice.worth < highest * kLeastTest || choice.worth <= 0) break;
    page.show_unit(choice.file, state.files[choice.file].units[choice.unit], kTestUnit, most);
  }
}

/// The files of the spec that are there, once each, with their contents; no tests.
std::vector<std::pair<std::string, std::string>> touched_files(
    const LookState& state, const record::Spec& spec, const std::vector<std::string>& not_these) {
  std::vector<std::pair<std::string, std::string>> touched;
  std::set<std::string> seen;
  for (const std::vector<std::string>* list : {&spec.touchpoints, &spec.introduces}) {
    for (const std::string& path : *list) {
      if (!seen.insert(path).second || state.is_test(path) || glob_matches_any(not_these, path))
        continue;
      if (auto content = state.tree.facts().read(path)) touched.emplace_back(path, *content);
    }
  }
  return touched;
}

/// Ids of tests that the change may change, and test files that it touches.
std::set<std::string> authorised_by(const record::Spec& spec) {
  std::set<std::string> ids(spec.touchpoints.begin(), spec.touchpoints.end());
  for (const record::Criterion& criterion : spec.acceptance_criteria)
    ids.insert(criterion.authorises.begin(), criterion.authorises.end());
  return ids;
}

}  // namespace

LookBounds look_bounds(const record::Spec& spec) {
  constexpr size_t kWithSpec = 38u << 10, kLeast = 20u << 10, kMost = 32u << 10;
  size_t spec_bytes = record::to_plain_text(spec).size();
  LookBounds bounds;
  bounds.all = std::clamp(kWithSpec - std::min(kWithSpec, spec_bytes), kLeast, kMost);
  return bounds;
}

Input::Files first_look(const Searched& tree, const record::Spec& spec,
                        const std::vector<std::string>& test_paths,
                        const std::vector<std::string>& not_these, const LookBounds& bounds) {
  LookState state(tree, test_paths);
  auto touched = touched_files(state, spec, not_these);
  if (touched.empty()) return {};
  std::vector<std::string> contents;
  for (const auto& file : touched) contents.push_back(file.second);
  SpecTerms found = terms_of(tree, spec, contents, test_paths);
  state.terms = std::move(found.terms);
  state.hits = std::move(found.hits);
  for (const auto& [path, content] : touched) {
    state.files.push_back(look_into(path, content, state.terms));
    state.files.back().touched = true;
  }
  follow_relations(state);
  LookPage page(state);
  show_code(state, page, bounds.all - std::min(bounds.all, bounds.tests));
  look_at_tests(state, authorised_by(spec));
  show_tests(state, page, bounds.all);
  return page.take();
}

}  // namespace gf::stage
