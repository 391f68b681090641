#include "line/test_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "base/text.h"

namespace gf::line {
namespace {

constexpr size_t kShort = 6u << 10;  ///< bytes: a file this short is read whole by anybody
constexpr size_t kHeadShare = 3;     ///< one part in this of the room is the head's at most
constexpr size_t kPlaceLines = 60;   ///< of a definition that is shown whole for a place in it
constexpr size_t kTestsShown = 8;    ///< of those that are chosen by names: more repeat the form
constexpr size_t kClassHead = 12;    ///< lines of a class before its first member
constexpr size_t kWholeClassBytes = 5u << 10;
constexpr double kOfOwner = 4;  ///< a class says this much less of a test than the test itself
constexpr size_t kClassesTold = 12;

/// A definition of the file: at the margin, or a member of one that is.
struct Part {
  std::string name;
  Span whole;
  bool test = false;
  double worth = 0;  ///< of the names that it speaks of
  std::vector<Part> members;
};

/// A function by its name; a class is one for its members.
bool is_test(const std::string& line, const std::string& name) {
  return lower(name).starts_with("test") && !trim(line).starts_with("class ");
}

std::vector<Part> parts_of(const std::vector<std::string>& source, const Syntax& syntax) {
  std::vector<Part> parts;
  for (size_t at : outlined_lines(source, syntax)) {
    auto found = definition_at(source, at, syntax);
    if (!found) continue;
    Part part{defined_name(source[at]), found->whole, false, 0, {}};
    part.test = is_test(source[at], part.name);
    if (parts.empty() || at > parts.back().whole.last) {
      parts.push_back(std::move(part));
      continue;
    }
    std::vector<Part>& members = parts.back().members;
    if (!members.empty() && at <= members.back().whole.last) continue;
    parts.back().test = parts.back().test || part.test;
    members.push_back(std::move(part));
  }
  return parts;
}

/// What of a file is to be shown, within bytes.
class ChosenLines {
 public:
  ChosenLines(const std::vector<std::string>& source, size_t most)
      : source_(source), taken_(source.size(), false), room_(most) {}

  [[nodiscard]] size_t room() const { return room_; }
  /// Bytes that the span would take beside what is chosen.
  [[nodiscard]] size_t cost(Span span) const {
    size_t bytes = 0;
    for (size_t i = span.first; i <= span.last && i < source_.size(); ++i)
      bytes += taken_[i] ? 0 : numbered_lines(source_, {i, i}).size();
    return bytes;
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
    while (span.last > span.first && cost(span) > most) --span.last;
    take(span);
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
    return text + fmt::format("[{} of {} are shown; read_file has the others]\n",
                              counted(count, "line"), source_.size());
  }

