// The manual pages' examples, run as they stand, in a repository of which they speak.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "base/text.h"
#include "e2e/factory.h"

namespace gf::test {
namespace {

namespace fs = std::filesystem;

/// The lines between .EX and .EE that call this program: those that are to be run. What needs a
/// model, a server or another's files stands between .nf and .fi.
std::vector<std::string> examples_of(const fs::path& page) {
  std::vector<std::string> found;
  std::ifstream in(page);
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line == ".EX" || line == ".EE") inside = line == ".EX";
    if (!inside || !line.starts_with("git factory ")) continue;
    line = replace_all(replace_all(line, "\\-", "-"), "\\(dq", "\"");
    found.push_back(replace_all(line, "\\(aq", "'"));
  }
  return found;
}

/// The lines of the README's blocks that call this program. What asks a model, or is of a
/// repository without a run, is not among them.
std::vector<std::string> readme_lines() {
  std::vector<std::string> found;
  std::ifstream in(std::string(GF_SOURCE_DIR) + "/README.md");
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) inside = !inside;
    if (!inside || !line.starts_with("git factory ")) continue;
    line = std::string(trim(line.substr(0, line.find("  #"))));
    bool asks = line.starts_with("git factory feature") || line == "git factory models check";
    if (!asks && line != "git factory init") found.push_back(line);
  }
  return found;
}

/// Issues are a server's: in a repository that keeps its pull requests itself there are none, and
/// that is what is said.
bool does_what_it_says(const std::string& line, const Ran& done) {
  bool asks_server = line.starts_with("git factory intake");
  bool none = done.err.find("the local forge has no issues") != std::string::npos;
  return asks_server ? none : done.exit_code == 0;
}

TEST(ExamplesTest, EveryPageOfACommandHasSome) {
  for (const auto& page : fs::directory_iterator(std::string(GF_SOURCE_DIR) + "/man")) {
    if (page.path().extension() != ".1") continue;
    std::ifstream in(page.path());
    std::string text(std::istreambuf_iterator<char>(in), {});
    EXPECT_NE(text.find("\n.SH EXAMPLES\n"), std::string::npos) << page.path();
    EXPECT_NE(text.find("\n.SH EXIT STATUS\n"), std::string::npos) << page.path();
  }
}

using PageExamplesTest = FactoryTest;

TEST_F(PageExamplesTest, TheExamplesOfThePagesDoWhatTheySay) {
  make_shop();
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  repo_.git({"config", "factory.model", "scripted/products"});
  std::set<fs::path> pages;
  for (const auto& page : fs::directory_iterator(std::string(GF_SOURCE_DIR) + "/man"))
    pages.insert(page.path());
  size_t ran = 0;
  for (const fs::path& page : pages) {
    for (const std::string& line : examples_of(page)) {
      Ran done = run({"sh", "-c", line}, repo_.path(), environment());
      EXPECT_TRUE(does_what_it_says(line, done)) << page.filename() << ": " << line << "\n"
                                                 << done.out << done.err;
      ++ran;
    }
  }
  EXPECT_GE(ran, 30u);
}

TEST_F(PageExamplesTest, TheReadmesCommandsDoWhatItSays) {
  make_shop();
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  repo_.git({"config", "factory.model", "scripted/health"});
  repo_.write(
      "requests.txt",
      R"({"request": "Add GET /products returning a static list of three products as JSON.",)"
      R"( "model": "scripted/products"})");
  std::vector<std::string> lines = readme_lines();
  EXPECT_GE(lines.size(), 13u);
  for (const std::string& line : lines) {
    Ran done = run({"sh", "-c", line}, repo_.path(), environment());
    EXPECT_TRUE(does_what_it_says(line, done)) << line << "\n" << done.out << done.err;
  }
}

}  // namespace
}  // namespace gf::test
