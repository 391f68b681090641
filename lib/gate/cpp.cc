// C and C++: what CMake builds, tested by ctest, and the layout that .clang-format asks for.
#include <algorithm>
#include <array>

#include "base/file_kind.h"
#include "base/glob.h"
#include "base/text.h"
#include "gate/clang_tidy.h"
#include "gate/detect.h"
#include "gate/evidence.h"

namespace gf::gate {
namespace {

using Words = std::vector<std::string>;

constexpr Milliseconds kCppTime{600000}, kCppTestsTime{3600000};

const Words& cpp_files() {
  static const Words all = {"*.c",  "*.cc",  "*.cpp", "*.cxx", "*.h",
                            "*.hh", "*.hpp", "*.hxx", "*.ipp", "*.inl"};
  return all;
}

/// Options that only say where or how it is built, which is ours to say.
bool is_of_place(std::string_view option) {
  constexpr std::array<std::string_view, 6> kPlace = {
      "-DCMAKE_BUILD_TYPE", "-DCMAKE_INSTALL_PREFIX", "-DCMAKE_TOOLCHAIN_FILE",
      "-DCMAKE_C_COMPILER", "-DCMAKE_CXX_COMPILER",   "-DCMAKE_GENERATOR"};
  return std::any_of(kPlace.begin(), kPlace.end(),
                     [&](std::string_view one) { return option.starts_with(one); });
}

/// "-DTESTS=ON" of how the project itself is configured; null: nothing shows it.
const Evidence* configured_by(const std::vector<Evidence>& all, Words& options) {
  for (const Evidence& one : all) {
    if (one.call.tool != "cmake") continue;
    for (size_t i = 0; i < one.call.arguments.size(); ++i) {
      std::string word = one.call.arguments[i];
      if (word == "-D" && i + 1 < one.call.arguments.size()) word += one.call.arguments[++i];
      bool plain = word.starts_with("-D") && word.find('=') != std::string::npos;
      if (plain && !is_of_place(word)) options.push_back(word);
    }
    if (!options.empty()) return &one;
  }
  return nullptr;
}

Gate cpp_tests(const char* name, const char* tool, const char* why) {
  Gate gate;
  gate.name = name;
  gate.stage = "test";
  gate.argv = {"sh", "{runner}", std::string("{cache}/") + tool, "{report}", "{coverage}", tool};
  gate.report = "ctest";
  gate.coverage = "gcov";
  gate.selecting = Selecting::kAll;
  gate.timeout = kCppTestsTime;
  gate.files = cpp_files();
  gate.environment = {"CC", "CXX", "CFLAGS", "CXXFLAGS", "CMAKE_PREFIX_PATH", "PKG_CONFIG_PATH"};
  gate.why = why;
  return gate;
}

/// A project without a word of tests has none to run.
bool has_tests(const record::TreeFacts& tree) {
  return tree.mentions("enable_testing") || tree.mentions("include(CTest)") ||
         tree.mentions("add_test(");
}

/// Sources of the project's own that ask for one of these headers; not the library itself, nor
/// another project that lies in the tree.
bool asks_for(const record::TreeFacts& tree, const Words& headers) {
  constexpr size_t kMost = 100000;
  auto in = [&](const auto& has) { return std::any_of(headers.begin(), headers.end(), has); };
  if (!in([&](const std::string& header) { return tree.mentions(header); })) return false;
  std::vector<std::string> paths = tree.paths("", kMost);
  return std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
    std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
    if (!glob_matches_any(cpp_files(), name) || kind_of_file(path, {}) == FileKind::kVendored ||
        path.find("googletest/") != std::string::npos)
      return false;
    std::optional<std::string> text = tree.read(path);
    return text &&
           in([&](const std::string& header) { return text->find(header) != std::string::npos; });
  });
}

bool has_googletests(const record::TreeFacts& tree) { return asks_for(tree, {"gtest/gtest.h"}); }

/// Whose programs tell of their tests. Of others all that make says is that it made something.
bool has_telling_tests(const record::TreeFacts& tree) {
  return asks_for(tree, {"gtest/gtest.h", "catch2/catch", "catch.hpp", "doctest.h", "unity.h"});
}

