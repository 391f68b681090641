// One row a form. A new one: its reader in reports.h or beside its language, and a row here.
#include "gate/report_kinds.h"

#include <algorithm>

#include "gate/clang_tidy.h"
#include "gate/cpp_reports.h"
#include "gate/go_reports.h"
#include "gate/java_reports.h"
#include "gate/javascript_reports.h"
#include "gate/rust_reports.h"

namespace gf::gate {
namespace {

/// "a, b or c".
template <typename Kind>
std::string names_of_kinds(const std::vector<Kind>& all) {
  std::string text;
  for (size_t i = 0; i < all.size(); ++i) {
    if (i > 0) text += i + 1 == all.size() ? " or " : ", ";
    text += all[i].name;
  }
  return text;
}

}  // namespace

const std::vector<ReportKind>& report_kinds() {
  static const std::vector<ReportKind> all = {
      {"ruff-json", false, Left::kStdout, read_ruff_json},
      {"ruff-format", false, Left::kBoth, read_ruff_format},
      {"mypy-json", false, Left::kStdout, read_mypy},
      {"isort", false, Left::kBoth, read_isort},
      {"pyright", false, Left::kStdout, read_pyright},
      {"pyrefly", false, Left::kStdout, read_pyrefly},
      {"eslint-json", false, Left::kStdout, read_eslint},
      {"github", false, Left::kBoth, read_github_commands},
      {"tsc", false, Left::kBoth, read_tsc},
      {"paths", false, Left::kStdout, read_paths, true},
      {"go-vet", false, Left::kBoth, read_go_vet},
      {"junit", true, Left::kFile, read_junit},
      {"node-test", true, Left::kFile, read_node_test},
      {"jest-json", true, Left::kFileOrOut, read_jest},
      {"mocha-json", true, Left::kFileOrOut, read_mocha},
      {"tap", true, Left::kStdout, read_tap},
      {"go-test-json", true, Left::kStdout, read_go_test},
      {"sarif", false, Left::kFileOrOut, read_sarif},
      {"rustfmt", false, Left::kBoth, read_rustfmt},
      {"cargo-json", false, Left::kOneStream, read_cargo_json, false, spoken_by_cargo},
      {"cargo-test", true, Left::kOneStream, read_cargo_test, false, spoken_by_cargo},
      {"cargo-doctest", false, Left::kOneStream, read_cargo_doctest, false, spoken_by_cargo},
      {"ctest", true, Left::kFileOrOut, read_ctest},
      {"surefire", true, Left::kFileOrOut, read_surefire, true},
      {"maven", false, Left::kBoth, read_maven},
      {"clang-tidy", false, Left::kStdout, read_clang_tidy, true},
      {"pre-commit", false, Left::kBoth, read_pre_commit_run},
      {"text", false, Left::kBoth, read_text},
      {"exit", false, Left::kStdout, nullptr},
  };
  return all;
}

const ReportKind* report_kind(std::string_view name) {
  const auto& all = report_kinds();
  auto found =
      std::find_if(all.begin(), all.end(), [&](const ReportKind& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

bool reports_tests(std::string_view name) {
  const ReportKind* kind = report_kind(name);
  return kind != nullptr && kind->tests;
}

std::string report_names() { return names_of_kinds(report_kinds()); }
std::string coverage_names() { return names_of_kinds(coverage_kinds()); }

const std::vector<CoverageKind>& coverage_kinds() {
  static const std::vector<CoverageKind> all = {{"cobertura", read_cobertura},
                                                {"lcov", read_lcov},
                                                {"go-cover", read_go_cover},
                                                {"gcov", read_gcov},
                                                {"jacoco", read_jacoco}};
  return all;
}

}  // namespace gf::gate
