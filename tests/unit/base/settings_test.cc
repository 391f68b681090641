// What a setting says: which value counts, and what is taken for one.
#include "base/settings.h"

#include <gmock/gmock.h>

#include "support/assertions.h"

namespace gf {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(SettingsTest, AKeyIsComparedAsGitComparesIt) {
  EXPECT_TRUE(same_key("factory.branchPrefix", "Factory.BRANCHPREFIX"));
  EXPECT_TRUE(same_key("branch.Main.remote", "BRANCH.Main.Remote"));
  EXPECT_FALSE(same_key("branch.Main.remote", "branch.main.remote")) << "two branches, two keys";
  EXPECT_FALSE(same_key("factory.a", "factory.ab"));

  KeyParts parts = parts_of("http.https://a.example/x.proxy");
  EXPECT_EQ(parts.section, "http");
  EXPECT_EQ(parts.subsection, "https://a.example/x");
  EXPECT_EQ(parts.name, "proxy");
  EXPECT_EQ(parts_of("factory.base").subsection, "");
  EXPECT_EQ(parts_of("factory").section, "factory");
  EXPECT_EQ(parts_of("factory").name, "");
}

TEST(SettingsTest, TheLastValueCountsAndAListKeepsAll) {
  Settings settings = {
      {"factory.model", "a/a"}, {"factory.base", "main"}, {"Factory.Model", "b/b"}};
  settings.add(Settings{{"factory.model", "c/c"}});

  EXPECT_EQ(settings.text("factory.model"), "c/c");
  EXPECT_THAT(settings.all("factory.model"), ElementsAre("a/a", "b/b", "c/c"));
  EXPECT_EQ(settings.text("factory.remote"), std::nullopt);

  settings.drop([](const std::string& key) { return same_key(key, "factory.model"); });
  EXPECT_THAT(settings.all("factory.model"), ElementsAre());
  EXPECT_EQ(settings.text("factory.base"), "main");
}

TEST(SettingsTest, AValueThatCannotBeIsNamedWithWhatCan) {
  Settings settings = {{"factory.retries", "many\n"}, {"factory.sign", std::string(500, 'x')}};

  auto number = settings.number("factory.retries", 3, 0, 100);
  ASSERT_FALSE(number.ok());
  EXPECT_EQ(number.error().fault, Fault::kConfiguration);
  EXPECT_EQ(number.error().message.find('\r'), std::string::npos);
  EXPECT_THAT(number.error().message, HasSubstr("factory.retries is 'many"));
  EXPECT_EQ(number.error().hint, "set it to a whole number from 0 to 100");

  auto flag = settings.flag("factory.sign", false);
  ASSERT_FALSE(flag.ok());
  EXPECT_LT(flag.error().message.size(), 200u);
  EXPECT_EQ(flag.error().hint, "set it to true or false");
}

TEST(SettingsTest, ChoicesAreOfAClosedListInAnyCase) {
  Settings settings = {{"a.same", "Refuse"}, {"a.other", "perhaps"}};
  EXPECT_EQ(settings.choice("a.same", "auto", {"auto", "refuse", "allow"}).value(), "refuse");
  EXPECT_EQ(settings.choice("a.none", "auto", {"auto", "refuse", "allow"}).value(), "auto");
  auto other = settings.choice("a.other", "auto", {"auto", "refuse", "allow"});
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().message, "a.other is 'perhaps'");
  EXPECT_EQ(other.error().hint, "set it to auto, refuse or allow");
}

TEST(SettingsTest, TimesAreSecondsOrSayTheirUnit) {
  Settings settings = {{"a.wait", "60"}, {"a.long", "90000"}};
  EXPECT_EQ(settings.seconds("a.wait", 5, 1, 3600).value(), milliseconds(60000));
  EXPECT_EQ(settings.seconds("a.none", 5, 1, 3600).value(), milliseconds(5000));
  EXPECT_FALSE(settings.seconds("a.long", 5, 1, 3600).ok());

  EXPECT_EQ(duration_of("30"), milliseconds(30000));
  EXPECT_EQ(duration_of("30s"), milliseconds(30000));
  EXPECT_EQ(duration_of("1.5m"), milliseconds(90000));
  for (const char* wrong : {"", "soon", "-3s", "nan", "0", "5sm", "9999999999m", "1441m", " 1"}) {
    EXPECT_EQ(duration_of(wrong), std::nullopt) << wrong;
  }
}

TEST(SettingsTest, DecimalsAreNumbersThatAreNotNegative) {
  Settings settings = {{"a.a", "0.25"}, {"a.b", "nan"}, {"a.c", "-1"}, {"a.d", ""}, {"a.e", "1x"}};
  EXPECT_EQ(settings.decimal("a.a").value(), 0.25);
  EXPECT_EQ(settings.decimal("a.none").value(), std::nullopt);
  for (const char* key : {"a.b", "a.c", "a.d", "a.e"}) EXPECT_FALSE(settings.decimal(key).ok());
}

// git_program_test.cc holds this list against git itself.
TEST(SettingsTest, BooleansAreGits) {
  for (const char* yes : {"true", "YES", "On", "1", "2", "-1", "0x10", "010", "1k", " 1"})
    EXPECT_EQ(git_flag(yes), true) << yes;
  for (const char* no : {"false", "No", "OFF", "0", "0k", "00", ""})
    EXPECT_EQ(git_flag(no), false) << no;
  for (const char* other :
       {"maybe", "t", "1.0", "0x", "1kk", "k", "-", "99999999999", "3g", "1 ", "08"})
    EXPECT_EQ(git_flag(other), std::nullopt) << other;
}

}  // namespace
}  // namespace gf
