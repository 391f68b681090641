// The stored form of an exchange, written down.
#include <gmock/gmock.h>

#include "store/active.h"
#include "support/assertions.h"
#include "support/golden.h"
#include "unit/record/filled.h"

namespace gf::store {
namespace {

using record::Json;
namespace filled = record::test;

TEST(Manifest, IsWrittenAsItWasInVersion1) {
  std::string text =
      manifest_of(filled::exchange()).dump() + "\n" + manifest_of(record::Exchange()).dump() + "\n";
  test::expect_golden("exchanges.jsonl", text);
}

TEST(Manifest, WithItsMessagesItIsTheExchangeAgain) {
  record::Exchange exchange = filled::exchange();
  std::vector<Json> kept;
  auto keep = [&](const Json& json) {
    kept.push_back(json);
    return record::content_id(json.dump()).hex();
  };
  Json manifest = manifest_of(exchange), ids = Json::array();
  for (const record::Message& message : exchange.request.messages)
    ids.push(keep(record::to_json(message)));
  manifest.set("messages", ids);
  Json whole = record::to_json(exchange.request);
  manifest.set(
      "context",
      keep(Json::object({{"tools", whole.get("tools")}, {"schema", whole.get("schema")}})));
  manifest.set("answer_message", keep(record::to_json(exchange.answer->message)));

  auto read = [&](const Oid& id) -> Result<Json> {
    for (const Json& json : kept) {
      if (record::content_id(json.dump()) == id) return json;
    }
    return Error{Fault::kBadData, "no such message", {}, {}};
  };
  ASSERT_GIVES(record::Exchange back, exchange_from(manifest, read));

  EXPECT_EQ(manifest_of(back).dump(), manifest_of(exchange).dump());
  EXPECT_EQ(record::to_json(back.request).dump(), whole.dump());
  EXPECT_EQ(back.answer->message.content, "done");
}

}  // namespace
}  // namespace gf::store
