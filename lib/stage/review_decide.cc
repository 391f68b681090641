// What code makes of REVIEW's table: tools have tried its claims, and rules weigh the rest.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "stage/parts.h"
#include "stage/review.h"

namespace gf::stage {
namespace {

using record::Json;

/// A row of the table that says that something is wrong.
struct Accusation {
  std::string about, why;
  std::string path;  ///< where it is to be seen, as far as it was told
  std::optional<Reproduction> reproduction;
};

std::vector<Accusation> accusations_in(const Json& table) {
  std::vector<Accusation> all;
  auto collect = [&](const char* list, const char* bad, auto name) {
    for (const Json& row : table.get(list).items()) {
      if (row.get_string("verdict") != bad) continue;
      Accusation one{name(row), row.get_string("why"), row.get("pointer").get_string("path"),
                     std::nullopt};
      Json given = row.get("reproduction");
      if (!given.get_string("body").empty())
        one.reproduction =
            Reproduction{one.about, given.get_string("path"), given.get_string("body")};
      all.push_back(std::move(one));
    }
  };
  collect("criteria", "violated", [](const Json& row) { return row.get_string("id"); });
  collect("constraints", "broken",
          [](const Json& row) { return fmt::format("constraint {}", row.get_int("index")); });
  collect("assumptions", "broken",
          [](const Json& row) { return fmt::format("assumption {}", row.get_string("id")); });
  collect("out_of_scope", "broken",
          [](const Json& row) { return fmt::format("out of scope {}", row.get_int("index")); });
  return all;
}

std::string shown_by(const Trial& trial) {
  if (trial.base == Shown::kReproduced) return " (shown by a test, which the base fails as well)";
  if (trial.base == Shown::kNotReproduced) return " (shown by a test, which the base passes)";
  return " (shown by a test)";
}

void weigh_unasked(const Input& in, const Json& table, Decision& decision) {
  std::vector<Finding> unasked;
  for (const Json& row : table.get("hunks").items()) {
    std::vector<std::string> served = served_by(row);
    if (std::find(served.begin(), served.end(), "unasked") == served.end()) continue;
    for (const ReviewHunk& hunk : in.hunks) {
      if (hunk.id != row.get_string("id")) continue;
      if (hunk.changelog) {
        decision.comments.push_back(fmt::format("{} {}: about the changelog entry: {}", hunk.id,
                                                hunk.path, row.get_string("why")));
        continue;
      }
      unasked.push_back(
          finding_of(FindingKind::kUnasked,
                     fmt::format("{} {}:{} serves nothing that was asked: {}", hunk.id, hunk.path,
                                 hunk.new_start, row.get_string("why")),
                     hunk.path));
    }
  }
  bool too_many = unasked.size() > static_cast<size_t>(in.thresholds.unasked_hunks);
  for (Finding& finding : unasked) {
    if (too_many) {
      decision.findings.push_back(std::move(finding));
    } else {
      decision.comments.push_back(finding.text);
    }
  }
}

void tell_observations(const Json& table, Decision& decision) {
  for (const Json& row : table.get("observations").items()) {
    std::string path = row.get_string("path");
    int64_t line = row.get_int("line");
    std::string where = path.empty() ? ""
                        : line > 0   ? fmt::format("{}:{}: ", path, line)
                                     : fmt::format("{}: ", path);
    decision.comments.push_back(where + row.get_string("what"));
  }
}

}  // namespace

std::vector<std::string> served_by(const Json& hunk) {
  Json serves = hunk.get("serves");
  if (serves.is_string()) return {serves.as_string().value_or("")};
  return hunk.get_strings("serves");
}

std::vector<Reproduction> reproductions_in(const Json& table) {
  std::vector<Reproduction> all;
  for (const Accusation& one : accusations_in(table)) {
    if (one.reproduction) all.push_back(*one.reproduction);
  }
  return all;
}

std::vector<Reproduction> held(const Json& table, const std::map<std::string, Trial>& tried) {
  std::vector<Reproduction> all = reproductions_in(table);
  std::erase_if(all, [&](const Reproduction& one) {
    auto trial = tried.find(one.about);
    return trial == tried.end() || trial->second.built != Shown::kReproduced;
  });
  return all;
}

Decision decide(const Input& in, const Json& table, const std::map<std::string, Trial>& tried) {
  Decision decision;
  decision.table = table;
  for (const Accusation& one : accusations_in(table)) {
    auto trial = tried.find(one.about);
    std::string line = fmt::format("{}: {}", one.about, one.why);
    if (trial != tried.end() && trial->second.built == Shown::kReproduced) {
      decision.findings.push_back(
          finding_of(FindingKind::kViolated, line + shown_by(trial->second), one.path));
    } else {
      decision.comments.push_back(line + " (claimed, not shown)");
    }
  }
  for (const Json& row : table.get("criteria").items()) {
    if (row.get_string("verdict") != "not_shown") continue;
    decision.findings.push_back(
        finding_of(FindingKind::kNotShown,
                   fmt::format("{}: not shown: {}", row.get_string("id"), row.get_string("why"))));
  }
  weigh_unasked(in, table, decision);
  tell_observations(table, decision);
  for (const Finding& finding : decision.findings) decision.reasons.push_back(finding.text);
  decision.approved = decision.findings.empty();
  decision.table.set("comments", Json::strings(decision.comments));
  return decision;
}

Judgement rejected(const Input& in, const Decision& decision) {
  std::string reason = "rejected: " + join(decision.reasons, "; ");
  if (in.rules < Rules::kOwners) return back("build", std::move(reason), decision.reasons);
  Judgement judgement = sent_to_owners(in, "review", std::move(reason), decision.findings);
  judgement.kind = Judgement::Kind::kBack;  // a rejection, whoever mends it
  return judgement;
}

}  // namespace gf::stage