/// The Makefile's own target that runs tests, first the one that the project itself calls; empty:
/// it has none, and its programs are run.
std::string target_of_tests(const std::string& makefile, const std::vector<Evidence>& calls) {
  constexpr std::array<const char*, 4> kTargets = {"test", "tests", "check", "unittest"};
  auto is_there = [&](const std::string& target) {
    return ("\n" + makefile).find("\n" + target + ":") != std::string::npos;
  };
  for (const Evidence& one : calls) {
    const Words& words = one.call.arguments;
    bool elsewhere = !one.call.folder.empty() ||
                     std::any_of(words.begin(), words.end(), [](const std::string& word) {
                       return word.starts_with("-C") || word.starts_with("--directory");
                     });
    if (one.call.tool != "make" || elsewhere) continue;
    for (const std::string& word : words) {
      if (std::find(kTargets.begin(), kTargets.end(), word) != kTargets.end() && is_there(word))
        return word;
    }
  }
  auto found = std::find_if(kTargets.begin(), kTargets.end(), is_there);
  return found == kTargets.end() ? "" : *found;
}

std::vector<Evidence> calls_of(const record::TreeFacts& tree, const Detected& detected) {
  std::vector<Evidence> calls = evidence_in(tree);
  calls.insert(calls.end(), detected.outer_evidence.begin(), detected.outer_evidence.end());
  return calls;
}

/// A project that has a Makefile alone, of its own hand: what a configure script writes is in no
/// tree.
void detect_make(const record::TreeFacts& tree, Detected& detected) {
  for (const char* name : {"GNUmakefile", "makefile", "Makefile"}) {
    std::optional<std::string> makefile = tree.read(name);
    if (!makefile) continue;
    if (tree.has_path(".clang-tidy"))
      detected.notes.push_back(std::string(name) +
                               " tells no compile_commands.json, so clang-tidy is not asked; make "
                               "it a gate ([factory-gate \"clang-tidy\"]) that knows how");
    if (!has_telling_tests(tree)) return;
    Gate tests = cpp_tests("make-test", "make", name);
    tests.argv.push_back(target_of_tests(*makefile, calls_of(tree, detected)));
    detected.gates.push_back(std::move(tests));
    return;
  }
}

void add_layout(Detected& detected) {
  Gate layout;
  layout.name = "clang-format";
  layout.argv = {"clang-format", "--dry-run", "-Werror"};
  for (const std::string& one : cpp_files()) layout.targets.push_back("**/" + one);
  layout.report = "text";
  layout.files = cpp_files();
  layout.timeout = kCppTime;
  layout.why = ".clang-format";
  detected.gates.push_back(std::move(layout));
}

void detect_cpp(const record::TreeFacts& tree, const std::string&, Detected& detected) {
  bool cmake = tree.has_path("CMakeLists.txt"), meson = tree.has_path("meson.build");
  if (!cmake && !meson) return detect_make(tree, detected);
  if (tree.has_path(".clang-format")) add_layout(detected);
  std::vector<Evidence> calls = calls_of(tree, detected);
  Words options;
  const Evidence* configured = cmake ? configured_by(calls, options) : nullptr;
  if (has_clang_tidy(tree, calls))
    detected.gates.push_back(clang_tidy_gate(calls, cmake ? "cmake" : "meson", options));
  bool declares_tests = cmake ? has_tests(tree) : tree.mentions("test(");
  const char* runner = cmake ? "ctest" : "meson-test";
  const char* name = declares_tests ? runner : has_googletests(tree) ? "googletest" : nullptr;
  if (name == nullptr) return;
  if (cmake) {
    Gate tests = cpp_tests(name, "cmake", "CMakeLists.txt");
    if (configured != nullptr) tests.why = evidence_text(*configured);
    tests.argv.insert(tests.argv.end(), options.begin(), options.end());
    detected.gates.push_back(std::move(tests));
  } else {
    detected.gates.push_back(cpp_tests(name, "meson", "meson.build"));
  }
}

}  // namespace

/// What is built is said by CMakeLists.txt, which has to change with the files it names: it is not
/// guarded, and one among the tests is TEST's. Its compiler comes with its tests.
Language cpp() {
  Language row;
  row.name = "C++";
  row.sources = cpp_files();
  row.test_paths = {"**/*_test.cc",  "**/*_test.cpp", "**/*_test.c",  "**/test_*.cc",
                    "**/test_*.cpp", "**/test_*.c",   "**/*.test.cpp"};
  row.settings = {"**/.clang-format"};
  row.manifests = {};
  row.builds = {"**/CMakeLists.txt", "**/*.cmake", "**/meson.build", "**/Makefile",
                "**/Makefile.am"};
  row.detect = detect_cpp;
  row.parser = nullptr;
  return row;
}

}  // namespace gf::gate
