#include "gate/change_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/glob.h"
#include "base/source_parts.h"
#include "base/text.h"
#include "gate/dependencies.h"
#include "gate/language.h"
#include "gate/public_names.h"
#include "gate/reaching_out.h"
#include "gate/silenced.h"
#include "record/redact.h"

namespace gf::gate {
namespace {

using record::Finding;
using record::TreeFacts;

constexpr size_t kShownOfLine = 100;
constexpr size_t kHeadLines = 12;     ///< of a file, where it says whose it is
constexpr size_t kNeighbours = 40;    ///< files that a new one is held against
constexpr size_t kFewNeighbours = 3;  ///< fewer have no habit
constexpr size_t kMostUnnamed = 12;   ///< of a change
constexpr size_t kMostOfAKind = 50;   ///< of one file: more is one fact

constexpr std::array<std::string_view, 12> kSchemas = {
    "**/migrations/**", "**/alembic/versions/**", "**/*.sql",
    "**/*.proto",       "**/*.graphql",           "**/*.avsc",
    "**/*.xsd",         "**/schema.prisma",       "**/openapi*.json",
    "**/openapi*.y*ml", "**/swagger*.json",       "**/*.thrift"};
constexpr std::array<std::string_view, 5> kOthers = {
    "**/vendor/**", "**/third_party/**", "**/node_modules/**", "**/dist/**", "**/*.min.js"};

template <size_t kSize>
bool matches_any(const std::array<std::string_view, kSize>& patterns, std::string_view path) {
  return std::any_of(patterns.begin(), patterns.end(), [&](std::string_view pattern) {
    return glob_matches(std::string(pattern), std::string(path));
  });
}

/// The first lines of a text in small letters.
std::string head_of(std::string_view text) {
  std::vector<std::string> all = lines(to_utf8(text.substr(0, 4096)));
  if (all.size() > kHeadLines) all.resize(kHeadLines);
  return lower(join(all, "\n"));
}

bool has_notice(std::string_view text) {
  std::string head = head_of(text);
  return head.find("spdx-license-identifier") != std::string::npos ||
         head.find("copyright") != std::string::npos ||
         head.find("licensed under") != std::string::npos;
}

bool says_it_is_generated(std::string_view text) {
  std::string head = head_of(text);
  bool made = head.find("generated") != std::string::npos;
  return made && (head.find("do not edit") != std::string::npos ||
                  head.find("do not modify") != std::string::npos ||
                  head.find("@generated") != std::string::npos);
}

/// Looks at one change, kind by kind.
class Looking {
 public:
  explicit Looking(const ChangedTree& change) : change_(change) {}

  std::vector<Finding> take() {
    for (const std::string& path : change_.paths) look_at(path);
    look_at_names();
    for (Finding& one :
         silenced_in(change_.base, change_.tree, change_.added_lines, change_.paths)) {
      one.severity = "note";
      facts_.push_back(std::move(one));
    }
    auto rank = [](const Finding& one) {
      return std::find(kFactKinds.begin(), kFactKinds.end(), one.rule) - kFactKinds.begin();
    };
    std::stable_sort(facts_.begin(), facts_.end(), [&](const Finding& a, const Finding& b) {
      return rank(a) != rank(b) ? rank(a) < rank(b) : a.path < b.path;
    });
    return std::move(facts_);
  }

 private:
  void say(std::string_view kind, const std::string& path, int line, std::string what) {
    facts_.push_back({path, line, std::string(kind), std::move(what), "note"});
  }

  void look_at(const std::string& path) {
    bool was = change_.base.has_path(path), is = change_.tree.has_path(path);
    if (matches_any(kSchemas, path))
      say("schema", path, 0, is ? (was ? "is changed" : "is new") : "is taken away");
    if (!is) return;
    std::optional<std::string> before = change_.base.read(path), now = change_.tree.read(path);
    if (!now || now->find('\0') != std::string::npos) {
      say("binary", path, 0, fmt::format("{} and no text, or over 1 MB", was ? "changed" : "new"));
      return;
    }
    if (matches_any(kOthers, path) || (!was && says_it_is_generated(*now)))
      say("generated", path, 0, "looks like a tool's work, or somebody else's");
    look_at_dependencies(path, before.value_or(""), *now);
    look_at_reach(path, before.value_or(""), *now);
    look_at_secrets(path, *now);
    if (!was) look_at_notice(path, *now);
  }

