// The tools: their table, the check of a call, and what each of them does.
#include "tool/tool.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

#include "base/text.h"

namespace gf::tool {
namespace {

using record::Json;

constexpr size_t kMaxAnswer = 32u << 10;
constexpr size_t kMaxFile = 4u << 20;
constexpr size_t kMaxEntries = 500;
constexpr size_t kMaxMatches = 200;
constexpr size_t kMaxPattern = 2000;
constexpr size_t kMaxMatchLine = 300;

struct Parameter {
  std::string_view name, type, description;
  bool required;
};
struct Row {
  std::string_view name, description;
  std::vector<Parameter> parameters;
};

/// Every tool there is; a stage names the ones it gets.
const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
      {"read_file",
       "Read a text file, or the lines from start_line to end_line of it.",
       {{"path", "string", "Path from the top of the repository.", true},
        {"start_line", "integer", "First line, from 1.", false},
        {"end_line", "integer", "Last line.", false}}},
      {"list_dir", "List a folder.", {{"path", "string", "Folder, '.' for the top.", true}}},
      {"grep",
       "Search text files with an extended regular expression.",
       {{"pattern", "string", "POSIX extended regular expression.", true},
        {"path", "string", "Folder or file to search; default: everything.", false},
        {"ignore_case", "boolean", "Ignore the case of letters.", false}}},
      {"outline",
       "List the definitions of a source file with their lines and signatures.",
       {{"path", "string", "Path of a source file.", true}}},
      {"write_file",
       "Write a whole file, new or instead of the old one.",
       {{"path", "string", "Path from the top of the repository.", true},
        {"content", "string", "The whole text.", true}}},
      {"edit_file",
       "Replace text that occurs exactly once in a file.",
       {{"path", "string", "Path of a file that exists.", true},
        {"old", "string", "The text to replace, with enough around it to be unique.", true},
        {"new", "string", "What takes its place.", true}}},
      {"delete_file", "Delete a file.", {{"path", "string", "Path of the file.", true}}},
  };
  return all;
}

const Row* find_row(std::string_view name) {
  for (const Row& row : rows()) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

ToolAnswer no(const std::string& text) { return {clipped(to_utf8(text), kMaxAnswer), true, {}}; }
ToolAnswer yes(std::string text, std::vector<std::string> changed = {}) {
  return {clipped(to_utf8(text), kMaxAnswer), false, std::move(changed)};
}

std::string form_of(const Row& row) {
  std::vector<std::string> parts;
  for (const Parameter& p : row.parameters)
    parts.push_back(fmt::format("{}{}: {}", p.name, p.required ? "" : "?", p.type));
  return fmt::format("{}({})", row.name, join(parts, ", "));
}

bool has_type(const Json& value, std::string_view type) {
  if (type == "string") return value.is_string();
  if (type == "integer") return value.kind() == Json::Kind::kInteger;
  return value.kind() == Json::Kind::kBool;
}

/// What is wrong with the arguments; empty when nothing is.
std::string complaint(const Row& row, const record::ToolCall& call) {
  if (!call.malformed.empty()) return "the arguments are not a JSON object";
  if (!call.arguments.is_object() && !call.arguments.is_null())
    return "the arguments are not a JSON object";
  for (const Parameter& p : row.parameters) {
    std::optional<Json> value = call.arguments.find(p.name);
    if (!value && p.required) return fmt::format("'{}' is missing", p.name);
    if (value && !has_type(*value, p.type)) return fmt::format("'{}' is not a {}", p.name, p.type);
  }
  for (const auto& member : call.arguments.members()) {
    const std::string& name = member.first;  // C++20 as Clang 14 has it captures no binding
    bool known = std::any_of(row.parameters.begin(), row.parameters.end(),
                             [&](const Parameter& p) { return p.name == name; });
    if (!known) return fmt::format("there is no argument '{}'", printable(clipped(name, 60)));
  }
  return {};
}

size_t occurrences(std::string_view text, std::string_view what) {
  size_t count = 0;
  // Overlapping ones count too: which of them is meant would be a guess. A hundred is plenty.
  for (size_t at = text.find(what); at != std::string_view::npos && count < 100;
       at = text.find(what, at + 1))
    ++count;
  return count;
}

/// Where `old_text` may have been meant: the first line of `content` that holds its first line.
std::string nearest(const std::string& content, const std::string& old_text) {
  std::string wanted;
  for (const std::string& line : lines(old_text)) {
    wanted = trim(line);
    if (!wanted.empty()) break;
  }
  std::vector<std::string> all = lines(content);
  for (size_t i = 0; i < all.size() && !wanted.empty(); ++i) {
    if (all[i].find(wanted) != std::string::npos) {
      return fmt::format("; its first line is near line {}: {}", i + 1,
                         clipped(all[i], kMaxMatchLine));
    }
  }
  return {};
}

}  // namespace

