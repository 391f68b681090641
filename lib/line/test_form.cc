// A file is cut into units (test_units.h); those that the spec's names stand in weigh most, and
// lines are taken until the room is used up.
#include "line/test_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "base/shown_note.h"
#include "base/text.h"
#include "line/test_units.h"

namespace gf::line {
namespace {

constexpr size_t kShort = 6u << 10;  ///< bytes: a file this short is read whole by anybody
constexpr size_t kHeadShare = 3;     ///< one part in this of the room is the head's at most
constexpr size_t kPlaceLines = 60;   ///< of a definition that is shown whole for a place in it
constexpr size_t kTestsShown = 8;    ///< of those that are chosen by names: more repeat the form
constexpr size_t kWholeClassBytes = 5u << 10;
constexpr double kOfOwner = 4;  ///< a class says this much less of a test than the test itself
constexpr size_t kClassesNamed = 12;
/// Beside the bound, for what is pointed at or may be changed: who has to work on it would read it
/// in a turn that costs more.
constexpr size_t kStoreBytes = 16u << 10;

/// What of a file is to be shown, within bytes.
class ChosenLines {
 public:
  ChosenLines(const std::vector<std::string>& source, size_t most)
      : source_(source), taken_(source.size(), false), room_(most) {}

  [[nodiscard]] size_t room() const { return room_; }
  [[nodiscard]] bool has_room() const { return room_ + store_ > 0; }
  /// Bytes that the span would take beside what is chosen.
  [[nodiscard]] size_t cost(Span span) const {
    size_t bytes = 0;
    for (size_t i = span.first; i <= span.last && i < source_.size(); ++i)
      bytes += taken_[i] ? 0 : numbered_lines(source_, {i, i}).size();
    return bytes;
  }
  /// For a span that has to be shown: more room, out of a store for these.
  void make_room(Span span) {
    size_t lacking = cost(span) - std::min(cost(span), room_);
    size_t given = std::min(lacking, store_);
    room_ += given;
    store_ -= given;
  }
  /// All of it or nothing.
  bool take(Span span) {
    size_t bytes = cost(span);
    if (bytes > room_) return false;
    room_ -= bytes;
    for (size_t i = span.first; i <= span.last && i < source_.size(); ++i) taken_[i] = true;
    return true;
  }
  /// Its first lines that fit into `most` bytes.
  void take_head(Span span, size_t most) {
    most = std::min(most, room_);
    size_t bytes = cost({span.first, span.first});
    if (bytes > most) return;
    size_t last = span.first;
    while (last < span.last && bytes + cost({last + 1, last + 1}) <= most) {
      ++last;
      bytes += cost({last, last});
    }
    take({span.first, last});
  }
  [[nodiscard]] bool shows(Span span) const {
    return span.last < taken_.size() && taken_[span.first] && taken_[span.last];
  }
  [[nodiscard]] std::string text() const {
    std::string text;
    size_t count = 0;
    for (size_t i = 0; i < taken_.size(); ++i) {
      if (!taken_[i]) continue;
      ++count;
      if (i > 0 && !taken_[i - 1] && !text.empty()) text += "...\n";
      text += numbered_lines(source_, {i, i});
    }
    return text + shown_note(count, source_.size());
  }

