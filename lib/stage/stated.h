// What a request states itself as its criteria, as issues do. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gf::stage {

/// The items of lists below a heading such as "Acceptance criteria", "Success criteria",
/// "Definition of done", in their order and without their marks; of a checklist the open and the
/// done ones. Those about tests, changelog, review and CI are left out: they are the line's own
/// work. At most kMostStated.
std::vector<std::string> stated_criteria(const std::string& request);
inline constexpr size_t kMostStated = 30;

/// A line that only divides or decorates Markdown: a heading, a rule, a picture, a badge.
bool is_markdown_structure(std::string_view line);

/// What PLAN is told of them, behind the request; empty where it states none.
std::string stated_section(const std::string& request);

}  // namespace gf::stage
