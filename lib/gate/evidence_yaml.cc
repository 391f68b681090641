// Commands in YAML: pre-commit, lefthook, and the workflows of GitHub and GitLab.
#include "base/text.h"
#include "gate/evidence_files.h"
#include "gate/yaml.h"

namespace gf::gate {
namespace {

std::vector<std::string> texts_of(const Yaml& list) {
  std::vector<std::string> all;
  for (const Yaml& item : list.items) all.push_back(item.text);
  return all;
}

void add_hook(const Yaml& hook, const std::string& path, std::vector<Evidence>& all) {
  const std::string& id = hook.at("id").text;
  std::vector<std::string> arguments = texts_of(hook.at("args"));
  std::string_view tool = tool_of_hook(id);
  const std::string& entry = hook.at("entry").text;
  if (!tool.empty() && entry.empty()) {
    all.push_back({{std::string(tool), arguments, {}, {}}, path, hook.line, "hook " + id});
    return;
  }
  for (ToolCall& call : calls_in(entry)) {
    call.arguments.insert(call.arguments.end(), arguments.begin(), arguments.end());
    all.push_back({std::move(call), path, hook.line, "hook " + id});
  }
}

/// "./apps/low/" as a folder of the tree; empty: the top, or a placeholder.
std::string folder_named(std::string text) {
  while (text.starts_with("./")) text.erase(0, 2);
  while (text.ends_with('/')) text.pop_back();
  return text == "." || text.find("${") != std::string::npos ? "" : text;
}

/// Each script below `node` that stands under this name; a list of them is many. `folder`: what a
/// `working-directory` around it says.
void add_scripts(const Yaml& node, std::string_view name, std::string folder,
                 const std::string& path, std::vector<Evidence>& all) {
  for (const std::string& set : {node.at("defaults").at("run").at("working-directory").text,
                                 node.at("working-directory").text}) {
    if (!set.empty()) folder = folder_named(set);
  }
  for (const auto& [key, value] : node.members) {
    if (key == name) {
      if (!value.text.empty()) add_calls_in(folder, value.text, path, value.line, "CI", all);
      for (const Yaml& item : value.items)
        add_calls_in(folder, item.text, path, item.line, "CI", all);
    }
    add_scripts(value, name, folder, path, all);
  }
  for (const Yaml& item : node.items) add_scripts(item, name, folder, path, all);
}

}  // namespace

void read_pre_commit(const std::string& path, const std::string& text, std::vector<Evidence>& all) {
  auto file = read_yaml(text);
  if (!file) return;
  for (const Yaml& repository : file->at("repos").items) {
    for (const Yaml& hook : repository.at("hooks").items) add_hook(hook, path, all);
  }
}

void read_lefthook(const std::string& path, const std::string& text, std::vector<Evidence>& all) {
  auto file = read_yaml(text);
  if (!file) return;
  for (const auto& [hook, body] : file->members) {
    for (const auto& [name, command] : body.at("commands").members) {
      const Yaml& run = command.at("run");
      add_calls(run.text, path, run.line, "hook " + hook, all);
    }
    for (const Yaml& job : body.at("jobs").items) {
      add_calls(job.at("run").text, path, job.at("run").line, "hook " + hook, all);
    }
  }
}

void read_workflow(const std::string& path, const std::string& text, std::vector<Evidence>& all) {
  auto file = read_yaml(text);
  if (!file) return;
  add_scripts(*file, path.starts_with(".github/") ? "run" : "script", {}, path, all);
}

}  // namespace gf::gate
