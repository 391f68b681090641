// The rows, and what is asked of all of them.
#include "gate/language.h"

#include <algorithm>
#include <limits>

#include "base/glob.h"
#include "gate/detect.h"

namespace gf::gate {
namespace {

/// Of every repository, and of languages that have no row yet.
const std::vector<std::string>& guarded_anywhere() {
  static const std::vector<std::string> paths = {
      ".github/**",
      ".gitlab-ci.yml",
      ".circleci/**",
      ".ci/**",
      "Jenkinsfile",
      "azure-pipelines.yml",
      ".pre-commit-config.yaml",
      ".husky/**",
      "lefthook.yml",
      ".gitattributes",
      "**/.gitattributes",
      ".gitmodules",
      ".gitfactory",
      "package-lock.json",
      "pnpm-lock.yaml",
      "yarn.lock",
      "Cargo.lock",
      "go.sum",
      "**/tsconfig*.json",
      "**/.eslintrc*",
      "eslint.config.*",
      "biome.json",
      "CMakePresets.json",
      "bun.lock",
      "Gemfile.lock",
      "composer.lock",
      "jest.config.*",
      "vitest.config.*",
      ".golangci.yml",
      ".golangci.yaml",
      "**/.clang-tidy",
  };
  return paths;
}

void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

const std::vector<Language>& all_languages() {
  static const std::vector<Language> rows = {python(), javascript(), go(), rust(), cpp(), java()};
  return rows;
}

bool is_source(std::string_view path) {
  const auto& rows = all_languages();
  return std::any_of(rows.begin(), rows.end(), [&](const Language& language) {
    return glob_matches_any(language.sources, path);
  });
}

bool holds_tests(std::string_view path) {
  const auto& rows = all_languages();
  return std::any_of(rows.begin(), rows.end(), [&](const Language& language) {
    return glob_matches_any(language.sources, path) &&
           !glob_matches_any(language.test_helpers, path);
  });
}

bool holds_own_tests(const record::TreeFacts& tree, const std::string& path) {
  for (const Language& language : all_languages()) {
    if (language.holds_own_tests == nullptr || !glob_matches_any(language.sources, path)) continue;
    auto content = tree.read(path);
    if (content && language.holds_own_tests(*content)) return true;
  }
  return false;
}

bool builds_tests(std::string_view path) {
  const std::vector<Language>& all = all_languages();
  return std::any_of(all.begin(), all.end(), [&](const Language& language) {
    return glob_matches_any(language.builds, path);
  });
}

std::vector<std::string> default_test_paths() {
  std::vector<std::string> all;
  for (const Language& language : all_languages()) append(all, language.test_paths);
  return all;
}

std::vector<std::string> paths_matching(const record::TreeFacts& tree,
                                        const std::vector<std::string>& patterns) {
  std::vector<std::string> all = tree.paths("", std::numeric_limits<size_t>::max());
  std::erase_if(all, [&](const std::string& path) { return !glob_matches_any(patterns, path); });
  return all;
}

const std::vector<std::string>& guarded_paths() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> paths;
    for (const Language& language : all_languages()) append(paths, language.settings);
    append(paths, guarded_anywhere());
    return paths;
  }();
  return all;
}

const std::vector<std::string>& guarded_with_manifests() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> paths = guarded_paths();
    for (const Language& language : all_languages()) append(paths, language.manifests);
    return paths;
  }();
  return all;
}

}  // namespace gf::gate