  void look_at_dependencies(const std::string& path, const std::string& before,
                            const std::string& now) {
    auto known = dependencies_in(path, before);
    for (const auto& [name, words] : dependencies_in(path, now)) {
      if (!known.contains(name))
        say("dependency", path, 0, fmt::format("needs {}", clipped(words, kShownOfLine)));
    }
  }

  void look_at_reach(const std::string& path, const std::string& before, const std::string& now) {
    Reach old_reach = reach_of(path, before), reach = reach_of(path, now);
    if (old_reach.process.empty() && !reach.process.empty())
      say("process", path, reach.process_line, fmt::format("uses {}", reach.process));
    if (old_reach.network.empty() && !reach.network.empty())
      say("network", path, reach.network_line, fmt::format("uses {}", reach.network));
  }

  /// What the record would not keep either.
  void look_at_secrets(const std::string& path, const std::string& now) {
    auto added = change_.added_lines.find(path);
    if (added == change_.added_lines.end()) return;
    std::vector<std::string> source = lines(to_utf8(now));
    size_t reported = 0;
    // Lines that follow one another are one text: a key may go over many.
    for (size_t i = 0; i < added->second.size() && reported < kMostOfAKind;) {
      int first = added->second[i], last = first;
      while (++i < added->second.size() && added->second[i] == last + 1) ++last;
      last = std::min(last, static_cast<int>(source.size()));
      if (first < 1 || first > last) continue;
      reported += look_for_secret(path, source, first, last);
    }
  }
  /// The lines of a stretch that are no longer the same without secrets, or its first where no line
  /// alone is one.
  size_t look_for_secret(const std::string& path, const std::vector<std::string>& source, int first,
                         int last) {
    auto line_of = [&](int line) { return source[static_cast<size_t>(line - 1)]; };
    std::string all;
    for (int line = first; line <= last; ++line) all += line_of(line) + "\n";
    if (redactor_(all) == all) return 0;
    size_t reported = 0;
    for (int line = first; line <= last && reported < kMostOfAKind; ++line) {
      if (redactor_(line_of(line)) == line_of(line)) continue;
      ++reported;
      say("secret", path, line, "looks like a key or a password");
    }
    if (reported == 0) say("secret", path, first, "looks like a key or a password");
    return std::max<size_t>(reported, 1);
  }

  /// A new file beside others that nearly all begin with a notice.
  void look_at_notice(const std::string& path, const std::string& now) {
    if (!is_source(path) || trim(now).empty() || has_notice(now)) return;
    size_t with = 0, all = 0;
    std::string ending = path.substr(std::min(path.size(), path.rfind('.')));
    for (const std::string& one : like_it(path, ending)) {
      std::optional<std::string> text = change_.base.read(one);
      if (!text || trim(*text).empty()) continue;
      ++all;
      with += has_notice(*text) ? 1 : 0;
    }
    if (all >= kFewNeighbours && with * 4 >= all * 3)
      say("licence", path, 1,
          fmt::format("has no notice; {} of {} files like it have one", with, all));
  }

  /// Files of the base of the same kind, the nearest first.
  [[nodiscard]] std::vector<std::string> like_it(const std::string& path,
                                                 const std::string& ending) const {
    std::vector<std::string> found;
    size_t at = path.rfind('/');
    std::string folder = at == std::string::npos ? "" : path.substr(0, at);
    for (;; folder = folder.substr(0, std::min(folder.size(), folder.rfind('/')))) {
      for (const std::string& one : change_.base.paths(folder, 2000)) {
        bool known = std::find(found.begin(), found.end(), one) != found.end();
        if (!known && one.ends_with(ending) && found.size() < kNeighbours) found.push_back(one);
      }
      if (found.size() >= kFewNeighbours || folder.empty()) return found;
      if (folder.find('/') == std::string::npos) folder.clear();
    }
  }

