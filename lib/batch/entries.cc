#include "batch/entries.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/nearest.h"
#include "base/text.h"
#include "line/features.h"
#include "model/prices.h"
#include "model/provider.h"

namespace gf::batch {
namespace {

using record::Json;

constexpr size_t kMaxSlug = 40;
constexpr int64_t kMaxPriority = 1000000;

Error wrong(size_t line, std::string_view what, std::string hint = {}) {
  return {Fault::kUsage, fmt::format("line {}: {}", line, what), {}, std::move(hint)};
}

/// A paragraph, or a line of JSON, and the line that it begins at.
struct Piece {
  std::string text;
  size_t line = 0;
};

std::vector<Piece> paragraphs(std::string_view text) {
  std::vector<Piece> found;
  bool inside = false;
  size_t number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    bool blank = trim(line).empty();
    if (blank || (!inside && line.starts_with("#"))) {
      inside = inside && !blank;
      continue;
    }
    if (!inside) found.push_back({{}, number});
    inside = true;
    // Some editors end a line with both.
    found.back().text += line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
    found.back().text += "\n";
  }
  return found;
}

std::vector<Piece> json_lines(std::string_view text) {
  std::vector<Piece> found;
  size_t number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    std::string_view what = trim(line);
    if (!what.empty() && !what.starts_with("#")) found.push_back({std::string(what), number});
  }
  return found;
}

/// A text or a list of them, as people write either.
Result<std::vector<std::string>> texts_of(const Json& json, std::string_view key) {
  std::vector<std::string> texts;
  auto value = json.find(key);
  if (!value) return texts;
  for (const Json& item : value->is_array() ? value->items() : std::vector<Json>{*value}) {
    auto text = item.as_string();
    if (!text)
      return Error{Fault::kUsage,
                   fmt::format("'{}' is no text and no list of texts", key),
                   {},
                   "write it as \"x\" or [\"x\", \"y\"]"};
    texts.push_back(*text);
  }
  return texts;
}

Result<std::string> text_of(const Json& json, std::string_view key) {
  auto value = json.find(key);
  if (!value) return std::string();
  auto text = value->as_string();
  if (text) return *text;
  return Error{Fault::kUsage, fmt::format("'{}' is no text", key), {}, "write it in quotes"};
}

Result<std::string> budget_of(const Json& json) {
  Json value = json.get("budget");
  if (value.is_null()) return std::string();
  std::string dollars = value.as_string() ? *value.as_string() : value.dump();
  if (model::pico_dollars(trim(dollars))) return std::string(trim(dollars));
  return Error{Fault::kUsage,
               fmt::format("'budget' is {}", printable(clipped(value.dump(), 60))),
               {},
               "write dollars, such as 0.25"};
}

Result<void> check_members(const Json& json) {
  static const std::vector<std::string> kMembers = {"after", "base",     "budget",  "line",
                                                    "model", "priority", "request", "slug"};
  for (const auto& [name, value] : json.members()) {
    if (std::find(kMembers.begin(), kMembers.end(), name) != kMembers.end()) continue;
    auto meant = nearest(name, kMembers);
    std::string shown = printable(clipped(name, 60));
    return Error{Fault::kUsage,
                 meant ? fmt::format("'{}' is unknown; did you mean '{}'?", shown, *meant)
                       : fmt::format("'{}' is unknown", shown),
                 {},
                 "see git-factory-batch(1)"};
  }
  return Done{};
}

/// What becomes words of a run's command line: said here, before another run has spent anything.
Result<void> check_words(const Entry& entry) {
  if (entry.base && entry.base->find('\0') != std::string::npos)
    return Error{Fault::kUsage, "'base' has a NUL in it", {}, "name a branch or a commit"};
  for (const std::string& model : entry.models)
    GF_TRY(model::Reference::parse(model.substr(model.find('=') + 1)));
  return Done{};
}

/// The error of a line, where it does not say that already.
Error at_line(size_t line, const Error& error) {
  Error placed = error;
  placed.fault = Fault::kUsage;
  placed.message = fmt::format("line {}: {}", line, error.message);
  return placed;
}

Result<Entry> entry_of(const Piece& piece, bool as_json) {
  Entry entry;
  if (as_json) {
    auto json = Json::parse(piece.text);
    if (!json.ok()) return at_line(piece.line, json.error());
    auto read = entry_from_json(*json);
    if (!read.ok()) return at_line(piece.line, read.error());
    entry = std::move(read).value();
    if (auto fine = check_words(entry); !fine.ok()) return at_line(piece.line, fine.error());
  } else {
    entry.request = piece.text;
  }
  entry.line = piece.line;
  auto request = line::checked_request(entry.request);
  if (!request.ok()) return at_line(piece.line, request.error());
  entry.request = std::move(request).value();
  return entry;
}

