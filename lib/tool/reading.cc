// Looking at files and folders.
#include <fmt/format.h>

#include <algorithm>

#include "base/glob.h"
#include "base/source_text.h"
#include "base/text.h"
#include "base/visible.h"
#include "tool/inside.h"

namespace gf::tool {
namespace {

constexpr size_t kMaxEntries = 500;

/// What a reader has to know to change a file so that the rest of it stays as it is.
std::string form_of_text(const std::string& content) {
  std::string form;
  if (content.find("\r\n") != std::string::npos) form += ", CRLF line ends";
  if (!content.empty() && content.back() != '\n') form += ", no newline at the end";
  if (!is_utf8(content)) form += ", not UTF-8: U+FFFD stands for what is none";
  if (has_unseen(content)) form += ", characters that cannot be seen are shown as \\u escapes";
  return form;
}

}  // namespace

std::string Toolbox::Impl::unreadable(const std::string& path) const {
  if (scope.readable.empty() || glob_matches_any(scope.readable, path)) return {};
  return fmt::format("error: '{}' is not for this step to read; it may read: {}", path,
                     join(scope.readable, ", "));
}

Result<ToolAnswer> Toolbox::Impl::read_file(const record::Json& arguments) {
  GF_ASSIGN(auto path, proc::Jail::normalise(arguments.get_string("path")));
  if (std::string why = unreadable(path); !why.empty()) return no(why);
  GF_ASSIGN(auto content, jail.read(path, kMaxFile));
  if (!content) return no(fmt::format("error: there is no file '{}'", path));
  if (content->find('\0') != std::string::npos)
    return no(fmt::format("error: '{}' is not text", path));
  std::vector<std::string> all = lines(*content);
  auto count = static_cast<int64_t>(all.size());
  int64_t first =
      std::clamp<int64_t>(arguments.get_int("start_line", 1), 1, std::max<int64_t>(count, 1));
  int64_t last = std::clamp<int64_t>(arguments.get_int("end_line", count), first - 1, count);
  std::string text;
  int64_t shown = first - 1;
  for (; shown < last; ++shown) {
    auto at = static_cast<size_t>(shown);
    std::string line = numbered_lines(all, {at, at});
    if (text.size() + line.size() > kMaxAnswer) break;
    text += line;
  }
  if (shown < last) {
    text += fmt::format("[... {} not shown: ask for them from start_line {}]\n",
                        counted(static_cast<size_t>(last - shown), "more line"), shown + 1);
  }
  return ToolAnswer{to_utf8(fmt::format("{} (lines {}-{} of {}{})\n{}", path, first, shown, count,
                                        form_of_text(*content), text)),
                    false,
                    {}};
}

Result<ToolAnswer> Toolbox::Impl::list_dir(const record::Json& arguments) {
  GF_ASSIGN(auto path, proc::Jail::normalise(arguments.get_string("path")));
  GF_ASSIGN(auto kind, jail.look(path));
  if (kind == proc::Jail::Kind::kFile)
    return no(fmt::format("error: '{}' is a file; read it with read_file", path));
  if (kind == proc::Jail::Kind::kNothing)
    return no(fmt::format("error: there is no folder '{}'", path));
  bool more = false;
  GF_ASSIGN(auto entries, jail.list(path, kMaxEntries, &more));
  std::string text;
  for (const proc::Jail::Entry& entry : entries)
    text += printable(entry.name) + (entry.folder ? "/" : "") + "\n";
  if (more) text += fmt::format("[... more than {} entries]\n", kMaxEntries);
  return yes(text.empty() ? "(empty)\n" : text);
}

}  // namespace gf::tool
