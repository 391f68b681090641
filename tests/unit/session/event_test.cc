// One line of a trace, as programs read it.
#include "session/event.h"

#include <gmock/gmock.h>

#include "support/assertions.h"

namespace gf::session {
namespace {

Event event() {
  Event made;
  made.time = parse_iso8601("2026-11-21T01:44:13.042Z").value();
  made.kind = "gate.end";
  made.run = RunId::make(made.time, 7);
  made.stage = "validate";
  made.attempt = 2;
  made.text = "ruff passes";
  made.fields = record::Json::object({{"gate", "ruff"}});
  return made;
}

TEST(EventTest, SaysWhenWhatWhereAndForWhom) {
  record::Json json = to_json(event());

  EXPECT_EQ(json.get_string("kind"), "gate.end");
  EXPECT_EQ(json.get_string("time"), "2026-11-21T01:44:13.042Z");
  EXPECT_EQ(json.get_string("run"), event().run.str());
  EXPECT_EQ(json.get_string("stage"), "validate");
  EXPECT_EQ(json.get_string("text"), "ruff passes");
  EXPECT_EQ(json.get("fields").get_string("gate"), "ruff");
}

TEST(EventTest, IsOneLineWhateverItsText) {
  Event odd = event();
  odd.text = "two\nlines \xff and a byte that is no text";

  std::string line = to_json(odd).dump();

  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_DONE(record::Json::parse(line));
}

}  // namespace
}  // namespace gf::session