/// Given slugs first: what is made from a request gives way.
Result<void> name_all(std::vector<Entry>& entries) {
  std::map<std::string, size_t> taken;
  for (const Entry& entry : entries) {
    if (entry.slug.empty()) continue;
    if (slug_from(entry.slug, kMaxSlug) != entry.slug)
      return wrong(entry.line, fmt::format("'{}' is no slug", printable(clipped(entry.slug, 60))),
                   "use lower-case letters, digits and dashes");
    auto [before, fresh] = taken.emplace(entry.slug, entry.line);
    if (!fresh)
      return wrong(entry.line,
                   fmt::format("the slug '{}' is that of line {}", entry.slug, before->second),
                   "give each request a slug of its own");
  }
  for (Entry& entry : entries) {
    if (!entry.slug.empty()) continue;
    std::string_view first = entry.request;
    std::string slug = slug_from(first.substr(0, first.find('\n')), kMaxSlug);
    entry.slug = slug;
    for (int i = 2; !taken.emplace(entry.slug, entry.line).second; ++i) {
      std::string number = fmt::format("-{}", i);
      entry.slug = slug_from(slug, kMaxSlug - number.size()) + number;
    }
  }
  return Done{};
}

/// An order is there as long as each round finds an entry that waits for none of those left.
Result<void> check_order(const std::vector<Entry>& entries) {
  std::vector<std::string> slugs;
  for (const Entry& entry : entries) slugs.push_back(entry.slug);
  for (const Entry& entry : entries) {
    for (const std::string& slug : entry.after) {
      if (std::find(slugs.begin(), slugs.end(), slug) != slugs.end()) continue;
      auto meant = nearest(slug, slugs);
      std::string what = fmt::format("it comes after '{}', which is no slug of this batch",
                                     printable(clipped(slug, 60)));
      if (meant) what += fmt::format("; did you mean '{}'?", *meant);
      return wrong(entry.line, what, "name slugs of other requests in the file");
    }
  }
  std::vector<const Entry*> left;
  for (const Entry& entry : entries) left.push_back(&entry);
  std::set<std::string> placed;
  for (size_t before = left.size() + 1; !left.empty() && left.size() < before;) {
    before = left.size();
    std::erase_if(left, [&](const Entry* entry) {
      bool free = std::all_of(entry->after.begin(), entry->after.end(),
                              [&](const std::string& slug) { return placed.contains(slug); });
      if (free) placed.insert(entry->slug);
      return free;
    });
  }
  if (left.empty()) return Done{};
  // From one that waits to what it waits for, until the circle closes.
  std::vector<std::string> way;
  const Entry* at = left.front();
  while (std::find(way.begin(), way.end(), at->slug) == way.end()) {
    way.push_back(at->slug);
    auto next = std::find_if(at->after.begin(), at->after.end(),
                             [&](const std::string& slug) { return !placed.contains(slug); });
    at = *std::find_if(left.begin(), left.end(),
                       [&](const Entry* entry) { return entry->slug == *next; });
  }
  way.erase(way.begin(), std::find(way.begin(), way.end(), at->slug));
  way.push_back(at->slug);
  return wrong(at->line, fmt::format("requests wait for each other: {}", join(way, " after ")),
               "leave one 'after' out");
}

}  // namespace

Json to_json(const Entry& entry) {
  Json json = Json::object({{"request", entry.request}, {"slug", entry.slug}});
  if (entry.base) json.set("base", *entry.base);
  if (!entry.budget.empty()) json.set("budget", entry.budget);
  if (entry.priority != 0) json.set("priority", entry.priority);
  if (!entry.after.empty()) json.set("after", Json::strings(entry.after));
  if (!entry.models.empty()) json.set("model", Json::strings(entry.models));
  if (entry.line != 0) json.set("line", static_cast<int64_t>(entry.line));
  return json;
}

Result<Entry> entry_from_json(const Json& json) {
  if (!json.is_object())
    return Error{Fault::kUsage, "it is no JSON object", {}, "see git-factory-batch(1)"};
  GF_TRY(check_members(json));
  Entry entry;
  GF_ASSIGN(entry.request, text_of(json, "request"));
  GF_ASSIGN(entry.slug, text_of(json, "slug"));
  GF_ASSIGN(auto base, text_of(json, "base"));
  if (!base.empty()) entry.base = base;
  GF_ASSIGN(entry.budget, budget_of(json));
  Json priority = json.get("priority");
  auto number = priority.as_int();
  if (!priority.is_null() && (!number || *number < -kMaxPriority || *number > kMaxPriority))
    return Error{Fault::kUsage, "'priority' is no whole number", {}, "higher ones begin first"};
  entry.priority = static_cast<int>(number.value_or(0));
  GF_ASSIGN(entry.after, texts_of(json, "after"));
  GF_ASSIGN(entry.models, texts_of(json, "model"));
  entry.line = static_cast<size_t>(json.get_int("line"));
  return entry;
}

Result<std::vector<Entry>> read_entries(std::string_view text) {
  // A byte order mark is an editor's, and no part of a request.
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::vector<Piece> pieces = paragraphs(text);
  bool as_json = !pieces.empty() && trim(pieces.front().text).starts_with("{");
  if (as_json) pieces = json_lines(text);
  if (pieces.empty())
    return Error{Fault::kUsage,
                 "there is no request in it",
                 {},
                 "write one request a paragraph, with a blank line between"};
  std::vector<Entry> entries;
  for (const Piece& piece : pieces) {
    GF_ASSIGN(auto entry, entry_of(piece, as_json));
    entries.push_back(std::move(entry));
  }
  GF_TRY(name_all(entries));
  GF_TRY(check_order(entries));
  return entries;
}

}  // namespace gf::batch
