// What runs tell, whatever pieces it comes in.
#include "batch/stream.h"

#include <gmock/gmock.h>

namespace gf::batch {
namespace {

session::Event plan_ended() {
  session::Event event;
  event.kind = "stage.end";
  event.run = RunId::make(Timestamp(Milliseconds(1790000000000)), 7);
  event.time = Timestamp(Milliseconds(1790000001000));
  event.stage = "plan";
  event.attempt = 2;
  event.text = "passed";
  event.fields = record::Json::object({{"ms", 12}});
  return event;
}

TEST(StreamTest, AnEventIsReadAsItWasWritten) {
  std::string line = session::to_json(plan_ended()).dump();

  auto event = event_in(line);
  ASSERT_TRUE(event);
  EXPECT_EQ(session::to_json(*event).dump(), line);
}

TEST(StreamTest, LinesComeTogetherFromAnyPieces) {
  std::string text = session::to_json(plan_ended()).dump() + "\n";
  std::string all = text + "warning: not ours\n" + text + "{\"kind\": 1}\n\n" + text;
  for (size_t size : {1, 7, 1000}) {
    Stream stream;
    size_t events = 0;
    for (size_t at = 0; at < all.size(); at += size)
      events += stream.take(all.substr(at, size)).size();
    EXPECT_EQ(events, 3u) << size;
  }
}

TEST(StreamTest, TheLastWordsAreTheErrorWithoutItsHint) {
  EXPECT_EQ(last_words("note\nfatal: no model can answer\nhint: set one\n"), "no model can answer");
  EXPECT_EQ(last_words("all well\n"), "");
}

}  // namespace
}  // namespace gf::batch
