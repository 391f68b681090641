#include "setup/projects_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace gf::setup {
namespace {

constexpr size_t kMostGates = 16;    ///< told one by one
constexpr size_t kAlike = 6;         ///< projects that become one line
constexpr size_t kFewNames = 3;      ///< of these
constexpr size_t kMostLeftOut = 12;  ///< told one by one

std::string parent_of(const std::string& folder) {
  size_t slash = folder.rfind('/');
  return slash == std::string::npos ? "" : folder.substr(0, slash);
}

std::string shown(const std::string& folder) { return folder.empty() ? "." : folder; }

/// "ruff" of "packages/low/ruff".
std::string tool_of(const gate::Gate& gate) {
  bool own = !gate.folder.empty() && gate.name.starts_with(gate.folder + "/");
  return own ? gate.name.substr(gate.folder.size() + 1) : gate.name;
}

/// Which tools judge a change in the project, and where they are not its own.
std::string judged_by(const Preparation& found, const gate::Project& project) {
  std::vector<std::string> own, above;
  std::set<std::string> names = gate::gates_of(found.projects, found.gates, {project.folder});
  for (const gate::Gate& gate : found.gates) {
    if (!names.contains(gate.name)) continue;
    if (gate.folder == project.folder) {
      own.push_back(tool_of(gate));
    } else {
      above.push_back(fmt::format("{} of {}", tool_of(gate), shown(gate.folder)));
    }
  }
  own.insert(own.end(), above.begin(), above.end());
  return join(own, ", ");
}

/// What is wrong with a project that nothing judges.
std::string unjudged(const gate::Project& project) {
  std::vector<std::string> unknown = gate::unknown_languages(project);
  bool none_known = unknown.size() == project.languages.size();
  return fmt::format("found, no gates {}; give one by [factory-gate \"{}<name>\"]",
                     none_known ? "known" : "of its own",
                     project.folder.empty() ? "" : project.folder + "/");
}

std::string project_text(const Preparation& found, const gate::Project& project) {
  std::string judges = judged_by(found, project);
  return fmt::format("{}: {}", join(project.languages, ", "),
                     judges.empty() ? unjudged(project) : judges);
}

/// Projects beside each other that have the same to tell.
struct Line {
  std::string parent, text;
  std::vector<std::string> folders;
};

std::vector<Line> lines_of(const Preparation& found) {
  std::vector<Line> all;
  for (const gate::Project& project : found.projects) {
    std::string parent = parent_of(project.folder), text = project_text(found, project);
    bool by_folder = text.find(project.folder + "/") != std::string::npos;
    std::string alike =
        project.folder.empty() || !by_folder
            ? text
            : replace_all(text, project.folder + "/", (parent.empty() ? "" : parent + "/") + "*/");
    auto same = std::find_if(all.begin(), all.end(), [&](const Line& line) {
      return !project.folder.empty() && line.parent == parent && line.text == alike;
    });
    if (same == all.end()) same = all.insert(all.end(), {parent, alike, {}});
    same->folders.push_back(project.folder);
  }
  return all;
}

std::string last_part(const std::string& folder) { return folder.substr(folder.rfind('/') + 1); }

std::string named(const Line& line) {
  std::vector<std::string> names;
  for (const std::string& folder : line.folders) {
    if (names.size() < kFewNames) names.push_back(last_part(folder));
  }
  size_t more = line.folders.size() - names.size();
  return fmt::format("{}/: {} ({}{})", line.parent.empty() ? "." : line.parent,
                     counted(line.folders.size(), "project"), join(names, ", "),
                     more == 0 ? "" : fmt::format(" and {} more", more));
}

}  // namespace

std::string projects_text(const Preparation& found) {
  if (!gate::are_several(found.projects)) return {};
  std::string text;
  for (const Line& line : lines_of(found)) {
    if (line.folders.size() >= kAlike) {
      text += fmt::format("projects:  {}  {}\n", named(line), line.text);
      continue;
    }
    for (const std::string& folder : line.folders) {
      auto project = std::find_if(found.projects.begin(), found.projects.end(),
                                  [&](const gate::Project& one) { return one.folder == folder; });
      text += fmt::format("project:   {:<12} {}\n", shown(folder), project_text(found, *project));
    }
  }
  return text;
}

std::string gates_text(const Preparation& found) {
  std::string text;
  bool few = found.gates.size() <= kMostGates || !gate::are_several(found.projects);
  for (const gate::Gate& gate : found.gates) {
    if (!few) break;
    auto tried = found.tried.find(gate.name);
    text += fmt::format("gate:      {:<12} {}{}\n", gate.name, gate.why,
                        tried == found.tried.end() ? "" : "; " + tried->second);
  }
  if (!few) {
    text += fmt::format("gates:     {}; .gitfactory has each with what it was chosen for\n",
                        counted(found.gates.size(), "gate"));
  }
  for (size_t i = 0; i < found.left_out.size(); ++i) {
    const LeftOut& one = found.left_out[i];
    if (!few && i == kMostLeftOut) {
      text += fmt::format("left out:  {} more, see .gitfactory\n", found.left_out.size() - i);
      break;
    }
    text += fmt::format("left out:  {:<12} {}; does not work here: {}\n", one.gate.name,
                        one.gate.why, one.reason);
  }
  for (const std::string& note : found.notes) text += fmt::format("note:      {}\n", note);
  if (found.gates.empty()) {
    text += found.left_out.empty() ? "gate:      none found; configure one in .gitfactory\n"
                                   : "gate:      none works here; mend one of these, or configure "
                                     "one in .gitfactory\n";
  }
  return text;
}

std::string project_heading(const Preparation& found, const std::string& folder) {
  if (!gate::are_several(found.projects)) return {};
  auto project = std::find_if(found.projects.begin(), found.projects.end(),
                              [&](const gate::Project& one) { return one.folder == folder; });
  if (project == found.projects.end()) return {};
  return fmt::format("\n# {}: {}\n", shown(folder), project_text(found, *project));
}

}  // namespace gf::setup
