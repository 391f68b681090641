// The table of keys, held against the sources that read them and the pages that tell of them.
#include "session/keys.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "base/settings.h"
#include "base/text.h"
#include "stage/stage.h"
#include "support/golden.h"

namespace gf::session {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The C++ files of the product but the table itself, and those whose "factory." is no setting.
std::vector<fs::path> sources() {
  std::vector<fs::path> found;
  for (const char* folder : {"/lib", "/cmd"}) {
    for (const auto& entry :
         fs::recursive_directory_iterator(std::string(GF_SOURCE_DIR) + folder)) {
      std::string name = entry.path().filename().string();
      bool code = name.ends_with(".cc") || name.ends_with(".h");
      if (code && !name.starts_with("key_table") && name != "otlp_names.h")
        found.push_back(entry.path());
    }
  }
  return found;
}

/// Everything in `text` that looks like a key of ours. "{}" is what is put in later.
std::set<std::string> keys_in(const std::string& text) {
  static const std::regex kForm(
      R"((^|[^-/.\w])((?:factory(?:-gate)?|remote\.\{\})\.[\w{}<>.-]*[\w}>.]))");
  std::set<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), kForm), end; it != end; ++it) {
    std::string key = (*it)[2];
    if (!key.starts_with("remote.") || key.ends_with("factoryShare")) found.insert(key);
  }
  return found;
}

