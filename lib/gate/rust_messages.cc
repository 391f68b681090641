#include "gate/rust_messages.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "record/json.h"

namespace gf::gate {
namespace {

using record::Json;

bool points_inside(std::string_view path) {
  return !path.empty() && path[0] != '/' && path[0] != '<' && !path.starts_with("../");
}

/// Where a message points to in the tree: behind a macro of somebody else's, where it was called.
struct At {
  std::string path;
  int line = 0;
  std::string label;
};
std::optional<At> place_of(const Json& message, const Scrubber& scrub) {
  constexpr int kDeepest = 20;  // macros in macros
  for (const Json& span : message.get("spans").items()) {
    if (!span.get_bool("is_primary")) continue;
    Json at = span;
    for (int depth = 0; depth < kDeepest && at.is_object(); ++depth) {
      std::string path = scrub.path(at.get_string("file_name"));
      if (points_inside(path))
        return At{path, static_cast<int>(at.get_int("line_start")), span.get_string("label")};
      at = at.get("expansion").get("span");
    }
  }
  return std::nullopt;
}

/// The compiler's last words, which only count what it said before.
bool sums_up(std::string_view text) {
  return text.starts_with("aborting due to") || text.ends_with("warning emitted") ||
         text.ends_with("warnings emitted");
}

/// "low" of "path+file:///w/low#0.1.0" and of "path+file:///w/x#low@0.1.0".
std::string package_named(const std::string& id) {
  size_t hash = id.rfind('#');
  if (hash == std::string::npos) return id.substr(0, id.find(' '));  // cargo before 1.77
  size_t at = id.find('@', hash);
  if (at != std::string::npos) return id.substr(hash + 1, at - hash - 1);
  std::string place = id.substr(0, hash);
  return place.substr(place.rfind('/') + 1);
}

/// nextest calls each library "lib", whatever is made of it; cargo tells what is made.
bool is_of_library(const std::string& kind) {
  constexpr std::array<std::string_view, 5> kKinds = {"rlib", "dylib", "cdylib", "staticlib",
                                                      "proc-macro"};
  return std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end();
}

}  // namespace

bool is_cargo_message(std::string_view line) { return line.starts_with("{\"reason\":\""); }

bool CargoMessages::take(const std::string& line) {
  auto json = Json::parse(line);
  if (!json.ok()) return false;
  std::string root = scrub_.path(json->get("target").get_string("src_path"));
  if (std::string program = json->get_string("executable"); !program.empty())
    roots_[program] = root;
  const Json target = json->get("target");
  for (const std::string& kind : target.get_strings("kind")) {
    std::string package = package_named(json->get_string("package_id"));
    named_roots_[{package, target.get_string("name"), kind}] = root;
    if (is_of_library(kind)) named_roots_[{package, target.get_string("name"), "lib"}] = root;
  }
  if (json->get_string("reason") != "compiler-message") return true;
  const Json& message = json->get("message");
  std::string level = message.get_string("level");
  RustMessage parsed;
  parsed.is_error = level.starts_with("error");
  parsed.text = scrub_(message.get_string("message"));
  if ((!parsed.is_error && level != "warning") || sums_up(parsed.text)) return true;
  parsed.rule = message.get("code").get_string("code");
  parsed.rendered = scrub_(message.get_string("rendered"));
  parsed.path = root;
  if (auto at = place_of(message, scrub_)) {
    parsed.path = at->path;
    parsed.line = at->line;
    if (!at->label.empty()) parsed.text += ": " + scrub_(at->label);
  }
  std::string key = parsed.path + "\x1f" + std::to_string(parsed.line) + "\x1f" + parsed.text;
  if (points_inside(parsed.path) && reported_.insert(key).second)
    messages_.push_back(std::move(parsed));
  return true;
}

std::string CargoMessages::root_of(const std::string& program) const {
  auto found = roots_.find(program);
  return found == roots_.end() ? "" : found->second;
}

std::string CargoMessages::root_of(const std::string& package, const std::string& target,
                                   const std::string& kind) const {
  auto found = named_roots_.find({package, target, kind});
  return found == named_roots_.end() ? "" : found->second;
}

}  // namespace gf::gate
