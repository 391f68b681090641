// Rust: which gates a crate has, how its tests are selected, and which test a line stands in. What
// its tools' reports say: recorded_test.cc.
#include <gmock/gmock.h>

#include <algorithm>

#include "base/text.h"
#include "gate/arguments.h"
#include "gate/language.h"
#include "gate/project.h"
#include "gate/rust_coverage.h"
#include "gate/rust_nextest.h"
#include "gate/rust_tests.h"
#include "support/facts.h"
#include "support/folder.h"
#include "unit/gate/detected.h"

namespace gf::gate {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsSupersetOf;

const char* const kCrate = "[package]\nname = \"twice\"\nedition = \"2021\"\n";

std::string said_by(const Gate& gate) { return join(gate.argv, " "); }

TEST(RustTest, ACrateIsLaidOutLintedAndTested) {
  auto gates = gates_of({{"Cargo.toml", kCrate}});

  ASSERT_THAT(names_of(gates), ElementsAre("cargo-fmt", "clippy", "cargo-test"));
  EXPECT_EQ(said_by(gates[0]), "cargo fmt --all --check -- -l");
  EXPECT_EQ(said_by(gates[1]), "cargo clippy --all-targets --message-format=json");
  EXPECT_EQ(said_by(gates[2]), "cargo test --no-fail-fast --message-format=json");
  EXPECT_EQ(gates[0].fix[3], "2021");
  EXPECT_EQ(gates[2].stage, "test");
  EXPECT_EQ(gates[2].coverage, "lcov");
  EXPECT_THAT(gates[2].environment, Contains("CARGO_HOME"));
}

struct Said {
  const char* ci;
  const char* manifest;
  const char* clippy;
  const char* test;
};
class RustCallTest : public testing::TestWithParam<Said> {};

TEST_P(RustCallTest, WhatIsBuiltIsAsTheProjectHasIt) {
  std::string ci = "jobs:\n  a:\n    steps:\n" + std::string(GetParam().ci);
  auto gates = gates_of({{"Cargo.toml", GetParam().manifest}, {".github/workflows/ci.yml", ci}});

  ASSERT_GE(gates.size(), 3u);
  EXPECT_EQ(said_by(gates[1]), GetParam().clippy);
  EXPECT_EQ(said_by(gates.back()), GetParam().test);
}

const char* const kWorkspace = "[workspace]\nmembers = [\"low\"]\n";

INSTANTIATE_TEST_SUITE_P(
    Calls, RustCallTest,
    testing::Values(
        Said{"      - run: cargo clippy --all-targets --all-features -- -D warnings\n"
             "      - run: cargo test --no-default-features\n"
             "      - run: cargo test --features \"a b\" --verbose\n",
             "[package]\nname = \"twice\"\n",
             "cargo clippy --all-features --all-targets --message-format=json -- -D warnings",
             "cargo test --features a b --no-fail-fast --message-format=json"},
        Said{"      - run: cargo +nightly clippy\n      - run: cargo test --all --exclude slow\n",
             kWorkspace, "cargo +nightly clippy --workspace --message-format=json",
             "cargo test --workspace --exclude slow --no-fail-fast --message-format=json"},
        Said{"      - run: make\n", kWorkspace,
             "cargo clippy --workspace --all-targets --message-format=json",
             "cargo test --workspace --no-fail-fast --message-format=json"},
        Said{"      - run: cargo test -p low -- --ignored\n",
             "[workspace]\nmembers = [\"low\"]\ndefault-members = [\"low\"]\n",
             "cargo clippy --all-targets --message-format=json",
             "cargo test --no-fail-fast --message-format=json"},
        Said{"      - run: cargo nextest run --all-features --profile ci\n"
             "      - run: cargo test --doc\n",
             kWorkspace, "cargo clippy --workspace --all-targets --message-format=json",
             "cargo nextest run --message-format=libtest-json-plus --cargo-message-format=json "
             "--workspace --all-features --profile ci --no-fail-fast"},
        Said{"      - run: cargo nextest list\n", kWorkspace,
             "cargo clippy --workspace --all-targets --message-format=json",
             "cargo test --workspace --no-fail-fast --message-format=json"}));

TEST(RustTest, NextestIsTakenWhereItIsSetUpAndNothingElseIsCalled) {
  const std::map<std::string, std::string> files = {{"Cargo.toml", kCrate},
                                                    {".config/nextest.toml", ""}};
  Gate gate = gates_of(files)[2];
  EXPECT_EQ(gate.name, "cargo-nextest");
  EXPECT_EQ(gate.why, ".config/nextest.toml");
  EXPECT_THAT(version_question(gate), ElementsAre("cargo", "nextest", "--version"));
  auto called = files;
  called[".github/workflows/ci.yml"] = "jobs:\n  a:\n    steps:\n      - run: cargo test\n";
  EXPECT_EQ(gates_of(called)[2].name, "cargo-test");
}

// nextest runs no examples of the documentation: a project that has them run calls cargo for them.
TEST(RustTest, WhereNextestRunsTheTestsTheProjectsOwnCallRunsTheExamples) {
  struct Case {
    const char *ci, *examples;
  };
  for (const Case& one : {
           Case{"cargo nextest run\n      - run: cargo test --doc",
                "cargo test --doc --workspace --no-fail-fast --message-format=json"},
           Case{"cargo +beta test --all-features --doc\n      - run: cargo nextest run",
                "cargo +beta test --doc --workspace --all-features --no-fail-fast "
                "--message-format=json"},
           Case{"cargo nextest run\n      - run: cargo test", ""},
           Case{"cargo nextest run", ""},
           Case{"cargo test\n      - run: cargo test --doc", ""},
       }) {
    SCOPED_TRACE(one.ci);
    auto gates =
        gates_of({{"Cargo.toml", kWorkspace},
                  {".github/workflows/ci.yml",
                   "jobs:\n  a:\n    steps:\n      - run: " + std::string(one.ci) + "\n"}});
    auto found = std::find_if(gates.begin(), gates.end(),
                              [](const Gate& gate) { return gate.name == "cargo-doctest"; });
    ASSERT_EQ(found == gates.end(), one.examples == std::string());
    if (found == gates.end()) continue;
    EXPECT_EQ(said_by(*found), one.examples);
    EXPECT_EQ(found->stage, "validate") << "what stands in the sources is BUILD's to mend";
  }
}

// The same tests have the same names.
TEST(RustTest, WhereNextestIsNotInstalledCargoRunsItsTests) {
  test::TempFolder folder;
  Gate gate = gates_of({{"Cargo.toml", kWorkspace},
                        {".github/workflows/ci.yml",
                         "jobs:\n  a:\n    steps:\n"
                         "      - run: cargo +beta nextest run --profile ci --features x\n"}})[2];
  proc::Environment environment = {{"PATH", folder / "bin"}, {"HOME", folder.path()}};

  auto plain = without_nextest(gate, environment);
  ASSERT_TRUE(plain);
  EXPECT_EQ(said_by(*plain),
            "cargo +beta test --workspace --features x --no-fail-fast --message-format=json");
  EXPECT_FALSE(without_nextest(*plain, environment));
  folder.write(".cargo/bin/cargo-nextest", "");
  EXPECT_FALSE(without_nextest(gate, environment));
}

TEST(RustTest, AWorkspaceJudgesItsMembersAndNothingElse) {
  test::MapFacts tree(
      {{"Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\nexclude = [\"other\"]\n"},
       {"crates/low/Cargo.toml", "[package]\nname = \"low\"\n"},
       {"other/Cargo.toml", "[package]\nname = \"other\"\n[workspace]\n"},
       {"fuzz/Cargo.toml", "[package]\nname = \"fuzz\"\n[package.metadata]\ncargo-fuzz = true\n"}});

  auto gates = gates_of_projects(tree, projects_in(tree), {}, "python3");

  ASSERT_TRUE(gates.ok());
  EXPECT_THAT(names_of(*gates), ElementsAre("cargo-fmt", "clippy", "cargo-test", "other/cargo-fmt",
                                            "other/clippy", "other/cargo-test"));
}

struct Selected {
  std::vector<std::string> ids, words;
};
class CargoSelectionTest : public testing::TestWithParam<Selected> {};

TEST_P(CargoSelectionTest, IsByTarget) {
  Gate gate;
  gate.argv = {"cargo", "test"};
  gate.selecting = Selecting::kCargo;
  std::vector<std::string> wanted = {"cargo", "test"};
  wanted.insert(wanted.end(), GetParam().words.begin(), GetParam().words.end());

  EXPECT_EQ(argv_for(gate, {}, GetParam().ids, {}), wanted);
}

INSTANTIATE_TEST_SUITE_P(
    Files, CargoSelectionTest,
    testing::Values(Selected{{"tests/a.rs", "tests/a.rs::b"}, {"--test", "a"}},
                    Selected{{"tests/it/main.rs::b", "low/tests/c.rs"},
                             {"--test", "it", "--test", "c"}},
                    Selected{{"src/lib.rs::tests::x", "tests/a.rs"}, {"--lib", "--test", "a"}},
                    Selected{{"src/main.rs::x", "src/bin/y.rs::x"}, {"--bins"}},
                    Selected{{"tests/a.rs", "src/deep.rs"}, {}}));

TEST(RustTest, OfAWorkspaceThePackagesOfTheSelectedFilesAreAsked) {
  test::TempFolder folder;
  folder.write("Cargo.toml", "[workspace]\nmembers = [\"low\", \"mid\"]\n");
  folder.write("low/Cargo.toml", "[package]\nname = \"shop-low\"\nversion = \"0.1.0\"\n");
  folder.write("mid/Cargo.toml", "[package]\nname = \"mid\"\nversion.workspace = true\n");
  Gate gate;
  gate.argv = {"cargo", "test", "--workspace", "--exclude", "slow", "--no-fail-fast"};
  gate.selecting = Selecting::kCargo;
  Place place;
  place.worktree = folder.path();
  auto said = [&](const std::vector<std::string>& selection) {
    return join(argv_for(gate, place, selection, {}), " ");
  };

  EXPECT_EQ(said({"low/tests/a.rs", "mid/src/lib.rs::tests::x"}),
            "cargo test -p mid -p shop-low@0.1.0 --no-fail-fast --test a --lib");
  EXPECT_EQ(said({"low/src/lib.rs", "low/tests/a.rs"}),
            "cargo test -p shop-low@0.1.0 --no-fail-fast")
      << "its examples are of no target";
  EXPECT_EQ(said({"elsewhere/tests/a.rs"}),
            "cargo test --workspace --exclude slow --no-fail-fast --test a");
}

TEST(RustTest, AFileOfCodeMayHoldTestsOfItsOwn) {
  struct Case {
    const char *path, *text;
    bool holds;
  };
  for (const Case& one :
       {Case{"src/a.rs", "fn f() {}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn t() {}\n}\n",
             true},
        Case{"src/a.rs", "#[cfg(test)]\n#[allow(unused)]\npub mod checks {\n}\n", true},
        Case{"src/a.rs", "#[tokio::test]\nasync fn t() {\n}\n", true},
        Case{"src/a.rs", "#[cfg(test)]\nmod tests;\n", false},  // another file has them
        Case{"src/a.rs", "/// A test of it.\nfn f() {\n}\n", false},
        Case{"src/a.ts", "#[test]\nfn t() {\n}\n", false}}) {
    test::MapFacts tree(std::map<std::string, std::string>{{one.path, one.text}});
    EXPECT_EQ(holds_own_tests(tree, one.path), one.holds) << one.text;
  }
  EXPECT_FALSE(holds_own_tests(test::MapFacts({}), "src/a.rs"));
}

TEST(RustTest, ALineIsOfTheTestAroundIt) {
  std::vector<std::string> text = lines(
      "fn helper() {\n    one();\n}\n\n#[test]\n#[should_panic]\nfn plain() {\n    if x {\n"
      "        two();\n    }\n}\n\n#[cfg(test)]\nmod tests {\n    #[tokio::test]\n"
      "    async fn inner() {\n        three();\n    }\n\n    #[test] fn short() { four(); }\n}\n");

  EXPECT_EQ(rust_test_at(text, 2), std::nullopt);
  EXPECT_EQ(rust_test_at(text, 9), "plain");
  EXPECT_EQ(rust_test_at(text, 17), "tests::inner");
  EXPECT_EQ(rust_test_at(text, 20), "tests::short");
  EXPECT_EQ(rust_test_at(text, 0), std::nullopt);
  EXPECT_EQ(rust_test_at(text, 99), std::nullopt);
}

TEST(RustTest, AnExampleIsNamedByWhatItExplains) {
  EXPECT_EQ(example_name("half (line 4)", 1), "half (doc)");
  EXPECT_EQ(example_name("half (line 40) - compile fail", 2), "half (doc 2)");
  EXPECT_EQ(example_name("(line 3)", 1), "(doc)");
  EXPECT_EQ(line_of_example("half (line 40) - compile"), 40);
}

TEST(RustTest, LinesAreCountedWhereCargoLlvmCovIsInstalled) {
  test::TempFolder folder;
  Gate gate = gates_of({{"Cargo.toml", kCrate}})[2];
  proc::Environment environment = {{"PATH", folder / "bin"}, {"HOME", folder.path()}};

  EXPECT_FALSE(measured_by_llvm_cov(gate, environment));
  folder.write(".cargo/bin/cargo-llvm-cov", "");
  auto measured = measured_by_llvm_cov(gate, environment);

  ASSERT_TRUE(measured);
  EXPECT_EQ(measured->argv[0], "sh");
  EXPECT_THAT(measured->argv, IsSupersetOf(gate.argv));
}

TEST(RustTest, WhatDecidesWhatItsToolsSayIsGuarded) {
  EXPECT_THAT(guarded_with_manifests(),
              IsSupersetOf({"Cargo.toml", "Cargo.lock", "rustfmt.toml", "clippy.toml", ".cargo/**",
                            "rust-toolchain.toml"}));
}

}  // namespace
}  // namespace gf::gate
