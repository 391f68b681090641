// JavaScript and TypeScript: checkers (javascript_tools.h) and tests (javascript_tests.h).
#include "gate/affected.h"
#include "gate/detect.h"
#include "gate/javascript_project.h"
#include "gate/javascript_tests.h"
#include "gate/javascript_tools.h"

namespace gf::gate {
namespace {

void detect_javascript(const record::TreeFacts& tree, const std::string&, Detected& detected) {
  JavaScriptProject project(tree, detected.outer_evidence, detected.inside);
  if (!project.is_one()) return;
  for (Gate& check : javascript_checks(project)) detected.gates.push_back(std::move(check));
  for (Gate& tests : javascript_tests(project, detected.notes))
    detected.gates.push_back(std::move(tests));
  for (const std::string& note : project.notes()) detected.notes.push_back(note);
}

}  // namespace

/// It has no parser of its own here: what does not parse is a file of tests that cannot be loaded,
/// and its linter's first word.
Language javascript() {
  Language row;
  row.name = "JavaScript";
  row.sources = javascript_files();
  row.test_paths = {"**/__tests__/**", "**/*.test.js",  "**/*.test.mjs", "**/*.test.cjs",
                    "**/*.test.jsx",   "**/*.test.ts",  "**/*.test.tsx", "**/*.test.mts",
                    "**/*.spec.js",    "**/*.spec.mjs", "**/*.spec.jsx", "**/*.spec.ts",
                    "**/*.spec.tsx",   "spec/**"};
  row.test_helpers = {"**/__snapshots__/**", "**/__fixtures__/**", "**/__mocks__/**"};
  row.settings = {".oxlintrc.json",    "biome.jsonc", "**/.prettierrc*",
                  "prettier.config.*", ".mocharc.*",  "vitest.workspace.*",
                  "ava.config.*",      ".c8rc*",      ".nycrc*"};
  row.manifests = {"package.json",    "vite.config.*",       ".eslintignore",
                   ".prettierignore", "pnpm-workspace.yaml", "jest.preset.*"};
  row.detect = detect_javascript;
  row.parser = nullptr;
  row.links = javascript_links;
  return row;
}

}  // namespace gf::gate
