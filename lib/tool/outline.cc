// Outlines: universal-ctags says where definitions stand, and the file itself what they say, for
// ctags drops decorators, escapes and most return types.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/source_text.h"
#include "base/text.h"
#include "tool/inside.h"

namespace gf::tool {

/// A file that is asked about, once however often.
struct AskedFile {
  std::vector<std::string> source;
  std::optional<Syntax> syntax;
  std::vector<size_t> places;  ///< in the list of answers
};

namespace {

constexpr size_t kMaxTags = 4u << 20;  ///< bytes of ctags' answer
constexpr Milliseconds kOutlineTime{10000};

/// "12: def f(a: int) -> int", a line each.
std::string header_text(const DefinitionText& found) {
  std::string text;
  for (size_t i = 0; i < found.text.size(); ++i)
    text += fmt::format("{}: {}\n", found.header.first + i + 1, found.text[i]);
  return text;
}

Definition definition_from(const DefinitionText& found) {
  return {static_cast<int>(found.whole.first) + 1, static_cast<int>(found.whole.last) + 1,
          header_text(found)};
}

/// A tag that has a body: its header is worth more than ctags' reading of it.
bool has_header(const std::string& kind, const std::string& signature) {
  for (const char* one : {"class", "struct", "interface", "enum", "trait", "function", "method"}) {
    if (kind == one) return true;
  }
  return !signature.empty();
}

Definition definition_of(const record::Json& tag, const std::vector<std::string>& source,
                         const std::optional<Syntax>& syntax) {
  int64_t line = tag.get_int("line");
  std::string kind = tag.get_string("kind"), signature = tag.get_string("signature");
  if (syntax && line > 0 && has_header(kind, signature)) {
    if (auto found = definition_at(source, static_cast<size_t>(line - 1), *syntax))
      return definition_from(*found);
  }
  std::string scope_name = tag.get_string("scope");
  Definition made;
  made.first = static_cast<int>(line);
  made.last = static_cast<int>(std::max(line, tag.get_int("end", line)));
  made.text = fmt::format("{}: {} {}{}{}\n", line, kind, scope_name.empty() ? "" : scope_name + ".",
                          tag.get_string("name"), signature);
  return made;
}

/// Without ctags: what can be seen of a language that is known here.
void outline_by_eye(const std::vector<std::string>& source, const std::optional<Syntax>& syntax,
                    FileOutline& outline) {
  if (!syntax) {
    outline.trouble = no("error: universal-ctags is not installed; use read_file");
    return;
  }
  for (size_t at : definition_lines(source, *syntax)) {
    if (auto found = definition_at(source, at, *syntax))
      outline.definitions.push_back(definition_from(*found));
  }
}

void read_tags(const std::string& tags, const std::map<std::string, AskedFile>& asked,
               std::vector<FileOutline>& answers) {
  for (const std::string& line : lines(tags)) {
    auto tag = record::Json::parse(line);
    if (!tag.ok() || tag->get_string("_type") != "tag") continue;
    auto file = asked.find(tag->get_string("path"));
    if (file == asked.end()) continue;
    Definition made = definition_of(*tag, file->second.source, file->second.syntax);
    for (size_t place : file->second.places) answers[place].definitions.push_back(made);
  }
}

/// ctags over the files that `asked` names, without options of anybody's own.
proc::Options ctags_over(const std::map<std::string, AskedFile>& asked) {
  proc::Options options;
  options.argv = {"ctags",
                  "--options=NONE",
                  "--output-format=json",
                  "--fields=+nKSe",
                  "--sort=no",
                  "-f",
                  "-",
                  "-L",
                  "-"};
  for (const auto& entry : asked) options.input += entry.first + "\n";
  options.limits = {kOutlineTime, kMaxTags};
  return options;
}

}  // namespace

Result<std::map<std::string, AskedFile>> Toolbox::Impl::read_for_outlines(
    const std::vector<std::string>& paths, std::vector<FileOutline>& answers) {
  std::map<std::string, AskedFile> asked;
  for (size_t i = 0; i < paths.size(); ++i) {
    if (std::string why = unreadable(paths[i]); !why.empty()) {
      answers[i].trouble = no(why);
      continue;
    }
    auto content = jail.read(paths[i], kMaxFile);
    if (!content.ok() && content.error().fault != Fault::kUser) return content.error();
    if (!content.ok()) {
      answers[i].trouble = no("error: " + content.error().message);
    } else if (!*content) {
      answers[i].trouble = no(fmt::format("error: there is no file '{}'", paths[i]));
    } else {
      GF_ASSIGN(auto normal, proc::Jail::normalise(paths[i]));
      auto [file, is_new] = asked.try_emplace("./" + normal);
      file->second.places.push_back(i);
      if (!is_new) continue;
      file->second.source = lines(to_utf8(**content));
      file->second.syntax = syntax_of(normal);
    }
  }
  return asked;
}

Result<std::vector<FileOutline>> Toolbox::Impl::outlines(const std::vector<std::string>& paths,
                                                         const Cancel& cancel) {
  std::vector<FileOutline> answers(paths.size());
  GF_ASSIGN(auto asked, read_for_outlines(paths, answers));
  if (asked.empty()) return answers;
  auto each = [&](const auto& act) {
    for (const auto& entry : asked) {
      for (size_t place : entry.second.places) act(entry.second, answers[place]);
    }
  };
  if (!proc::find_program("ctags", environment)) {
    each([](const AskedFile& file, FileOutline& answer) {
      outline_by_eye(file.source, file.syntax, answer);
    });
    return answers;
  }
  proc::Options options = ctags_over(asked);
  options.directory = root;
  options.environment = environment;
  GF_ASSIGN(auto outcome, proc::run(options, cancel));
  GF_TRY(cancel.check());
  if (!outcome.succeeded()) {
    ToolAnswer trouble = no("error: ctags: " + printable(clipped(trim(outcome.err), 300)));
    each([&](const AskedFile&, FileOutline& answer) { answer.trouble = trouble; });
    return answers;
  }
  read_tags(outcome.out, asked, answers);
  each([&](const AskedFile&, FileOutline& answer) { answer.more = outcome.out_cut; });
  return answers;
}

Result<std::vector<ToolAnswer>> Toolbox::outlines(const std::vector<std::string>& paths,
                                                  const Cancel& cancel) {
  GF_ASSIGN(auto all, impl_->outlines(paths, cancel));
  std::vector<ToolAnswer> answers;
  for (const FileOutline& one : all) {
    if (one.trouble.failed) {
      answers.push_back(one.trouble);
      continue;
    }
    std::string text;
    size_t left_out = 0;
    for (const Definition& definition : one.definitions) {
      bool fits = left_out == 0 && text.size() + definition.text.size() <= kMaxAnswer;
      fits ? void(text += definition.text) : void(++left_out);
    }
    if (left_out > 0)
      text += fmt::format("[... {} not shown]\n", counted(left_out, "more definition"));
    // Beyond the limit nothing is known of a file: that is not the same as nothing in it.
    if (text.empty()) text = one.more ? "[... too many definitions]\n" : "no definitions\n";
    answers.push_back({text, false, {}});
  }
  return answers;
}

Result<std::vector<std::vector<Definition>>> Toolbox::definitions(
    const std::vector<std::string>& paths, const Cancel& cancel) {
  GF_ASSIGN(auto all, impl_->outlines(paths, cancel));
  std::vector<std::vector<Definition>> found;
  for (FileOutline& one : all) found.push_back(std::move(one.definitions));
  return found;
}

}  // namespace gf::tool
