// Provenance in words that other programs know.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "unit/verify/approved.h"

namespace gf::verify::test {
namespace {

using ::testing::ElementsAre;

TEST_F(ApprovedTest, AStatementNamesWhatWasDeliveredAndFromWhat) {
  Made made = approve("health");
  git::Repo repo = open();
  ASSERT_GIVES(auto statement, attestation(repo, made.id, "git+https://example.com/a.git"));
  EXPECT_EQ(statement.get_string("_type"), "https://in-toto.io/Statement/v1");
  EXPECT_EQ(statement.get_string("predicateType"), "https://slsa.dev/provenance/v1");
  std::vector<record::Json> subjects = statement.get("subject").items();
  ASSERT_EQ(subjects.size(), 2u);
  EXPECT_EQ(subjects[0].get("digest").get_string("gitCommit"), made.head.hex());
  EXPECT_EQ(subjects[1].get("digest").get_string("gitTree"), made.tree.hex());
  record::Json definition = statement.get("predicate").get("buildDefinition");
  record::Json base = definition.get("resolvedDependencies").items().at(0);
  EXPECT_EQ(base.get("digest").get_string("gitCommit"), made.base.hex());
  EXPECT_EQ(base.get_string("uri"), "git+https://example.com/a.git");
  EXPECT_EQ(definition.get("externalParameters").get_string("request"), "add health");
  record::Json details = statement.get("predicate").get("runDetails");
  EXPECT_EQ(details.get("metadata").get_string("invocationId"), made.id.str());
  std::vector<std::string> gates;
  for (const record::Json& file : details.get("byproducts").items()) {
    // Each is what git has under that name.
    std::string blob = repo_.git(
        {"rev-parse", fmt::format("refs/factory/ledger/{}:{}/{}/{}", made.id.month(), made.id.day(),
                                  made.id.str(), file.get_string("name"))});
    EXPECT_EQ(file.get("digest").get_string("gitBlob") + "\n", blob);
    bool on_tree = file.get("annotations").get_string("gitTree") == made.tree.hex();
    if (on_tree) {
      gates.push_back(file.get("annotations").get_string("gate") + " " +
                      file.get("annotations").get_string("status"));
    }
  }
  EXPECT_THAT(gates, ElementsAre("pytest pass", "ruff pass"));
}

/// For tests/services/attest.py: what its judge is to read, in the folder that the variable names.
TEST_F(ApprovedTest, StatementsForOthersToRead) {
  const char* named = std::getenv("GF_DUMP_ATTESTATIONS");
  std::string folder = named == nullptr ? repo_.path() + "/../statements" : named;
  std::filesystem::create_directories(folder);
  for (const char* uri : {"", "git+https://example.com/a.git"}) {
    Made made = approve(*uri == 0 ? "plain" : "located");
    ASSERT_GIVES(auto statement, attestation(open(), made.id, uri));
    std::ofstream(fmt::format("{}/{}.json", folder, made.id.str())) << statement.pretty();
  }
}

TEST_F(ApprovedTest, WhatNobodyApprovedIsNotAttested) {
  Made made = approve(
      "health", [this] { repo_.write("app.py", changed_app()); },
      [](Parts& parts) { parts.verdict.approved = false; });
  auto refused = attestation(open(), made.id, "");
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("rejected"));
  EXPECT_FALSE(attestation(open(), RunId::parse("20250101T000000Z-00000001").value(), "").ok());
}

}  // namespace
}  // namespace gf::verify::test
