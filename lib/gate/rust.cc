// Rust: rustfmt, clippy and cargo test, with the features that the project itself builds with.
#include "gate/rust.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "gate/affected.h"
#include "gate/config_file.h"
#include "gate/detect.h"
#include "gate/evidence.h"
#include "gate/rust_nextest.h"
#include "gate/rust_tests.h"

namespace gf::gate {
namespace {

using Words = std::vector<std::string>;

constexpr Milliseconds kRustTime{1200000}, kRustTestsTime{3600000};
constexpr const char* kManifest = "Cargo.toml";
constexpr const char* kNextest = ".config/nextest.toml";
constexpr const char* kByNextest = "cargo-nextest";
constexpr const char* kWholeWorkspace = "--workspace";

/// Each file by itself, from its own text: given a path rustfmt lays out the modules below as well.
constexpr const char* kFormatEach = R"sh(edition=$0
for file; do
  text=$(rustfmt --edition "$edition" <"$file" && echo .) || { status=1; continue; }
  printf %s "${text%.}" >"$file"
done
exit ${status-0})sh";

bool is_in(const Words& all, std::string_view word) {
  return std::find(all.begin(), all.end(), word) != all.end();
}

/// About one target or package, or the least of all features.
bool is_of_a_part(const ToolCall& call) {
  constexpr std::array<std::string_view, 8> kWords = {"--no-default-features",
                                                      "--target",
                                                      "-p",
                                                      "--package",
                                                      "--no-run",
                                                      "--examples",
                                                      "--bench",
                                                      "--benches"};
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return is_in(call.arguments, word); });
}

class RustProject {
 public:
  RustProject(const record::TreeFacts& tree, const Detected& detected)
      : manifest_(read_toml(tree.read(kManifest).value_or(""))),
        evidence_(evidence_in(tree)),
        sets_nextest_(tree.has_path(kNextest)) {
    std::erase_if(evidence_, [](const Evidence& one) { return !one.call.folder.empty(); });
    evidence_.insert(evidence_.end(), detected.outer_evidence.begin(),
                     detected.outer_evidence.end());
  }

  [[nodiscard]] const std::string& broken() const { return manifest_.broken; }

  /// The project's own call of a tool; the first that is not about one target or the least of all
  /// features.
  [[nodiscard]] const Evidence* call_of(std::string_view tool) const {
    const Evidence* any = nullptr;
    for (const Evidence& one : evidence_) {
      if (one.call.tool != tool) continue;
      if (!is_of_a_part(one.call) && !is_in(one.call.arguments, "--doc")) return &one;
      if (any == nullptr) any = &one;
    }
    return any;
  }

  /// The project's first call of a tool with this word, one of the whole before one of a part;
  /// null: there is none.
  [[nodiscard]] const Evidence* call_with(std::string_view tool, std::string_view word) const {
    const Evidence* any = nullptr;
    for (const Evidence& one : evidence_) {
      if (one.call.tool != tool || !is_in(one.call.arguments, word)) continue;
      if (!is_of_a_part(one.call)) return &one;
      if (any == nullptr) any = &one;
    }
    return any;
  }

  /// Members are asked as well, unless the project says which it means.
  [[nodiscard]] bool is_whole_workspace(const Evidence* call) const {
    if (!manifest_.tables.contains({"workspace"})) return false;
    if (manifest_.values.contains({"workspace", "default-members"})) return false;
    return call == nullptr || !manifest_.tables.contains({"package"});
  }

  [[nodiscard]] bool sets_nextest() const { return sets_nextest_; }

  [[nodiscard]] std::string edition() const {
    std::string own = manifest_.text_at({"package", "edition"});
    if (own.empty()) own = manifest_.text_at({"workspace", "package", "edition"});
    if (!own.empty()) return own;
    return manifest_.tables.contains({"package"}) ? "2015" : "2021";
  }

 private:
  ConfigFile manifest_;
  std::vector<Evidence> evidence_;
  bool sets_nextest_;
};

/// Of a call's words those that say what is built.
Words building(const Words& arguments) {
  constexpr std::array<std::string_view, 4> kFlags = {kWholeWorkspace, "--all", "--all-features",
                                                      "--no-default-features"};
  constexpr std::array<std::string_view, 3> kValued = {"--features", "-F", "--exclude"};
  auto known = [](const auto& all, std::string_view word) {
    return std::find(all.begin(), all.end(), word) != all.end();
  };
  Words kept;
  for (size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const std::string& word = arguments[i];
    bool valued = known(kValued, word.substr(0, word.find('=')));
    if (known(kFlags, word) || valued) kept.push_back(word);
    bool behind = valued && word.find('=') == std::string::npos && i + 1 < arguments.size();
    if (behind) kept.push_back(arguments[++i]);
  }
  return kept;
}

/// "cargo", the toolchain where the project names one, the subcommand.
Words cargo(std::string_view command, const Evidence* call) {
  Words argv = {"cargo"};
  if (call != nullptr && !call->call.arguments.empty() && call->call.arguments[0].starts_with('+'))
    argv.push_back(call->call.arguments[0]);
  argv.emplace_back(command);
  return argv;
}

Gate rust_gate(const char* name, const Evidence* call, const char* report) {
  Gate gate;
  gate.name = name;
  gate.report = report;
  gate.timeout = kRustTime;
  gate.files = {"*.rs"};
  gate.environment = {"CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"};
  gate.why = call == nullptr ? kManifest : evidence_text(*call);
  return gate;
}