struct Toolbox::Impl {
  proc::Jail jail;
  std::string root;
  std::vector<std::string> names;
  Scope scope;
  proc::Environment environment;

  Result<ToolAnswer> read_file(const Json& arguments);
  Result<ToolAnswer> list_dir(const Json& arguments);
  Result<ToolAnswer> grep(const Json& arguments, const Cancel& cancel);
  Result<std::vector<ToolAnswer>> outlines(const std::vector<std::string>& paths,
                                           const Cancel& cancel);
  Result<ToolAnswer> write_file(const Json& arguments);
  Result<ToolAnswer> edit_file(const Json& arguments);
  Result<ToolAnswer> delete_file(const Json& arguments);
};

Toolbox::Toolbox(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Toolbox::Toolbox(Toolbox&&) noexcept = default;
Toolbox& Toolbox::operator=(Toolbox&&) noexcept = default;
Toolbox::~Toolbox() = default;

Result<Toolbox> Toolbox::open(const std::string& worktree, std::vector<std::string> names,
                              Scope scope, proc::Environment environment) {
  GF_ASSIGN(auto jail, proc::Jail::open(worktree));
  return Toolbox(
      std::unique_ptr<Impl>(new Impl{std::move(jail), worktree, std::move(names), std::move(scope),
                                     proc::clean_environment(environment)}));
}

std::vector<record::ToolSpec> Toolbox::specs() const {
  std::vector<record::ToolSpec> all;
  for (const std::string& name : impl_->names) {
    const Row* row = find_row(name);
    if (row == nullptr) continue;
    Json properties = Json::object(), required = Json::array();
    for (const Parameter& p : row->parameters) {
      properties.set(p.name, Json::object({{"type", p.type}, {"description", p.description}}));
      if (p.required) required.push(p.name);
    }
    all.push_back({name, std::string(row->description),
                   Json::object({{"type", "object"},
                                 {"properties", properties},
                                 {"required", required},
                                 {"additionalProperties", false}})});
  }
  return all;
}

Result<ToolAnswer> Toolbox::call(const record::ToolCall& call, const Cancel& cancel) {
  bool given = std::find(impl_->names.begin(), impl_->names.end(), call.name) != impl_->names.end();
  const Row* row = find_row(call.name);
  if (!given || row == nullptr) {
    return no(fmt::format("error: there is no tool '{}' here; there are: {}",
                          printable(clipped(call.name, 60)), join(impl_->names, ", ")));
  }
  if (std::string wrong = complaint(*row, call); !wrong.empty()) {
    return no(fmt::format("error: {}; call it as {}", wrong, form_of(*row)));
  }
  Result<ToolAnswer> answer = [&]() -> Result<ToolAnswer> {
    if (call.name == "read_file") return impl_->read_file(call.arguments);
    if (call.name == "list_dir") return impl_->list_dir(call.arguments);
    if (call.name == "grep") return impl_->grep(call.arguments, cancel);
    if (call.name == "outline") {
      GF_ASSIGN(auto all, impl_->outlines({call.arguments.get_string("path")}, cancel));
      return all.front();
    }
    if (call.name == "write_file") return impl_->write_file(call.arguments);
    if (call.name == "edit_file") return impl_->edit_file(call.arguments);
    return impl_->delete_file(call.arguments);
  }();
  // A refused path is the model's mistake and its to mend; a full disk is not.
  if (!answer.ok() && answer.error().fault == Fault::kUser)
    return no("error: " + answer.error().message);
  return answer;
}

Result<std::vector<ToolAnswer>> Toolbox::outlines(const std::vector<std::string>& paths,
                                                  const Cancel& cancel) {
  return impl_->outlines(paths, cancel);
}

Result<ToolAnswer> Toolbox::Impl::read_file(const Json& arguments) {
  std::string path = arguments.get_string("path");
  GF_ASSIGN(auto content, jail.read(path, kMaxFile));
  if (!content) return no(fmt::format("error: there is no file '{}'", path));
  if (content->find('\0') != std::string::npos)
    return no(fmt::format("error: '{}' is not text", path));
  std::vector<std::string> all = lines(*content);
  auto count = static_cast<int64_t>(all.size());
  int64_t first =
      std::clamp<int64_t>(arguments.get_int("start_line", 1), 1, std::max<int64_t>(count, 1));
  int64_t last = std::clamp<int64_t>(arguments.get_int("end_line", count), first - 1, count);
  std::string text = fmt::format("{} (lines {}-{} of {})\n", path, first, last, count);
  for (int64_t i = first; i <= last; ++i) {
    text += all[static_cast<size_t>(i - 1)] + "\n";
    if (text.size() > kMaxAnswer) break;
  }
  return yes(text);
}

Result<ToolAnswer> Toolbox::Impl::list_dir(const Json& arguments) {
  bool more = false;
  GF_ASSIGN(auto entries, jail.list(arguments.get_string("path"), kMaxEntries, &more));
  std::string text;
  for (const proc::Jail::Entry& entry : entries)
    text += entry.name + (entry.folder ? "/" : "") + "\n";
  if (more) text += fmt::format("[... more than {} entries]\n", kMaxEntries);
  return yes(text.empty() ? "(empty)\n" : text);
}

Result<ToolAnswer> Toolbox::Impl::grep(const Json& arguments, const Cancel& cancel) {
  GF_ASSIGN(auto where, proc::Jail::normalise(arguments.get_string("path")));
  std::string pattern = arguments.get_string("pattern");
  if (pattern.size() > kMaxPattern || pattern.find('\0') != std::string::npos) {
    return no(
        fmt::format("error: the pattern is longer than {} bytes or holds a NUL", kMaxPattern));
  }
  proc::Options options;
  options.argv = {"git",
                  "--literal-pathspecs",
                  "grep",
                  "-n",
                  "-I",
                  "-E",
                  "--untracked",
                  "--no-color",
                  "--full-name",
                  "--no-column",
                  "--no-heading",
                  "--no-break",
                  "--no-recurse-submodules"};
  if (arguments.get_bool("ignore_case")) options.argv.emplace_back("-i");
  options.argv.insert(options.argv.end(), {"-e", pattern, "--", where.empty() ? "." : where});
  options.directory = root;
  options.environment = environment;
  options.limits = {Milliseconds(10000), 1u << 20};
  GF_ASSIGN(auto outcome, proc::run(options, cancel));
  GF_TRY(cancel.check());
  if (outcome.end == proc::End::kTimedOut)
    return no("error: the search took too long; search a folder");
  if (outcome.end != proc::End::kExited || outcome.exit_code > 1)
    return no("error: " + printable(clipped(trim(outcome.err), 300)));
  std::string text;
  std::vector<std::string> found = lines(outcome.out);
  for (size_t i = 0; i < found.size() && i < kMaxMatches; ++i)
    text += clipped(found[i], kMaxMatchLine) + "\n";
  if (outcome.out_cut) {
    text += "[... many more matches]\n";
  } else if (found.size() > kMaxMatches) {
    text += fmt::format("[... {} more matches]\n", found.size() - kMaxMatches);
  }
  return yes(text.empty() ? "no match\n" : text);
}

Result<std::vector<ToolAnswer>> Toolbox::Impl::outlines(const std::vector<std::string>& paths,
                                                        const Cancel& cancel) {
  std::vector<ToolAnswer> answers;
  std::multimap<std::string, size_t> asked;  // by the name that ctags is given
  std::string list;
  for (const std::string& path : paths) {
    auto content = jail.read(path, kMaxFile);
    if (!content.ok() && content.error().fault != Fault::kUser) return content.error();
    if (!content.ok()) {
      answers.push_back(no("error: " + content.error().message));
    } else if (!*content) {
      answers.push_back(no(fmt::format("error: there is no file '{}'", path)));
    } else {
      GF_ASSIGN(auto normal, proc::Jail::normalise(path));
      std::string name = "./" + normal;
      if (!asked.contains(name)) list += name + "\n";
      asked.emplace(name, answers.size());
      answers.push_back(yes(""));
    }
  }
  auto all_asked = [&](const ToolAnswer& answer) {
    for (const auto& entry : asked) answers[entry.second] = answer;
    return answers;
  };
  if (asked.empty()) return answers;
  if (!proc::find_program("ctags", environment))
    return all_asked(no("error: universal-ctags is not installed; use read_file"));
  proc::Options options;
  options.argv = {"ctags",
                  "--options=NONE",
                  "--output-format=json",
                  "--fields=+nKS",
                  "--sort=no",
                  "-f",
                  "-",
                  "-L",
                  "-"};
  options.input = list;
  options.directory = root;
  options.environment = environment;
  options.limits = {Milliseconds(10000), 4u << 20};
  GF_ASSIGN(auto outcome, proc::run(options, cancel));
  GF_TRY(cancel.check());
  if (!outcome.succeeded())
    return all_asked(no("error: ctags: " + printable(clipped(trim(outcome.err), 300))));
  for (const std::string& line : lines(outcome.out)) {
    auto tag = Json::parse(line);
    if (!tag.ok() || tag->get_string("_type") != "tag") continue;
    std::string scope_name = tag->get_string("scope");
    std::string note = fmt::format("{}: {} {}{}{}\n", tag->get_int("line"), tag->get_string("kind"),
                                   scope_name.empty() ? "" : scope_name + ".",
                                   tag->get_string("name"), tag->get_string("signature"));
    auto [first, last] = asked.equal_range(tag->get_string("path"));
    for (auto file = first; file != last; ++file) answers[file->second].text += note;
  }
  for (const auto& entry : asked) {
    std::string& text = answers[entry.second].text;
    // Beyond the limit nothing is known of a file: that is not the same as nothing in it.
    if (text.empty()) text = outcome.out_cut ? "[... too many definitions]\n" : "no definitions\n";
    text = yes(text).text;
  }
  return answers;
}

Result<ToolAnswer> Toolbox::Impl::write_file(const Json& arguments) {
  GF_ASSIGN(auto path, proc::Jail::normalise(arguments.get_string("path")));
  if (std::string why = refusal(scope, path); !why.empty()) return no(why);
  std::string content = arguments.get_string("content");
  if (content.size() > kMaxFile) return no("error: the content is larger than 4 MB");
  GF_TRY(jail.write(path, content));
  return yes(fmt::format("wrote {} ({} bytes)", path, content.size()), {path});
}

Result<ToolAnswer> Toolbox::Impl::edit_file(const Json& arguments) {
  GF_ASSIGN(auto path, proc::Jail::normalise(arguments.get_string("path")));
  if (std::string why = refusal(scope, path); !why.empty()) return no(why);
  GF_ASSIGN(auto content, jail.read(path, kMaxFile));
  if (!content) return no(fmt::format("error: there is no file '{}'", path));
  std::string old_text = arguments.get_string("old");
  if (old_text.empty()) return no("error: 'old' is empty; use write_file for a new file");
  size_t count = occurrences(*content, old_text);
  if (count != 1) {
    return no(fmt::format("error: 'old' occurs {} times in '{}'; it must occur exactly once{}",
                          count, path, nearest(*content, old_text)));
  }
  std::string edited = replace_all(*content, old_text, arguments.get_string("new"));
  if (edited.size() > kMaxFile) return no("error: the file would be larger than 4 MB");
  GF_TRY(jail.write(path, edited));
  return yes(fmt::format("edited {}", path), {path});
}

Result<ToolAnswer> Toolbox::Impl::delete_file(const Json& arguments) {
  GF_ASSIGN(auto path, proc::Jail::normalise(arguments.get_string("path")));
  if (std::string why = refusal(scope, path); !why.empty()) return no(why);
  GF_ASSIGN(bool there, jail.remove(path));
  if (!there) return no(fmt::format("error: there is no file '{}'", path));
  return yes(fmt::format("deleted {}", path), {path});
}

}  // namespace gf::tool
