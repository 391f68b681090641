// Every setting that is read: its type, what it may be, who may set it, and what it decides.
//
// One row a key. The page git-factory-config(5), what doctor knows, what 'git factory trust' shows
// and what is kept with a run all come from here; a test looks for keys in the sources that have no
// row.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/settings.h"

namespace gf::session {

struct Key {
  enum class Type {
    kText,
    kChoice,    ///< one of the words of `allowed`
    kFlag,      ///< git's yes and no (base/settings.h)
    kNumber,    ///< a whole number
    kDecimal,   ///< a number such as 0.2
    kDollars,   ///< such as 0.25
    kSeconds,   ///< a whole number of seconds
    kDuration,  ///< 90s, 5m
    kPattern,   ///< a pattern of paths or branches
    kPath,      ///< a file or a folder
    kProgram,   ///< a program, with or without arguments
  };
  /// What a tracked file does by it beyond setting something, as `git factory trust` shows it.
  enum class Claim { kNone, kRuns, kContacts, kSends, kAsksWith, kDecides };
  enum class Many { kNo, kYes };     ///< kYes: every value counts, not only the last one
  enum class Tracked { kNo, kYes };  ///< may a trusted .gitfactory set it?
  /// kWithRun: it decides, beside the request, the base and who answers, where a run goes, so it is
  /// kept with the run and counts when that is replayed elsewhere.
  enum class Kept { kNo, kWithRun };

  std::string_view group;  ///< the heading it stands under on the page
  /// As people write it. "<stage>" stands for each stage, "<name>" for any name.
  std::string_view name;
  Type type;
  std::string_view allowed;   ///< "0 to 100", "off, factory or all"; empty: what the type says
  std::string_view fallback;  ///< what holds when it is not set; empty: nothing
  Many many;
  Claim claim;
  Tracked tracked;
  Kept kept;
  std::string_view meaning;  ///< one sentence, with its full stop
};

/// All rows, by group, in the order of the page.
std::span<const Key> all_keys();
/// The row of a key as it is in a configuration ("factory.build.model"); null: nothing reads it.
const Key* find_key(std::string_view key);
/// The known key that `key` was probably meant to be; nothing when none is near.
std::optional<std::string> near_key(std::string_view key);

/// Can the value of `key` be read as its row says? The Error is its reader's, in the same words.
/// Words that a row only describes ("the name of a coding program") are taken as they are.
Result<void> check_value(const Settings& settings, const std::string& key, const Key& row);

std::string_view name_of(Key::Claim claim);  ///< "runs"; empty for kNone

}  // namespace gf::session
