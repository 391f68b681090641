// Patches, byte for byte as git writes them.
#include "git/patch.h"

#include <fmt/format.h>

#include "git/handle.h"

namespace gf::git {
namespace {

constexpr size_t kMaxText = 64u << 20;  ///< more is shown as binary
constexpr const char* kNowhere = "/dev/null";

/// As git quotes names that a line of text could not hold (core.quotePath=true).
std::string quoted(const std::string& name) {
  std::string text;
  bool needed = false;
  for (char c : name) {
    auto byte = static_cast<unsigned char>(c);
    constexpr std::string_view kPlain = "\a\b\t\n\v\f\r\"\\";
    constexpr std::string_view kLetter = "abtnvfr\"\\";
    size_t at = kPlain.find(c);
    if (c != '\0' && at != std::string_view::npos) {
      text += std::string("\\") + kLetter[at];
      needed = true;
    } else if (byte < 0x20 || byte >= 0x7f) {
      text += fmt::format("\\{:03o}", byte);
      needed = true;
    } else {
      text += c;
    }
  }
  return needed ? "\"" + text + "\"" : name;
}

struct Content {
  std::string text;
  bool binary = false;
};

Result<Content> content_of(const Repo& repo, const Oid& id, EntryKind kind) {
  Content content;
  if (id.is_zero()) return content;
  if (kind == EntryKind::kSubmodule) {
    content.text = "Subproject commit " + id.hex() + "\n";
    return content;
  }
  GF_ASSIGN(size_t size, repo.blob_size(id));
  content.binary = size > kMaxText;
  if (content.binary) return content;
  GF_ASSIGN(content.text, repo.read_blob(id, kMaxText));
  content.binary = looks_binary(content.text);
  return content;
}

std::string header_of(const Delta& delta) {
  std::string a = quoted("a/" + delta.path), b = quoted("b/" + delta.path);
  std::string text = fmt::format("diff --git {} {}\n", a, b);
  const char *old_mode = mode_text(delta.old_kind), *new_mode = mode_text(delta.new_kind);
  bool same_mode = delta.old_kind == delta.new_kind;
  if (delta.kind == DeltaKind::kAdded) {
    text += fmt::format("new file mode {}\n", new_mode);
  } else if (delta.kind == DeltaKind::kDeleted) {
    text += fmt::format("deleted file mode {}\n", old_mode);
  } else if (!same_mode) {
    text += fmt::format("old mode {}\nnew mode {}\n", old_mode, new_mode);
  }
  if (delta.old_id == delta.new_id) return text;
  text += fmt::format("index {}..{}", delta.old_id.hex(), delta.new_id.hex());
  if (delta.kind == DeltaKind::kModified && same_mode) text += fmt::format(" {}", old_mode);
  return text + "\n";
}

/// "--- a/name", with a tab behind a name with a blank, as git does it for patch(1).
std::string label(const char* mark, const std::string& name) {
  return fmt::format("{} {}{}\n", mark, name, name.find(' ') == std::string::npos ? "" : "\t");
}

Result<std::vector<Hunk>> hunks_of(const std::string& path, const Content& before,
                                   const Content& after, int context) {
  git_diff_options options;
  git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
  options.context_lines = static_cast<uint32_t>(context);
  options.interhunk_lines = 0;
  options.flags = GIT_DIFF_FORCE_TEXT | GIT_DIFF_INDENT_HEURISTIC;
  PatchHandle patch;
  if (int code = git_patch_from_buffers(Out(patch), before.text.data(), before.text.size(), nullptr,
                                        after.text.data(), after.text.size(), nullptr, &options);
      code < 0) {
    return from_git(code, "cannot compare two files");
  }
  std::vector<Hunk> hunks;
  for (size_t i = 0; i < git_patch_num_hunks(patch.get()); ++i) {
    const git_diff_hunk* raw = nullptr;
    size_t count = 0;
    if (int code = git_patch_get_hunk(&raw, &count, patch.get(), i); code < 0)
      return from_git(code, "cannot read a hunk");
    Hunk hunk{path,           raw->old_start, raw->old_lines,
              raw->new_start, raw->new_lines, std::string(raw->header, raw->header_len)};
    for (size_t j = 0; j < count; ++j) {
      const git_diff_line* line = nullptr;
      if (int code = git_patch_get_line_in_hunk(&line, patch.get(), i, j); code < 0)
        return from_git(code, "cannot read a line of a hunk");
      bool marked = line->origin == ' ' || line->origin == '+' || line->origin == '-';
      if (marked) hunk.text += line->origin;
      hunk.text.append(line->content, line->content_len);
    }
    hunks.push_back(std::move(hunk));
  }
  return hunks;
}

Result<FilePatch> patch_of(const Repo& repo, const Delta& delta, int context) {
  FilePatch patch;
  patch.header = header_of(delta);
  if (delta.old_id == delta.new_id) return patch;
  GF_ASSIGN(auto before, content_of(repo, delta.old_id, delta.old_kind));
  GF_ASSIGN(auto after, content_of(repo, delta.new_id, delta.new_kind));
  std::string a = delta.kind == DeltaKind::kAdded ? kNowhere : quoted("a/" + delta.path);
  std::string b = delta.kind == DeltaKind::kDeleted ? kNowhere : quoted("b/" + delta.path);
  if (before.binary || after.binary) {
    patch.header += fmt::format("Binary files {} and {} differ\n", a, b);
    return patch;
  }
  GF_ASSIGN(patch.hunks, hunks_of(delta.path, before, after, context));
  if (!patch.hunks.empty()) patch.header += label("---", a) + label("+++", b);
  return patch;
}

}  // namespace

const char* mode_text(EntryKind kind) {
  switch (kind) {
    case EntryKind::kExecutable:
      return "100755";
    case EntryKind::kSymlink:
      return "120000";
    case EntryKind::kSubmodule:
      return "160000";
    default:
      return "100644";
  }
}

bool looks_binary(std::string_view text) {
  constexpr size_t kLookedAt = 8000;
  return text.substr(0, kLookedAt).find('\0') != std::string_view::npos;
}

Result<std::vector<FilePatch>> patches(const Repo& repo, const std::vector<Delta>& deltas,
                                       int context) {
  std::vector<FilePatch> all;
  for (const Delta& delta : deltas) {
    if (delta.kind != DeltaKind::kTypeChanged) {
      GF_ASSIGN(auto one, patch_of(repo, delta, context));
      all.push_back(std::move(one));
      continue;
    }
    Delta gone = delta, come = delta;
    gone.kind = DeltaKind::kDeleted;
    gone.new_id = Oid();
    come.kind = DeltaKind::kAdded;
    come.old_id = Oid();
    for (const Delta& half : {gone, come}) {
      GF_ASSIGN(auto one, patch_of(repo, half, context));
      all.push_back(std::move(one));
    }
  }
  return all;
}

}  // namespace gf::git
