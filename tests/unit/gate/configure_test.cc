// What settings make of the gates that were detected, and what a wrong one says.
#include <gmock/gmock.h>

#include "base/text.h"
#include "gate/gate.h"
#include "support/assertions.h"
#include "support/facts.h"
#include "unit/gate/detected.h"

namespace gf::gate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ConfigureTest, AManagerInFrontOfACommandIsLeftOutWhereItAddsNothing) {
  const std::pair<const char*, const char*> kCases[] = {
      {"uv run pytest -q", "pytest -q"},
      {"uv run --no-sync --frozen python -m pytest", "/v/python -m pytest"},
      {"poetry run mypy src", "mypy src"},
      {"uv run --with pytest-xdist pytest", "uv run --with pytest-xdist pytest"},
      {"uv run --frozen", "uv run --frozen"},
      {"hatch run test", "hatch run test"},
      {"make run", "make run"},
  };
  for (const auto& [command, argv] : kCases) {
    Settings settings = {{"factory-gate.a.command", command}};
    ASSERT_GIVES(auto gates, gates_for(test::MapFacts({}), settings, "/v/python"));
    EXPECT_EQ(join(gates[0].argv, " "), argv);
  }
}

TEST(ConfigureTest, ACommandIsSplitAsAShellWouldWithoutOne) {
  auto gates = gates_of(
      {}, {{"factory-gate.mine.command", "python -m x 'a b' \"c\\\"d\" e\\ f '' $HOME;ls {report}"},
           {"factory-gate.mine.timeout", "1.5m"},
           {"factory-gate.mine.files", "*.py"},
           {"factory-gate.mine.files", "*.pyi"},
           {"factory-gate.mine.environment", "DATABASE_URL"}});

  ASSERT_EQ(gates.size(), 1u);
  EXPECT_THAT(gates[0].argv, ElementsAre("/v/bin/python", "-m", "x", "a b", "c\"d", "e f", "",
                                         "$HOME;ls", "{report}"));
  EXPECT_EQ(gates[0].report, "junit");
  EXPECT_EQ(gates[0].timeout, Milliseconds(90000));
  EXPECT_THAT(gates[0].files, ElementsAre("*.py", "*.pyi"));
  EXPECT_THAT(gates[0].environment, ElementsAre("DATABASE_URL"));
}

TEST(ConfigureTest, ADetectedGateIsReplacedAdjustedOrRemoved) {
  std::map<std::string, std::string> tree{{"ruff.toml", ""}, {"mypy.ini", ""}};

  auto gates = gates_of(tree, {{"factory-gate.ruff.command", "make lint"},
                               {"factory-gate.ruff-format.disabled", "true"},
                               {"factory-gate.mypy.timeout", "30"}});

  ASSERT_THAT(names_of(gates), ElementsAre("ruff", "mypy"));
  EXPECT_EQ(gates[0].report, "exit");
  EXPECT_EQ(gates[0].why, "configured");
  EXPECT_EQ(gates[1].report, "mypy-json");
  EXPECT_EQ(gates[1].timeout, Milliseconds(30000));
}

TEST(ConfigureTest, TheLastValueHolds) {
  EXPECT_THAT(names_of(gates_of({{"mypy.ini", ""}}, {{"factory-gate.mypy.disabled", "true"},
                                                     {"factory-gate.mypy.disabled", "no"}})),
              ElementsAre("mypy"));
}

TEST(ConfigureTest, AWrongValueIsAnErrorThatNamesItsKey) {
  const Settings kWrong = {
      {"factory-gate.a.command", "sh 'open"},
      {"factory-gate.a.command", "   "},
      {"factory-gate.a.command", "x \\"},
      {"factory-gate.a.report", "checkstyle"},
      {"factory-gate.a.stage", "build"},
      {"factory-gate.a.timeout", "soon"},
      {"factory-gate.a.timeout", "-3s"},
      {"factory-gate.a.timeout", "nan"},
      {"factory-gate.a.timeout", "9999999999m"},
      {"factory-gate.a.timeout", "5sm"},
      {"factory-gate.a.coverage", "html"},
      {"factory-gate.a.disabled", "perhaps"},
      {"factory-gate.a.environment", "GIT_DIR"},
      {"factory-gate.a.environment", "A=B"},
      {"factory-gate.a.files", ""},
      {"factory-gate.a.colour", "red"},
  };
  for (const auto& [key, value] : kWrong) {
    Settings settings;
    if (!key.ends_with(".command")) settings.add("factory-gate.a.command", "true");
    settings.add(key, value);
    auto gates = gates_for(test::MapFacts({}), settings, "python3");

    ASSERT_FALSE(gates.ok()) << key << " = " << value;
    EXPECT_EQ(gates.error().fault, Fault::kConfiguration);
    EXPECT_THAT(gates.error().message, HasSubstr(key));
    EXPECT_FALSE(gates.error().hint.empty());
  }
}

TEST(ConfigureTest, AGateWithoutACommandIsAnError) {
  auto gates = gates_for(test::MapFacts({}), {{"factory-gate.a.stage", "test"}}, "python3");

  ASSERT_FALSE(gates.ok());
  EXPECT_THAT(gates.error().message, HasSubstr("factory-gate.a.command"));
}

}  // namespace
}  // namespace gf::gate
