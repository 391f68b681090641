// A small project on which gates are run for real: ruff, mypy, pytest and unittest.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "gate/gate.h"
#include "support/assertions.h"
#include "support/facts.h"
#include "support/folder.h"

namespace gf::gate {

/// A project in a folder of its own, and the gates that its settings ask for.
class TriedProject {
 public:
  TriedProject() {
    folder_.write(
        "work/pyproject.toml",
        "[tool.ruff.format]\n[tool.mypy]\nexclude = \"tests/\"\n[tool.pytest.ini_options]\n"
        "pythonpath = [\".\"]\n");
    folder_.write("work/app/__init__.py", "def double(x: int) -> int:\n    return 2 * x\n");
    folder_.write("scratch/.keep", "");
  }
  void write(const std::string& name, const std::string& text) const {
    folder_.write("work/" + name, text);
  }
  [[nodiscard]] Place place() const {
    Place place;
    place.worktree = folder_ / "work";
    place.scratch = folder_ / "scratch";
    place.cache = folder_ / "cache";
    place.environment = proc::current_environment();
    return place;
  }
  [[nodiscard]] Gate gate(const std::string& name) const {
    test::MapFacts facts(
        {{"pyproject.toml", folder_.read("work/pyproject.toml")}, {"app/__init__.py", ""}});
    const char* python = std::getenv("GF_TEST_PYTHON");
    auto gates = gates_for(facts, {}, python == nullptr ? "python3" : python);
    EXPECT_TRUE(gates.ok());
    for (const Gate& gate : *gates) {
      if (gate.name == name) return gate;
    }
    ADD_FAILURE() << "no gate " << name;
    return {};
  }
  /// The gate of a project whose tests are made with unittest.
  [[nodiscard]] static Gate unittest() {
    test::MapFacts facts({{"app/__init__.py", ""}, {"tests/test_a.py", "import unittest\n"}});
    const char* python = std::getenv("GF_TEST_PYTHON");
    auto gates = gates_for(facts, {}, python == nullptr ? "python3" : python);
    EXPECT_TRUE(gates.ok() && gates->size() == 1);
    return gates.ok() && !gates->empty() ? gates->front() : Gate{};
  }
  [[nodiscard]] record::GateOutcome run(const Gate& gate,
                                        const std::vector<std::string>& selection = {}) const {
    Cancel cancel;
    auto outcome = run_gate(gate, place(), selection, {}, cancel);
    EXPECT_TRUE(test::is_done(outcome));
    return outcome.ok() ? *outcome : record::GateOutcome{};
  }
  [[nodiscard]] record::GateOutcome run(const std::string& name) const { return run(gate(name)); }

 private:
  test::TempFolder folder_;
};

class GateTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(std::getenv("GF_TEST_PYTHON"), nullptr)
        << "set GF_TEST_PYTHON to a python with ruff, mypy, pytest and pytest-cov";
  }
  TriedProject project_;
};

inline const record::TestResult& result_of(const record::GateOutcome& outcome,
                                           const std::string& id) {
  static const record::TestResult kNone;
  for (const record::TestResult& result : outcome.tests) {
    if (result.id == id) return result;
  }
  ADD_FAILURE() << "no test " << id << " in " << outcome.tests.size() << "\n"
                << outcome.output_tail;
  return kNone;
}

}  // namespace gf::gate
