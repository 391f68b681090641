// The verdict at the door, from the command line.
#include "e2e/factory.h"

namespace gf::test {
namespace {

using VerifyTest = FactoryTest;

bool has(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

TEST_F(VerifyTest, WhatWasDeliveredPassesAndWhatWasEditedDoesNot) {
  make_shop();
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  Ran ran = factory({"verify", "factory/health"});
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_TRUE(has(ran.out, "ok ") && has(ran.out, " exact: approved by scripted/")) << ran.out;
  EXPECT_TRUE(has(ran.out, "warning: ")) << "the same model built and reviewed: " << ran.out;
  EXPECT_EQ(factory({"verify", "main..factory/health"}).exit_code, 0);
  EXPECT_TRUE(has(factory({"verify", "main"}).out, "skipped"));
  EXPECT_EQ(factory({"verify", "--all", "main"}).exit_code, 1);

  repo_.git({"checkout", "--quiet", "factory/health"});
  EXPECT_EQ(factory({"verify"}).exit_code, 0);
  repo_.write("app/main.py", repo_.read("app/main.py") + "# mine\n");
  repo_.git({"commit", "--quiet", "--all", "--amend", "--no-edit"});
  ran = factory({"verify"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_TRUE(has(ran.out, "different: ") && has(ran.out, "app/main.py differs")) << ran.out;
  EXPECT_TRUE(has(ran.out, "hint: go back to the approved commit")) << ran.out;
  ran = factory({"--json", "verify"});
  auto json = record::Json::parse(ran.out);
  ASSERT_TRUE(json.ok()) << ran.out;
  EXPECT_EQ(json->get_string("state"), "no");
  EXPECT_EQ(json->get_string("reason"), "different");

  EXPECT_EQ(factory({"verify", "no-such-thing"}).exit_code, 128);
  EXPECT_EQ(factory({"verify", "main...HEAD"}).exit_code, 129);
  EXPECT_EQ(factory({"verify", "--push"}, {}, "gibberish\n").exit_code, 129);
  EXPECT_EQ(factory({"verify", "--push"}, {}, "").exit_code, 0);
}

}  // namespace
}  // namespace gf::test
