// Go: vet, gofmt, golangci-lint where the project has its settings, and go test.
#include <string>

#include "base/file_kind.h"
#include "gate/affected.h"
#include "gate/detect.h"

namespace gf::gate {
namespace {

constexpr Milliseconds kGoTime{600000}, kGoTestsTime{1800000};

Gate go_gate(const char* name, std::vector<std::string> argv, const char* report) {
  Gate gate;
  gate.name = name;
  gate.argv = std::move(argv);
  gate.report = report;
  gate.timeout = kGoTime;
  gate.files = {"*.go"};
  gate.why = "go.mod";
  return gate;
}

/// A tree of the days before modules: Go takes no part of it any more as it lies. Where the modules
/// are further in each is a project with gates of its own.
void tell_no_module(const record::TreeFacts& tree, Detected& detected) {
  constexpr size_t kMost = 100000;
  // A folder that is a project by another language may be part of a module further up.
  for (const char* other : {"package.json", "pyproject.toml", "setup.py", "requirements.txt",
                            "Cargo.toml", "CMakeLists.txt", "meson.build", "pom.xml"}) {
    if (tree.has_path(other)) return;
  }
  std::string first;
  for (const std::string& path : tree.paths("", kMost)) {
    if (path == "go.work" || path.ends_with("/go.mod")) return;
    bool own = path.ends_with("_test.go") && kind_of_file(path, {}) != FileKind::kVendored;
    if (own && first.empty()) first = path;
  }
  if (first.empty()) return;
  detected.notes.push_back("there are tests in Go ('" + first +
                           "') and no go.mod, without which go runs none: 'go mod init "
                           "<the name it is imported by>' makes one");
}

/// gofmt and vet come with Go, and everyone's code is held to them.
void detect_go(const record::TreeFacts& tree, const std::string&, Detected& detected) {
  if (!tree.has_path("go.mod")) return tell_no_module(tree, detected);
  detected.gates.push_back(go_gate("gofmt", {"gofmt", "-l", "."}, "paths"));
  detected.gates.push_back(go_gate("go-vet", {"go", "vet", "./..."}, "go-vet"));
  for (const char* name : {".golangci.yml", ".golangci.yaml", ".golangci.toml", ".golangci.json"}) {
    if (!tree.has_path(name)) continue;
    Gate lint = go_gate("golangci-lint", {"golangci-lint", "run"}, "text");
    lint.why = name;
    detected.gates.push_back(std::move(lint));
    break;
  }
  Gate tests = go_gate("go-test",
                       {"go", "test", "-json", "-count=1", "-gcflags=-e", "-coverpkg=./...",
                        "-coverprofile={coverage}"},
                       "go-test-json");
  tests.stage = "test";
  tests.targets = {"..."};
  tests.selecting = Selecting::kPackages;
  tests.coverage = "go-cover";
  tests.timeout = kGoTestsTime;
  detected.gates.push_back(std::move(tests));
}

}  // namespace

Language go() {
  Language row;
  row.name = "Go";
  row.sources = {"*.go"};
  row.test_paths = {"**/*_test.go", "**/testdata/**"};
  row.test_helpers = {"**/testdata/**"};
  row.settings = {".golangci.toml", ".golangci.json"};
  row.manifests = {"go.mod", "go.work"};
  row.detect = detect_go;
  row.parser = nullptr;
  row.links = go_links;
  return row;
}

}  // namespace gf::gate
