// What the words of a changelog's heading say: a version, a date, "this is not released yet".
#pragma once

#include <string>
#include <string_view>

namespace gf::stage {

/// Where the first version number stands in `words`; length 0 if there is none. "1.2", "v1.2.0rc1",
/// "2.x"; a date ("2024-01-02") is no version, and neither is a number alone.
struct VersionPlace {
  size_t at = 0, length = 0;
};
VersionPlace find_version(std::string_view words);
bool has_version(std::string_view words);
/// A heading that is about one version: few words around its number, or a number alone that opens
/// it ("Version 25", "## 25 (2024-01-02)").
bool is_version_heading(std::string_view words);
/// The number alone ("1.2.0" of "[v1.2.0] - 2024-01-02"), empty if there is none.
std::string version_of(std::string_view words);
/// A heading of what is not released, without any number: "Unreleased", "[Next]", "main".
bool is_open_heading(std::string_view words);

bool has_date(std::string_view words);
/// "unreleased", "not released": nothing else in a heading outweighs it.
bool says_unreleased(std::string_view words);
/// Any other open marker: "TBD", "in development", "-dev", "2024-XX-XX".
bool has_marker(std::string_view words);
/// The same, for a line below a heading: prose that only speaks of a release is none.
bool is_marker_line(std::string_view line);
bool is_date_line(std::string_view line);

/// Does the tag name this version ("v1.2.0", "pkg-1.2.0" for "1.2.0", not "11.2.0")?
bool tag_names(std::string_view tag, std::string_view version);

/// Without emphasis, brackets, links, a final colon or full stop, in lower case: names that people
/// would call the same are equal.
std::string plain_name(std::string_view words);

}  // namespace gf::stage