  /// Public names that are gone, moved or have another header.
  void look_at_names() {
    Names before, now;
    std::map<std::string, std::string> at;  ///< where a name is now, by the name
    for (const std::string& path : change_.paths) {
      if (!is_source(path) || glob_matches_any(change_.test_paths, path)) continue;
      std::optional<std::string> text = change_.tree.read(path);
      if (!text && change_.tree.has_path(path)) continue;  // it is there, and too long to look at
      before[path] = public_names(path, change_.base.read(path).value_or(""));
      now[path] = public_names(path, text.value_or(""));
      for (const auto& [name, header] : now[path]) at.emplace(name, path);
    }
    if (!change_.asked.empty()) look_at_new_names(before, now);
    for (const auto& [path, names] : before) {
      size_t reported = 0;
      for (const auto& [name, header] : names) {
        auto found = now[path].find(name);
        if (found != now[path].end() && found->second == header) continue;
        if (++reported > kMostOfAKind) break;
        if (found != now[path].end()) {
          say("public-api", path, 0,
              fmt::format("{}: was '{}', is '{}'", name, clipped(header, kShownOfLine),
                          clipped(found->second, kShownOfLine)));
        } else if (auto moved = at.find(name); moved != at.end()) {
          say("public-api", path, 0, fmt::format("{} is in {} now", name, moved->second));
        } else {
          say("public-api", path, 0, fmt::format("{} is gone", name));
        }
      }
    }
  }

  using Names = std::map<std::string, std::map<std::string, std::string>>;

  /// Public names that are nowhere in the base's files of the change, and not in what was asked.
  void look_at_new_names(const Names& before, const Names& now) {
    size_t reported = 0;
    std::set<std::string> known;
    for (const auto& [path, names] : before) {
      for (const auto& [name, header] : names) known.insert(name);
    }
    for (const auto& [path, names] : now) {
      for (const auto& [name, header] : names) {
        std::string own = name.substr(name.rfind('.') + 1);
        bool asked = find_word(change_.asked, own) != std::string_view::npos;
        if (asked || known.contains(name)) continue;
        if (++reported > kMostUnnamed) return;
        say("unnamed", path, 0,
            fmt::format("{} is new, and what was asked does not name it", name));
      }
    }
  }

  const ChangedTree& change_;
  const record::Redactor redactor_;
  std::vector<Finding> facts_;
};

std::string place_of(const Finding& fact) {
  std::string path = printable(fact.path);
  return fact.line > 0 ? fmt::format("{}:{}", path, fact.line) : path;
}

}  // namespace

std::vector<Finding> change_facts(const ChangedTree& change) { return Looking(change).take(); }

std::string facts_text(const std::vector<Finding>& facts, size_t most) {
  std::string text;
  for (size_t i = 0; i < facts.size(); ++i) {
    std::string line =
        fmt::format("{}: {} {}\n", facts[i].rule, place_of(facts[i]), printable(facts[i].message));
    if (text.size() + line.size() > most)
      return text + fmt::format("and {}\n", counted(facts.size() - i, "other fact"));
    text += line;
  }
  return text;
}

Result<Forbidden> read_forbidden(std::string_view rule) {
  std::vector<std::string> words;
  for (const std::string& word : split(std::string(trim(rule)), ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  bool known = !words.empty() &&
               std::find(kFactKinds.begin(), kFactKinds.end(), words.front()) != kFactKinds.end();
  if (!known) {
    std::vector<std::string> kinds(kFactKinds.begin(), kFactKinds.end());
    return Error{
        Fault::kConfiguration,
        fmt::format("factory.forbid knows no '{}'", words.empty() ? "" : printable(words.front())),
        {},
        "begin with one of " + join(kinds, ", ") + "; patterns of paths may follow"};
  }
  return Forbidden{words.front(), {words.begin() + 1, words.end()}};
}

std::vector<Finding> forbidden_in(const std::vector<Finding>& facts,
                                  const std::vector<Forbidden>& rules) {
  std::vector<Finding> found;
  for (const Finding& fact : facts) {
    bool forbidden = std::any_of(rules.begin(), rules.end(), [&](const Forbidden& rule) {
      return rule.kind == fact.rule &&
             (rule.paths.empty() || glob_matches_any(rule.paths, fact.path));
    });
    if (!forbidden) continue;
    found.push_back(fact);
    found.back().message = fmt::format("{}, which this repository does not allow", fact.message);
    found.back().severity = "error";
  }
  return found;
}

}  // namespace gf::gate
