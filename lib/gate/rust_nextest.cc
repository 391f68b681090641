#include "gate/rust_nextest.h"

#include <algorithm>
#include <filesystem>

namespace gf::gate {
namespace {

using Words = std::vector<std::string>;

bool nextest_is_there(const proc::Environment& environment) {
  if (proc::find_program("cargo-nextest", environment)) return true;
  std::string home = environment.get("CARGO_HOME");
  if (home.empty()) home = environment.get("HOME") + "/.cargo";
  std::error_code failed;
  return std::filesystem::exists(home + "/bin/cargo-nextest", failed);
}

}  // namespace

const Words& nextest_words() {
  static const Words words = {"nextest", "run", "--message-format=libtest-json-plus",
                              "--cargo-message-format=json"};
  return words;
}

std::optional<Gate> without_nextest(const Gate& gate, const proc::Environment& environment) {
  auto at = std::find(gate.argv.begin(), gate.argv.end(), "nextest");
  if (gate.report != "cargo-test" || at == gate.argv.end() || nextest_is_there(environment))
    return std::nullopt;
  Gate plain = gate;
  Words& argv = plain.argv;
  for (const std::string& word : nextest_words()) std::erase(argv, word);
  if (auto profile = std::find(argv.begin(), argv.end(), "--profile"); profile != argv.end())
    argv.erase(profile, std::min(profile + 2, argv.end()));
  auto behind = argv.begin() + (at - gate.argv.begin());
  argv.insert(behind, "test");
  argv.emplace_back("--message-format=json");
  return plain;
}

}  // namespace gf::gate
