// Which paths a step may write.
#include "tool/tool.h"

namespace gf::tool {
namespace {

/// '*' within a part, '**' over parts, anything else literally. A table over both lengths: linear
/// in their product, whatever the pattern.
bool glob(std::string_view pattern, std::string_view path) {
  std::vector<bool> row(path.size() + 1, false);
  row[0] = true;
  for (size_t p = 0; p < pattern.size();) {
    bool doubled = pattern.substr(p, 2) == "**";
    bool star = pattern[p] == '*';
    std::vector<bool> next(path.size() + 1, false);
    if (star) {
      for (size_t i = 0; i <= path.size(); ++i) {
        next[i] = row[i] || (i > 0 && next[i - 1] && (doubled || path[i - 1] != '/'));
      }
      // "**/" also stands for no folder at all.
      if (doubled && pattern.substr(p, 3) == "**/") {
        std::vector<bool> after(path.size() + 1, false);
        for (size_t i = 0; i <= path.size(); ++i)
          after[i] = row[i] || (i > 0 && next[i - 1] && path[i - 1] == '/');
        row.swap(after);
        p += 3;
        continue;
      }
    } else {
      for (size_t i = 1; i <= path.size(); ++i) next[i] = row[i - 1] && path[i - 1] == pattern[p];
    }
    row.swap(next);
    p += doubled ? 2 : 1;
  }
  return row[path.size()];
}

}  // namespace

bool path_matches(std::string_view pattern, std::string_view path) {
  if (pattern.ends_with('/')) return path.starts_with(pattern);
  if (pattern.find('*') == std::string_view::npos) return pattern == path;
  return glob(pattern, path);
}

const std::vector<std::string>& guarded_paths() {
  static const std::vector<std::string> paths = {"pyproject.toml",
                                                 "setup.cfg",
                                                 "tox.ini",
                                                 "mypy.ini",
                                                 ".mypy.ini",
                                                 "**/ruff.toml",
                                                 "**/.ruff.toml",
                                                 "pytest.ini",
                                                 ".coveragerc",
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
                                                 "uv.lock",
                                                 "poetry.lock",
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
                                                 ".flake8",
                                                 ".pylintrc",
                                                 "pyrightconfig.json",
                                                 "Pipfile.lock",
                                                 "pdm.lock",
                                                 "bun.lock",
                                                 "Gemfile.lock",
                                                 "composer.lock",
                                                 "jest.config.*",
                                                 "vitest.config.*",
                                                 ".golangci.yml",
                                                 ".golangci.yaml",
                                                 "**/.clang-tidy"};
  return paths;
}

}  // namespace gf::tool
