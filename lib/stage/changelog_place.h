// Where in a changelog a new entry goes: version, category, place in the list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stage/changelog_outline.h"

namespace gf::stage {

struct EntryPlace {
  size_t section = 0;
  size_t area = 0;    ///< where the list is; for a category to be made, before which area it goes
  bool make = false;  ///< the category is not there yet
  std::vector<std::string> head;  ///< lines of its heading
  size_t below_head = 1;          ///< blank lines between that and the list
};

/// The one section that is open for entries, or why it is not certain (empty: `section` is it).
/// `tags` are the repository's; none when they are not known.
std::string open_section(const LogOutline& outline, const std::vector<std::string>& tags,
                         size_t& section);

/// What refused_by_form() says of a file that people do write, in a form that no rule knows.
inline constexpr std::string_view kDirectives = "its entries are directives";

/// Words that forbid any entry by hand ("automatically generated", a fragment tool's marker), above
/// the newest version or in a comment under it. The reason, or nothing.
std::string refused_by_form(const LogText& text, const LogOutline& outline);

/// Does the file say that it is kept in the form of Keep a Changelog?
bool names_keep_a_changelog(const LogText& text, const LogOutline& outline);

/// The categories that an entry may name, those of the open section first. Empty: entries stand
/// directly under the version.
std::vector<std::string> categories_in(const LogText& text, const LogOutline& outline,
                                       size_t section);

/// Fills area, make, head of `place` for `category`, or says why it is not certain.
std::string place_category(const LogText& text, const LogOutline& outline,
                           std::string_view category, EntryPlace& place);

/// Index of the entry before which the new one stands; the number of entries for the end.
/// `around` are older lists of the same file, which show whether the newest stands on top.
size_t place_in_list(const LogArea& area, const std::vector<const LogArea*>& around,
                     std::string_view words);
/// "[BUGFIX]", "**core:**": what an entry begins with to say what it is about; or nothing.
std::string kind_prefix(std::string_view words);

}  // namespace gf::stage
