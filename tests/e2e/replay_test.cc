// Runs replayed from the record, in another clone, without a model and without a network (P3).
#include "e2e/factory.h"
#include "e2e/known.h"

namespace gf::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFaster = "Make the products endpoint faster.";

class ReplayTest : public FactoryTest {
 protected:
  /// Another machine's clone, with the record and with tools; its origin is out of reach, and a
  /// model that must not be asked is configured.
  std::string clone_elsewhere(bool trusted = true) {
    std::string clone = repo_.folder() / "clone";
    in("/", {"git", "clone", "--quiet", repo_.folder() / "origin.git", clone});
    EXPECT_EQ(factory({"init", "--no-try"}, clone).exit_code, 0);
    in(clone, {"git", "fetch", "--quiet"});
    if (trusted) {
      EXPECT_EQ(factory({"trust", "--yes"}, clone).exit_code, 0);
    }
    const char* python = std::getenv("GF_TEST_PYTHON");
    in(clone, {"git", "config", "factory.python", python == nullptr ? "python3" : python});
    std::string model = repo_.folder().write("spy.sh", "#!/bin/sh\ntouch " + asked() + "\n");
    fs::permissions(model, fs::perms::owner_all);
    in(clone, {"git", "config", "factory.provider.spy.kind", "command"});
    in(clone, {"git", "config", "factory.provider.spy.command", model});
    in(clone, {"git", "config", "factory.model", "spy/any"});
    in(clone, {"git", "remote", "set-url", "origin", repo_.folder() / "gone.git"});
    copy_known(repo_, clone, false);  // the gates run, on libraries that are known
    return clone;
  }
  [[nodiscard]] std::string asked() const { return repo_.folder() / "asked"; }

  std::string in(const std::string& folder, const std::vector<std::string>& argv) {
    Ran ran = run(argv, folder, environment());
    EXPECT_EQ(ran.exit_code, 0) << argv[0] << " " << argv[1] << ": " << ran.err;
    return ran.out;
  }

  /// Everything of a clone that a replay could leave something in.
  std::string whole(const std::string& clone) {
    std::string objects = in(clone, {"sh", "-c", "find .git -type f | grep -v '/factory/' | sort"});
    return in(clone, {"git", "for-each-ref"}) + in(clone, {"git", "status", "--porcelain"}) +
           in(clone, {"git", "worktree", "list"}) + in(clone, {"cat", ".git/config", ".git/HEAD"}) +
           objects;
  }

  /// Replaces text in a file of the newest run's record, in every copy whose ref matches `refs`.
  void edit(const std::string& clone, const std::string& refs, const std::string& file,
            const std::string& from, const std::string& to) {
    std::string script =
        "set -e; export GIT_INDEX_FILE=$PWD/.git/edit.index\n"
        "git for-each-ref --format='%(refname)' refs/factory | grep -E '(" +
        refs +
        ")/2' | while read ref; do\n"
        "  git read-tree $ref; hit=\n"
        "  for path in $(git ls-files | grep -E '/" +
        file +
        "$'); do\n"
        "    blob=$(git cat-file -p :$path | sed 's|" +
        from + "|" + to +
        "|' | git hash-object -w --stdin)\n"
        "    [ $blob = $(git rev-parse :$path) ] && continue\n"
        "    git update-index --cacheinfo 100644,$blob,$path; hit=yes; break\n"
        "  done\n"
        "  [ \"$hit\" ] || { echo \"nothing to edit in $ref\" >&2; exit 1; }\n"
        "  git update-ref $ref $(git -c user.name=x -c user.email=x commit-tree $(git write-tree) "
        "-p $ref -m edited)\n"
        "done\nrm -f $GIT_INDEX_FILE\n";
    in(clone, {"sh", "-c", script});
  }
  /// The refs of the record as one text, and back to it.
  std::string record_refs(const std::string& clone) {
    return in(clone,
              {"git", "for-each-ref", "--format=update %(refname) %(objectname)", "refs/factory"});
  }
  void put_back(const std::string& clone, const std::string& refs) {
    Ran ran = run({"git", "update-ref", "--stdin"}, clone, environment(), refs);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
  }
};

