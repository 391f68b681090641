// man/git-factory-record.5 against runs that were really recorded: every ref, file, member and
// trailer that is there is on the page, and what is on the page is there.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "base/text.h"
#include "e2e/factory.h"

namespace gf::test {
namespace {

using record::Json;
using Names = std::set<std::string>;

/// A manual page as far as it names things: sections, and the bold words under each.
struct Page {
  std::map<std::string, Names> sections;
  std::vector<Json> examples;
};

/// Where `name` of the page ends up as a pattern: "stage-<nn>-<name>.json".
std::regex pattern_of(const std::string& name) {
  std::string text;
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '<') {
      i = name.find('>', i);
      // "any" may hold slashes.
      text += name.substr(0, i).ends_with("any") ? ".+" : "[^/]+";
    } else {
      text += std::isalnum(static_cast<unsigned char>(name[i])) != 0 || name[i] == '/'
                  ? std::string(1, name[i])
                  : "\\" + std::string(1, name[i]);
    }
  }
  return std::regex(text);
}

Page read_page(const std::string& file) {
  std::ifstream in(std::string(GF_SOURCE_DIR) + "/man/" + file);
  EXPECT_TRUE(in.is_open()) << file;
  Page page;
  std::string section, example;
  bool in_example = false;
  for (std::string line; std::getline(in, line);) {
    line = replace_all(line, "\\-", "-");
    if (line.starts_with(".SS ") || line.starts_with(".SH ")) {
      section = line.substr(4);
      page.sections[section];
    } else if (line.starts_with(".B ")) {
      for (const std::string& word : split(line.substr(3), ','))
        page.sections[section].insert(std::string(trim(word)));
    } else if (line == ".nf") {
      in_example = true;
      example.clear();
    } else if (line == ".fi") {
      in_example = false;
      if (!example.starts_with("{")) continue;
      auto json = Json::parse(example);
      EXPECT_TRUE(json.ok()) << file << ": " << example;
      if (json.ok()) page.examples.push_back(*json);
    } else if (in_example) {
      example += line;
    }
  }
  return page;
}

Names members_of(const Json& json) {
  Names names;
  for (const auto& [name, value] : json.members()) names.insert(name);
  return names;
}

/// Members that only an exchange that failed has; tests/unit/store holds them to their form.
const Names kOfFailures = {"attempt", "paid", "project",  // and of several projects
                           "remarks", "reworks"};         // and of requests that people spoke of

class RecordPageTest : public FactoryTest {
 protected:
  /// The page's section for a file's name; empty when there is none.
  std::string section_for(const std::string& name) const {
    for (const auto& [section, names] : page_.sections) {
      if (std::regex_match(name, pattern_of(section))) return section;
    }
    return {};
  }
  void look_at(const std::string& name, const std::string& text) {
    std::string section = section_for(name);
    EXPECT_NE(section, "") << name << " is not on the page";
    bool many = name.ends_with(".jsonl") || name.starts_with("refs/");
    bool one = name.ends_with(".json") || name.starts_with("msg-");
    if (!many && !one) return;
    for (const std::string& line : many ? lines(text) : std::vector<std::string>{text}) {
      auto json = Json::parse(line);
      ASSERT_TRUE(json.ok()) << name;
      for (const std::string& member : members_of(*json)) {
        EXPECT_TRUE(page_.sections[section].contains(member))
            << "'" << member << "' of " << name << " is not on the page";
        seen_[section].insert(member);
      }
    }
  }
  void look_at_tree(const std::string& ref) {
    for (const std::string& path : lines(repo_.git({"ls-tree", "-r", "--name-only", ref}))) {
      std::string name = path.substr(path.rfind('/') + 1);
      if (ref == "refs/factory/pulls" && name != "pull.json") continue;
      look_at(name, repo_.git({"cat-file", "blob", ref + ":" + path}));
    }
  }

  Page page_ = read_page("git-factory-record.5");
  std::map<std::string, Names> seen_;
};

TEST_F(RecordPageTest, SaysWhatIsThereAndNothingElse) {
  page_.sections["spec.json"] = read_page("git-factory-spec.5").sections["FIELDS"];
  make_shop();
  // One with a failure that is fed back, and one that stops with questions.
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  // The same goes on when it is answered.
  ASSERT_EQ(feature("faster", "Make the products endpoint faster.", {"--plan-only"}).exit_code, 1);
  ASSERT_EQ(factory({"answer", "--likeliest"}).exit_code, 0);
  for (const std::string& ref :
       lines(repo_.git({"for-each-ref", "--format=%(refname)", "refs/factory", "refs/notes",
                        "refs/heads/factory"}))) {
    bool known = false;
    for (const std::string& name : page_.sections["REFS"])
      known = known || std::regex_match(ref, pattern_of(name));
    EXPECT_TRUE(known) << ref << " is not on the page";
    bool tree = ref.starts_with("refs/factory/ledger/") ||
                ref.starts_with("refs/factory/replay/") || ref == "refs/factory/pulls";
    if (tree) look_at_tree(ref);
  }
  for (const char* note : {"trace", "metrics", "review"}) {
    std::string ref = "refs/notes/factory/" + std::string(note);
    look_at(ref, repo_.git({"notes", "--ref=" + ref, "show", "factory/health"}));
  }
  for (const std::string& line : lines(
           repo_.git({"log", "--format=%(trailers:only,unfold)", "--glob=refs/factory/ledger"}))) {
    if (!line.empty()) {
      EXPECT_TRUE(page_.sections["TRAILERS"].contains(line.substr(0, line.find(':')))) << line;
    }
  }
  for (const auto& [section, names] : page_.sections) {
    if (seen_[section].empty()) continue;
    for (const std::string& name : names)
      EXPECT_TRUE(seen_[section].contains(name) || kOfFailures.contains(name))
          << "'" << name << "' is on the page under " << section << " and in no record";
  }
}

/// The kept records of version 1 are on the page too.
TEST_F(RecordPageTest, CoversTheKeptSamples) {
  page_.sections["spec.json"] = read_page("git-factory-spec.5").sections["FIELDS"];
  for (const auto& file :
       std::filesystem::directory_iterator(std::string(GF_SOURCE_DIR) + "/tests/samples/v1/run")) {
    std::ifstream in(file.path(), std::ios::binary);
    look_at(file.path().filename().string(), std::string(std::istreambuf_iterator<char>(in), {}));
  }
}

TEST_F(RecordPageTest, ItsExamplesAreRecords) {
  EXPECT_GT(page_.examples.size(), 8u);
  for (const Json& example : page_.examples) {
    bool fits = false;
    for (const auto& [section, names] : page_.sections) {
      Names members = members_of(example);
      fits = fits || std::includes(names.begin(), names.end(), members.begin(), members.end());
    }
    EXPECT_TRUE(fits) << example.dump();
  }
}

}  // namespace
}  // namespace gf::test
