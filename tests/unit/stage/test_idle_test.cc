// Tests that assert nothing, and the base's tests as the base has them.
#include "stage/test_idle.h"

#include <gmock/gmock.h>

#include "stage/test_rules.h"
#include "support/assertions.h"
#include "support/facts.h"
#include "unit/stage/outcomes.h"

namespace gf::stage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(TestIdleTest, ATestIsIdleOnlyWhereThatCanBeSeen) {
  struct Case {
    const char *path, *id, *text;
    bool idle;
  };
  for (const Case& one : std::vector<Case>{
           {"t.py", "test_a", "def test_a():\n    from app import new\n", true},
           {"t.py", "test_a", "def test_a():\n    new(1)\n    assert True\n", true},
           {"t.py", "test_a", "def test_a():\n    assert 1 == 1\n", true},
           {"t.py", "test_a[1]", "def test_a(n):\n    for x in n:\n        new(x)\n", true},
           {"t.py", "test_a", "def test_a():\n    assert new(1) == 2\n", false},
           {"t.py", "test_a", "def test_a():\n    assert new(1)\n", false},
           {"t.py", "test_a", "def test_a():\n    assert (\n        new(1)\n    )\n", false},
           {"t.py", "test_a", "def test_a():\n    with pytest.raises(E):\n        new()\n", false},
           {"t.py", "test_a", "def test_a(x):\n    holds(x)\n\ndef holds(x):\n    assert x\n",
            false},
           {"t.py", "test_a", "from .shared import holds\n\ndef test_a(x):\n    holds(x)\n", false},
           {"t.py", "T::test_a", "class T:\n    def test_a(self):\n        app.new()\n", true},
           {"t.py", "T::test_a", "class T(Base):\n    def test_a(self):\n        self.new()\n",
            false},
           {"t.py", "T::test_a",
            "class T:\n    def test_a(self):\n        self.assertIn(1, new())\n", false},
           {"t.py", "test_other", "def test_a():\n    pass\n", false},
           {"a_test.go", "TestA", "func TestA(t *testing.T) {\n\tt.Log(New(1))\n}\n", true},
           {"a_test.go", "TestA",
            "func TestA(t *testing.T) {\n\tif New(1) != 2 {\n\t\tt.Fatal()\n\t}\n}\n", false},
           {"t.rs", "a", "#[test]\nfn a() {\n    let _ = new(1);\n    assert!(true);\n}\n", true},
           {"t.rs", "a", "#[test]\nfn a() {\n    assert_eq!(new(1), 2);\n}\n", false},
           {"t.test.ts", "tax", "test('tax', () => {\n  tax(100);\n});\n", true},
           {"t.test.ts", "tax", "test('tax', () => {\n  expect(tax(100)).toBe(19);\n});\n", false},
           {"t.test.ts", "tax", "test('tax', () => {\n  expect(true).toBe(true);\n});\n", true},
           {"t.test.js", "half", "test('half', () => assert.equal(half(4), 2));\n", false},
           {"t.test.js", "half", "test('half', () => {});\n", true},
           {"t.test.js", "half", "test('half', t => {\n  t.is(half(4), 2);\n});\n", false},
           {"t.rs", "a", "#[test]\nfn a() -> R {\n    new(1)?;\n    Ok(())\n}\n", false},
           {"t.rs", "tax", "#[test]\nfn tax() {\n    assert_eq!(shop::tax(1), 2);\n}\n", false},
           // Names with a word of assertions in them are values like any other.
           {"t.py", "test_a", "def test_a():\n    assert is_valid('12')\n", false},
           {"t.py", "test_a", "def test_a():\n    assert not is_valid('12')\n", false},
           {"t.py", "test_a", "def test_a():\n    n = new('a,b')\n    assert n == 3\n", false},
           {"t.py", "test_a", "def test_a():\n    ok = new(1)\n    assert ok\n", false},
           {"t.py", "test_a", "def test_a():\n    assert match is None\n", false},
           {"t.py", "test_a", "def test_a():\n    assert f'{new(1)}'\n", false},
           {"t.py", "test_a", "def test_a():\n    assert True and \\\n        x\n", false},
           {"t.py", "T::test_a", "class T:\n    def test_a(self):\n        self.assertTrue(same)\n",
            false},
           {"t.py", "T::test_a", "class T:\n    def test_a(self):\n        self.assertTrue(True)\n",
            true},
           {"t.test.js", "m", "test('m', () => {\n  assert.equal(isValid('a@b'), true);\n});\n",
            false},
           {"t.test.js", "m", "test('m', () => {\n  assert.equal(1, 1);\n});\n", true},
           {"t.test.js", "m", "test('m', () => {\n  expect(`${tax(1)}`).toBe('2');\n});\n", false},
           {"t.test.js", "m", "test('m', () => { expect(tax(1)).toBe(2);\n});\n", false},
           {"t.rs", "tax", "#[test]\nfn tax() {\n    let _ = shop::tax(1);\n}\n", true},
           {"t.rs", "a", "#[test]\nfn a() {\n    tax(1);\n}\nfn tax(n: u8) {\n    f(n);\n}\n",
            false},
           {"t.rs", "a", "#[test]\nfn a() {\n    assert!(is_valid(2));\n}\n", false},
           {"t.rs", "a", "#[test]\nfn a() {\n    insta::assert_snapshot!();\n}\n", false},
           {"a_test.go", "TestA",
            "func TestA(t *testing.T) {\n\tn := New(1)\n\tif n != 2 {\n\t\tt.Error(n)\n\t}\n}\n",
            false},
           {"t.py", "test_a", "def test_a():\n    assert \u00df(1)\n", false},
           {"t.test.js", "m", "test('m', () => {\n  assert.ok($(1));\n});\n", false},
           // What others bring may assert, whatever it is called.
           {"t.py", "test_a", "from kit import eq_\n\ndef test_a():\n    eq_(new('a,b,c'), 3)\n",
            false},
           {"t.py", "test_a", "import kit\n\ndef test_a():\n    kit.eq_(new(1), 3)\n", false},
           {"t.py", "test_a", "def test_a():\n    eq = kit.eq\n    eq(new(1), 3)\n", false},
           {"t.py", "test_a", "def test_a():\n    kit['eq'](new(1), 3)\n", false},
           {"t.py", "test_a", "def test_a():\n    with no_leaks:\n        new(1)\n", false},
           {"t.py", "test_a", "@returns(3)\ndef test_a():\n    return new(1)\n", false},
           {"t.py", "test_a[1]",
            "@pytest.mark.parametrize('n', [1, 2])\ndef test_a(n):\n    new(n)\n", true},
           {"t.py", "test_a",
            "def teardown_function():\n    assert clean()\n\ndef test_a():\n    new(1)\n", false},
           {"t.test.js", "m", "test('m', () => {\n  is(tax(1), 2);\n});\n", false},
           {"t.test.js", "m", "test('m', (done) => {\n  tax(1);\n  done();\n});\n", false},
           {"t.rs", "a", "#[test]\nfn a() {\n    that!(new(1), 2);\n}\n", false},
           {"t.rs", "a", "#[test]\nfn a() {\n    that::<u8>(new(1), 2);\n}\n", false},
           {"t.cc", "a", "TEST_CASE(\"a\") {\n  BOOST_TEST(tax(1) == 2);\n}\n", false},
           {"T.scala", "a", "class T {\n  def a() = {\n    tax(1) === 2\n  }\n}\n", false},
           {"t.xyz", "a", "whatever\n", false}}) {
    EXPECT_EQ(asserts_nothing(one.path, one.text, std::string(one.path) + "::" + one.id,
                              {"new", "New", "tax", "half"}),
              one.idle)
        << one.text;
  }
}