/// The same inside the string literals of a C++ file.
std::set<std::string> keys_in_literals(const fs::path& path) {
  static const std::regex kLiteral(R"re("((?:[^"\\]|\\.)*)")re");
  std::set<std::string> found;
  for (const std::string& line : lines(content_of(path))) {
    if (trim(line).starts_with("//")) continue;
    for (std::sregex_iterator it(line.begin(), line.end(), kLiteral), end; it != end; ++it)
      found.merge(keys_in((*it)[1]));
  }
  return found;
}

bool is_row(const std::string& key) {
  // "factory.batch." and "factory.budget" are beginnings, to which code appends; a dot may also end
  // a sentence.
  std::string_view whole = key;
  while (whole.ends_with('.')) whole.remove_suffix(1);
  bool open = key.ends_with('.') || key.ends_with("budget");
  std::string form = lower(whole);
  for (std::string_view special : {"{}", "<stage>", "<name>"})
    form = replace_all(form, special, "@");
  form = replace_all(form, ".", "\\.");
  form = replace_all(form, "@", "[^.]+");
  std::regex matcher(form + (open ? ".*" : ""));
  for (const Key& row : all_keys()) {
    if (std::regex_match(lower(row.name), matcher)) return true;
  }
  return find_key(key) != nullptr;
}

TEST(KeysTest, EveryKeyThatTheSourcesNameHasARow) {
  size_t seen = 0;
  for (const fs::path& path : sources()) {
    for (const std::string& key : keys_in_literals(path)) {
      ++seen;
      EXPECT_TRUE(is_row(key)) << path << " names '" << key
                               << "', which lib/session/key_table*.cc have not";
    }
  }
  EXPECT_GT(seen, 60u) << "the search itself is broken";
}

TEST(KeysTest, EveryPartOfAProviderOrAGateThatIsReadHasARow) {
  struct Form {
    const char *where, *prefix, *form;  ///< a folder's name or a file's
  };
  const Form forms[] = {
      {"model", "factory.provider.x.",
       R"re((?:provider_setting|provider_key|number_setting|flag_setting)\([^";]*?, "(\w+)")re"},
      {"model", "factory.provider.x.", R"re(\b(?:seconds|number)\("(\w+)")re"},
      {"configure.cc", "factory-gate.x.", R"re(\bvariable [!=]= "(\w+)")re"},
      {"services.cc", "factory-service.x.", R"re(\bvariable [!=]= "(\w+)")re"}};
  for (const Form& one : forms) {
    size_t seen = 0;
    std::regex form(one.form);
    for (const fs::path& path : sources()) {
      if (path.parent_path().filename() != one.where && path.filename() != one.where) continue;
      std::string text = content_of(path);
      for (std::sregex_iterator it(text.begin(), text.end(), form), end; it != end; ++it, ++seen)
        EXPECT_NE(find_key(one.prefix + (*it)[1].str()), nullptr) << path << ": " << (*it)[1];
    }
    EXPECT_GT(seen, 3u) << one.form;
  }
}

TEST(KeysTest, EveryRowIsReadSomewhere) {
  std::string all;
  for (const fs::path& path : sources()) all += lower(content_of(path));
  for (const Key& row : all_keys()) {
    std::string name = lower(parts_of(row.name).name);
    bool read = all.find("\"" + name + "\"") != std::string::npos ||
                all.find("." + name + "\"") != std::string::npos;
    EXPECT_TRUE(read) << row.name;
  }
}

TEST(KeysTest, EveryKeyThatAPageNamesHasARow) {
  std::vector<fs::path> pages = {std::string(GF_SOURCE_DIR) + "/README.md"};
  for (const auto& entry : fs::directory_iterator(std::string(GF_SOURCE_DIR) + "/man")) {
    // What export writes are attributes of spans.
    if (entry.path().filename() != "git-factory-export.1") pages.push_back(entry.path());
  }
  for (const fs::path& page : pages) {
    for (const std::string& key : keys_in(replace_all(content_of(page), "\\-", "-")))
      EXPECT_TRUE(is_row(key)) << page << " names '" << key << "'";
  }
}

TEST(KeysTest, RowsAreFoundByKeysAsGitComparesThem) {
  EXPECT_EQ(find_key("factory.branchprefix")->name, "factory.branchPrefix");
  EXPECT_EQ(find_key("FACTORY.Base")->name, "factory.base");
  EXPECT_EQ(find_key("factory.build.retries")->name, "factory.<stage>.retries");
  EXPECT_EQ(find_key("factory.test.coverage")->name, "factory.test.coverage");
  EXPECT_EQ(find_key("factory.provider.My.One.url")->name, "factory.provider.<name>.url");
  EXPECT_EQ(find_key("factory-gate.unit.command")->name, "factory-gate.<name>.command");
  EXPECT_EQ(find_key("remote.origin.factoryshare")->name, "remote.<name>.factoryShare");
  for (const char* nobodys : {"factory.modle", "factory.Build.retries", "factory.provider.url",
                              "factory-gate.command", "factory.sandpit", "factory", "", "."}) {
    EXPECT_EQ(find_key(nobodys), nullptr) << nobodys;
  }
}

TEST(KeysTest, ASlipIsNearTheKeyThatWasMeant) {
  EXPECT_EQ(near_key("factory.modle"), "factory.model");
  EXPECT_EQ(near_key("factory.biuld.model"), "factory.build.model");
  EXPECT_EQ(near_key("factory.Build.retries"), "factory.build.retries");
  EXPECT_EQ(near_key("factory.provider.mine.keyvariabel"), "factory.provider.mine.keyVariable");
  EXPECT_EQ(near_key("factory-gate.unit.comand"), "factory-gate.unit.command");
  EXPECT_EQ(near_key("factory.verify.same-model"), "factory.verify.sameModel");
  EXPECT_EQ(near_key("factory.wholly.different.thing"), std::nullopt);
}

TEST(KeysTest, WhatATrackedFileMayDoByAKeyIsInItsRow) {
  auto claim = [](const char* key) { return std::string(name_of(find_key(key)->claim)); };
  EXPECT_EQ(claim("factory-gate.unit.command"), "runs");
  EXPECT_EQ(claim("factory.provider.x.url"), "contacts");
  EXPECT_EQ(claim("factory.provider.x.keyVariable"), "sends") << "a key goes to that address";
  EXPECT_EQ(claim("factory.templates"), "asks with");
  EXPECT_EQ(claim("factory.verify.sameModel"), "decides");
  EXPECT_EQ(claim("factory.retries"), "");
  for (const char* own : {"factory.trusted", "remote.origin.factoryShare"})
    EXPECT_EQ(find_key(own)->tracked, Key::Tracked::kNo) << own;
}

TEST(KeysTest, NothingThatNamesAProgramAnAddressOrAPersonIsKeptWithARun) {
  for (const Key& row : all_keys()) {
    bool plain = row.claim == Key::Claim::kNone || row.claim == Key::Claim::kDecides ||
                 row.claim == Key::Claim::kAsksWith;
    EXPECT_TRUE(plain || row.kept == Key::Kept::kNo) << row.name;
  }
}

// --- The page ---

/// The page alone says of what type a setting is.
std::string_view word_of(Key::Type type) {
  switch (type) {
    case Key::Type::kText:
      return "text";
    case Key::Type::kChoice:
      return "choice";
    case Key::Type::kFlag:
      return "boolean";
    case Key::Type::kNumber:
      return "number";
    case Key::Type::kDecimal:
      return "decimal";
    case Key::Type::kDollars:
      return "dollars";
    case Key::Type::kSeconds:
      return "seconds";
    case Key::Type::kDuration:
      return "time";
    case Key::Type::kPattern:
      return "pattern";
    case Key::Type::kPath:
      return "path";
    case Key::Type::kProgram:
      return "program";
  }
  return {};
}

std::string bold(std::string_view name) { return replace_all(name, "-", "\\-"); }

std::string paragraph(const Key& row) {
  std::string text =
      fmt::format(".TP\n.B {}\n{} Type: {}", bold(row.name), row.meaning, word_of(row.type));
  if (!row.allowed.empty()) text += fmt::format(" ({})", row.allowed);
  if (row.many == Key::Many::kYes) text += "; many values";
  if (!row.fallback.empty()) text += fmt::format("; default: {}", row.fallback);
  text += ".";
  if (row.kept == Key::Kept::kWithRun) text += " Kept with the run.";
  if (row.claim != Key::Claim::kNone)
    text += fmt::format(" In a tracked file shown as '{}'.", name_of(row.claim));
  if (row.tracked == Key::Tracked::kNo) text += " A tracked file cannot set it.";
  return text + "\n";
}

constexpr const char* kBegin =
    R"(.TH GIT-FACTORY-CONFIG 5 "2026-11-28" "git-factory 0.1.0" "git-factory"
.SH NAME
git-factory-config \- every setting, what it may be and what it decides
.SH SYNOPSIS
.nf
git config factory.retries 5
git config factory.review.model <provider>/<model>
[factory\-gate "<name>"] in .gitfactory
.fi
.SH DESCRIPTION
Settings are git's own, see git-config(1). In order of weight: options of the command, the environment and git -c, the repository's configuration, the tracked file
.I .gitfactory
(once trusted, see git-factory-trust(1)), global configuration, built-in defaults. The last value of a key counts; of a key with many values all do. Section and name are compared in any case, what stands between them exactly as it is written. <stage> is one of @STAGES@. 'git factory doctor' names keys that nothing reads.
.PP
Types: a boolean is what git takes for one (true, yes, on, numbers but 0; false, no, off, 0, an empty value); a number is whole; a decimal is a number such as 0.2; dollars may have a fraction; a time is seconds, or has an s or an m for minutes behind it; a choice is one of the words that are named. A value that cannot be is an error that names the key.
.PP
What is kept with the run decides where that goes, is part of the record, and counts when the run is replayed in another clone. What a key is shown as in a tracked file is what 'git factory trust' says of it before the file is believed.
)";
constexpr const char* kEnd =
    R"(.SH SETTINGS OF GIT
Read as git reads them: user.name, user.email, user.signingKey, commit.gpgSign and gpg.*, branch.<name>.remote, core.hooksPath, core.autocrlf, core.attributesFile, http.* and http.<url>.* for services, and credential helpers.
.SH EXAMPLES
.nf
git config \-\-global factory.model ollama/qwen2.5-coder:7b
git config factory.review.model anthropic/claude-sonnet-4-5
git config factory.budgetUsd 2.50

# .gitfactory
[factory "test"]
	coverage = 90
[factory\-gate "unit"]
	stage = test
	command = make check
	timeout = 5m
.fi
.SH SEE ALSO
git-factory(1), git-factory-init(1), git-factory-trust(1), git-factory-doctor(1), git-factory-verify(1), git-factory-sync(1), git-factory-models(7), git-config(1)
)";

