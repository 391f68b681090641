// The live view at a fixed width and time: what is drawn, and that nothing else gets through.
#include "picture.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "markdown.h"
#include "run_text.h"
#include "support/golden.h"

namespace gf::cmd {
namespace {

using record::Json;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr Picture::Time at(double seconds) { return Picture::Time(seconds); }

class PictureTest : public ::testing::Test {
 protected:
  PictureTest() { tell("run.begin", "", 0, "health", {}, 0); }
  void tell(const std::string& kind, const std::string& stage, int attempt, const std::string& text,
            Json fields = {}, double now = 0) {
    session::Event event;
    event.kind = kind;
    event.run = RunId::parse("20261121T014413Z-0a1b2c3d").value();
    event.stage = stage;
    event.attempt = attempt;
    event.text = text;
    event.fields = std::move(fields);
    picture_.on(event, at(now));
  }
  void end(const std::string& stage, const std::string& status, int64_t ms,
           const std::string& reason, const std::string& back = {}) {
    tell("stage.end", stage, 1, stage + ": " + reason,
         Json::object(
             {{"status", status},
              {"ms", ms},
              {"goes_back_to", back},
              {"tokens_in", 1200},
              {"tokens_out", 34},
              {"cost", Json::object({{"pico_usd", int64_t{13200000000}}, {"basis", "provider"}})},
              {"model", "small"}}));
  }
  /// Rows without the codes that go up and clear to the end of the line.
  std::vector<std::string> rows(size_t width = 80, double now = 0, size_t height = 40) {
    picture_.leave();
    std::string text = picture_.draw({width, height, false}, at(now));
    return lines(replace_all(replace_all(text, "\x1b[J", ""), "\x1b[K", ""));
  }
  std::string drawn(size_t width, double now, size_t height = 40) {
    return picture_.draw({width, height, false}, at(now));
  }