class IdleJudgedTest : public ::testing::Test {
 protected:
  IdleJudgedTest() {
    in_.spec = record::Spec();
    in_.unspecified = true;
    in_.tree = &tree_;
    in_.test_paths = {"tests/**"};
    in_.changed = {"app/x.py", "tests/t.py"};
    in_.added_lines = {{"app/x.py", {1}}};
    in_.base_outcomes = {tests({passed("tests/o.py::test_old")})};
    in_.outcomes = {tests({passed("tests/o.py::test_old"), passed("tests/t.py::test_a")})};
    in_.new_tests_on_base = {
        tests({{"tests/t.py::test_a", record::TestStatus::kFailed, "missing-symbol", "no new"}})};
  }
  Judgement judge() { return find_stage("test")->eval(in_, {}).value(); }
  test::MapFacts tree_{
      {{"app/x.py", "def new():\n"}, {"tests/t.py", "def test_a():\n    new()\n"}}};
  Input in_;
};

TEST_F(IdleJudgedTest, ANewTestThatOnlyNamesWhatIsNewShowsNothing) {
  Judgement judgement = judge();
  ASSERT_THAT(judgement.findings, SizeIs(1));
  EXPECT_THAT(judgement.findings[0].text, HasSubstr(std::string(test_rule::kAsserts)));
  EXPECT_EQ(judgement.findings[0].kind, FindingKind::kUnshown);
  in_.new_tests_on_base[0].tests[0].cause = "other";
  EXPECT_EQ(judge().kind, Judgement::Kind::kPass) << "an error of the old code is gone: it shows";
  in_.new_tests_on_base[0].tests[0].cause = "missing-symbol";
  in_.rules = Rules::kAgree;
  EXPECT_EQ(judge().kind, Judgement::Kind::kPass) << "runs that were begun before";
}