TEST_F(ReplayTest, AFreshCloneReplaysEveryRunOfflineAndKeepsNothingOfIt) {
  make_shop();
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  ASSERT_EQ(feature("faster", kFaster).exit_code, 1);
  std::string clone = clone_elsewhere();
  std::string before = whole(clone);
  Ran ran = factory({"replay", "--all"}, clone);
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  for (const char* line : {"same    base", "same    plan 1", "same    validate 1",
                           "same    build 2", "same    review 1", "same    pr 1", "same    end",
                           "2 runs: 2 the same, 0 different, 0 unsure\n"}) {
    EXPECT_NE(ran.out.find(line), std::string::npos) << line << "\n" << ran.out;
  }
  EXPECT_EQ(ran.out.find("drift"), std::string::npos) << ran.out;
  EXPECT_EQ(whole(clone), before);
  EXPECT_FALSE(fs::exists(asked())) << "a model was asked";
  EXPECT_TRUE(fs::is_empty(repo_.folder() / "cache/git-factory/replay"));
  // One run by name, and a range without the newest; as JSON, an object a run.
  Ran one = factory({"--json", "replay", "--gates=recorded", "health"}, clone);
  EXPECT_EQ(one.exit_code, 0) << one.out << one.err;
  auto json = record::Json::parse(one.out);
  ASSERT_TRUE(json.ok()) << one.out;
  EXPECT_EQ(json->get_string("result"), "same");
  EXPECT_EQ(json->get_string("slug"), "health");
  EXPECT_EQ(json->get("steps").items().back().get_string("stage"), "end");
  EXPECT_EQ(factory({"replay", "--gates=recorded", "health..faster"}, clone).out.find("health"),
            std::string::npos);
  EXPECT_EQ(factory({"replay", "--gates=recorded", "health..faster"}, clone).exit_code, 0);
  // The request says how.
  EXPECT_NE(factory({"show", "#1"}).out.find("`git factory replay 2"), std::string::npos);
}

TEST_F(ReplayTest, WhatWasEditedInTheRecordIsFound) {
  make_shop();
  ASSERT_EQ(feature("products",
                    "Add GET /products returning a static list of three products as "
                    "JSON.")
                .exit_code,
            0);
  std::string clone = clone_elsewhere();
  std::string refs = record_refs(clone);
  struct Edit {
    const char *refs, *file, *from, *to, *gates, *found;
  };
  const Edit edits[] = {
      {"ledger|replay", "review.json", "\"verdict\":\"approved\"", "\"verdict\":\"rejected\"",
       "recorded", "differs review 1    verdict decision: recorded as rejected"},
      {"ledger|replay", "gate-.*-pytest-.*.json", "\"status\":\"pass\"", "\"status\":\"fail\"",
       "run", "gate pytest: recorded as fail"},
      {"ledger|replay", "stage-.*-build.json", "\"status\":\"pass\"", "\"status\":\"fail\"",
       "recorded", "differs build 1     stage build: recorded as fail, replayed as pass"},
      {"ledger|replay", "stage-.*-review.json", "\"output_total\":", "\"output_total\":9",
       "recorded", "differs review 1    cost review: recorded as"},
      {"ledger|replay", "spec.json", "\"intent\":\"", "\"intent\":\"not ", "recorded",
       "differs scout 1     record spec.json"},  // the record's spec is the one that SCOUT left
      {"ledger|replay", "run.json", "\"status\":\"delivered\"", "\"status\":\"rejected\"",
       "recorded", "differs end         run status: recorded as rejected, replayed as delivered"},
      {"ledger", "metrics.json", "\"attempts\":", "\"attempts\":9", "recorded",
       "differs end         record metrics.json: attempts is 9"},
      {"ledger", "review.json", "\"verdict\":\"approved\"", "\"verdict\":\"rejected\"", "recorded",
       "differs record      record review.json: the ledger and the replay data"},
  };
  for (const Edit& one : edits) {
    edit(clone, one.refs, one.file, one.from, one.to);
    Ran ran = factory({"replay", std::string("--gates=") + one.gates}, clone);
    EXPECT_EQ(ran.exit_code, 1) << one.file << ran.out << ran.err;
    EXPECT_NE(ran.out.find(one.found), std::string::npos) << one.found << "\n" << ran.out;
    put_back(clone, refs);
  }
  EXPECT_EQ(factory({"replay", "--gates=recorded"}, clone).exit_code, 0);
}

