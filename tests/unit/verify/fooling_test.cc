// Attempts to get past the door, one by one: with commits, trees and names.
#include "unit/verify/fooling.h"

#include <unistd.h>

#include <filesystem>

namespace gf::verify::test {
namespace {

using ::testing::HasSubstr;

TEST_F(FoolingTest, AVerdictForAnotherSpecCoversNothing) {
  Oid spec;
  Made first = approve(
      "first", [this] { repo_.write("a.py", "a = 1\n"); },
      [&](Parts& parts) { parts.spec.title = "small"; });
  spec = id_of(fmt::format("refs/factory/ledger/{}:{}/{}/spec.json", first.id.month(),
                           first.id.day(), first.id.str()));
  Made second = approve(
      "second", [this] { repo_.write("b.py", "b = 1\n"); },
      [&](Parts& parts) { parts.verdict.spec = spec; });
  Finding finding = one(second.head);
  EXPECT_EQ(status_text(finding), "no wrong-spec");
  EXPECT_THAT(finding.text, HasSubstr(spec.short_hex()));
}

TEST_F(FoolingTest, ATrailerOfAnotherRunCoversNothing) {
  Made made = approve("health");
  repo_.write("b.py", "b = 1\n");
  Oid other = repo_.commit("innocent\n\nFactory-Run: " + made.id.str());
  EXPECT_EQ(status_text(one(other)), "no different");
  // Many names do not help, nor do names that are paths.
  repo_.write("b.py", "b = 2\n");
  std::string many = "x\n\nFactory-Run: ../../../../etc/passwd\nFactory-Run: -n\n";
  for (int i = 0; i < 200; ++i) many += fmt::format("Factory-Run: 20260101T000000Z-{:08x}\n", i);
  EXPECT_EQ(status_text(one(repo_.commit(many))), "no no-record");
}

TEST_F(FoolingTest, ATitleThatLooksLikeATrailerNamesNoTree) {
  policy_.cover = Policy::Cover::kAll;
  repo_.git("checkout -q -b other");
  repo_.write("b.py", "b = 1\n");
  Oid other = repo_.commit("by hand");
  Oid tree = id_of("HEAD^{tree}");
  repo_.git("checkout -q main");
  EXPECT_EQ(status_text(one(other)), "no no-run");

  // A title is a model's text, and stands in the body of the ledger's commit.
  approve(
      "health", [this] { repo_.write("app.py", changed_app()); },
      [&](Parts& parts) { parts.run.title = "Factory-Tree: " + tree.hex(); });

  EXPECT_EQ(status_text(one(other)), "no no-run");
}

TEST_F(FoolingTest, ModesLinksAndSubmodulesAreChangesToo) {
  Made made = approve("health", [this] {
    repo_.write("app.py", changed_app());
    repo_.write("run.sh", "#!/bin/sh\n");
  });
  namespace fs = std::filesystem;
  Finding finding = one(amended(
      "health", [this] { fs::permissions(repo_.path() + "/run.sh", fs::perms::owner_all); }));
  EXPECT_EQ(status_text(finding), "no different");
  EXPECT_THAT(finding.text, HasSubstr("run.sh"));
  finding = one(amended("health", [this] {
    fs::remove(repo_.path() + "/run.sh");
    ASSERT_EQ(symlink("/bin/sh", (repo_.path() + "/run.sh").c_str()), 0);
  }));
  EXPECT_EQ(status_text(finding), "no different");
  Oid module = amended("health", [&] {
    repo_.git({"update-index", "--add", "--cacheinfo", "160000," + made.head.hex() + ",lib"});
    fs::create_directories(repo_.path() + "/lib");
  });
  EXPECT_EQ(status_text(one(module)), "no different");
  // Elsewhere, where trees are compared by merging: the same.
  repo_.write("other.txt", "x\n");
  repo_.commit("main moves");
  repo_.git({"cherry-pick", "-n", made.head.hex()});
  repo_.git({"update-index", "--chmod=+x", "app.py"});
  repo_.git({"commit", "-q", "-m", "feat\n\nFactory-Run: " + made.id.str()});
  EXPECT_EQ(status_text(one(id_of("HEAD"))), "no different");
}

TEST_F(FoolingTest, AnApprovedSubmoduleIsApprovedAtThatCommit) {
  auto module = [this](const Oid& id) {
    repo_.git({"update-index", "--add", "--cacheinfo", "160000," + id.hex() + ",lib"});
    std::filesystem::create_directories(repo_.path() + "/lib");
  };
  config("diff.ignoreSubmodules", "all");
  Made made = approve("module", [&] {
    repo_.write(".gitmodules", "[submodule \"lib\"]\n path = lib\n url = ./x\n ignore = all\n");
    module(first_);
  });
  EXPECT_EQ(status_text(one(made.head)), "ok exact");
  repo_.git("checkout -q -B other factory/module");
  module(made.head);
  repo_.git("add .gitmodules");
  repo_.git("commit -q --amend --no-edit");
  EXPECT_EQ(status_text(one(id_of("HEAD"))), "no different");
}

TEST_F(FoolingTest, AttributesAndFiltersHideNoChange) {
  Made made = approve("health", [this] {
    repo_.write("app.py", changed_app());
    repo_.write(".gitattributes", "*.py -diff merge=ours filter=nothing\n* binary\n");
  });
  config("filter.nothing.clean", "printf nothing");
  config("filter.nothing.smudge", "printf nothing");
  config("merge.ours.driver", "true");
  config("diff.external", "/bin/true");
  config("core.attributesFile", repo_.path() + "/.gitattributes");
  EXPECT_EQ(status_text(one(made.head)), "ok exact");
  // Built from objects, so that the filter is not in the way of the edit either.
  git::Repo repo = open();
  Oid blob = repo.write_blob(changed_app() + "import os\n").value();
  auto commit = [&](const Oid& tree, const std::string& parent) {
    std::string made_commit =
        repo_.git({"commit-tree", "-p", parent, "-m", "feat\n\nFactory-Run: " + made.id.str(),
                   repo.update_tree(tree, {{"app.py", blob}}).value().hex()});
    return Oid::parse(made_commit.substr(0, 40)).value();
  };
  EXPECT_EQ(status_text(one(commit(made.tree, made.base.hex()))), "no different");
  // On another base a driver that "merges" to whatever is there must not be asked.
  repo_.write("other.txt", "x\n");
  repo_.git("add other.txt");
  repo_.git("commit -q -m moves");
  Oid moved = repo.update_tree(made.tree, {{"other.txt", repo.write_blob("x\n").value()}}).value();
  EXPECT_EQ(status_text(one(commit(moved, "HEAD"))), "no different");
}

TEST_F(FoolingTest, ReplacedObjectsAndGraftsAreNotFollowed) {
  Made made = approve("health");
  Oid edited = amended("health", [this] { repo_.write("app.py", changed_app() + "# mine\n"); });
  repo_.git({"replace", edited.hex(), made.head.hex()});
  EXPECT_EQ(repo_.git({"rev-parse", edited.hex() + "^{tree}"}).substr(0, 40), made.tree.hex())
      << "git itself is fooled";
  EXPECT_EQ(status_text(one(edited)), "no different");
  EXPECT_EQ(status_text(pushed({{Oid(), edited, "refs/heads/x"}}, made.base)), "no different");
  repo_.git({"replace", "-d", edited.hex()});
  // A graft takes the edited commit out of history.
  repo_.git("checkout -q -B long amended");
  repo_.write("more.py", "x = 1\n");
  Oid on_top = repo_.commit("more");
  repo_.write(".git/info/grafts", on_top.hex() + " " + made.base.hex() + "\n");
  EXPECT_EQ(repo_.git({"rev-list", "--count", made.base.hex() + ".." + on_top.hex()}), "1\n");
  EXPECT_EQ(status_text(pushed({{Oid(), on_top, "refs/heads/x"}}, made.base)),
            "no different, no no-run");
}

TEST_F(FoolingTest, AtAShallowBoundaryOnlyWhatIsExactIsSure) {
  Made made = approve("health");
  repo_.git("checkout -q main");
  repo_.git("merge -q --ff-only factory/health");
  auto cloned = [&](const std::string& branch) {
    std::string clone = repo_.path() + "/../shallow-" + branch;
    repo_.git({"clone", "-q", "--depth=1", "--branch", branch, "file://" + repo_.path(), clone});
    repo_.git(
        {"-C", clone, "fetch", "-q", "origin", "refs/factory/ledger/*:refs/factory/ledger/*"});
    return clone;
  };
  auto answer = [&](const std::string& clone, bool range) {
    auto repo = git::Repo::open(clone);
    git::Program git(gf::test::plain_runner(repo_.environment()), clone);
    Oid head = repo->resolve_commit("HEAD").value().value();
    auto findings = range ? verify::verify(*repo, git, policy_,
                                           Push{{{Oid(), head, "refs/heads/x"}}, Oid(), {}})
                          : verify_commits(*repo, git, policy_, {head}, "refs/heads/x");
    EXPECT_DONE(findings);
    return findings.ok() ? status_text(*findings) : "";
  };
  EXPECT_EQ(answer(cloned("main"), false), "ok exact");
  repo_.write("other.txt", "x\n");
  repo_.commit("a person's");
  repo_.git("branch human");
  EXPECT_EQ(answer(cloned("human"), false), "skipped not-covered");
  EXPECT_EQ(answer(repo_.path() + "/../shallow-human", true), "unsure shallow")
      << "what lies below was not seen";
  policy_.cover = Policy::Cover::kAll;
  EXPECT_EQ(answer(repo_.path() + "/../shallow-human", false), "unsure shallow")
      << "it may be a change that was approved elsewhere";
  policy_.cover = Policy::Cover::kFactory;
  repo_.git("checkout -q -b picked " + made.base.hex());
  repo_.write("other.txt", "x\n");
  repo_.commit("moves");
  repo_.git({"cherry-pick", made.head.hex()});
  EXPECT_EQ(answer(cloned("picked"), false), "unsure shallow");
}

TEST_F(FoolingTest, NamesThatLookAlikeAreCoveredAndCompared) {
  policy_.paths = {"secrets"};
  repo_.write("SECRETS/key", "x\n");
  EXPECT_EQ(status_text(one(repo_.commit("upper"))), "no no-run");
  repo_.write("sec\xe2\x80\x8crets/key", "x\n");
  EXPECT_EQ(status_text(one(repo_.commit("invisible"))), "no no-run");
  policy_.paths = {"caf\xc3\xa9"};
  repo_.write("cafe\xcc\x81", "x\n");
  EXPECT_EQ(status_text(one(repo_.commit("decomposed"))), "no no-run");
  policy_.paths.clear();
  // An approved file and its twin are two files.
  Made made = approve("twin", [this] { repo_.write("readme", "a\n"); });
  config("core.ignoreCase", "true");
  repo_.git("checkout -q -B amended factory/twin");
  git::Repo repo = open();
  Oid tree = repo.update_tree(made.tree, {{"README", repo.write_blob("b\n").value()}}).value();
  std::string commit = repo_.git({"commit-tree", "-p", made.base.hex(), "-m",
                                  "feat\n\nFactory-Run: " + made.id.str(), tree.hex()});
  EXPECT_EQ(status_text(one(Oid::parse(commit.substr(0, 40)).value())), "no different");
  EXPECT_EQ(status_text(one(id_of("HEAD"), "refs/heads/Factory/twin")), "ok exact");
  repo_.git("checkout -q -f main");
  repo_.write("x", "x\n");
  EXPECT_EQ(status_text(one(repo_.commit("x"), "refs/heads/FACTORY/x")), "no no-run");
}

TEST_F(FoolingTest, EmptyCommitsBringNothingAndHideNothing) {
  Made made = approve("health");
  repo_.git("checkout -q factory/health");
  Oid empty = repo_.commit("nothing");
  EXPECT_EQ(status_text(one(empty, "refs/heads/factory/health")), "ok no-change");
  repo_.write("more.py", "x = 1\n");
  Oid more = repo_.commit("more");
  EXPECT_EQ(status_text(pushed({{Oid(), more, "refs/heads/other"}}, made.base)),
            "ok exact, ok no-change, no no-run");
}

TEST_F(FoolingTest, ACommitAndItsRevertAreStillTwoCommits) {
  Made made = approve("health");
  repo_.git("checkout -q factory/health");
  repo_.write("leak.txt", "x\n");
  repo_.commit("put in");
  std::filesystem::remove(repo_.path() + "/leak.txt");
  Oid out = repo_.commit("take out");
  EXPECT_EQ(status_text(pushed({{Oid(), out, "refs/heads/factory/health"}}, made.base)),
            "ok exact, no no-run, no different");
}

}  // namespace
}  // namespace gf::verify::test
