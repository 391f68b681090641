// A batch on a terminal: a line a run, whatever the window and whatever is told.
#include "board.h"

#include <gmock/gmock.h>

#include "base/text.h"

namespace gf::cmd {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Board::Time at(double seconds) { return Board::Time(seconds); }

session::Event event(const std::string& kind, const std::string& stage, const std::string& text) {
  session::Event made;
  made.kind = kind;
  made.stage = stage;
  made.attempt = 2;
  made.text = text;
  return made;
}

TEST(BoardTest, ALineARunSaysStageAttemptClockDollarsAndWhatHappens) {
  Board board;
  EXPECT_EQ(board.draw({}, at(0)), "");
  board.begin("batch spring", {"health", "paging"}, at(10));
  board.on_state(0, batch::State::kRunning, "", at(10));
  session::Event planned = event("stage.end", "plan", "plan passed");
  planned.fields.set("cost", record::to_json(record::Cost{20'000'000'000, "provider"}));
  board.on_event(0, planned);
  board.on_event(0, event("stage.begin", "build", "build"));
  board.on_event(0, event("ask.progress", "build", "anthropic/m: 400 bytes"));

  std::string text = board.draw({100, 24, false}, at(15));
  EXPECT_THAT(text, HasSubstr("batch spring\x1b[K\n"));
  EXPECT_THAT(text, HasSubstr(" > health  build 2             5.0 s   $0.0200  anthropic/m: 400 "
                              "bytes\x1b[K\n"));
  EXPECT_THAT(text, HasSubstr("   paging"));
  EXPECT_THAT(text, HasSubstr("0 of 2 done, 1 going on  $0.0200  5.0 s"));
  board.on_state(0, batch::State::kDelivered, "delivered", at(20));
  text = board.draw({100, 24, false}, at(60));
  EXPECT_THAT(text, HasSubstr("\r\x1b[4A")) << "over the last picture";
  EXPECT_THAT(text, HasSubstr(" + health  build 2            10.0 s   $0.0200  delivered"));
}

TEST(BoardTest, ALowWindowLeavesOutWhatIsToComeFirstAndSaysHowMuch) {
  Board board;
  board.begin("batch", {"a", "b", "c", "d", "e"}, at(0));
  board.on_state(0, batch::State::kDelivered, "delivered", at(1));
  board.on_state(3, batch::State::kRunning, "", at(1));

  std::string text = board.draw({80, 5, false}, at(2));
  EXPECT_THAT(text, HasSubstr(" + a"));
  EXPECT_THAT(text, HasSubstr(" > d"));
  EXPECT_THAT(text, HasSubstr("(3 not shown)"));
  EXPECT_EQ(lines(text).size(), 5u) << "the last one is where the cursor stays";
  EXPECT_THAT(board.draw({80, 4, false}, at(2)), Not(HasSubstr(" + a")));
}

TEST(BoardTest, NothingThatWasToldReachesTheTerminalAsMoreThanText) {
  Board board;
  board.begin("batch", {"a"}, at(0));
  board.on_event(0, event("warning", "", "\x1b[2J\nbell\a"));
  board.on_event(0, event("tool", "build", "\x1b]0;title\a"));
  board.on_note("two\x1b[H");

  std::string text = board.draw({80, 24, false}, at(2));
  for (const char* code : {"\x1b[2J", "\x1b]0", "\x1b[H", "\a"})
    EXPECT_THAT(text, Not(HasSubstr(code)));
}

}  // namespace
}  // namespace gf::cmd
