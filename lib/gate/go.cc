// Go: vet, gofmt, golangci-lint where the project has its settings, and go test.
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

/// gofmt and vet come with Go, and everyone's code is held to them.
void detect_go(const record::TreeFacts& tree, const std::string&, Detected& detected) {
  if (!tree.has_path("go.mod")) return;
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