 private:
  const std::vector<std::string>& source_;
  std::vector<bool> taken_;
  size_t room_;
  size_t store_ = kStoreBytes;
};

/// The words of a name: "max", "size" of "test_max_size" and of "TestMaxSize".
std::set<std::string> words_of_name(const std::string& name) {
  std::set<std::string> words;
  std::string word;
  auto end = [&] {
    if (word.size() > 2 && word != "test" && word != "tests") words.insert(word);
    word.clear();
  };
  for (size_t i = 0; i < name.size(); ++i) {
    bool capital = name[i] >= 'A' && name[i] <= 'Z';
    bool letter = capital || (name[i] >= 'a' && name[i] <= 'z') || is_digit(name[i]);
    bool hump = capital && i > 0 && name[i - 1] >= 'a' && name[i - 1] <= 'z';
    if (!letter || hump) end();
    if (letter) word += lower(name.substr(i, 1));
  }
  end();
  return words;
}

void for_each_unit(std::vector<TestUnit>& units, const std::function<void(TestUnit&)>& act) {
  for (TestUnit& unit : units) {
    act(unit);
    for (TestUnit& member : unit.members) act(member);
  }
}

/// What a unit is worth for the names that stand in it: one that the file has once tells the place,
/// one that it has everywhere none.
void weigh_names(std::vector<TestUnit>& units, const std::vector<std::string>& source,
                 const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    std::vector<size_t> held;
    for (size_t i = 0; i < source.size() && !name.empty(); ++i) {
      if (source[i].find(name) != std::string::npos) held.push_back(i);
    }
    for_each_unit(units, [&](TestUnit& unit) {
      auto first = std::lower_bound(held.begin(), held.end(), unit.whole.first);
      if (first != held.end() && *first <= unit.whole.last)
        unit.worth += 1.0 / static_cast<double>(held.size());
    });
  }
}

/// And for the words that its own name shares with theirs: test_max_size is near MAX_FIELD_SIZE.
void weigh_words(std::vector<TestUnit>& units, const std::vector<std::string>& names) {
  std::set<std::string> wanted;
  for (const std::string& name : names) wanted.merge(words_of_name(name));
  std::map<std::string, std::vector<TestUnit*>> named;
  for_each_unit(units, [&](TestUnit& unit) {
    for (const std::string& word : words_of_name(unit.name)) {
      if (wanted.contains(word)) named[word].push_back(&unit);
    }
  });
  for (auto& [word, sharing] : named) {
    for (TestUnit* unit : sharing) unit->worth += 1.0 / static_cast<double>(sharing.size());
  }
}

/// What is pointed at: the definition around it if it is no long one, else its lines.
void take_places(const std::vector<TestUnit>& units, const std::vector<Span>& places,
                 ChosenLines& chosen) {
  for (const Span& place : places) {
    const TestUnit* unit = unit_around(units, place.first);
    bool all = unit != nullptr && unit->whole.last - unit->whole.first < kPlaceLines &&
               unit->whole.last >= place.last;
    Span span = all ? unit->whole : place;
    chosen.make_room(span);
    if (!chosen.take(span)) chosen.take_head(place, chosen.room());
  }
}

/// Definitions of these names, each with what it needs, before anything else: of a class its
/// members in their order as far as there is room.
void take_whole(const std::vector<TestUnit>& units, const std::vector<std::string>& names,
                const std::vector<std::string>& source, ChosenLines& chosen) {
  auto named = [&](const TestUnit& unit) {
    return std::find(names.begin(), names.end(), unit.name) != names.end();
  };
  auto take = [&](const TestUnit* owner, const TestUnit& unit) {
    std::vector<Span> spans = needed_by(units, owner, unit, source);
    spans.insert(spans.begin(), unit.whole);
    for (const Span& span : spans) {
      chosen.make_room(span);
      if (!chosen.take(span)) chosen.take_head(span, chosen.room());
    }
  };
  for (const TestUnit& unit : units) {
    if (named(unit) && unit.members.empty()) take(nullptr, unit);
    for (const TestUnit& member : unit.members) {
      if (!chosen.has_room()) return;
      if (named(unit) || named(member)) take(&unit, member);
    }
  }
}

/// Tests by what they are worth. The class of one comes whole if it is no long one.
void take_tests(const std::vector<TestUnit>& units, const std::vector<std::string>& source,
                ChosenLines& chosen) {
  struct Test {
    const TestUnit* owner;  ///< the class; null: none
    const TestUnit* test;
    [[nodiscard]] double worth() const {
      return test->worth + (owner == nullptr ? 0 : owner->worth / kOfOwner);
    }
  };
  std::vector<Test> tests;
  for (const TestUnit& unit : units) {
    if (unit.test && unit.members.empty()) tests.push_back({nullptr, &unit});
    for (const TestUnit& member : unit.members) {
      if (member.test) tests.push_back({&unit, &member});
    }
  }
  std::stable_sort(tests.begin(), tests.end(),
                   [](const Test& a, const Test& b) { return a.worth() > b.worth(); });
  size_t shown = 0;
  for (const Test& one : tests) {
    if (shown >= kTestsShown || (shown > 0 && one.worth() <= 0)) return;
    if (chosen.shows(one.test->whole)) continue;
    if (one.owner != nullptr) {
      Span whole = one.owner->whole;
      if (chosen.cost(whole) <= kWholeClassBytes && chosen.take(whole)) {
        ++shown;
        continue;
      }
    }
    if (!chosen.take(one.test->whole)) continue;
    for (const Span& span : needed_by(units, one.owner, *one.test, source)) chosen.take(span);
    ++shown;
  }
}

std::string other_classes(const std::vector<TestUnit>& units,
                          const std::vector<std::string>& source, const ChosenLines& chosen) {
  std::vector<std::string> named;
  size_t more = 0;
  for (const TestUnit& unit : units) {
    if (unit.members.empty() || chosen.shows({unit.whole.first, unit.whole.first})) continue;
    if (named.size() < kClassesNamed) {
      named.push_back(fmt::format("{} ({})", unit.name, unit.whole.first + 1));
    } else {
      ++more;
    }
  }
  if (named.empty() || source.empty()) return {};
  return fmt::format("[other classes, with their lines: {}{}]\n", join(named, ", "),
                     more > 0 ? fmt::format(" and {} more", more) : "");
}

}  // namespace

std::string test_form(std::string_view path, const std::string& content, const Looked& looked,
                      size_t most) {
  auto syntax = syntax_of(path);
  std::vector<std::string> source = lines(to_utf8(content));
  std::vector<TestUnit> units;
  if (syntax) units = test_units(source, *syntax);
  auto first =
      std::find_if(units.begin(), units.end(), [](const TestUnit& unit) { return unit.test; });
  if (content.size() <= std::min(kShort, most) || first == units.end())
    return shown_file(path, content, looked, most);
  weigh_names(units, source, looked.names);
  weigh_words(units, looked.names);
  ChosenLines chosen(source, most);
  if (first->whole.first > 0) chosen.take_head({0, first->whole.first - 1}, most / kHeadShare);
  take_whole(units, looked.whole, source, chosen);
  take_places(units, looked.places, chosen);
  take_tests(units, source, chosen);
  return chosen.text() + other_classes(units, source, chosen);
}

}  // namespace gf::line
