// Line by line: instructions go, words come under the headings that ask for them, and a box is
// ticked only when what it says is known to be so.
#include "line/request_form.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace gf::line {
namespace {

constexpr size_t kMaxForm = 32u << 10;

std::string without_instructions(std::string text) {
  for (size_t open; (open = text.find("<!--")) != std::string::npos;) {
    size_t close = text.find("-->", open + 4);
    if (close == std::string::npos) return text.substr(0, open);
    text.erase(open, close + 3 - open);
  }
  return text;
}

bool is_heading(std::string_view line) {
  line = trim(line);
  size_t marks = line.find_first_not_of('#');
  bool atx = marks != std::string_view::npos && marks > 0 && marks < 7 && line[marks] == ' ';
  return atx || (line.size() > 4 && line.starts_with("**") && line.ends_with("**"));
}

/// Words by which a section is known; the first row that fits counts.
struct Section {
  const char* word;
  std::string FormWords::*says;
};
constexpr std::array<Section, 17> kSections = {{{"test", &FormWords::tested},
                                                {"verif", &FormWords::tested},
                                                {"valid", &FormWords::tested},
                                                {"issue", &FormWords::closes},
                                                {"ticket", &FormWords::closes},
                                                {"fixes", &FormWords::closes},
                                                {"closes", &FormWords::closes},
                                                {"related", &FormWords::closes},
                                                {"why", &FormWords::why},
                                                {"motivation", &FormWords::why},
                                                {"context", &FormWords::why},
                                                {"reason", &FormWords::why},
                                                {"what", &FormWords::what},
                                                {"descri", &FormWords::what},
                                                {"summary", &FormWords::what},
                                                {"change", &FormWords::what},
                                                {"overview", &FormWords::what}}};

const std::string* words_for(std::string_view heading, const FormWords& words) {
  std::string name = lower(heading);
  // A list of boxes is ticked, and its heading says nothing of what is in it.
  if (name.find("checklist") != std::string::npos || name.find("type of") != std::string::npos)
    return nullptr;
  for (const Section& section : kSections) {
    if (name.find(section.word) != std::string::npos) return &(words.*section.says);
  }
  return nullptr;
}

/// A box that says one thing, and that one is so.
bool is_true(std::string_view box, const FormWords& words) {
  std::string text = lower(box);
  auto says = [&](std::string_view word) { return text.find(word) != std::string::npos; };
  if (says(" not ") || says("n/a") || says("manual")) return false;
  if (says("changelog") || says("news fragment")) return words.changelog;
  bool lint = says("lint") || says("format") || says("style") || says("type check");
  bool tests = says("test");
  if (lint && !tests) return words.checked;
  if (tests && (says("pass") || says("green"))) return words.checked && words.tests;
  bool added = says("add") || says("wrote") || says("written") || says("new") || says("cover");
  return tests && added && words.tests;
}

std::string ticked(const std::string& line, const FormWords& words) {
  size_t box = line.find("[ ]");
  bool item = box != std::string::npos && box > 0 &&
              trim(line.substr(0, box)).find_first_not_of("-*+") == std::string::npos;
  if (!item || !is_true(line.substr(box + 3), words)) return line;
  std::string done = line;
  return done.replace(box, 3, "[x]");
}

}  // namespace

std::optional<std::string> form_path(const record::TreeFacts& tree) {
  for (const char* folder : {".github/", ".gitea/", ".forgejo/", "docs/", ""}) {
    for (const char* name : {"PULL_REQUEST_TEMPLATE.md", "pull_request_template.md",
                             "Pull_Request_Template.md", "PULL_REQUEST_TEMPLATE"}) {
      std::string path = std::string(folder) + name;
      if (tree.read(path)) return path;
    }
  }
  for (const char* folder : {".github/PULL_REQUEST_TEMPLATE", ".github/pull_request_template",
                             ".gitlab/merge_request_templates"}) {
    std::vector<std::string> forms = tree.paths(folder, 20);
    std::erase_if(forms, [](const std::string& path) { return !lower(path).ends_with(".md"); });
    for (const std::string& path : forms) {
      if (forms.size() == 1 || lower(path).ends_with("/default.md")) return path;
    }
  }
  return std::nullopt;
}

std::string filled(const std::string& form, const FormWords& words) {
  std::string plain = replace_all(to_utf8(clipped(form, kMaxForm)), "\r\n", "\n");
  std::string text;
  bool blank = false;
  for (const std::string& line : lines(without_instructions(plain))) {
    bool empty = trim(line).empty();
    if (empty && blank) continue;
    blank = empty;
    text += ticked(line, words) + "\n";
    const std::string* says = is_heading(line) ? words_for(line, words) : nullptr;
    if (says == nullptr || says->empty()) continue;
    text += "\n" + *says + "\n";
    blank = false;
  }
  return std::string(trim(text));
}

}  // namespace gf::line
