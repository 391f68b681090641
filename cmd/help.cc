// git factory help [<command>], git factory <command> --help: the manual pages.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "arguments.h"
#include "base/nearest.h"
#include "base/text.h"
#include "door.h"
#include "pager.h"

namespace gf::cmd {
namespace {

constexpr std::string_view kProgram = "git-factory";

/// "feature", "git-factory-feature" and "factory-feature" are the same page.
std::string page_name(std::string_view topic) {
  for (std::string_view front : {"git-factory-", "factory-"}) {
    if (topic.starts_with(front)) topic.remove_prefix(front.size());
  }
  bool whole = topic.empty() || topic == kProgram || topic == "factory";
  return whole ? std::string(kProgram) : fmt::format("{}-{}", kProgram, topic);
}

/// The installed pages by name, in the folders beside `data_dir`: of an installation, and of the
/// sources. A command's comes before a subject's.
std::vector<std::pair<std::string, std::string>> pages_beside(const std::string& data_dir) {
  std::vector<std::pair<std::string, std::string>> pages;
  std::filesystem::path man = std::filesystem::path(data_dir).parent_path() / "man";
  for (const char* section : {"1", "7", "5"}) {
    for (const std::filesystem::path& folder : {man / (std::string("man") + section), man}) {
      std::error_code failed;
      for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
        std::filesystem::path path = entry.path();
        if (path.extension() == std::string(".") + section)
          pages.emplace_back(path.stem().string(), path.string());
      }
    }
  }
  return pages;
}

Result<int> run_man(const std::string& page) {
  auto status = run_in_front({"man", page});
  if (status) return *status == 0 ? kYes : kFailed;
  return Error{Fault::kEnvironment,
               "'man' is not installed",
               {},
               fmt::format("the page is '{}'; -h shows a command's usage", page)};
}

}  // namespace

Result<int> show_page(const std::string& topic, const Console& console) {
  std::string name = page_name(topic);
  auto pages = pages_beside(console.setup.data_dir);
  auto found = std::find_if(pages.begin(), pages.end(),
                            [&](const auto& page) { return page.first == name; });
  if (found != pages.end()) return run_man(found->second);
  if (pages.empty()) return run_man(name);
  std::vector<std::string> subjects;
  for (const auto& page : pages) {
    if (page.first.size() > kProgram.size() + 1)
      subjects.push_back(page.first.substr(kProgram.size() + 1));
  }
  std::string message = fmt::format("there is no page about '{}'", printable(clipped(topic, 60)));
  if (auto meant = nearest(topic, subjects)) message += fmt::format("; did you mean '{}'?", *meant);
  return Error{Fault::kUser, message, {}, "'git factory help' has the list"};
}

Run bind_help(Arguments& arguments) {
  auto topic = std::make_shared<std::string>();
  arguments.add("topic", *topic, "A command, or a subject: config, spec, record, models, glossary");
  return [topic](Console& console) { return show_page(*topic, console); };
}

}  // namespace gf::cmd
