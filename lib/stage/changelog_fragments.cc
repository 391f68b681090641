#include "stage/changelog_fragments.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "stage/changelog_form.h"
#include "stage/changelog_words.h"

namespace gf::stage {
namespace {

constexpr size_t kFragmentsRead = 5;

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_suffix(std::string_view text) {
  for (std::string_view known : {"rst", "md", "txt", "adoc"}) {
    if (text == known) return true;
  }
  return false;
}

bool type_known(const std::vector<FragmentType>& types, std::string_view name) {
  return types.empty() || std::any_of(types.begin(), types.end(), [name](const FragmentType& type) {
           return type.name == name;
         });
}

/// The configured type that `category` means, or nothing.
std::string type_for(const std::vector<FragmentType>& types, std::string_view category) {
  for (const FragmentType& type : types) {
    if (same_category(type.name, category) || same_category(type.label, category)) return type.name;
  }
  std::string word = lower(trim(category));
  const char* usual = word == "added"                             ? "feature"
                      : word == "fixed"                           ? "bugfix"
                      : word == "removed" || word == "deprecated" ? "removal"
                                                                  : "";
  bool towncriers_own = type_known(types, "feature") && type_known(types, "bugfix") &&
                        type_known(types, "removal") && types.size() == 5;
  return towncriers_own ? usual : "";
}

std::vector<std::string> models(const Changelog& changelog, const record::TreeFacts& tree,
                                const std::string& type) {
  std::vector<std::string> all;
  std::vector<std::string> paths = tree.paths(changelog.path, 400);
  for (bool same : {true, false}) {
    for (auto path = paths.rbegin(); path != paths.rend() && all.size() < kFragmentsRead; ++path) {
      auto name = read_fragment_name(path->substr(path->rfind('/') + 1), changelog.types);
      if (!name || (name->type == type) != same) continue;
      if (std::optional<std::string> text = tree.read(*path)) all.push_back(*text);
    }
    if (!all.empty()) break;
  }
  return all;
}

/// The text of a fragment, in the form that the newest of its kind have.
std::string fragment_text(const std::vector<std::string>& like, const std::string& suffix,
                          std::string_view words) {
  size_t listed = 0, longest = 0, several = 0, one = 0, two = 0, without_end = 0;
  Markup markup = suffix == ".md" ? Markup::kMarkdown : Markup::kRst;
  for (const std::string& text : like) {
    Item item;
    std::vector<std::string> rows = lines(text);
    if (!rows.empty() && read_item(rows[0], item)) ++listed;
    if (rows.size() > 1) ++several;
    if (!text.ends_with('\n')) ++without_end;
    for (const std::string& row : rows) longest = std::max(longest, columns_of(row));
    std::vector<CodeSpan> spans;
    code_spans(text, markup, spans);
    for (const CodeSpan& span : spans) ++(span.ticks == 2 ? two : one);
  }
  EntryForm form;
  form.ticks = one + two == 0 ? (markup == Markup::kRst ? 2 : 1) : two > one ? 2 : 1;
  bool wraps = several > 0 && longest <= 100;
  form.wrapping = wraps ? Wrapping::kWidth : Wrapping::kOneLine;
  form.width = std::max<size_t>(longest, 72);
  bool list = listed * 2 > like.size();
  if (!list) form.marker = form.gap = form.continuation = "";
  std::string text = join(laid_out(form, markup, words), "\n");
  bool no_end = like.size() >= 3 && without_end * 2 > like.size();
  return no_end ? text : text + "\n";
}

}  // namespace

std::optional<FragmentName> read_fragment_name(std::string_view name,
                                               const std::vector<FragmentType>& types) {
  std::vector<std::string> parts = split(name, '.');
  if (parts.size() < 2 || parts[0].empty()) return std::nullopt;
  FragmentName read;
  read.issue = parts[0];
  read.type = parts[1];
  bool number =
      all_digits(parts[0]) || parts[0][0] == '+' ||
      (types.empty()
           ? all_digits(parts[0].substr(parts[0].find_first_of("0123456789") == std::string::npos
                                            ? 0
                                            : parts[0].find_first_of("0123456789")))
           : true);
  if (!number || is_suffix(read.type) || all_digits(read.type) || !type_known(types, read.type))
    return std::nullopt;
  if (is_suffix(parts.back()) && parts.size() > 2) read.suffix = "." + parts.back();
  return read;
}

WrittenEntry write_fragment(const Changelog& changelog, const record::TreeFacts& tree,
                            const NewEntry& entry) {
  if (!changelog.unsure.empty()) return {std::nullopt, changelog.unsure, {}, false};
  std::string type = type_for(changelog.types, entry.category);
  if (type.empty()) {
    std::vector<std::string> names;
    for (const FragmentType& known : changelog.types) names.push_back(known.name);
    return {std::nullopt,
            fmt::format("'{}' is no type of fragment here: there are '{}'", entry.category,
                        join(names, "', '")),
            {},
            false};
  }
  bool orphan = entry.issue.empty();
  if (orphan && (changelog.orphan.empty() || changelog.tool == FragmentTool::kFolder))
    return {
        std::nullopt, "the name of a fragment begins with a number, and none is known", {}, false};
  std::string stem = orphan ? changelog.orphan + entry.slug : entry.issue;
  std::string text = fragment_text(models(changelog, tree, type), changelog.suffix, entry.words);
  for (size_t count = 0; count < 100; ++count) {
    std::string more = count == 0 ? "" : fmt::format(".{}", count);
    std::string path =
        fmt::format("{}/{}.{}{}{}", changelog.path, stem, type, more, changelog.suffix);
    std::optional<std::string> there = tree.read(path);
    bool taken = there.has_value() || tree.has_path(path);
    if (taken && (!there || *there != text)) continue;
    std::string note =
        orphan ? fmt::format("'{}' wants the number of its issue or pull request as its name", path)
               : "";
    return {FileText{path, text}, {}, note, false};
  }
  return {std::nullopt, "a hundred fragments of this number are there already", {}, false};
}

std::vector<ChangelogFinding> check_fragments(const Changelog& changelog,
                                              const std::vector<ChangedFile>& changed) {
  std::vector<ChangelogFinding> found;
  std::vector<const ChangedFile*> added;
  for (const ChangedFile& file : changed) {
    if (file.path == changelog.assembled) {
      found.push_back(
          {"assembled", file.path, 0,
           fmt::format("'{}' is written by the tool at a release: put a fragment into '{}' instead",
                       file.path, changelog.path)});
    } else if (file.before) {
      found.push_back(
          {"only-added", file.path, 0,
           fmt::format("'{}' is another change's fragment: leave it as it was", file.path)});
    } else if (file.after) {
      added.push_back(&file);
    }
  }
  if (added.size() != 1) {
    found.push_back({"one-entry", changelog.path, 0,
                     fmt::format("{} added to '{}', one is wanted",
                                 counted(added.size(), "fragment"), changelog.path)});
  }
  for (const ChangedFile* file : added) {
    std::string name = file->path.substr(file->path.rfind('/') + 1);
    if (trim(*file->after).empty())
      found.push_back(
          {"empty", file->path, 1, "the fragment is empty: write one sentence for users"});
    bool named_by_type = changelog.tool == FragmentTool::kTowncrier ||
                         (changelog.tool == FragmentTool::kFolder && !changelog.types.empty());
    if (named_by_type && !read_fragment_name(name, changelog.types)) {
      std::vector<std::string> names;
      for (const FragmentType& type : changelog.types) names.push_back(type.name);
      found.push_back(
          {"name", file->path, 0,
           fmt::format("'{}' is no fragment's name: <number>.<type>{} with a type of '{}'", name,
                       changelog.suffix, join(names, "', '"))});
    } else if (!changelog.suffix.empty() && !name.ends_with(changelog.suffix)) {
      found.push_back({"suffix", file->path, 0,
                       fmt::format("'{}' should end with '{}' as the other fragments do", name,
                                   changelog.suffix)});
    }
  }
  return found;
}

}  // namespace gf::stage