  Picture picture_;
};

TEST(PlainLine, AStagesStepsStandBelowIt) {
  auto line = [](const std::string& kind, const std::string& text, int attempt = 1,
                 Json fields = {}) {
    session::Event event;
    event.kind = kind;
    event.run = RunId::parse("20261121T014413Z-0a1b2c3d").value();
    event.attempt = attempt;
    event.text = text;
    event.fields = std::move(fields);
    return plain_line(event);
  };
  EXPECT_EQ(line("run.begin", "health"), "health  20261121T014413Z-0a1b2c3d");
  EXPECT_EQ(line("run.begin", "health", 1,
                 Json::object({{"from", "main at 1a2b3c4d5e"}, {"left_out", "left out: \n"}})),
            "health  from main at 1a2b3c4d5e; left out:    20261121T014413Z-0a1b2c3d");
  EXPECT_EQ(line("run.terms", "a/b  no budget  record stays here"),
            "a/b  no budget  record stays here");
  EXPECT_EQ(line("stage.begin", "build"), "build");
  EXPECT_EQ(line("stage.begin", "build", 2), "build, attempt 2");
  EXPECT_EQ(line("ask.begin", "small"), "");
  EXPECT_EQ(line("ask.progress", "small"), "");
  EXPECT_EQ(line("ask.end", "small answered"), "  small answered");
  EXPECT_EQ(line("tool", "read_file a\n\x1b[2Jb"), "  tool: read_file a \\x1b[2Jb");
  EXPECT_EQ(line("gate.end", "ruff pass"), "  ruff pass");
  EXPECT_EQ(line("note", "not signed"), "  note: not signed");
  EXPECT_EQ(line("warning", "no key"), "warning: no key");
  EXPECT_EQ(line("act.end", "push", 1, Json::object({{"ms", 20}})), "");
  EXPECT_EQ(line("act.end", "push", 1, Json::object({{"ms", 1250}})), "  push: 1.2 s");
  EXPECT_EQ(line("stage.end", "build passed: 2 files"), "build passed: 2 files");
  EXPECT_EQ(
      line("stage.end", "build failed: no change", 1,
           Json::object(
               {{"ms", 12000},
                {"tokens_in", 12},
                {"tokens_out", 3},
                {"cost", Json::object({{"pico_usd", int64_t{13200000000}}, {"basis", "provider"}})},
                {"model", "small"},
                {"goes_back_to", "build"}})),
      "build failed: no change (12.0 s, 12/3 tokens, $0.0132, small), back to build");
  auto ended = [&](const std::string& status, const std::string& text) {
    return line("run.end", text, 1, Json::object({{"status", status}}));
  };
  EXPECT_EQ(ended("delivered", "delivered"), "delivered");
  EXPECT_EQ(ended("rejected", "AC1 is violated"), "rejected") << "the result tells why";
  EXPECT_EQ(ended("stopped", "no model is configured"), "") << "it is the error's own line";
}

TEST_F(PictureTest, NothingIsDrawnBeforeARunHasBegun) {
  Picture fresh;
  EXPECT_EQ(fresh.draw({}, at(0)), "");
}

TEST_F(PictureTest, ARowAStageAndTheSumBelow) {
  tell("stage.begin", "plan", 1, "plan", {}, 10);
  end("plan", "pass", 1500, "5 criteria compile");
  tell("stage.begin", "scout", 1, "scout", {}, 20);
  tell("tool", "scout", 1, "read_file app/main.py");
  tell("ask.begin", "scout", 1, "web/m", {}, 21);
  EXPECT_THAT(rows(80, 22.25),
              ElementsAre("health  20261121T014413Z-0a1b2c3d",
                          " + plan           1     1.5 s  1200/34 tokens  $0.0132  small",
                          "     5 criteria compile", " > scout          1     2.2 s  web/m",
                          "     read_file app/main.py", "     web/m", "   build         ",
                          "   validate      ", "   test          ", "   validate-tests",
                          "   review        ", "   pr            ",
                          "   1200 tokens in, 34 out  $0.0132  22.2 s"));
}

TEST_F(PictureTest, DollarsOfAStageThatWasRepeatedAreAllOfItsAttempts) {
  for (int attempt : {1, 2}) {
    tell("stage.begin", "build", attempt, "build");
    end("build", "pass", 1000, "done");
  }
  EXPECT_THAT(rows()[3], HasSubstr("2     2.0 s  2400/68 tokens  $0.0264"));
  EXPECT_THAT(rows().back(), HasSubstr("2400 tokens in, 68 out  $0.0264"));
}

TEST_F(PictureTest, GatesOnTheBaseHaveARowOfTheirOwnAndTheirTimeIsNoStages) {
  tell("check.begin", "", 0, "gates on the base", {}, 1);
  tell("gate.begin", "", 0, "pytest", {}, 1);
  tell("gate.progress", "", 0, "pytest: 40 of 90", Json::object({{"gate", "pytest"}}), 3);
  EXPECT_THAT(rows(80, 5)[1], " > base gates           4.0 s");
  EXPECT_THAT(rows(80, 5)[2], "     pytest  4.0 s  40 of 90");
  tell("gate.end", "", 0, "pytest fail, 1 passed, 1 failed", Json::object({{"gate", "pytest"}}), 6);
  tell("stage.begin", "plan", 1, "plan", {}, 7);
  end("plan", "pass", 9000, "done");
  EXPECT_THAT(rows(80, 9)[1], " ! base gates           6.0 s");
  EXPECT_THAT(rows(80, 9)[2], "     1 gate, 1 red before any change");
  EXPECT_THAT(rows(80, 9)[3], HasSubstr("+ plan           1     3.0 s"));
}

TEST_F(PictureTest, NothingIsLeftAsGoingOnAfterAnEnd) {
  tell("stage.begin", "build", 1, "build", {}, 10);
  tell("tool", "build", 1, "read_file a.py", {}, 11);
  tell("run.end", "", 0, "the service is away", Json::object({{"status", "stopped"}}), 15);
  std::string text = join(rows(80, 99), "\n");
  EXPECT_THAT(text, HasSubstr(" - build          1     5.0 s\n     stopped\n"));
  EXPECT_THAT(text, HasSubstr("0 tokens in, 0 out  15.0 s")) << "its clock stands still";
  EXPECT_THAT(text, Not(HasSubstr(" > ")));
  EXPECT_FALSE(picture_.moving());
}

TEST_F(PictureTest, ColourIsOnlyAddedToWhatIsShownWithoutIt) {
  tell("stage.begin", "plan", 1, "plan");
  end("plan", "pass", 1500, "5 criteria compile");
  tell("warning", "", 0, "warning of a thing");
  std::string plain = picture_.draw({80, 40, false}, at(9)).substr(0);
  Picture again = picture_;
  again.leave();
  picture_.leave();
  plain = picture_.draw({80, 40, false}, at(9));
  std::string colour = again.draw({80, 40, true}, at(9));
  EXPECT_THAT(colour, HasSubstr("\x1b[32m + \x1b[mplan"));
  for (const char* code : {"\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[33m", "\x1b[m"})
    colour = replace_all(colour, code, "");
  EXPECT_EQ(colour, plain);
}

/// A run with a repeat, as far as its tests: what a person sees in the middle of it.
class LiveCaptureTest : public PictureTest {
 protected:
  LiveCaptureTest() {
    auto on = [](const char* name) { return Json::object({{"gate", name}}); };
    tell("run.begin", "", 0, "health", Json::object({{"from", "main at 1a2b3c4d5e"}}), 0);
    tell("run.terms", "", 0,
         "plan, scout, build, test ollama/small; review openai/large  budget $1.00  record full to "
         "origin",
         Json::object({{"models", "plan, scout, build, test ollama/small; review openai/large"}}));
    tell("check.begin", "", 0, "gates on the base", {}, 0);
    for (const char* gate : {"ruff", "pytest"})
      tell("gate.end", "", 0, std::string(gate) + " pass", on(gate), 4);
    pass("plan", 1, 4, "5 criteria compile, nothing is assumed");
    pass("scout", 1, 20, "4 files to touch, each of them read in full");
    pass("build", 1, 30, "3 files changed, one of them is new");
    tell("stage.begin", "validate", 1, "validate", {}, 40);
    end("validate", "fail", 3100, "ruff: app/main.py:4: F401 'os' is imported and never used",
        "build");
    pass("build", 2, 60, "1 file changed");
    pass("validate", 2, 70, "3 gates passed");
    tell("stage.begin", "test", 1, "test", {}, 80);
    tell("tool", "test", 1, "write_file tests/test_health.py", {}, 95);
    tell("gate.begin", "test", 1, "pytest", {}, 100);
    tell("gate.progress", "test", 1, "pytest: tests/test_health.py ....   [ 45%]", on("pytest"),
         112);
  }
  void pass(const std::string& stage, int attempt, double now, const std::string& result) {
    tell("stage.begin", stage, attempt, stage, {}, now);
    end(stage, "pass", 8200, result);
  }
  void expect_capture(const std::string& name, size_t width, size_t height) {
    std::vector<std::string> seen = rows(width, 190, height);
    std::string text;
    for (const std::string& row : seen) text += row + "\n";
    test::expect_golden("live/" + name + ".txt", text);
    // All but the note, which is above it for good.
    EXPECT_LT(rows(width, 190, height).size(), height);
  }
};

TEST_F(LiveCaptureTest, AUsualTerminal) { expect_capture("80x24", 80, 24); }
TEST_F(LiveCaptureTest, AWideOne) { expect_capture("120x40", 120, 40); }
TEST_F(LiveCaptureTest, ASmallOneLeavesOutOldResultsAndWhatIsToCome) {
  expect_capture("40x15", 40, 15);
}
TEST_F(LiveCaptureTest, WhoAnswersIsSaidInEveryWidthAndWhereItStartsToo) {
  rows();  // the note is told once
  for (size_t width : {40u, 60u, 80u, 200u}) {
    std::string text = join(rows(width, 190, 15), "\n");
    for (const char* part : {"ollama/small", "review openai/large", "main at 1a2b3c4d5e"})
      EXPECT_THAT(text, HasSubstr(part)) << width;
  }
}
TEST_F(LiveCaptureTest, TheLastPictureIsWholeWhateverTheHeight) {
  rows();  // the note is told once
  picture_.stop(at(191));
  size_t low = rows(40, 200, 6).size(), high = rows(40, 200, 60).size();
  EXPECT_EQ(low, high);
  EXPECT_GT(low, 15u);
}

TEST_F(PictureTest, APictureIsNeverHigherThanItsWindow) {
  for (const char* stage : {"plan", "scout", "build"}) {
    tell("stage.begin", stage, 1, stage);
    end(stage, "pass", 10, "done");
  }
  tell("stage.begin", "validate", 1, "validate");
  for (size_t height : {1u, 2u, 3u, 4u, 5u, 8u, 12u, 15u})
    EXPECT_LE(rows(80, 1, height).size(), std::max<size_t>(height, 3) - 1);
  EXPECT_THAT(rows(80, 1, 5), ElementsAre(StartsWith("health"), HasSubstr("+ build"),
                                          HasSubstr("> validate"), HasSubstr("tokens in")));
}

TEST_F(PictureTest, ANarrowerWindowHasBrokenTheLinesThatAreWrittenOver) {
  tell("stage.begin", "plan", 1, "plan");
  end("plan", "pass", 1500, "done");
  drawn(80, 0);
  EXPECT_THAT(drawn(40, 0), StartsWith("\r\x1b[13A")) << "11 lines, two of them of two rows";
}

TEST_F(PictureTest, SecondsRunWhileAStageDoesAndStandStillAfterIt) {
  tell("stage.begin", "plan", 1, "plan", {}, 5);
  EXPECT_THAT(rows(80, 65)[1], HasSubstr("60.0 s"));
  EXPECT_TRUE(picture_.moving());
  end("plan", "pass", 60000, "done");
  EXPECT_THAT(rows(80, 500)[1], HasSubstr("60.0 s"));
  EXPECT_TRUE(picture_.moving()) << "the run's own clock goes on";
  tell("run.end", "", 0, "delivered", {}, 501);
  EXPECT_FALSE(picture_.moving());
}

TEST_F(PictureTest, AFailureStaysAboveWithWhereItGoesBackTo) {
  tell("stage.begin", "validate", 1, "validate");
  end("validate", "fail", 10, "ruff F401", "build");
  EXPECT_EQ(rows()[0], "validate 1: ruff F401 -> build");
  EXPECT_EQ(rows()[0], "health  20261121T014413Z-0a1b2c3d") << "told once";
}

TEST_F(PictureTest, TheNextPictureGoesUpByExactlyTheRowsOfTheLast) {
  drawn(80, 0);
  tell("warning", "", 0, "a note");
  EXPECT_THAT(drawn(80, 0), StartsWith("\r\x1b[10Awarning: a note\x1b[K\n"));
  EXPECT_THAT(drawn(80, 0), StartsWith("\r\x1b[10Ahealth")) << "notes stay";
  EXPECT_THAT(drawn(80, 0), EndsWith("\x1b[K\n\x1b[J"))
      << "nothing is cleared before it is written";
}

TEST_F(PictureTest, NoRowIsWiderThanTheWindowInAnyScript) {
  tell("stage.begin", "build", 1, "build");
  for (const char* text : {"write_file a/very/long/path/that/goes/on/and/on/for/ever/and/ever.py",
                           "\xe4\xba\xa7\xe5\x93\x81\xe4\xba\xa7\xe5\x93\x81\xe4\xba\xa7\xe5\x93"
                           "\x81\xe4\xba\xa7\xe5\x93\x81\xe4\xba\xa7\xe5\x93\x81",
                           "a\tb\tc\td\te\tf\tg\th\ti\tj", "one\ntwo\nthree"}) {
    tell("tool", "build", 1, text);
    for (size_t width : {1u, 2u, 10u, 40u, 41u, 42u}) {
      std::vector<std::string> all = rows(width);
      ASSERT_EQ(all.size(), 11u) << text;
      for (const std::string& row : all) {
        EXPECT_LT(columns_of(row), std::max<size_t>(width, 2)) << row;
        EXPECT_EQ(row.find('\t'), std::string::npos);
        EXPECT_TRUE(is_utf8(row)) << row;
      }
    }
  }
}

TEST_F(PictureTest, EscapesInTheWordsOfAModelNeverReachTheTerminal) {
  // Clear the screen, set the title, a C1 control sequence, a bell, a carriage return, a DEL.
  const std::string evil =
      "x\x1b[2J\x1b]0;owned\x07\xc2\x9b"
      "31m\r\b\x7f\x01 y";
  tell("run.begin", "", 0, evil);
  tell("stage.begin", "build", 1, "build");
  tell("tool", "build", 1, evil);
  tell("warning", "build", 1, evil);
  tell("note", "build", 1, evil);
  std::string sent = drawn(200, 0);
  end("build", "fail", 1, evil, evil);
  sent += drawn(200, 1);
  tell("act.begin", "", 0, evil);
  sent += drawn(200, 1);
  // What is left of escapes when our own three are taken out is none.
  std::string rest = replace_all(replace_all(sent, "\x1b[K\n", "\n"), "\x1b[J", "");
  for (const char* up : {"\r\x1b[10A", "\r\x1b[11A"}) rest = replace_all(rest, up, "");
  EXPECT_EQ(rest.find('\x1b'), std::string::npos) << printable(rest);
  for (char c : {'\r', '\b', '\x07', '\x7f', '\x01'}) EXPECT_EQ(rest.find(c), std::string::npos);
  EXPECT_EQ(rest.find("\xc2\x9b"), std::string::npos);
  EXPECT_THAT(rest, HasSubstr("\\x1b[2J"));
}

TEST_F(PictureTest, ScriptedAnswersAreShownAsSuch) {
  tell("stage.begin", "plan", 1, "plan");
  tell("stage.end", "plan", 1, "plan passed",
       Json::object({{"status", "pass"}, {"tokens_in", 1}, {"model", "scripted"}}));
  EXPECT_THAT(rows()[1], HasSubstr("scripted"));
}

TEST_F(PictureTest, WhatRunsBetweenStagesIsTold) {
  tell("gate.begin", "", 0, "pytest");
  EXPECT_THAT(rows().back(), HasSubstr("pytest"));
  tell("gate.end", "", 0, "pytest pass");
  EXPECT_THAT(rows().back(), Not(HasSubstr("pytest")));
}

TEST_F(PictureTest, AnAnswerOnItsWayShowsWhatHasComeAndSinceWhenNothingMore) {
  auto progress = [&](int64_t bytes, int64_t received, double now) {
    tell("ask.progress", "plan", 1, "",
         Json::object({{"model", "web/m"}, {"bytes", bytes}, {"received", received}}), now);
  };
  tell("stage.begin", "plan", 1, "plan", {}, 0);
  tell("ask.begin", "plan", 1, "web/m", {}, 1);
  EXPECT_THAT(rows(80, 2)[2], EndsWith("  web/m"));
  EXPECT_THAT(rows(80, 14)[2], EndsWith("web/m  nothing yet after 13 s"));
  progress(0, 700, 15);
  EXPECT_THAT(rows(80, 16)[2], EndsWith("web/m  no words yet, 700 bytes received"));
  progress(1234, 5000, 17);
  EXPECT_THAT(rows(80, 18)[2], EndsWith("web/m  1234 bytes of the answer"));
  EXPECT_THAT(rows(90, 29)[2], EndsWith("1234 bytes of the answer, nothing more for 12 s"));
  progress(12'345, 50'000, 30);
  EXPECT_THAT(rows(80, 30)[2], EndsWith("web/m  12 kB of the answer"));
  tell("ask.end", "plan", 1, "m answered", {}, 31);
  EXPECT_THAT(rows(80, 31)[1], EndsWith("31.0 s  web/m"));
  tell("tool", "plan", 1, "read_file a.py", {}, 32);
  EXPECT_THAT(rows(80, 60)[2], EndsWith("read_file a.py")) << "a tool is not waited for";
}

TEST_F(PictureTest, ALateWordOfProgressDoesNoHarm) {
  tell("ask.progress", "", 0, "", Json::object({{"model", "web/m\x1b[2J"}, {"bytes", -1}}), 5);
  EXPECT_THAT(rows(80, 5).back(), HasSubstr("web/m\\x1b[2J"));
  tell("run.end", "", 0, "done", {}, 6);
  EXPECT_EQ(rows(80, 90).back(), "   0 tokens in, 0 out  6.0 s");
}

TEST_F(PictureTest, EventsOfEveryKindAndEmptyOnesDoNoHarm) {
  for (const char* kind : {"", "run.end", "stage.end", "ask.end", "tool", "x.begin", "unknown"})
    tell(kind, "no-such-stage", 0, "");
  EXPECT_EQ(rows().size(), 11u) << "the stage.end without a pass left its note";
}

}  // namespace
}  // namespace gf::cmd
