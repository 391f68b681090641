#include "gate/arguments.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "base/glob.h"
#include "base/text.h"
#include "gate/project.h"
#include "gate/rust_selection.h"

namespace gf::gate {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

constexpr size_t kMostMatches = 5000;  // of a pattern: more is no list of tests

/// `path` of the tree as the gate's folder has it; nothing: it lies outside.
std::optional<std::string> from_folder(const Gate& gate, const std::string& path) {
  if (!is_below(path, gate.folder)) return std::nullopt;
  return gate.folder.empty() ? path : path.substr(gate.folder.size() + 1);
}

void add_once(Words& all, std::string word) {
  if (std::find(all.begin(), all.end(), word) == all.end()) all.push_back(std::move(word));
}

std::string file_of_id(const std::string& id) { return id.substr(0, id.find("::")); }

/// "shop.PricesTest" of src/test/java/shop/PricesTest.java; "PricesTest" where it lies elsewhere.
std::string java_class(const std::string& file) {
  std::string path = file.substr(0, file.rfind('.'));
  for (std::string_view root : {"/java/", "/kotlin/", "/groovy/"}) {
    size_t at = ("/" + path).find(root, ("/" + path).find("src/"));
    if (at != std::string::npos && ("/" + path).find("src/") != std::string::npos)
      return replace_all(("/" + path).substr(at + root.size()), "/", ".");
  }
  return path.substr(path.rfind('/') + 1);
}

/// A class as surefire of any release takes it, by its own name, with the method where there is
/// one: of a class inside another one all are run.
std::string surefire_test(const std::string& id) {
  std::string file = file_of_id(id), name = java_class(file);
  name = name.substr(name.rfind('.') + 1);
  std::string method = id.size() > file.size() ? id.substr(file.size() + 2) : "";
  bool plain = !method.empty() && method.find_first_of(":[(") == std::string::npos;
  return plain ? name + "#" + method : name;
}

/// `-Dtest=` of all of them; of a class that is there as a whole no method besides.
Words surefire_selection(const Words& tests) {
  Words kept;
  for (const std::string& one : tests) {
    size_t hash = one.find('#');
    bool whole = hash != std::string::npos &&
                 std::find(tests.begin(), tests.end(), one.substr(0, hash)) != tests.end();
    if (!whole) add_once(kept, one);
  }
  if (kept.empty()) return {};
  std::string list = join(kept, ",");
  return {"-Dtest=" + list, "-Dit.test=" + list};
}

/// "./" so that a path can never act as an option.
void add_selected(const Gate& gate, const std::string& place, const Words& selection, Words& argv) {
  Words files, classes;
  for (const std::string& item : selection) {
    auto path = from_folder(gate, item);
    if (!path) continue;
    switch (gate.selecting) {
      case Selecting::kIds:
        argv.push_back("./" + *path);
        break;
      case Selecting::kFiles:
        add_once(argv, "./" + file_of_id(*path));
        break;
      case Selecting::kPackages: {
        std::string folder = fs::path(file_of_id(*path)).parent_path().string();
        add_once(argv, folder.empty() ? "." : "./" + folder);
        break;
      }
      case Selecting::kSurefire:
        classes.push_back(surefire_test(*path));
        break;
      case Selecting::kGradle:
        add_once(classes, java_class(file_of_id(*path)));
        break;
      case Selecting::kAll:
        break;
      case Selecting::kCargo:
        add_once(files, *path);
        break;
    }
  }
  if (gate.selecting == Selecting::kSurefire) classes = surefire_selection(classes);
  for (std::string& one : classes) {
    if (gate.selecting == Selecting::kGradle) argv.emplace_back("--tests");
    argv.push_back(std::move(one));
  }
  select_cargo(place, files, argv);
}

/// The files of the worktree that a pattern of a target means, as a shell would fill it in.
Words filled_in(const std::string& folder, const std::string& pattern) {
  Words found;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed)) {
    std::string name = at->path().filename().string();
    if (at->is_directory(failed) && (name == "node_modules" || name == ".git")) {
      at.disable_recursion_pending();
      continue;
    }
    std::string path = at->path().lexically_relative(folder).string();
    bool meant = glob_matches("/" + pattern, path);
    if (meant && found.size() < kMostMatches && at->is_regular_file(failed)) found.push_back(path);
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

Words arguments_kept(const Words& arguments, const Words& dropped, const Words& valued) {
  auto is_in = [](const Words& all, const std::string& word) {
    return std::find(all.begin(), all.end(), word) != all.end();
  };
  auto is_option = [](const std::string& word) { return word.size() > 1 && word[0] == '-'; };
  Words all;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string option = arguments[i].substr(0, arguments[i].find('='));
    bool takes = is_in(valued, option);
    if (takes && option == arguments[i] && i + 1 < arguments.size() && !is_option(arguments[i + 1]))
      ++i;
    if (!takes && !is_in(dropped, option)) all.push_back(arguments[i]);
  }
  return all;
}

std::string runner_path(const Gate& gate, const Place& place) {
  if (!gate.argv.empty() && gate.argv[0] == "sh") return place.scratch + "/runner.sh";
  return place.scratch + (gate.report == "node-test" ? "/runner.mjs" : "/runner.py");
}

Words files_for(const Gate& gate, const Words& changed) {
  Words files;
  for (const std::string& one : changed) {
    auto path = from_folder(gate, one);
    if (path && (gate.files.empty() || glob_matches_any(gate.files, *path)))
      files.push_back("./" + *path);
  }
  return files;
}

Words argv_for(const Gate& gate, const Place& place, const Words& selection, const Words& changed) {
  Words argv;
  for (const std::string& word : gate.argv) {
    if (word == "{files}") {
      for (std::string& path : files_for(gate, changed)) argv.push_back(std::move(path));
      continue;
    }
    std::string filled = replace_all(word, "{report}", place.scratch + "/report");
    filled = replace_all(filled, "{coverage}", place.scratch + "/coverage");
    filled = replace_all(filled, kRunnerWord, runner_path(gate, place));
    argv.push_back(replace_all(filled, "{cache}", place.cache));
  }
  std::string folder = gate.folder.empty() ? place.worktree : place.worktree + "/" + gate.folder;
  if (!selection.empty()) {
    add_selected(gate, folder, selection, argv);
    return argv;
  }
  for (const std::string& item : gate.targets) {
    if (item.find('*') == std::string::npos) {
      argv.push_back("./" + item);
      continue;
    }
    for (const std::string& path : filled_in(folder, item)) argv.push_back("./" + path);
  }
  return argv;
}

}  // namespace gf::gate
