// Which files with tests a change of one file can reach, for tests/bench/affected.py: a folder as
// argument, files with tests as further ones; a changed path a line comes in, the paths go out on
// one line, or "*" for all.
#include "gate/affected.h"

#include <filesystem>
#include <iostream>

#include "base/files.h"
#include "gate/language.h"
#include "support/facts.h"

int main(int count, char** arguments) {
  namespace fs = std::filesystem;
  if (count < 2) return 2;
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(arguments[1])) {
    if (!entry.is_regular_file()) continue;
    if (auto text = gf::read_file(entry.path().string()))
      files[fs::relative(entry.path(), arguments[1]).generic_string()] = *text;
  }
  gf::test::MapFacts tree(files);
  std::set<std::string> tested(arguments + 2, arguments + count);
  for (std::string changed; std::getline(std::cin, changed);) {
    auto reached =
        gf::gate::reached_by(tree, tree, {changed}, tested, gf::gate::default_test_paths());
    if (!reached.untrusted.empty()) std::cout << "*";
    for (const auto& [path, via] : reached.files)
      if (reached.untrusted.empty()) std::cout << path << " ";
    std::cout << "\n";
  }
  return 0;
}
