// The table of git-factory-forge(7), "What each supports", is what the forges do: each cell is
// tried on the server of its column, on the local forge and on patches by mail.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "base/files.h"
#include "base/text.h"
#include "unit/forge/asked.h"

namespace gf::forge {
namespace {

using Cells = std::map<std::string, std::string>;

const char* const kColumns[] = {"local",  "mail",          "github/gh",
                                "gitlab", "gitea/forgejo", "bitbucket"};

/// By column: what the page says of each line of its table, without the marks of footnotes.
std::map<std::string, Cells> page() {
  std::string text = read_file(std::string(GF_SOURCE_DIR) + "/man/git-factory-forge.7").value();
  text = text.substr(text.find(".SS What each supports\n.nf\n"));
  std::vector<std::string> rows = lines(text.substr(0, text.find(".fi")));
  rows.erase(rows.begin(), rows.begin() + 2);
  std::vector<size_t> starts;
  for (const char* column : kColumns) starts.push_back(rows[0].find(std::string(" ") + column) + 1);
  std::map<std::string, Cells> cells;
  for (size_t i = 1; i < rows.size(); ++i) {
    std::string name(trim(std::string_view(rows[i]).substr(0, starts[0])));
    for (const char* column : kColumns) cells[column][name] = "";
    for (size_t at = starts[0]; at < rows[i].size();) {
      size_t begin = rows[i].find_first_not_of(' ', at);
      if (begin == std::string::npos) break;
      size_t end = std::min(rows[i].find(' ', begin), rows[i].size());
      // A word belongs to the last column that begins no more than a step behind it.
      size_t column = 0;
      for (size_t c = 0; c < starts.size(); ++c) {
        if (starts[c] <= begin + 1) column = c;
      }
      std::string word = rows[i].substr(begin, end - begin);
      cells[kColumns[column]][name] = word.substr(0, word.find('('));
      at = end;
    }
  }
  return cells;
}

const char* mark(bool yes) { return yes ? "x" : ""; }

bool noted(const PullRequest& pull, const std::string& words) {
  return std::any_of(pull.notes.begin(), pull.notes.end(), [&](const std::string& note) {
    return note.find(words) != std::string::npos;
  });
}

const Said* found(const std::vector<Said>& said, const std::function<bool(const Said&)>& is_it) {
  auto at = std::find_if(said.begin(), said.end(), is_it);
  return at == said.end() ? nullptr : &*at;
}

/// What is tried in the same words on each of them.
void try_words(Forge& forge, const PullRequest& pull, Cells& cells) {
  const char* says = cells["without making a branch"] == "x" && forge.keeps_here() ? "here" : "x";
  bool commented = forge.comment(pull, "looks right").ok();
  auto said = forge.said_of(pull).value_or(std::vector<Said>());
  auto is_ours = [](const Said& one) { return one.remark.text == "looks right"; };
  cells["comments"] = commented && found(said, is_ours) ? says : "";
  const Said* line = found(said, [](const Said& one) { return one.remark.path == "a.py"; });
  std::string thread = line == nullptr ? "" : line->remark.thread;
  std::string id = line == nullptr ? "" : line->remark.id;
  bool answered = !thread.empty() && forge.answer(pull, thread, "Done.", true).ok();
  said = forge.said_of(pull).value_or(std::vector<Said>());
  const Said* answer = found(said, [&](const Said& one) {
    return one.remark.text == "Done." && one.remark.thread == thread;
  });
  line = found(said, [&](const Said& one) { return one.remark.id == id; });
  cells["threads answered"] = answered && answer != nullptr ? says : "";
  cells["threads resolved"] = mark(!thread.empty() && line != nullptr && line->settled);
  cells["verdicts of reviews"] =
      mark(found(said, [](const Said& one) { return one.remark.kind == "verdict"; }) != nullptr);
  const Said* check = found(said, [](const Said& one) { return one.remark.kind == "check"; });
  cells["failing checks"] = mark(check != nullptr);
  cells["ends of their logs"] =
      mark(check != nullptr && check->remark.text.find("end of its log") != std::string::npos);
  cells["issues, intake"] = mark(forge.issues({}).ok());
  cells["form of the repository"] = mark(!forge.keeps_here());
}

std::string merged(Forge& forge, const PullRequest& pull, MergeWay way) {
  auto made = forge.merge(pull, way);
  if (!made.ok()) return "";
  return *made ? "x" : "git";
}

Cells tried_there(const Kind& kind) {
  Cells cells;
  TestPlace here;
  std::unique_ptr<Counterpart> server = kind.make();
  const Environment token = {{server->variable(), "fake-token-of-the-tests"}};
  server->may_push("bob");
  Settings settings = server->settings_with_extras();
  auto forge = std::move(choose_forge(here.place(settings, token)).value().forge);
  PullRequest wanted = here.wanted();
  wanted.draft = true;
  PullRequest pull = forge->open(wanted).value();
  cells["draft"] = mark(pull.draft && !noted(pull, "drafts"));
  cells["labels"] = mark(!noted(pull, "no label"));
  cells["reviewers"] = mark(!noted(pull, "no reviewer"));
  cells["assignees, milestone"] = mark(!noted(pull, "no assignee") && !noted(pull, "no milestone"));
  cells["a ref of the request"] = mark(!pull.fetch_ref.empty());
  pull.head = wanted.head;
  server->say_at("bob", "a.py", 3, "Name it.");
  server->reject("cy");
  server->fail_check("boom");
  try_words(*forge, pull, cells);
  bool reported = forge->report(pull, {true, "approved", pull.url}).ok();
  cells["verdict beside commit"] =
      mark(reported && server->there().find("mark: " + wanted.head.hex()) != std::string::npos);
  wanted.title = "another";
  wanted.run = RunId::make(here.clock().now(), 9);
  bool updated = forge->open(wanted).value().title.ends_with("another");
  bool closed = forge->close(pull).value().state == "closed";
  cells["open, update, close"] = mark(updated && closed && server->requests() == 1);
  for (const auto& [row, way] : {std::pair{"merge", MergeWay::kMerge},
                                 std::pair{"fast-forward merge", MergeWay::kFastForward}}) {
    PullRequest other = here.wanted(static_cast<uint32_t>(20 + static_cast<int>(way)));
    other.head_branch += row[0];
    PullRequest one = forge->open(other).value();
    one.head = other.head;
    cells[row] = merged(*forge, one, way);
  }
  here.repo().git({"remote", "add", "mine", "https://forge.example/ada/shop.git"});
  auto from_fork = choose_forge(here.place(server->settings(), token, "mine")).value();
  size_t before = server->requests();
  PullRequest theirs = here.wanted(40);
  theirs.head_branch += "-of-a-fork";
  cells["a fork's request"] =
      mark(from_fork.forge->open(theirs).ok() && server->requests() == before + 1);
  Settings agit = server->settings();
  agit.add("factory.forge.push", "agit");
  auto offering = choose_forge(here.place(agit, token, "mine")).value();
  cells["without making a branch"] =
      mark(offering.forge->ready().ok() && !offering.forge->takes_branches());
  Settings plain = {{"factory.forge", server->settings().text("factory.forge").value()}};
  cells["without a token"] = mark(choose_forge(here.place(plain, {}, "mine")).ok());
  return cells;
}

Cells tried_here(const std::string& name) {
  Cells cells;
  TestPlace here;
  here.repo().git({"switch", "-q", "-c", "factory/thing"});
  here.repo().write("b.txt", "two");
  PullRequest wanted = here.wanted();
  wanted.head = here.repo().commit("feat: two");
  wanted.draft = true;
  auto chosen = choose_forge(here.place({{"factory.forge", name},
                                         {"factory.mail.to", "dev@example.org"},
                                         {"factory.forge.label", "bot"},
                                         {"factory.forge.reviewer", "ada"}},
                                        {}));
  cells["without a token"] = mark(chosen.ok());
  Forge& forge = *chosen.value().forge;
  cells["without making a branch"] = mark(!forge.takes_branches());
  auto sent = forge.open_with_branch(wanted, "refs/heads/factory/thing").value();
  PullRequest pull = sent ? *sent : forge.open(wanted).value();
  record::Remark remark;
  remark.path = "a.py";
  remark.line = 3;
  remark.kind = "comment";
  remark.text = "Name it.";
  remark.by = "bob";
  EXPECT_DONE(forge.comment_at(pull, remark));
  try_words(forge, pull, cells);
  PullRequest shown = forge.find(pull.number).value().value();
  cells["draft"] = mark(shown.draft);
  cells["a ref of the request"] = mark(!shown.fetch_ref.empty());
  cells["merge"] = merged(forge, pull, MergeWay::kMerge);
  cells["fast-forward merge"] = merged(forge, pull, MergeWay::kFastForward);
  cells["open, update, close"] = mark(forge.close(shown).value().state == "closed");
  return cells;
}

class TableTest : public ::testing::TestWithParam<const char*> {};

TEST_P(TableTest, WhatThePageSaysIsWhatItDoes) {
  const std::string column = GetParam();
  Cells said = page()[column];
  ASSERT_GE(said.size(), 20u);
  Cells does;
  if (column == "local" || column == "mail") {
    does = tried_here(column);
  } else {
    for (const Kind& kind : rest_servers()) {
      std::string name = lower(kind.name);
      if (column.starts_with(name)) does = tried_there(kind);
    }
  }
  for (const auto& [row, word] : said) EXPECT_EQ(word, does[row]) << column << ": " << row;
}

INSTANTIATE_TEST_SUITE_P(Columns, TableTest, ::testing::ValuesIn(kColumns), [](const auto& one) {
  std::string name = one.param;
  return name.substr(0, name.find('/'));
});

TEST(TablePageTest, ItHasEveryColumnAndLine) {
  auto cells = page();
  EXPECT_EQ(cells.size(), std::size(kColumns));
  EXPECT_EQ(cells["local"]["open, update, close"], "x");
  EXPECT_EQ(cells["bitbucket"]["labels"], "");
  EXPECT_EQ(cells["gitlab"]["without a token"], "x");
  EXPECT_EQ(cells["mail"]["comments"], "here");
}

}  // namespace
}  // namespace gf::forge
