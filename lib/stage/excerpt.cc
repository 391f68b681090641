#include "stage/excerpt.h"

#include <algorithm>

#include "base/text.h"

namespace gf::stage {
namespace {

constexpr size_t kWholeLines = 40;  ///< of a definition that is read from end to end
constexpr size_t kHeadLines = 16;   ///< of a longer one: its header, and what it says it does
constexpr size_t kMembers = 40;     ///< of a class, by their headers

}  // namespace

Excerpt::Excerpt(std::string path, const std::string& content, std::set<size_t> shown)
    : path_(std::move(path)),
      source_(lines(to_utf8(content))),
      all_(outlined_in(source_, path_)),
      values_(file_values_in(source_, path_)),
      own_from_(licence_lines(source_, *syntax_of(path_))),
      shown_(std::move(shown)),
      taken_(source_.size(), false) {}

void Excerpt::tell(size_t at, size_t& room) {
  const Outlined* found = at_line(at);
  if (found == nullptr) return tell_value(at, room);
  size_t last = found->whole.last;
  if (last - found->whole.first < kWholeLines) return take(found->whole, room);
  if (found->type) return tell_class(*found, room);
  take({found->whole.first, std::max(found->header.last, found->whole.first + kHeadLines)}, room);
}

void Excerpt::tell_values(const std::set<std::string>& names, size_t& room) {
  for (const FileValue& one : values_) {
    if (names.contains(one.name)) tell_value(one.at, room);
  }
}

std::set<std::string> Excerpt::imported() const { return imported_in(source_, *syntax_of(path_)); }

void Excerpt::tell_whole(size_t at, size_t& room) {
  if (const Outlined* found = at_line(at)) take(found->whole, room);
}

void Excerpt::tell_class_around(size_t line, size_t& room) {
  if (const Outlined* found = innermost(line, true)) tell_class(*found, room);
}

void Excerpt::tell_function_around(size_t line, size_t& room) {
  if (const Outlined* found = innermost(line, false)) take(found->whole, room);
}

void Excerpt::tell_file(size_t most, size_t& room) {
  size_t bytes = 0;
  for (const std::string& line : source_) bytes += line.size() + 1;
  if (bytes <= most && own_from_ < source_.size()) take({own_from_, source_.size() - 1}, room);
}

std::vector<std::string> Excerpt::functions_around(const std::vector<size_t>& some) const {
  std::vector<Span> spans;
  std::set<const Outlined*> types;
  for (size_t line : some) {
    if (const Outlined* found = innermost(line, false)) {
      spans.push_back(found->whole);
    } else if (const Outlined* type = innermost(line, true)) {
      types.insert(type);
    }
  }
  for (const Outlined* type : types) {
    for (const Outlined& one : all_) {
      if (!one.type && one.at > type->at && one.whole.last <= type->whole.last)
        spans.push_back(one.whole);
    }
  }
  std::vector<std::string> all;
  for (const Span& span : merged(std::move(spans))) {
    all.insert(all.end(), source_.begin() + static_cast<std::ptrdiff_t>(span.first),
               source_.begin() + static_cast<std::ptrdiff_t>(span.last + 1));
  }
  return all;
}

std::string Excerpt::text() const {
  std::string text;
  for (size_t i = 0; i < taken_.size(); ++i) {
    if (!taken_[i]) continue;
    if (i > 0 && !taken_[i - 1] && !text.empty()) text += "...\n";
    text += numbered_lines(source_, {i, i});
  }
  return text;
}

const Outlined* Excerpt::at_line(size_t at) const {
  auto found =
      std::find_if(all_.begin(), all_.end(), [&](const Outlined& one) { return one.at == at; });
  return found == all_.end() ? nullptr : &*found;
}

const Outlined* Excerpt::innermost(size_t line, bool type) const {
  const Outlined* found = nullptr;
  for (const Outlined& one : all_) {
    if (one.type == type && one.whole.first <= line && line <= one.whole.last) found = &one;
  }
  return found;
}

/// A variable or constant: of a long table how it begins.
void Excerpt::tell_value(size_t at, size_t& room) {
  Span span{at, at};
  for (const FileValue& one : values_) {
    if (one.at == at) span = one.span;
  }
  if (span.last - span.first >= kWholeLines) span.last = std::max(at, span.first) + kHeadLines;
  take(span, room);
}

/// What it says before its first member, and its members' headers.
void Excerpt::tell_class(const Outlined& found, size_t& room) {
  std::vector<Span> members;
  for (const Outlined& one : all_) {
    bool inside = one.at > found.header.last && one.whole.last <= found.whole.last;
    if (inside && members.size() < kMembers) members.push_back(one.header);
  }
  size_t end = members.empty() ? found.whole.last + 1 : members.front().first;
  take({found.whole.first, std::min(end - 1, found.whole.first + kWholeLines)}, room);
  for (const Span& member : members) take(member, room);
}

/// All of it or nothing: half a header says nothing.
void Excerpt::take(Span span, size_t& room) {
  std::vector<size_t> fresh;
  size_t bytes = 0;
  for (size_t i = span.first; i <= span.last && i < source_.size(); ++i) {
    if (taken_[i] || shown_.contains(i + 1)) continue;
    fresh.push_back(i);
    bytes += numbered_lines(source_, {i, i}).size();
  }
  if (bytes > room) return;
  room -= bytes;
  for (size_t i : fresh) taken_[i] = true;
}

Excerpt* Excerpts::of(const std::string& path) {
  for (const auto& file : files_) {
    if (file->path() == path) return file.get();
  }
  auto content = syntax_of(path) ? tree_.read(path) : std::nullopt;
  if (!content) return nullptr;
  auto shown = shown_.find(path);
  files_.push_back(std::make_unique<Excerpt>(
      path, *content, shown == shown_.end() ? std::set<size_t>() : shown->second));
  return files_.back().get();
}

std::string Excerpts::text() const {
  std::string text;
  for (const auto& file : files_) {
    std::string part = file->text();
    if (!part.empty()) text += file->path() + "\n" + part;
  }
  return text;
}

}  // namespace gf::stage
