#include "gate/go_reports.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>

#include "base/files.h"
#include "base/text.h"
#include "record/json.h"

namespace gf::gate {
namespace {

namespace fs = std::filesystem;
using record::GateOutcome;
using record::Json;
using record::TestResult;
using record::TestStatus;

constexpr size_t kGoMessage = 2000;

/// The module's name, by the go.mod where the gate was started.
std::string module_in(const Scrubber& scrub) {
  for (const std::string& line : lines(read_file(scrub.worktree() + "/go.mod").value_or(""))) {
    if (line.starts_with("module ")) return std::string(trim(line.substr(7)));
  }
  return {};
}

/// "pkg" of "example.com/twice/pkg"; "example.com/twice [example.com/twice.test]" is the first.
std::string folder_of_package(std::string_view package, const std::string& module) {
  std::string_view name = package.substr(0, package.find(' '));
  if (name.ends_with(".test")) name.remove_suffix(5);
  if (name.ends_with("_test")) name.remove_suffix(5);
  if (name == module) return {};
  bool below = !module.empty() && name.starts_with(module + "/");
  return std::string(below ? name.substr(module.size() + 1) : name);
}

/// A test function, and the lines it goes over, from 1.
struct GoTest {
  std::string name, file;
  int first = 0, last = 0;
};

/// The tests that stand in a folder's files: gofmt ends a function with a brace at the margin.
std::vector<GoTest> tests_in_folder(const Scrubber& scrub, const std::string& folder) {
  std::vector<GoTest> all;
  std::error_code failed;
  fs::path place = fs::path(scrub.worktree()) / folder;
  for (fs::directory_iterator at(place, failed), end; !failed && at != end; at.increment(failed)) {
    std::string name = at->path().filename().string();
    if (!name.ends_with("_test.go")) continue;
    int number = 0;
    bool open = false;
    for (const std::string& line : lines(read_file(at->path().string()).value_or(""))) {
      ++number;
      constexpr std::string_view kFunction = "func ";
      size_t bracket = line.find('(');
      if (line.starts_with(kFunction) && bracket != std::string::npos && bracket > 5) {
        std::string function = line.substr(5, bracket - 5);
        open = function.starts_with("Test") || function.starts_with("Example") ||
               function.starts_with("Fuzz");
        if (open)
          all.push_back({function, folder.empty() ? name : folder + "/" + name, number, number});
      }
      if (open) all.back().last = number;
      if (line.starts_with("}")) open = false;
    }
  }
  return all;
}

/// Of one package.
struct GoPackage {
  std::vector<GoTest> tests;
  std::map<std::string, std::string> output;  ///< by test
  std::string built;                          ///< what its compiler said
};

class GoReader {
 public:
  GoReader(const Scrubber& scrub, GateOutcome& outcome)
      : scrub_(scrub), outcome_(outcome), module_(module_in(scrub)) {}

  void take(const Json& event) {
    std::string action = event.get_string("Action"), test = event.get_string("Test");
    if (action == "build-output") {
      std::string said = event.get_string("Output");
      if (!said.starts_with("#")) at(event.get_string("ImportPath")).built += said;
    } else if (action == "output" && !test.empty()) {
      std::string said = event.get_string("Output");
      std::string_view row = trim(said);
      bool frame = row.starts_with("=== ") || row.starts_with("--- ");
      if (!frame) at(event.get_string("Package")).output[test] += said;
    } else if (!test.empty() && (action == "pass" || action == "fail" || action == "skip")) {
      add(at(event.get_string("Package")), test, action);
    }
  }

  void end() {
    for (auto& [folder, package] : packages_) {
      if (!package.built.empty()) tell_uncompiled(folder, package);
    }
  }

 private:
  GoPackage& at(const std::string& name) {
    std::string folder = folder_of_package(name, module_);
    auto [found, is_new] = packages_.try_emplace(folder);
    if (is_new) found->second.tests = tests_in_folder(scrub_, folder);
    return found->second;
  }

