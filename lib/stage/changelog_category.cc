// The category of an entry: found, or made as older versions of the same file have it.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"
#include "stage/changelog_place.h"
#include "stage/changelog_words.h"

namespace gf::stage {
namespace {

using namespace std::string_view_literals;

constexpr size_t kModels = 6;  // older versions that a new category may be copied from
constexpr std::array kSix = {"Added"sv,   "Changed"sv, "Deprecated"sv,
                             "Removed"sv, "Fixed"sv,   "Security"sv};

size_t rank_among_six(std::string_view name) {
  size_t at = 0;
  while (at < kSix.size() && !same_category(kSix[at], name)) ++at;
  return at;
}

bool has_categories(const LogSection& section) {
  return std::any_of(section.areas.begin(), section.areas.end(),
                     [](const LogArea& area) { return area.heading && !area.entries.empty(); });
}

bool has_entries(const LogSection& section) {
  return std::any_of(section.areas.begin(), section.areas.end(),
                     [](const LogArea& area) { return !area.entries.empty(); });
}

std::vector<const LogSection*> models(const LogOutline& outline, size_t section, size_t count) {
  std::vector<const LogSection*> all;
  for (size_t i = section + 1; i < outline.sections.size() && all.size() < count; ++i) {
    if (!outline.sections[i].areas.empty() && has_entries(outline.sections[i]))
      all.push_back(&outline.sections[i]);
  }
  return all;
}

const LogArea* area_named(const LogSection& section, std::string_view name) {
  for (const LogArea& area : section.areas) {
    if (area.heading && same_category(area.name, name)) return &area;
  }
  return nullptr;
}

/// Which of the open section's areas the new one goes in front of; false: older ones disagree.
bool order_among(const LogSection& open, const std::vector<const LogSection*>& older,
                 std::string_view name, size_t& before) {
  before = open.areas.size();
  for (size_t i = 0; i < open.areas.size(); ++i) {
    const LogArea& present = open.areas[i];
    if (!present.heading) continue;
    bool follows = false, precedes = false;
    for (const LogSection* section : older) {
      const LogArea* ours = area_named(*section, name);
      const LogArea* theirs = area_named(*section, present.name);
      if (ours == nullptr || theirs == nullptr) continue;
      (theirs->begin > ours->begin ? follows : precedes) = true;
    }
    if (follows && precedes) return false;
    if (follows && before == open.areas.size()) before = i;
    // A present one that belongs in front of it, behind one that belongs after it.
    if (precedes && before != open.areas.size()) return false;
  }
  return true;
}

/// Blank lines between a category's heading and its list.
size_t gap_below(const LogText& text, const LogArea& area) {
  size_t blank = 0;
  for (size_t i = area.begin; i < area.end && is_blank(text.lines[i]); ++i) ++blank;
  return blank;
}

std::string make_from_older(const LogText& text, const LogOutline& outline, std::string_view name,
                            EntryPlace& place) {
  std::vector<const LogSection*> older = models(outline, place.section, kModels);
  const LogArea* model = nullptr;
  for (const LogSection* section : older) {
    model = area_named(*section, name);
    if (model != nullptr) break;
  }
  if (model == nullptr) return "none";
  if (model->name.find(" / ") != std::string::npos) return "it lies below another category";
  if (model->has_parts || model->entries.empty() || !model->prose.empty())
    return "where it stood last it is no plain list";
  if (!order_among(outline.sections[place.section], older, name, place.area))
    return "older versions have the categories in different orders";
  place.make = true;
  place.head.assign(text.lines.begin() + static_cast<std::ptrdiff_t>(model->heading->first),
                    text.lines.begin() + static_cast<std::ptrdiff_t>(model->heading->last + 1));
  place.below_head = gap_below(text, *model);
  return {};
}

/// One of the six that Keep a Changelog names, in a file that says it follows that form.
std::string make_one_of_six(const LogText& text, const LogOutline& outline, std::string_view name,
                            EntryPlace& place) {
  size_t rank = rank_among_six(name);
  const LogSection& open = outline.sections[place.section];
  place.area = open.areas.size();
  const LogArea* sibling = nullptr;
  size_t before = 0;
  for (size_t i = 0; i < open.areas.size(); ++i) {
    const LogArea& area = open.areas[i];
    if (!area.heading) continue;
    size_t here = rank_among_six(area.name);
    if (here == kSix.size() || here < before)
      return "the categories that are there stand otherwise";
    before = here;
    sibling = &area;
    if (here > rank && place.area == open.areas.size()) place.area = i;
  }
  for (const LogSection* section : models(outline, place.section, kModels)) {
    for (const LogArea& area : section->areas) {
      if (!area.heading) continue;
      if (rank_among_six(area.name) == kSix.size()) return "the file has other categories";
      if (sibling == nullptr) sibling = &area;
    }
  }
  if (sibling != nullptr && sibling->heading->kind != HeadingKind::kHash)
    return "no older version has it";
  int level = sibling != nullptr ? sibling->heading->level : open.heading.level + 1;
  place.make = true;
  place.head = {std::string(static_cast<size_t>(level), '#') + " " + std::string(kSix[rank])};
  place.below_head =
      sibling != nullptr && !sibling->entries.empty() ? gap_below(text, *sibling) : 1;
  return {};
}

std::string make_category(const LogText& text, const LogOutline& outline, std::string_view name,
                          EntryPlace& place) {
  std::string left = make_from_older(text, outline, name, place);
  bool six = rank_among_six(name) < kSix.size() && text.markup == Markup::kMarkdown &&
             names_keep_a_changelog(text, outline);
  if (left == "none" && six) left = make_one_of_six(text, outline, name, place);
  if (left == "none") {
    std::vector<std::string> offered = categories_in(text, outline, place.section);
    left = offered.empty()
               ? "no older version has it"
               : fmt::format("the file's categories are '{}'", clipped(join(offered, "', '"), 200));
  }
  return left.empty() ? left : fmt::format("there is no category '{}' yet: {}", name, left);
}

/// The section has no category of its own yet.
std::string place_without(const LogText& text, const LogOutline& outline, std::string_view category,
                          EntryPlace& place) {
  const LogSection& open = outline.sections[place.section];
  const LogArea& direct = open.areas[0];
  place.area = 0;
  if (!direct.entries.empty()) return {};
  if (!direct.prose.empty())
    return fmt::format("the open section holds prose, line {}, and no list", direct.prose[0] + 1);
  std::vector<const LogSection*> older = models(outline, place.section, 4);
  auto with = std::count_if(older.begin(), older.end(),
                            [](const LogSection* section) { return has_categories(*section); });
  bool six = older.empty() && names_keep_a_changelog(text, outline);
  if (with == 0 && !six) return {};
  if (!six && with < static_cast<std::ptrdiff_t>(older.size()))
    return "the open section is empty, and only some older ones have categories";
  if (category.empty()) return "entries stand under categories and none was named";
  return make_category(text, outline, category, place);
}

}  // namespace

std::vector<std::string> categories_in(const LogText& text, const LogOutline& outline,
                                       size_t section) {
  std::vector<std::string> names;
  if (section >= outline.sections.size()) return names;
  auto add = [&names](std::string_view name) {
    bool known = std::any_of(names.begin(), names.end(),
                             [&](const std::string& other) { return same_category(name, other); });
    if (!known) names.emplace_back(name);
  };
  const LogSection& open = outline.sections[section];
  bool flat = !open.areas.empty() && !open.areas[0].entries.empty() && !has_categories(open);
  if (flat) return names;
  std::vector<const LogSection*> all = models(outline, section, kModels);
  all.insert(all.begin(), &open);
  for (const LogSection* from : all) {
    for (const LogArea& area : from->areas) {
      bool open_one = from == &open;
      if (area.heading && !(area.has_parts && area.entries.empty()) &&
          (open_one || !area.entries.empty()))
        add(area.name);
    }
  }
  bool six = text.markup == Markup::kMarkdown && names_keep_a_changelog(text, outline) &&
             std::all_of(names.begin(), names.end(), [](const std::string& name) {
               return rank_among_six(name) < kSix.size();
             });
  bool none_used = names.empty() && all.size() > 1;
  if (six && !none_used) {
    for (std::string_view name : kSix) add(name);
  }
  return names;
}

std::string place_category(const LogText& text, const LogOutline& outline,
                           std::string_view category, EntryPlace& place) {
  const LogSection& open = outline.sections[place.section];
  std::vector<size_t> found;
  bool any = false;
  for (size_t i = 1; i < open.areas.size(); ++i) {
    any = true;
    if (!category.empty() && same_category(open.areas[i].name, category)) found.push_back(i);
  }
  if (!any) return place_without(text, outline, category, place);
  if (found.size() > 1) return fmt::format("category '{}' is there twice", category);
  if (found.size() == 1) {
    const LogArea& area = open.areas[found[0]];
    if (area.has_parts && area.entries.empty())
      return fmt::format("category '{}' has parts and no list of its own", category);
    if (area.entries.empty() && !area.prose.empty())
      return fmt::format("category '{}' holds prose and no list", category);
    place.area = found[0];
    return {};
  }
  if (category.empty()) {
    place.area = 0;
    return open.areas[0].entries.empty() ? "entries stand under categories and none was named" : "";
  }
  return make_category(text, outline, category, place);
}

}  // namespace gf::stage
