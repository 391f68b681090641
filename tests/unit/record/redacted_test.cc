// No text of any record passes unredacted: each of them is filled and looked for.
#include <gmock/gmock.h>

#include "record/described.h"
#include "record/redact_record.h"

namespace gf::record {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kSecret = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";

// --- Every text of a record becomes the secret. ---

int filled = 0;  // how many texts there were

void fill(std::string& text) {
  text = "see " + kSecret;
  ++filled;
}
void fill(Json& json) {
  json = Json::object({{"list", Json::strings({"see " + kSecret})}, {kSecret, 1}});
  ++filled;
}
template <typename T>
void fill(std::map<std::string, T>& named) {
  named = {{kSecret, T()}};
  if constexpr (std::is_same_v<T, std::string>) fill(named[kSecret]);
}
template <typename T>
void fill(T& other);
template <typename T>
void fill(std::optional<T>& maybe) {
  fill(maybe.emplace());
}
template <typename T>
void fill(std::vector<T>& list) {
  list.resize(1);
  fill(list[0]);
}
template <typename T>
void fill(T& other) {
  if constexpr (Described<T>) {
    each_field(other, [](const auto&, auto& member) { fill(member); });
  }
}

template <typename Record>
Record filled_with_secrets() {
  Record record;
  filled = 0;
  fill(record);
  EXPECT_GT(filled, 0);
  return record;
}

template <typename Record>
void expect_nothing_left(const Record& record) {
  ASSERT_THAT(to_json(record).dump(), HasSubstr(kSecret));
  EXPECT_THAT(redacted(to_json(record), Redactor()).dump(), Not(HasSubstr(kSecret)))
      << Description<Record>::kWhat;
}

TEST(Redacted, NoTextOfAnyRecordIsLeft) {
  expect_nothing_left(filled_with_secrets<RunRecord>());
  expect_nothing_left(filled_with_secrets<StageRecord>());
  expect_nothing_left(filled_with_secrets<RunMetrics>());
  expect_nothing_left(filled_with_secrets<Verdict>());
  expect_nothing_left(filled_with_secrets<GateOutcome>());
  expect_nothing_left(filled_with_secrets<Spec>());
  expect_nothing_left(filled_with_secrets<ModelRequest>());
  expect_nothing_left(filled_with_secrets<Message>());
  expect_nothing_left(filled_with_secrets<Paid>());
}

TEST(Redacted, NoMemberOfARunIsLeft) {
  RunRecord run = filled_with_secrets<RunRecord>();
  run.branch = "refs/heads/" + kSecret;

  RunRecord clean = redacted(run, Redactor());

  int members = 0;
  each_field(clean, [&](const auto& field, const auto& member) {
    using Member = std::remove_cvref_t<decltype(member)>;
    ++members;
    if constexpr (std::is_same_v<Member, std::string>) {
      EXPECT_THAT(member, Not(HasSubstr(kSecret))) << field.key;
    }
  });
  EXPECT_GT(members, 20);
  EXPECT_THAT(to_json(clean).dump(), Not(HasSubstr(kSecret)));
}

TEST(Redacted, IdsAndWordsOfOursStay) {
  RunRecord run;
  run.id = RunId::parse("20261121T083059Z-6bbc40a7").value();
  run.branch = "refs/heads/factory/health";
  run.patch_id = "17bd103dfe682dcad2ccae5cfad2de166e65e3e9";
  run.policy = {{"batch", "friday"}};

  EXPECT_EQ(to_json(redacted(run, Redactor())).dump(), to_json(run).dump());
}

}  // namespace
}  // namespace gf::record