TEST(KeysTest, ThePageIsMadeFromTheTable) {
  std::vector<std::string> stages;
  for (const stage::Stage& stage : stage::all_stages()) stages.emplace_back(stage.name);
  std::string page = replace_all(kBegin, "@STAGES@", join(stages, ", "));
  std::string_view group;
  for (const Key& row : all_keys()) {
    if (row.group != group) page += fmt::format(".SH {}\n", row.group);
    group = row.group;
    page += paragraph(row);
  }
  test::expect_file("man/git-factory-config.5", page + kEnd);
}

TEST(KeysTest, TheListForEditorsAndShellsIsMadeFromTheTable) {
  std::string list;
  for (const Key& row : all_keys()) list += std::string(row.name) + "\n";
  test::expect_file("templates/settings.txt", list);
}

TEST(KeysTest, RowsAreWrittenInOneForm) {
  std::set<std::string_view> names, groups;
  std::string_view group;
  for (const Key& row : all_keys()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name << " stands twice";
    bool new_group = row.group == group || groups.insert(row.group).second;
    EXPECT_TRUE(new_group) << row.group << " stands twice";
    group = row.group;
    EXPECT_TRUE(row.meaning.ends_with('.')) << row.name;
    EXPECT_FALSE(word_of(row.type).empty()) << row.name;
    EXPECT_TRUE(row.type != Key::Type::kChoice || !row.allowed.empty()) << row.name;
  }
}

TEST(CheckValueTest, AValueIsHeldToItsRow) {
  struct Case {
    const char *key, *value, *message;
  };
  for (const Case& one : {
           Case{"factory.retries", "abc", "factory.retries is 'abc'"},
           Case{"factory.retries", "3", ""},
           Case{"factory.budgetUsd", "lots", "factory.budgetUsd is 'lots'"},
           Case{"factory.budgetUsd", "0.25", ""},
           Case{"factory.verify", "sometimes", "factory.verify is 'sometimes'"},
           Case{"factory.verify", "ALL", ""},
           Case{"factory.test.coverage", "101", "factory.test.coverage is '101'"},
           Case{"factory.provider.x.kind", "my-program", ""},
           Case{"factory.model", "anything/at-all", ""},
       }) {
    Settings settings;
    settings.add(one.key, one.value);
    const Key* row = find_key(one.key);
    ASSERT_NE(row, nullptr) << one.key;
    auto right = check_value(settings, one.key, *row);
    EXPECT_EQ(right.ok() ? "" : right.error().message, one.message) << one.key;
  }
}

}  // namespace
}  // namespace gf::session