  static std::string id_of(const GoPackage& package, const std::string& test) {
    size_t slash = test.find('/');
    std::string function = test.substr(0, slash);
    auto found = std::find_if(package.tests.begin(), package.tests.end(),
                              [&](const GoTest& one) { return one.name == function; });
    std::string id = found == package.tests.end() ? function : found->file + "::" + function;
    return slash == std::string::npos ? id : id + "[" + test.substr(slash + 1) + "]";
  }

  void add(GoPackage& package, const std::string& test, const std::string& action) {
    TestResult result;
    result.id = id_of(package, test);
    if (action == "pass") {
      ++outcome_.counts.passed;
    } else if (action == "skip") {
      result.status = TestStatus::kSkipped;
      ++outcome_.counts.skipped;
    } else {
      std::string said = scrub_(trim(package.output[test]));
      result.status = TestStatus::kFailed;
      result.cause = said.find("panic:") == std::string::npos ? "assertion" : "other";
      result.message = clipped(said, kGoMessage);
      ++outcome_.counts.failed;
    }
    outcome_.tests.push_back(std::move(result));
  }

  /// Each test with an error in its own lines, and the package for all others.
  void tell_uncompiled(const std::string& folder, const GoPackage& package) {
    GateOutcome parsed;
    read_text(package.built, scrub_, parsed);
    std::set<std::string> failed;
    for (const record::Finding& finding : parsed.findings) {
      for (const GoTest& test : package.tests) {
        bool own =
            test.file == finding.path && test.first <= finding.line && finding.line <= test.last;
        if (!own || !failed.insert(test.name).second) continue;
        outcome_.tests.push_back({test.file + "::" + test.name, TestStatus::kFailed,
                                  "missing-symbol", "does not compile: " + finding.message});
        ++outcome_.counts.failed;
      }
    }
    TestResult all;
    all.id = parsed.findings.empty() ? folder : parsed.findings.front().path;
    if (all.id.empty()) all.id = ".";
    all.status = TestStatus::kError;
    all.cause = "compile";
    all.message = clipped(scrub_(trim(package.built)), kGoMessage);
    outcome_.tests.push_back(std::move(all));
    ++outcome_.counts.errors;
  }

  const Scrubber& scrub_;
  GateOutcome& outcome_;
  std::string module_;
  std::map<std::string, GoPackage> packages_;
};

}  // namespace

bool read_go_test(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  GoReader reader(scrub, outcome);
  bool any = false;
  for (const std::string& line : lines(text)) {
    if (!line.starts_with("{")) continue;
    auto json = Json::parse(line);
    if (!json.ok()) continue;
    any = true;
    reader.take(*json);
  }
  reader.end();
  return any;
}

bool read_go_vet(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  std::string plain;
  for (const std::string& line : lines(text)) {
    if (!line.starts_with("#")) plain += (line.starts_with("vet: ") ? line.substr(5) : line) + "\n";
  }
  return read_text(plain, scrub, outcome);
}

bool read_go_cover(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  std::string module = module_in(scrub);
  std::map<std::string, std::map<int, bool>> files;
  bool any = false;
  for (const std::string& line : lines(text)) {
    if (line.starts_with("mode:")) any = true;
    size_t colon = line.rfind(':');
    int first = 0, last = 0;
    long long count = 0;
    if (colon == std::string::npos ||
        std::sscanf(line.c_str() + colon + 1, "%d.%*d,%d.%*d %*d %lld", &first, &last, &count) != 3)
      continue;
    std::string path = line.substr(0, colon);
    if (!module.empty() && path.starts_with(module + "/")) path.erase(0, module.size() + 1);
    // A block ends where its brace stands, and that line is the next one's too.
    for (int number = first; number <= last; ++number) {
      bool& ran = files[path][number];
      ran = ran || count > 0;
    }
  }
  for (const auto& [path, ran] : files) add_lines(ran, outcome.coverage[path]);
  return any;
}

}  // namespace gf::gate
