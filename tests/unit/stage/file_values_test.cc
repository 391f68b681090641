// Variables and constants at the level of a file, licences, and what a file imports.
#include "stage/file_values.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/text.h"

namespace gf::stage {
namespace {

using ::testing::ElementsAreArray;

/// "name first-last", lines from 1.
std::vector<std::string> told(const std::string& path, const std::string& text) {
  std::vector<std::string> all;
  for (const FileValue& one : file_values_in(lines(text), path))
    all.push_back(fmt::format("{} {}-{}", one.name, one.span.first + 1, one.span.last + 1));
  return all;
}

TEST(FileValuesTest, AVariableOfAFileIsKnownInEveryLanguage) {
  struct Case {
    std::string path, text;
    std::vector<std::string> values;
  };
  for (const Case& one : std::vector<Case>{
           {"a.go",
            "package a\n\nvar acronyms = sync.Map{}\n\nfunc F() {\n\tvar x = 1\n}\n",
            {"acronyms 3-3"}},
           {"a.go", "// Words by length.\nvar words map[int]string\n", {"words 1-2"}},
           {"a.go", "var table = map[string]string{\n\t\"a\": \"b\",\n}\n", {"table 1-3"}},
           {"a.go",
            "const (\n\t// Most is all.\n\tMost = 3\n\tleast\n)\n",
            {"Most 2-3", "least 4-4"}},
           {"a.rs",
            "pub(crate) static NAMES: [&str; 2] = [\n    \"a\",\n    \"b\",\n];\n",
            {"NAMES 1-4"}},
           {"a.rs", "static mut COUNT: u64 = 0;\nconst fn f() {\n}\n", {"COUNT 1-1"}},
           {"a.rs", "lazy_static! {\n    static ref CACHE: Map = Map::new();\n}\n", {"CACHE 2-2"}},
           {"a.ts",
            "export const decoder = make(tree);\nlet count = 0;\n",
            {"decoder 1-1", "count 2-2"}},
           {"a.ts",
            "/** The tree. */\nexport const tree: Tree =\n    /* made */ build(1);\n",
            {"tree 1-3"}},
           {"a.ts",
            "export const run = (a: number) => {\n    const inner = a;\n};\nexport default run;\n",
            {}},
           {"a.py",
            "registry = {\n    'a': 1,\n}\n_lock: Lock = Lock()\n\nif registry:\n    other = 2\n"
            "else:\n    other = 3\n\ndef f():\n    local = 1\n",
            {"registry 1-3", "_lock 4-4"}},
           {"a.py", "x == 1\nimport a\nfor i in x:\n    pass\n", {}},
           {"a.c",
            "static const char *kNames[] = {\n    \"a\",\n};\nint f(int a);\nusing x = int;\n",
            {"kNames 1-3"}}}) {
    EXPECT_THAT(told(one.path, one.text), ElementsAreArray(one.values)) << one.text;
  }
}

TEST(FileValuesTest, WordsAreThoseThatMayNameAValue) {
  Syntax syntax = *syntax_of("a.go");
  EXPECT_THAT(words_of_code({"x1 := acronyms.Load(key) // none", "\"text\" + ...rest"}, syntax),
              ElementsAreArray({"acronyms", "key", "rest", "x1"}));
}

TEST(FileValuesTest, WhatIsImportedIsKnownByItsName) {
  struct Case {
    std::string path, text, name;
    bool imported;
  };
  for (const Case& one : std::vector<Case>{
           {"a.ts", "import { tree, other } from \"./tree.js\";\n", "other", true},
           {"a.ts", "import {\n    tree,\n    other,\n} from \"./tree.js\";\nfirst(x);\n", "other",
            true},
           {"a.ts", "import {\n    tree,\n} from \"./tree.js\";\nfirst(x);\n", "first", false},
           {"a.js", "const { tree } = require('./tree');\n", "tree", true},
           {"a.py", "from pkg.names import (\n    registry,\n)\n", "registry", true},
           {"a.rs", "use crate::names::{NAMES, OTHER};\n", "OTHER", true},
           {"a.rs", "fn f() {}\n", "f", false}}) {
    EXPECT_EQ(imported_in(lines(one.text), *syntax_of(one.path)).contains(one.name), one.imported)
        << one.text;
  }
}

TEST(FileValuesTest, ALicenceAtTheTopIsNotWhatAFileSays) {
  struct Case {
    std::string path, text;
    size_t lines;
  };
  for (const Case& one : std::vector<Case>{
           {"a.go", "/*\n * The MIT License\n * Copyright (c)\n */\n\npackage a\n", 5},
           {"a.rs", "// SPDX-License-Identifier: MIT\nuse a;\n", 1},
           {"a.py", "#!/usr/bin/env python\n# Copyright 2020.\n\nimport a\n", 3},
           {"a.go", "// Package a joins words.\npackage a\n", 0},
           {"a.go", "package a\n\n// Copyright of a text.\nvar x = 1\n", 0}}) {
    EXPECT_EQ(licence_lines(lines(one.text), *syntax_of(one.path)), one.lines) << one.text;
  }
}

}  // namespace
}  // namespace gf::stage
