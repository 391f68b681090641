#include "base/ids.h"

#include <gtest/gtest.h>

namespace gf {
namespace {

TEST(Ids, OidIsFortyDigitsAndNothingElse) {
  std::string hex = "0123456789abcdef0123456789abcdef01234567";
  EXPECT_EQ(Oid::parse(hex).value().hex(), hex);
  EXPECT_FALSE(Oid::parse(hex.substr(1)).ok());
  EXPECT_FALSE(Oid::parse(hex + "0").ok());
  EXPECT_FALSE(Oid::parse("g" + hex.substr(1)).ok());
  EXPECT_TRUE(Oid().is_zero());
}

TEST(Ids, RunIdComesFromItsStartAndSortsByTime) {
  RunId id = RunId::make(parse_iso8601("2026-11-21T01:44:13.042Z").value(), 0xbeef);
  EXPECT_EQ(id.str(), "20261121T014413Z-0000beef");
  EXPECT_EQ(id.month(), "2026-11");
  EXPECT_EQ(id.day(), "21");
  EXPECT_EQ(id.id8(), "0000beef");
}

TEST(Ids, RunIdThatTriesToBeAPathOrAnOptionIsRefused) {
  for (const char* text :
       {"", "--help", "../../x", "20261121T014413Z-0000BEEF", "20261121T014413Z-0000beef/..",
        "20261321T014413Z-0000beef", "20261121T014413Z_0000beef"}) {
    EXPECT_FALSE(RunId::parse(text).ok()) << text;
  }
  EXPECT_TRUE(RunId::parse("20261121T014413Z-0000beef").ok());
}

TEST(Ids, RefNamesFollowGitsRules) {
  EXPECT_TRUE(RefName::parse("refs/heads/factory/health").ok());
  for (const char* text : {"heads/x", "refs/heads/a..b", "refs/heads/.x", "refs/heads/x.lock",
                           "refs/heads/a b", "refs/heads/x/", "refs/heads/a@{b", "refs/heads//x"}) {
    EXPECT_FALSE(RefName::parse(text).ok()) << text;
  }
}

TEST(Ids, ABranchsShortNameIsWhatPeopleWrite) {
  EXPECT_EQ(RefName::known("refs/heads/factory/health").short_name(), "factory/health");
  EXPECT_EQ(RefName::known("refs/factory/ledger/2026-11").short_name(),
            "refs/factory/ledger/2026-11");
  EXPECT_EQ(RefName().short_name(), "");
}

TEST(Clock, TimesAreWrittenAndReadInUtc) {
  EXPECT_EQ(iso8601(Timestamp{}), "1970-01-01T00:00:00.000Z");
  for (const char* text : {"2026-11-21T01:44:13.042Z", "2024-02-29T23:59:59.999Z"}) {
    EXPECT_EQ(iso8601(parse_iso8601(text).value()), text);
  }
  EXPECT_EQ(iso8601(parse_iso8601("2026-11-21T01:44:13Z").value()), "2026-11-21T01:44:13.000Z");
  EXPECT_FALSE(parse_iso8601("2026-11-21 01:44:13").ok());
  EXPECT_FALSE(parse_iso8601("2026-13-21T01:44:13Z").ok());
}

}  // namespace
}  // namespace gf