 private:
  const std::vector<std::string>& source_;
  std::vector<bool> taken_;
  size_t room_;
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

void for_each_part(std::vector<Part>& parts, const std::function<void(Part&)>& act) {
  for (Part& part : parts) {
    act(part);
    for (Part& member : part.members) act(member);
  }
}

/// What a part is worth for the names that stand in it: one that the file has once tells the place,
/// one that it has everywhere none.
void weigh_names(std::vector<Part>& parts, const std::vector<std::string>& source,
                 const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    std::vector<size_t> held;
    for (size_t i = 0; i < source.size() && !name.empty(); ++i) {
      if (source[i].find(name) != std::string::npos) held.push_back(i);
    }
    for_each_part(parts, [&](Part& part) {
      auto first = std::lower_bound(held.begin(), held.end(), part.whole.first);
      if (first != held.end() && *first <= part.whole.last)
        part.worth += 1.0 / static_cast<double>(held.size());
    });
  }
}

/// And for the words that its own name shares with theirs: test_max_size is near MAX_FIELD_SIZE.
void weigh_words(std::vector<Part>& parts, const std::vector<std::string>& names) {
  std::set<std::string> wanted;
  for (const std::string& name : names) wanted.merge(words_of_name(name));
  std::map<std::string, std::vector<Part*>> named;
  for_each_part(parts, [&](Part& part) {
    for (const std::string& word : words_of_name(part.name)) {
      if (wanted.contains(word)) named[word].push_back(&part);
    }
  });
  for (auto& [word, sharing] : named) {
    for (Part* part : sharing) part->worth += 1.0 / static_cast<double>(sharing.size());
  }
}

/// The definition around a line: a member, or one at the margin.
const Part* part_around(const std::vector<Part>& parts, size_t line) {
  auto holds = [&](const Part& part) {
    return part.whole.first <= line && line <= part.whole.last;
  };
  auto part = std::find_if(parts.begin(), parts.end(), holds);
  if (part == parts.end()) return nullptr;
  auto member = std::find_if(part->members.begin(), part->members.end(), holds);
  return member == part->members.end() ? &*part : &*member;
}

void take_places(const std::vector<Part>& parts, const std::vector<Span>& places,
                 ChosenLines& chosen) {
  for (const Span& place : places) {
    const Part* part = part_around(parts, place.first);
    bool all = part != nullptr && part->whole.last - part->whole.first < kPlaceLines;
    if (!all || !chosen.take(part->whole)) chosen.take_head(place, chosen.room());
  }
}

/// What a test in a class cannot be read without: the class's first lines, what it sets up, and
/// those of its helpers that the test names.
std::vector<Span> shared_with(const Part& owner, const Part& test,
                              const std::vector<std::string>& source) {
  size_t body = owner.members.front().whole.first;
  size_t head = std::max(body, owner.whole.first + 1) - 1;
  std::vector<Span> shared = {{owner.whole.first, std::min(head, owner.whole.first + kClassHead)}};
  for (const Part& member : owner.members) {
    if (member.test) continue;
    bool used = lower(member.name).starts_with("setup");
    for (size_t i = test.whole.first; i <= test.whole.last && !used; ++i)
      used = source[i].find(member.name + "(") != std::string::npos;
    if (used) shared.push_back(member.whole);
  }
  return shared;
}

/// Tests by what they are worth. The class of one comes whole if it is no long one.
void take_tests(const std::vector<Part>& parts, const std::vector<std::string>& source,
                ChosenLines& chosen) {
  struct Test {
    const Part* owner;  ///< the class; null: none
    const Part* test;
    [[nodiscard]] double worth() const {
      return test->worth + (owner == nullptr ? 0 : owner->worth / kOfOwner);
    }
  };
  std::vector<Test> tests;
  for (const Part& part : parts) {
    if (part.test && part.members.empty()) tests.push_back({nullptr, &part});
    for (const Part& member : part.members) {
      if (member.test) tests.push_back({&part, &member});
    }
  }
  std::stable_sort(tests.begin(), tests.end(),
                   [](const Test& a, const Test& b) { return a.worth() > b.worth(); });
  size_t shown = 0;
  for (const Test& one : tests) {
    if (shown >= kTestsShown || (shown > 0 && one.worth() <= 0)) return;
    if (chosen.shows(one.test->whole)) continue;
    std::vector<Span> spans = {one.test->whole};
    if (one.owner != nullptr) {
      Span whole = one.owner->whole;
      if (chosen.cost(whole) <= kWholeClassBytes && chosen.take(whole)) {
        ++shown;
        continue;
      }
      std::vector<Span> shared = shared_with(*one.owner, *one.test, source);
      spans.insert(spans.begin(), shared.begin(), shared.end());
    }
    size_t bytes = 0;
    for (const Span& span : spans) bytes += chosen.cost(span);
    if (bytes > chosen.room()) continue;
    for (const Span& span : spans) chosen.take(span);
    ++shown;
  }
}

std::string other_classes(const std::vector<Part>& parts, const std::vector<std::string>& source,
                          const ChosenLines& chosen) {
  std::vector<std::string> told;
  size_t more = 0;
  for (const Part& part : parts) {
    if (part.members.empty() || chosen.shows({part.whole.first, part.whole.first})) continue;
    if (told.size() < kClassesTold) {
      told.push_back(fmt::format("{} ({})", part.name, part.whole.first + 1));
    } else {
      ++more;
    }
  }
  if (told.empty() || source.empty()) return {};
  return fmt::format("[other classes, with their lines: {}{}]\n", join(told, ", "),
                     more > 0 ? fmt::format(" and {} more", more) : "");
}

}  // namespace

std::string test_form(std::string_view path, const std::string& content, const Looked& looked,
                      size_t most) {
  auto syntax = syntax_of(path);
  std::vector<std::string> source = lines(to_utf8(content));
  std::vector<Part> parts;
  if (syntax) parts = parts_of(source, *syntax);
  auto first = std::find_if(parts.begin(), parts.end(), [](const Part& part) { return part.test; });
  if (content.size() <= std::min(kShort, most) || first == parts.end())
    return shown_file(path, content, looked, most);
  weigh_names(parts, source, looked.names);
  weigh_words(parts, looked.names);
  ChosenLines chosen(source, most);
  if (first->whole.first > 0) chosen.take_head({0, first->whole.first - 1}, most / kHeadShare);
  take_places(parts, looked.places, chosen);
  take_tests(parts, source, chosen);
  return chosen.text() + other_classes(parts, source, chosen);
}

}  // namespace gf::line