TEST_F(IdleJudgedTest, WhatTheChangeDoesNotBringMayAssert) {
  in_.added_lines = {{"app/x.py", {2}}};
  EXPECT_EQ(judge().kind, Judgement::Kind::kPass) << "it was there before";
  in_.added_lines = {{"tests/t.py", {1}}};
  EXPECT_EQ(judge().kind, Judgement::Kind::kPass) << "a helper of the tests";
}

TEST_F(IdleJudgedTest, AFunctionIsLookedAtOnceForAllItsParameters) {
  std::string text = "def test_a(n):\n    new(n)\n";
  for (int i = 0; i < 20000; ++i) text += "# a long file\n";
  test::MapFacts tree(
      std::map<std::string, std::string>{{"app/x.py", "def new():\n"}, {"tests/t.py", text}});
  in_.tree = &tree;
  in_.outcomes[0].tests.pop_back();
  in_.new_tests_on_base[0].tests.clear();
  for (int i = 0; i < 1500; ++i) {
    std::string id = "tests/t.py::test_a[" + std::to_string(i) + "]";
    in_.outcomes[0].tests.push_back(passed(id));
    in_.new_tests_on_base[0].tests.push_back(
        {id, record::TestStatus::kFailed, "missing-symbol", "no new"});
  }
  EXPECT_THAT(idle_tests(in_), ElementsAre("tests/t.py::test_a"));
}

TEST_F(IdleJudgedTest, OfACriterionItIsNoTest) {
  in_.unspecified = false;
  record::Criterion criterion;
  criterion.id = "AC1";
  in_.spec->acceptance_criteria = {criterion};
  in_.outcomes[0].tests[1].id = in_.new_tests_on_base[0].tests[0].id = "tests/t.py::test_ac1_a";
  test::MapFacts tree(std::map<std::string, std::string>{
      {"app/x.py", "def new():\n"}, {"tests/t.py", "def test_ac1_a():\n    new()\n"}});
  in_.tree = &tree;
  EXPECT_THAT(judge().reason, HasSubstr("asserts nothing"));
  test::MapFacts asserting(std::map<std::string, std::string>{
      {"tests/t.py", "def test_ac1_a():\n    assert new() == 1\n"}});
  in_.tree = &asserting;
  EXPECT_EQ(judge().kind, Judgement::Kind::kPass);
}

TEST_F(IdleJudgedTest, TheBasesTestsHoldOnTheChangeAsTheBaseHasThem) {
  in_.new_tests_on_base = {};
  in_.outcomes = in_.base_outcomes;
  in_.base_tests_on_change = {tests({failed("tests/o.py::test_old")})};
  Judgement judgement = judge();
  ASSERT_THAT(judgement.findings, SizeIs(1));
  EXPECT_EQ(judgement.findings[0].kind, FindingKind::kBaseTest);
  EXPECT_THAT(judgement.reason, HasSubstr("as the base has it"));
  in_.base_tests_on_change[0].tests[0].cause = "missing-symbol";
  EXPECT_EQ(judge().kind, Judgement::Kind::kPass) << "what is tested may have another name";
  in_.base_tests_on_change[0].tests[0].cause = "assertion";
  record::Criterion criterion;
  criterion.id = "AC1";
  criterion.authorises = {"tests/o.py::test_old"};
  in_.spec->acceptance_criteria = {criterion};
  EXPECT_EQ(judge().kind, Judgement::Kind::kPass) << "a criterion authorises it";
}

TEST_F(IdleJudgedTest, AFaultThatNoTestNoticesIsTestsToMend) {
  in_.new_tests_on_base[0].tests[0].cause = "assertion";
  ASSERT_EQ(judge().kind, Judgement::Kind::kPass);
  in_.survivors = {{"app/x.py", 3, "mutation", "no test notices '<' as '<='", "note"}};
  Judgement judgement = judge();
  ASSERT_THAT(judgement.findings, SizeIs(1));
  EXPECT_THAT(judgement.findings[0].text, HasSubstr(std::string(test_rule::kNotices)));
  EXPECT_EQ(owner_of(judgement.findings[0], "test", {{"tests/**"}, in_.changed}), Owner::kTest);
}

}  // namespace
}  // namespace gf::stage
