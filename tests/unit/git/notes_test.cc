// Notes: what git writes we read, what we write git reads, and no writer's note is lost.
#include "git/notes.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/assertions.h"
#include "support/repo.h"

namespace gf::git {
namespace {

const RefName kTrace = RefName::known("refs/notes/factory/trace");
constexpr const char* kByHand = "--ref=factory/trace";

Signature tester() { return {"A Tester", "tester@example.com", Timestamp(Milliseconds(0)), 0}; }

/// An id of no object: notes may be on anything.
Oid made_up(uint32_t seed) { return Oid::parse(fmt::format("{:08x}{:032x}", seed, seed)).value(); }

class NotesTest : public ::testing::Test {
 protected:
  void SetUp() override { head_ = place_.commit("first"); }
  Repo opened() const {
    auto repo = Repo::open(place_.path());
    EXPECT_DONE(repo);
    return std::move(repo).value();
  }
  void expect_clean() const { EXPECT_EQ(place_.git_status({"fsck", "--strict"}), 0); }

  test::TempRepo place_;
  Oid head_;
};

TEST_F(NotesTest, git_shows_what_we_wrote) {
  Repo repo = opened();
  Notes notes(repo, kTrace);
  ASSERT_DONE(notes.write({{head_, "one line\n"}}, tester(), "add a note"));
  EXPECT_EQ(place_.git({"notes", kByHand, "show", head_.hex()}), "one line\n");
  expect_clean();
}

TEST_F(NotesTest, a_note_of_git_is_read_and_replaced_at_one_depth) {
  place_.git({"notes", kByHand, "add", "-m", "by hand", head_.hex()});
  Repo repo = opened();
  Notes notes(repo, kTrace);
  ASSERT_GIVES(auto text, notes.read(head_));
  EXPECT_EQ(text, "by hand\n");
  ASSERT_DONE(notes.write({{head_, "by us\n"}}, tester(), "replace it"));
  EXPECT_EQ(place_.git({"notes", kByHand, "show", head_.hex()}), "by us\n");
  std::string hex = head_.hex();
  EXPECT_EQ(place_.git({"ls-tree", "-r", "--name-only", kTrace.str()}),
            hex.substr(0, 2) + "/" + hex.substr(2) + "\n");
  expect_clean();
}

TEST_F(NotesTest, a_missing_note_is_nothing_and_no_error) {
  Repo repo = opened();
  ASSERT_GIVES(auto text, Notes(repo, kTrace).read(head_));
  EXPECT_FALSE(text.has_value());
  ASSERT_GIVES(auto all, Notes(repo, kTrace).targets());
  EXPECT_TRUE(all.empty());
}

TEST_F(NotesTest, lines_are_added_once_and_sorted_in_one_commit) {
  Repo repo = opened();
  Notes notes(repo, kTrace);
  Oid other = made_up(7);
  ASSERT_DONE(notes.add_lines({{head_, "b\na\n"}, {other, "z"}}, tester(), "first"));
  ASSERT_DONE(notes.add_lines({{head_, "a\nc\n"}}, tester(), "second"));
  ASSERT_DONE(notes.add_lines({{head_, "c\n"}}, tester(), "nothing new"));
  ASSERT_GIVES(auto text, notes.read(head_));
  EXPECT_EQ(text, "a\nb\nc\n");
  EXPECT_EQ(place_.git({"rev-list", "--count", kTrace.str()}), "2\n");
}

TEST_F(NotesTest, a_file_that_is_no_note_stays) {
  std::string blob = place_.git({"hash-object", "-w", "--stdin"}, "read me\n").substr(0, 40);
  std::string tree = place_.git({"mktree"}, "100644 blob " + blob + "\tREADME\n").substr(0, 40);
  std::string commit = place_.git({"commit-tree", "-m", "odd", tree}).substr(0, 40);
  place_.git({"update-ref", kTrace.str(), commit});
  Repo repo = opened();
  Notes notes(repo, kTrace);
  ASSERT_DONE(notes.write({{head_, "x\n"}}, tester(), "add"));
  EXPECT_EQ(place_.git({"show", kTrace.str() + ":README"}), "read me\n");
  ASSERT_GIVES(auto all, notes.targets());
  EXPECT_EQ(all, std::vector<Oid>{head_});
}

TEST_F(NotesTest, a_crowded_tree_fans_out_and_git_reads_both_depths) {
  Repo repo = opened();
  Notes notes(repo, kTrace);
  std::vector<std::pair<Oid, std::string>> many;
  for (uint32_t i = 0; i < 40; ++i) {  // all of them below 00/
    many.emplace_back(made_up(i * 0x00010001u), fmt::format("note {}\n", i));
  }
  ASSERT_DONE(notes.write(many, tester(), "many"));
  ASSERT_GIVES(auto all, notes.targets());
  EXPECT_EQ(all.size(), many.size());
  std::string listed = place_.git({"notes", kByHand, "list"});
  for (const auto& [target, text] : many) {
    EXPECT_NE(listed.find(target.hex()), std::string::npos);
    ASSERT_GIVES(auto ours, notes.read(target));
    EXPECT_EQ(ours, text);
  }
  // Rewriting those of the shallow depth leaves none behind there.
  ASSERT_DONE(notes.write(many, tester(), "again"));
  std::string paths = place_.git({"ls-tree", "-r", "--name-only", kTrace.str()});
  EXPECT_EQ(std::count(paths.begin(), paths.end(), '\n'), 40);
  expect_clean();
}

TEST_F(NotesTest, eight_writers_at_once_lose_nothing) {
  constexpr uint32_t kWriters = 8, kEach = 25;
  std::vector<pid_t> children;
  for (uint32_t writer = 0; writer < kWriters; ++writer) {
    pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto repo = Repo::open(place_.path());
      if (!repo.ok()) _exit(2);
      Notes notes(*repo, kTrace);
      for (uint32_t i = 0; i < kEach; ++i) {
        uint32_t seed = 0x01000193u * (writer * kEach + i + 1);
        if (!notes.write({{made_up(seed), "x\n"}}, tester(), "one of many").ok()) _exit(1);
      }
      _exit(0);
    }
    children.push_back(child);
  }
  for (pid_t child : children) {
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  Repo repo = opened();
  ASSERT_GIVES(auto all, Notes(repo, kTrace).targets());
  EXPECT_EQ(all.size(), kWriters * kEach);
  EXPECT_EQ(place_.git({"rev-list", "--count", kTrace.str()}), "200\n");
  expect_clean();
}

/// libgit2's own creation of a ref has two winners now and then; a lost first note showed it.
TEST_F(NotesTest, of_eight_creators_of_a_ref_one_wins) {
  constexpr int kWriters = 8, kRounds = 40;
  std::vector<Oid> commits;
  for (int i = 0; i < kWriters; ++i) commits.push_back(place_.commit(fmt::format("nr {}", i)));
  for (int round = 0; round < kRounds; ++round) {
    auto name = RefName::known(fmt::format("refs/factory/active/{}", round));
    int gate[2];
    ASSERT_EQ(pipe(gate), 0);
    std::vector<pid_t> children;
    for (const Oid& commit : commits) {
      pid_t child = fork();
      ASSERT_GE(child, 0);
      if (child == 0) {
        close(gate[1]);
        auto repo = Repo::open(place_.path());
        char byte = 0;
        if (!repo.ok() || read(gate[0], &byte, 1) != 0) _exit(2);
        auto won = repo->compare_and_swap(name, Oid(), commit, "first");
        _exit(!won.ok() ? 3 : *won ? 1 : 0);
      }
      children.push_back(child);
    }
    close(gate[0]);
    close(gate[1]);  // off they go
    int winners = 0;
    for (pid_t child : children) {
      int status = -1;
      ASSERT_EQ(waitpid(child, &status, 0), child);
      ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) <= 1) << status;
      winners += WEXITSTATUS(status);
    }
    EXPECT_EQ(winners, 1) << "round " << round;
  }
}

}  // namespace
}  // namespace gf::git
