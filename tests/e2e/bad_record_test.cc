// A record that somebody or something damaged: every command that reads it answers, names what is
// wrong where it matters, and never passes stored control characters on.
#include <gmock/gmock.h>

#include <chrono>

#include "e2e/factory.h"

namespace gf::test {
namespace {

using ::testing::AnyOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class BadRecordTest : public FactoryTest {
 protected:
  void SetUp() override {
    make_shop();
    ASSERT_EQ(feature("health", kHealth).exit_code, 0);
    before_ =
        sh("git for-each-ref --format='update %(refname) %(objectname)' refs/factory "
           "refs/notes");
  }

  std::string sh(const std::string& script) {
    Ran ran = run({"sh", "-c", "set -e\n" + script}, repo_.path(), environment());
    EXPECT_EQ(ran.exit_code, 0) << script << "\n" << ran.err;
    return ran.out;
  }

  void put_back() {
    Ran ran = run({"git", "update-ref", "--stdin"}, repo_.path(), environment(), before_);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
  }

  /// Replaces a file of the run, in the ledger and in the replay data or in one of them, by what
  /// `command` makes of it.
  void forge(const std::string& file, const std::string& command,
             const std::string& kinds = "ledger replay") {
    sh("export GIT_INDEX_FILE=$PWD/.git/forge.index\n"
       "for kind in " +
       kinds +
       "; do\n"
       "  ref=$(git for-each-ref --format='%(refname)' refs/factory/$kind | head -1)\n"
       "  git read-tree $ref\n"
       "  path=$(git ls-files | grep '/" +
       file +
       "$' | head -1)\n"
       "  blob=$(git cat-file -p :$path | " +
       command +
       " | git hash-object -w --stdin)\n"
       "  git update-index --cacheinfo 100644,$blob,$path\n"
       "  tree=$(git write-tree)\n"
       "  git update-ref $ref $(git log -1 --format=%B $ref | git commit-tree $tree -p $ref)\n"
       "done\nrm -f $GIT_INDEX_FILE");
  }

  /// All that read the record. What they say together.
  std::string everybody_answers(const std::string& after) {
    const std::vector<std::vector<std::string>> commands = {
        {"log"},
        {"--json", "log"},
        {"show", "health"},
        {"show", "health:build"},
        {"metrics"},
        {"query", "SELECT * FROM runs"},
        {"retro"},
        {"why", "app/main.py:1"},
        {"verify", "factory/health"},
        {"replay", "--gates=recorded", "health"},
        {"export", "health"},
        {"sync", "--repair"}};
    std::string all;
    for (const auto& command : commands) {
      auto start = std::chrono::steady_clock::now();
      Ran ran = factory(command);
      std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
      std::string name = command[0] + " after " + after;
      EXPECT_THAT(ran.exit_code, AnyOf(Eq(0), Eq(1), Eq(125), Eq(128))) << name << ran.err;
      if (ran.exit_code == 128) {
        EXPECT_THAT(ran.err, StartsWith("fatal: ")) << name;
      }
      EXPECT_THAT(ran.out + ran.err, Not(HasSubstr("\x1b"))) << name;
      EXPECT_THAT(ran.err, Not(HasSubstr("BUG"))) << name;
      EXPECT_LT(took.count(), 30) << name;
      all += ran.out + ran.err;
    }
    return all;
  }

  std::string before_;
};

TEST_F(BadRecordTest, NotesOfAnyKindHinderNobody) {
  const std::pair<const char*, const char*> notes[] = {
      {"a cut note", "printf '{\"at\":\"2026-11-21T00:00:00Z\",\"run'"},
      {"a note of bytes", "printf '\\377\\376\\000\\033[31m'"},
      {"a foreign note", "echo 'reviewed by a person'"},
      {"a note of a newer version",
       "printf '{\"v\":99,\"verdict\":\"approved\",\"time\":\"never\",\"tree\":[1]}\\n'"},
      {"a note of 100 MB", "head -c 104857600 /dev/zero | tr '\\000' x"},
  };
  for (const auto& [name, content] : notes) {
    sh(std::string(content) + " > ../note");
    for (const char* ref : {"trace", "review", "metrics", "spec"}) {
      sh(std::string("blob=$(git hash-object -w ../note); git notes --ref=factory/") + ref +
         " add -f -C $blob factory/health");
    }
    std::string said = everybody_answers(name);
    EXPECT_THAT(said, HasSubstr("Health endpoint")) << name;
    // A verdict of its own that says something else is believed by nobody, and named.
    Ran verified = factory({"verify", "factory/health"});
    if (verified.exit_code != 0) {
      EXPECT_THAT(verified.out + verified.err, HasSubstr("the review note on it")) << name;
      EXPECT_THAT(verified.out + verified.err, HasSubstr("git notes --ref=factory/review remove"))
          << name;
    }
    put_back();
  }
}

TEST_F(BadRecordTest, LedgerEntriesOfAnyKindAreNamedAndHinderNobody) {
  for (const char* file : {"run.json", "review.json", "spec.json", "stage-03-build.json"}) {
    const std::pair<const char*, const char*> edits[] = {
        {"cut", "head -c 20"},
        {"emptied", "head -c 0"},
        {"foreign", "cat >/dev/null; echo '[\"foreign\", 1e999]'"},
        {"newer", "sed 's/\"v\":1/\"v\":99/g'"},
        {"with escapes", "sed 's/:\"[^\"]*\"/:\"\\\\\\\\u001b[31mred\\\\\\\\u0007\"/g'"},
        {"of bytes", "tr 'a-m' '\\200-\\214'"},
    };
    for (const auto& [name, edit] : edits) {
      forge(file, std::string("(") + edit + ")");
      std::string what = std::string(file) + " " + name;
      std::string said = everybody_answers(what);
      EXPECT_THAT(said, HasSubstr(file)) << what;
      put_back();
    }
  }
}

TEST_F(BadRecordTest, AForgedRunJsonWhoseTreeIsAnotherApprovesNothing) {
  std::string tree = sh("git rev-parse main^{tree} | tr -d '\\n'");
  for (const char* file : {"run.json", "review.json"}) {
    forge(file, "(sed 's/\"tree\":\"[0-9a-f]*\"/\"tree\":\"" + tree + "\"/')");
    everybody_answers(file);
    EXPECT_EQ(factory({"replay", "--gates=recorded", "health"}).exit_code, 1) << file;
    put_back();
  }
  forge("review.json", "(sed 's/\"tree\":\"[0-9a-f]*\"/\"tree\":\"" + tree + "\"/')");
  EXPECT_EQ(factory({"verify", "factory/health"}).exit_code, 1);
}

TEST_F(BadRecordTest, ObjectsThatAreMissingAreNamedWithTheWayToGetThem) {
  sh("ref=$(git for-each-ref --format='%(refname)' refs/factory/ledger)\n"
     "blob=$(git ls-tree -r $ref | grep 'stage-03' | cut -c13-52)\n"
     "git repack -adq; git unpack-objects -q < $(ls .git/objects/pack/*.pack) || true\n"
     "mv .git/objects/pack ../pack; mkdir .git/objects/pack\n"
     "git unpack-objects -q < $(ls ../pack/*.pack)\n"
     "rm -f .git/objects/$(echo $blob | cut -c1-2)/$(echo $blob | cut -c3-)");
  std::string said = everybody_answers("a missing stage record");
  EXPECT_THAT(said, HasSubstr("is not in this clone"));
  EXPECT_THAT(said, HasSubstr("git factory sync"));
}

TEST_F(BadRecordTest, NamesThatArePathsOrOptionsNameNoRun) {
  for (const char* name : {"../x", "--help", "-n", "refs/heads/main:../x", "@{-1}", "\x1b[31m",
                           "20261121T000000Z-0000000g"}) {
    for (const char* command : {"show", "replay", "export", "resume"}) {
      Ran ran = factory({command, "--", name});
      EXPECT_THAT(ran.exit_code, AnyOf(Eq(128), Eq(129))) << command << " " << name << ran.err;
      EXPECT_THAT(ran.err, Not(HasSubstr("\x1b"))) << command;
      EXPECT_THAT(ran.err, Not(HasSubstr("BUG"))) << command;
    }
  }
}

}  // namespace
}  // namespace gf::test
