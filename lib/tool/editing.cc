// Writing, editing and deleting: what is answered is what a person would look at afterwards, the
// lines that changed and whether the file still parses.
#include <fmt/format.h>

#include <algorithm>

#include "base/source_text.h"
#include "base/text.h"
#include "base/visible.h"
#include "tool/inside.h"

namespace gf::tool {
namespace {

constexpr size_t kContextLines = 2;        ///< around a changed place
constexpr size_t kShownOfEdit = 4u << 10;  ///< bytes of changed lines that an answer repeats
constexpr size_t kComparedLines = 60;      ///< of a text that is looked for: enough to tell a place
constexpr size_t kCountedPlaces = 100;     ///< at most, of a text that is not unique
constexpr size_t kNamedPlaces = 10;        ///< of them that are named

struct TextEdit {
  std::string from, to;
};

std::vector<size_t> occurrences(std::string_view text, std::string_view what) {
  std::vector<size_t> found;
  // Overlapping ones count too: which of them is meant would be a guess. A hundred is plenty.
  for (size_t at = text.find(what); at != std::string_view::npos && found.size() < kCountedPlaces;
       at = text.find(what, at + 1))
    found.push_back(at);
  return found;
}

size_t line_at(std::string_view text, size_t at) {
  return static_cast<size_t>(
      std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

std::vector<std::string> trimmed_lines(std::string_view text) {
  std::vector<std::string> all = lines(text);
  for (std::string& line : all) line = std::string(trim(line));
  return all;
}

struct Nearest {
  size_t at = 0, length = 0, alike = 0, asked = 0;  ///< lines; asked: that are not blank
};

/// Where as many of the wanted lines as anywhere stand in their order, white space apart.
std::optional<Nearest> nearest_to(const std::vector<std::string>& all,
                                  std::vector<std::string> wanted) {
  while (!wanted.empty() && wanted.front().empty()) wanted.erase(wanted.begin());
  if (wanted.size() > kComparedLines) wanted.resize(kComparedLines);
  Nearest best;
  best.length = wanted.size();
  for (const std::string& line : wanted) best.asked += line.empty() ? 0 : 1;
  for (size_t i = 0; i < all.size(); ++i) {
    size_t alike = 0;
    for (size_t k = 0; k < wanted.size() && i + k < all.size(); ++k)
      alike += !wanted[k].empty() && all[i + k] == wanted[k] ? 1 : 0;
    if (alike > best.alike) {
      best.alike = alike;
      best.at = i;
    }
  }
  if (best.alike > 0) return best;
  if (wanted.empty()) return std::nullopt;
  for (size_t i = 0; i < all.size(); ++i) {
    if (wanted.front().size() < 4 || all[i].find(wanted.front()) == std::string::npos) continue;
    best.at = i;
    return best;
  }
  return std::nullopt;
}

/// Where a text that is not there may have been meant, with the lines as they are.
std::string nearest_text(const std::string& content, const std::string& from) {
  auto near = nearest_to(trimmed_lines(content), trimmed_lines(from));
  if (!near) return "; nothing like it is there";
  std::string how = near->alike == near->asked && near->alike > 0
                        ? "; it differs in white space or line ends only; there is:\n"
                        : "; the nearest text is:\n";
  return how + clipped(numbered_lines(lines(content),
                                      {near->at, near->at + std::max<size_t>(near->length, 1) - 1}),
                       kShownOfEdit);
}

std::string places_text(const std::string& content, const std::vector<size_t>& places) {
  std::vector<std::string> named;
  for (size_t i = 0; i < places.size() && i < kNamedPlaces; ++i)
    named.push_back(std::to_string(line_at(content, places[i]) + 1));
  return fmt::format(" (line {}{})", join(named, ", "),
                     places.size() > kNamedPlaces ? ", ..." : "");
}

/// A file whose lines all end with CRLF keeps that, whatever ends a model writes.
void fit_line_ends(const std::string& content, TextEdit& edit) {
  if (content.find("\r\n") == std::string::npos || edit.from.find('\r') != std::string::npos)
    return;
  std::string from = replace_all(edit.from, "\n", "\r\n");
  if (from != edit.from && content.find(edit.from) != std::string::npos) return;
  size_t all = static_cast<size_t>(std::count(content.begin(), content.end(), '\n'));
  size_t crlf = 0;
  for (size_t at = content.find("\r\n"); at != std::string::npos; at = content.find("\r\n", at + 2))
    ++crlf;
  if (crlf != all) return;
  edit.from = from;
  if (edit.to.find('\r') == std::string::npos) edit.to = replace_all(edit.to, "\n", "\r\n");
}

/// What read_file shows as `\u00a0` stands in the file as that character: a text that was copied
/// from there is meant so, when only then it is in the file.
void fit_unseen(const std::string& content, TextEdit& edit) {
  if (content.find(edit.from) != std::string::npos) return;
  std::string from = unseen_from_escapes(edit.from);
  if (from == edit.from || content.find(from) == std::string::npos) return;
  edit.from = std::move(from);
  edit.to = unseen_from_escapes(edit.to);
}

struct Edited {
  std::string content;
  std::vector<Span> changed;  ///< lines of the new content
  std::string trouble;        ///< of the edit that could not be done; then nothing counts
};

/// One edit; `changed` keeps pace with the lines that it moves.
void apply_edit(TextEdit edit, bool older, Edited& so_far) {
  if (edit.from.empty()) {
    so_far.trouble = "'old' is empty; use write_file for a new file";
    return;
  }
  if (!older) {
    fit_unseen(so_far.content, edit);
    fit_line_ends(so_far.content, edit);
  }
  std::vector<size_t> places = occurrences(so_far.content, edit.from);
  if (places.size() != 1) {
    so_far.trouble =
        fmt::format("'old' occurs {} times{}; it must occur exactly once", places.size(),
                    places.empty() ? "" : places_text(so_far.content, places));
    if (places.empty()) so_far.trouble += nearest_text(so_far.content, edit.from);
    return;
  }
  size_t first = line_at(so_far.content, places[0]);
  size_t before = line_at(edit.from, edit.from.size()), after = line_at(edit.to, edit.to.size());
  auto moved = [&](size_t line) { return line > first ? line + after - before : line; };
  for (Span& span : so_far.changed) span = {moved(span.first), moved(span.last)};
  so_far.content.replace(places[0], edit.from.size(), edit.to);
  size_t last = first + after - (edit.to.ends_with('\n') ? 1 : 0);
  so_far.changed.push_back({first, std::max(first, last)});
}

/// The changed lines with a little around them, numbered, a "..." between places.
std::string change_text(const Edited& edited) {
  std::vector<std::string> all = lines(edited.content);
  std::vector<Span> shown;
  for (const Span& span : edited.changed)
    shown.push_back({span.first - std::min(span.first, kContextLines), span.last + kContextLines});
  std::string text;
  for (const Span& span : merged(std::move(shown)))
    text += (text.empty() ? "" : "...\n") + numbered_lines(all, span);
  return clipped_middle(to_utf8(text), kShownOfEdit);
}

std::vector<TextEdit> edits_in(const record::Json& arguments) {
  std::vector<TextEdit> edits;
  if (arguments.has("old") || arguments.has("new"))
    edits.push_back({arguments.get_string("old"), arguments.get_string("new")});
  for (const record::Json& item : arguments.get("edits").items())
    edits.push_back({item.get_string("old"), item.get_string("new")});
  return edits;
}

}  // namespace

Result<std::string> Toolbox::Impl::parsed(const std::string& path) const {
  if (!parses) return std::string();
  GF_ASSIGN(auto parsed, parses(path));
  return parsed.empty() ? parsed : "; " + parsed;
}

Result<ToolAnswer> Toolbox::Impl::write_file(const record::Json& arguments) {
  GF_ASSIGN(auto path, proc::Jail::normalise(arguments.get_string("path")));
  if (std::string why = refusal(scope, path); !why.empty()) return no(why);
  std::string content = arguments.get_string("content");
  if (content.size() > kMaxFile) return no("error: the content is larger than 4 MB");
  GF_TRY(jail.write(path, content));
  GF_ASSIGN(auto parse, parsed(path));
  return yes(fmt::format("wrote {} ({} bytes, {}){}", path, content.size(),
                         counted(lines(content).size(), "line"), parse),
             {path});
}

Result<ToolAnswer> Toolbox::Impl::edit_file(const record::Json& arguments) {
  GF_ASSIGN(auto path, proc::Jail::normalise(arguments.get_string("path")));
  if (std::string why = refusal(scope, path); !why.empty()) return no(why);
  GF_ASSIGN(auto content, jail.read(path, kMaxFile));
  if (!content) return no(fmt::format("error: there is no file '{}'", path));
  bool alone = arguments.has("old") && arguments.has("new") && !arguments.has("edits");
  std::vector<TextEdit> edits = edits_in(arguments);
  bool many = !arguments.has("old") && !arguments.has("new") && !edits.empty();
  if (scope.older && many) return no("error: give 'old' and 'new'");
  if (!alone && !many) return no("error: give either 'old' and 'new' or 'edits', and not both");
  Edited edited{*content, {}, {}};
  for (size_t i = 0; i < edits.size(); ++i) {
    apply_edit(edits[i], scope.older, edited);
    if (edited.trouble.empty()) continue;
    std::string which = edits.size() > 1
                            ? fmt::format("edit {} of {}, and none was done: ", i + 1, edits.size())
                            : "";
    return no(fmt::format("error: {}in '{}' {}", which, path, edited.trouble));
  }
  if (edited.content.size() > kMaxFile) return no("error: the file would be larger than 4 MB");
  GF_TRY(jail.write(path, edited.content));
  GF_ASSIGN(auto parse, parsed(path));
  return yes(fmt::format("edited {}{}\n{}", path, parse, change_text(edited)), {path});
}

Result<ToolAnswer> Toolbox::Impl::delete_file(const record::Json& arguments) {
  GF_ASSIGN(auto path, proc::Jail::normalise(arguments.get_string("path")));
  if (std::string why = refusal(scope, path); !why.empty()) return no(why);
  GF_ASSIGN(bool there, jail.remove(path));
  if (!there) return no(fmt::format("error: there is no file '{}'", path));
  return yes(fmt::format("deleted {}", path), {path});
}

}  // namespace gf::tool
