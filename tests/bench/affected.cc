// What gate::reached_by and gate::mutants_of say, for tests/bench/affected.py.
//
//   affected_bench reached|nearest <folder> <files with tests>...   a changed path a line comes in;
//   the
//                         paths that it reaches go out on one line, or "* " and why all have to run
//   affected_bench faults <folder> <path>                   faults of one file, a line each: the
//                         number of a line, a tab and that line with the fault
#include "gate/affected.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <numeric>

#include "base/files.h"
#include "base/text.h"
#include "gate/language.h"
#include "gate/mutants.h"
#include "support/facts.h"

namespace {

namespace fs = std::filesystem;

int reached(const std::string& folder, const std::set<std::string>& tested,
            gf::gate::Linked linked) {
  std::map<std::string, std::string> files;
  for (fs::recursive_directory_iterator at(folder), end; at != end; ++at) {
    std::string name = at->path().filename().string();
    if (name == "node_modules" || name == ".git" || name == "target") {
      at.disable_recursion_pending();
      continue;
    }
    if (!at->is_regular_file()) continue;
    if (auto text = gf::read_file(at->path().string()))
      files[fs::relative(at->path(), folder).generic_string()] = *text;
  }
  gf::test::MapFacts tree(files);
  for (std::string changed; std::getline(std::cin, changed);) {
    auto reached =
        gf::gate::reached_by(tree, tree, {changed}, tested, gf::gate::default_test_paths(), linked);
    if (!reached.untrusted.empty()) std::cout << "* " << reached.untrusted;
    for (const auto& [path, via] : reached.files)
      if (reached.untrusted.empty()) std::cout << path << " ";
    std::cout << std::endl;
  }
  return 0;
}

int faults(const std::string& folder, const std::string& path) {
  auto text = gf::read_file(folder + "/" + path);
  if (!text) return 1;
  std::vector<std::string> source = gf::split(*text, '\n');
  std::vector<int> all(source.size());
  std::iota(all.begin(), all.end(), 1);
  for (const gf::gate::Mutant& fault : gf::gate::mutants_of(path, *text, all, 100000)) {
    std::vector<std::string> now = gf::split(fault.text, '\n');
    std::cout << fault.line << "\t" << now[static_cast<size_t>(fault.line) - 1] << "\n";
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) return 2;
  std::string what = arguments[1];
  if (what == "reached" || what == "nearest") {
    auto linked = what == "reached" ? gf::gate::Linked::kMaybe : gf::gate::Linked::kNamed;
    return reached(arguments[2], {arguments + 3, arguments + count}, linked);
  }
  return what == "faults" && count == 4 ? faults(arguments[2], arguments[3]) : 2;
}