TEST_F(ReplayTest, AnotherAnswerInTheRecordIsFoundAtTheNextQuestion) {
  make_shop();
  ASSERT_EQ(feature("products",
                    "Add GET /products returning a static list of three products as "
                    "JSON.")
                .exit_code,
            0);
  std::string clone = clone_elsewhere();
  // The builder's answer is a message that its manifest names.
  std::string manifest = in(clone, {"sh", "-c",
                                    "ref=$(git for-each-ref --format='%(refname)' refs/factory | "
                                    "grep replay/); path=$(git ls-tree -r --name-only $ref | grep "
                                    "exchange- | while read f; do git cat-file -p $ref:$f | grep "
                                    "-q '\"stage\":\"build\".*\"turn\":1' && echo $f; done | head "
                                    "-1); git cat-file -p $ref:$path; basename $path"});
  auto json = record::Json::parse(manifest.substr(0, manifest.find('\n')));
  ASSERT_TRUE(json.ok()) << manifest;
  std::string answer = json->get_string("answer_message");
  std::string text = in(clone, {"git", "cat-file", "-p", answer});
  ASSERT_NE(text.find("write_file"), std::string::npos) << text;
  size_t at = text.find("router = ");
  ASSERT_NE(at, std::string::npos) << text;
  Ran stored = run({"git", "hash-object", "-w", "--stdin"}, clone, environment(),
                   text.replace(at, 9, "router  = "));
  std::string name = manifest.substr(manifest.find('\n') + 1);
  name.pop_back();
  edit(clone, "replay", name, answer, stored.out.substr(0, 40));
  Ran ran = factory({"replay", "--gates=recorded"}, clone);
  EXPECT_EQ(ran.exit_code, 1) << ran.out << ran.err;
  // The edited answer is part of the next question: there the two runs part first.
  EXPECT_NE(ran.out.find("differs build 1     exchange"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("replayed 'get_store"), std::string::npos) << ran.out;
  // And one that names a message nobody has cannot be replayed.
  edit(clone, "replay", name, stored.out.substr(0, 40), std::string(40, 'd'));
  Ran lost = factory({"replay"}, clone);
  EXPECT_EQ(lost.exit_code, 125) << lost.out << lost.err;
  EXPECT_NE(lost.out.find("unsure  the object dddddddddd is not in this clone"), std::string::npos)
      << lost.out;
}

TEST_F(ReplayTest, APromptThatHasChangedSinceIsToldAndIsNoDifference) {
  make_shop();
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  std::string clone = clone_elsewhere();
  std::string data = repo_.folder() / "data";
  fs::copy(std::string(GF_SOURCE_DIR) + "/templates", data, fs::copy_options::recursive);
  std::string prompt = repo_.folder().read("data/prompts/build.md");
  repo_.folder().write("data/prompts/build.md", prompt + "\nBe brief.\n");
  std::map<std::string, std::string> variables = environment();
  variables["GIT_FACTORY_DATA"] = data;
  Ran ran = run({"git", "factory", "replay", "--gates=recorded"}, clone, variables);
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_NE(ran.out.find("drift   the prompt 'build.md' has changed since ("), std::string::npos)
      << ran.out;
  EXPECT_EQ(ran.out.find("'test.md'"), std::string::npos) << ran.out;
}

TEST_F(ReplayTest, WhatIsMissingIsNamedAndIsNoDifference) {
  make_shop();
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  std::string clone = clone_elsewhere(false);
  Ran untrusted = factory({"replay"}, clone);
  EXPECT_EQ(untrusted.exit_code, 125) << untrusted.out;
  EXPECT_NE(untrusted.out.find("is not trusted yet"), std::string::npos) << untrusted.out;
  EXPECT_NE(untrusted.err.find("git factory trust "), std::string::npos) << untrusted.err;
  EXPECT_EQ(factory({"replay", "--gates=recorded"}, clone).exit_code, 0);
  ASSERT_EQ(factory({"trust", "--yes"}, clone).exit_code, 0);
  std::string bare = repo_.folder() / "bare";
  in(clone, {std::getenv("GF_TEST_PYTHON"), "-m", "venv", "--without-pip", bare});
  bare += "/bin/python";
  in(clone, {"git", "config", "factory.python", bare});
  Ran toolless = factory({"replay"}, clone);
  EXPECT_EQ(toolless.exit_code, 125) << toolless.out;
  EXPECT_NE(toolless.out.find("is not installed"), std::string::npos) << toolless.out;
  in(clone, {"sh", "-c",
             "git for-each-ref --format='delete %(refname)' refs/factory | grep replay/ | "
             "git update-ref --stdin"});
  Ran summary = factory({"replay"}, clone);
  EXPECT_EQ(summary.exit_code, 125) << summary.out;
  EXPECT_NE(summary.out.find("exchanges are not in this clone (plan 1, scout 1, build 1"),
            std::string::npos)
      << summary.out;
  EXPECT_NE(summary.err.find("factory.share=full"), std::string::npos) << summary.err;
  Ran plain = factory({"replay", "--all"}, repo_.folder() / "origin.git");
  EXPECT_NE(plain.exit_code, 0);
}

TEST_F(ReplayTest, ARunThatWasAbortedIsReplayedAsFarAsItCame) {
  make_shop();
  std::string plan = std::string(GF_SOURCE_DIR) + "/templates/demo/answers/health/plan.1.1.json";
  use_script(
      "python3 -c 'import json,sys\n"
      "r=json.load(sys.stdin)\n"
      "if r[\"stage\"]!=\"plan\": sys.exit(1)\n"
      "a=json.load(open(\"" +
      plan +
      "\"))\n"
      "c=a[\"content\"]\n"
      "print(json.dumps({\"text\": c if isinstance(c,str) else json.dumps(c), \"model\": "
      "\"acted\"}))'");
  ASSERT_NE(factory({"feature", "--slug", "health", kHealth}).exit_code, 0);
  ASSERT_EQ(factory({"abort"}).exit_code, 0);
  Ran ran = factory({"replay", "--gates=recorded"});
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_NE(ran.out.find("same    plan 1"), std::string::npos) << ran.out;
  EXPECT_EQ(ran.out.find("scout"), std::string::npos) << ran.out;
}

TEST_F(ReplayTest, NamesThatAreNoRunsAreRefused) {
  make_shop();
  for (const char* name : {"../../etc/passwd", "refs/heads/main", "/", "20261121T000000Z-00000000",
                           "nobody..", "..nobody", "", "@{99}", "x\x1b[31m"}) {
    Ran ran = factory({"replay", "--", name});
    EXPECT_EQ(ran.exit_code, 128) << name << ran.out << ran.err;
    EXPECT_EQ(ran.err.find('\x1b'), std::string::npos);
  }
  EXPECT_EQ(factory({"replay", "--upload-pack=touch x"}).exit_code, 129);
  EXPECT_EQ(factory({"replay", "--gates=none"}).exit_code, 129);
  EXPECT_EQ(factory({"replay", "--all", "@"}).exit_code, 129);
  EXPECT_EQ(factory({"replay", "--all"}).exit_code, 128);
}

}  // namespace
}  // namespace gf::test
