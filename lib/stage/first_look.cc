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
constexpr size_t kLongFile = 32u << 10;     ///< of a longer one what is not asked for is not shown
constexpr size_t kShortElsewhere = 5u << 10;  ///< one that is gone through and shown whole
constexpr size_t kShortTests = 8u << 10;      ///< a test file that is shown whole
constexpr size_t kWholeUnit = 8u << 10;       ///< of the place of the change itself
constexpr size_t kPlainUnit = 3u << 10;       ///< of another one; a longer one is shown in parts
constexpr size_t kTestUnit = 2u << 10;        ///< of a test
constexpr size_t kTextBytes = 4u << 10;       ///< of a long text
constexpr size_t kElsewhereBytes = 9u << 10;  ///< of all files that the spec does not touch
constexpr size_t kElsewhereLeast = 4u << 10;  ///< of them, before all of those that it touches
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

/// Shows the units of code and texts that are worth most first, each within its own bounds.
class CodeShown {
 public:
  CodeShown(const LookState& state, LookPage& page, size_t most)
      : state_(state), page_(page), most_(most), highest_(state.best(false)) {}
  /// What is asked for by its name, wherever it is defined, and what is worth as much as that in
  /// the files that are touched.
  void show_centre() {
    for (const LookChoice& choice : worth_at_least(kCentre)) {
      if (state_.files[choice.file].touched) {
        show_touched(choice, most_);
      } else if (state_.is_named(state_.files[choice.file].units[choice.unit])) {
        show_elsewhere(choice);
      }
    }
  }
  /// What is worth its bytes of the files that are touched, with some room left for what they go
  /// through; that; and what then has room.
  void show_others() {
    std::vector<LookChoice> all = worth_at_least(kLeastShown);
    for (const LookChoice& choice : all) {
      if (state_.files[choice.file].touched)
        show_touched(choice, most_ - std::min(most_, kElsewhereLeast));
    }
    for (const LookChoice& choice : all) {
      if (!state_.files[choice.file].touched) show_elsewhere(choice);
    }
    for (const LookChoice& choice : all) {
      if (state_.files[choice.file].touched) show_touched(choice, most_);
    }
  }
  /// What room is left is for the rest of files that would have been asked for: of those that are
  /// touched all, or of longer ones what fits; then others that are short and have a part in it.
  void show_rest() {
    for (size_t i = 0; i < state_.files.size(); ++i) {
      if (state_.files[i].touched && state_.files[i].size <= kLongFile) page_.show_all_of(i, most_);
    }
    for (const LookChoice& choice : state_.ranked(false)) {
      const LookFile& file = state_.files[choice.file];
      if (file.touched && file.syntax && file.size <= kLongFile)
        page_.show_span(choice.file, file.units[choice.unit].span, most_);
    }
    for (const LookChoice& choice : worth_at_least(kLeastShown)) {
      const LookFile& file = state_.files[choice.file];
      if (!file.touched && file.size <= kShortElsewhere)
        elsewhere([&](size_t room) { page_.show_all_of(choice.file, room); });
    }
  }

 private:
  /// Those that are worth so much of the best, the best first.
  [[nodiscard]] std::vector<LookChoice> worth_at_least(double share) const {
    std::vector<LookChoice> all = state_.ranked(false);
    std::erase_if(all, [&](const LookChoice& choice) {
      return choice.worth < highest_ * share || choice.worth <= 0;
    });
    return all;
  }
  void show_touched(const LookChoice& choice, size_t most) {
    const LookFile& file = state_.files[choice.file];
    if (file.syntax) {
      bool centre = choice.worth >= highest_ * kCentre;
      page_.show_unit(choice.file, file.units[choice.unit], centre ? kWholeUnit : kPlainUnit, most);
    } else if (choice.worth >= best_of(file) * kOfText) {
      show_text(choice);
    }
  }
  template <typename Show>
  void elsewhere(Show show) {
    size_t before = page_.used();
    show(within(page_, kElsewhereBytes, elsewhere_, most_));
    elsewhere_ += page_.used() - before;
  }
  void show_elsewhere(const LookChoice& choice) {
    const LookUnit& unit = state_.files[choice.file].units[choice.unit];
    elsewhere([&](size_t room) { page_.show_unit(choice.file, unit, kPlainUnit, room); });
  }
  void show_text(const LookChoice& choice) {
    const LookUnit& unit = state_.files[choice.file].units[choice.unit];
    size_t before = page_.used(), room = within(page_, kTextBytes, text_[choice.file], most_);
    page_.show_unit(choice.file, unit, kPlainUnit, room);
    text_[choice.file] += page_.used() - before;
  }

  const LookState& state_;
  LookPage& page_;
  size_t most_, elsewhere_ = 0;
  double highest_;
  std::map<size_t, size_t> text_;  ///< bytes by file
};

/// The place of the change before any file as a whole: a file that is short may be beside it.
void show_code(const LookState& state, LookPage& page, size_t most) {
  CodeShown shown(state, page, most);
  shown.show_centre();
  show_short_files(state, page, most);
  shown.show_others();
  shown.show_rest();
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