/// What is built, as the project's call has it, else everything.
void add_built(const RustProject& project, const Evidence* call, Gate& gate) {
  if (project.is_whole_workspace(call)) gate.argv.emplace_back(kWholeWorkspace);
  if (call == nullptr) return;
  for (std::string& word : building(call->call.arguments)) {
    bool twice = word == kWholeWorkspace || word == "--all";
    if (!twice || !takes_members(gate)) gate.argv.push_back(std::move(word));
  }
}

Gate format_gate(const RustProject& project) {
  const Evidence* call = project.call_of("cargo fmt");
  Gate gate = rust_gate("cargo-fmt", call, "rustfmt");
  gate.argv = cargo("fmt", call);
  gate.argv.insert(gate.argv.end(), {"--all", "--check", "--", "-l"});
  gate.fix = {"sh", "-c", kFormatEach, project.edition(), "{files}"};
  return gate;
}

/// Everyone's code is held to its errors; to its warnings where the project says `-D warnings`.
Gate clippy_gate(const RustProject& project) {
  const Evidence* call = project.call_of("cargo clippy");
  Gate gate = rust_gate("clippy", call, "cargo-json");
  gate.argv = cargo("clippy", call);
  add_built(project, call, gate);
  bool all = call == nullptr || is_in(call->call.arguments, "--all-targets");
  if (all) gate.argv.emplace_back("--all-targets");
  if (call != nullptr && is_in(call->call.arguments, "--tests")) gate.argv.emplace_back("--tests");
  gate.argv.emplace_back("--message-format=json");
  if (call != nullptr) {
    auto lints = std::find(call->call.arguments.begin(), call->call.arguments.end(), "--");
    gate.argv.insert(gate.argv.end(), lints, call->call.arguments.end());
  }
  return gate;
}

/// The profile of nextest's settings that the project's own call names.
void add_profile(const Evidence* call, Gate& gate) {
  if (call == nullptr) return;
  const Words& words = call->call.arguments;
  for (size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    bool behind = (words[i] == "--profile" || words[i] == "-P") && i + 1 < words.size();
    if (behind) gate.argv.insert(gate.argv.end(), {"--profile", words[i + 1]});
    if (words[i].starts_with("--profile="))
      gate.argv.insert(gate.argv.end(), {"--profile", words[i].substr(10)});
  }
}

/// Tests go by cargo's own runner unless the project goes by nextest.
Gate tests_gate(const RustProject& project) {
  const Evidence* call = project.call_of("cargo nextest");
  const Evidence* plain = project.call_of("cargo test");
  bool next = call != nullptr || (plain == nullptr && project.sets_nextest());
  if (!next) call = plain;
  Gate gate = rust_gate(next ? kByNextest : "cargo-test", call, "cargo-test");
  if (next && call == nullptr) gate.why = kNextest;
  gate.argv = cargo("test", call);
  if (next) {
    gate.argv.pop_back();
    gate.argv.insert(gate.argv.end(), nextest_words().begin(), nextest_words().end());
  }
  add_built(project, call, gate);
  if (next) add_profile(call, gate);
  gate.argv.emplace_back("--no-fail-fast");
  if (!next) gate.argv.emplace_back("--message-format=json");
  gate.stage = "test";
  gate.selecting = Selecting::kCargo;
  gate.coverage = "lcov";
  gate.timeout = kRustTestsTime;
  return gate;
}

/// Where nextest runs the tests and the project's own call the examples of the documentation, which
/// nextest leaves out. They stand in the sources, so they are a check of these, and one that has
/// nothing to run says nothing.
std::optional<Gate> examples_gate(const RustProject& project, const Gate& tests) {
  const Evidence* call = project.call_with("cargo test", "--doc");
  if (call == nullptr || tests.name != kByNextest) return std::nullopt;
  Gate gate = rust_gate("cargo-doctest", call, "cargo-doctest");
  gate.argv = cargo("test", call);
  gate.argv.emplace_back("--doc");
  add_built(project, call, gate);
  gate.argv.insert(gate.argv.end(), {"--no-fail-fast", "--message-format=json"});
  gate.timeout = kRustTestsTime;
  return gate;
}

void detect_rust(const record::TreeFacts& tree, const std::string&, Detected& detected) {
  if (!tree.has_path(kManifest)) return;
  RustProject project(tree, detected);
  if (!project.broken().empty())
    detected.notes.push_back("'Cargo.toml' cannot be read: " + project.broken());
  detected.gates.push_back(format_gate(project));
  detected.gates.push_back(clippy_gate(project));
  Gate tests = tests_gate(project);
  if (auto examples = examples_gate(project, tests)) detected.gates.push_back(std::move(*examples));
  detected.gates.push_back(std::move(tests));
}

}  // namespace

bool takes_members(const Gate& gate) {
  return is_in(gate.argv, kWholeWorkspace) || is_in(gate.argv, "--all");
}

/// Tests that stand in the sources are BUILD's to keep: who writes a new test writes it below
/// tests/.
Language rust() {
  Language row;
  row.name = "Rust";
  row.sources = {"*.rs"};
  row.test_paths = {"tests/**", "**/tests/**"};
  row.test_helpers = {"**/tests/*/mod.rs", "tests/*/mod.rs", "**/testdata/**"};
  row.settings = {"rustfmt.toml", ".rustfmt.toml",       "clippy.toml",    ".clippy.toml",
                  ".cargo/**",    "rust-toolchain.toml", "rust-toolchain", ".config/nextest.toml"};
  row.manifests = {kManifest};
  row.detect = detect_rust;
  row.parser = nullptr;
  row.links = rust_links;
  row.holds_own_tests = holds_rust_tests;
  return row;
}

}  // namespace gf::gate
