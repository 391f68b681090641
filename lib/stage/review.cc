// REVIEW: a stranger holds the change against the spec. It finds; it never mends (P7).
#include "stage/review.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "stage/parts.h"

namespace gf::stage {
namespace {

using record::Json;

// --- Prompt ---  review_prompt.cc

// --- Tools ---
constexpr std::array<std::string_view, 4> kReviewTools = {"list_dir", "read_file", "grep",
                                                          "outline"};

// --- Eval ---  is the table complete, and does every pointer lead somewhere?
bool resolves(const Input& in, const Json& pointer) {
  std::string test = pointer.get_string("test");
  if (!test.empty()) {
    for (const record::GateOutcome& outcome : in.outcomes) {
      for (const record::TestResult& known : outcome.tests) {
        if (known.id == test) return true;
      }
    }
    return false;
  }
  auto content = in.tree->read(pointer.get_string("path"));
  int64_t line = pointer.get_int("line");
  return content && line >= 1 && line <= static_cast<int64_t>(lines(*content).size());
}

void check_numbered(const Json& rows, size_t count, const std::string& what,
                    std::vector<std::string>& wrong) {
  std::set<int64_t> seen;
  for (const Json& row : rows.items()) {
    int64_t index = row.get_int("index");
    if (index < 1 || index > static_cast<int64_t>(count))
      wrong.push_back(fmt::format("there is no {} {}", what, index));
    if (!seen.insert(index).second)
      wrong.push_back(fmt::format("{} {} is judged twice", what, index));
  }
  for (size_t i = 1; i <= count; ++i) {
    if (!seen.contains(static_cast<int64_t>(i)))
      wrong.push_back(fmt::format("{} {} is not judged", what, i));
  }
}

Result<Judgement> review_eval(const Input& in, const Output& out) {
  if (auto bad = malformed(out)) return *bad;
  std::vector<std::string> wrong;
  std::set<std::string> seen;
  for (const Json& row : out.json.get("criteria").items()) {
    std::string id = row.get_string("id");
    seen.insert(id);
    if (row.get_string("verdict") == "satisfied" && !resolves(in, row.get("pointer"))) {
      wrong.push_back(id + ": its pointer leads nowhere: " + row.get("pointer").dump());
    }
  }
  for (const record::Criterion& criterion : in.spec->acceptance_criteria) {
    if (!seen.contains(criterion.id)) wrong.push_back(criterion.id + " is not judged");
  }
  std::set<std::string> hunks;
  for (const Json& row : out.json.get("hunks").items()) hunks.insert(row.get_string("id"));
  for (const ReviewHunk& hunk : in.hunks) {
    // Nothing depends on what is said of the entry: a table without it is as complete.
    if (!hunk.changelog && !hunks.contains(hunk.id))
      wrong.push_back("hunk " + hunk.id + " is not accounted for");
  }
  check_numbered(out.json.get("constraints"), in.spec->constraints.size(), "constraint", wrong);
  check_numbered(out.json.get("out_of_scope"), in.spec->out_of_scope.size(), "out-of-scope item",
                 wrong);
  if (!wrong.empty()) return judged(Judgement::Kind::kAgain, wrong.front(), wrong);
  return judged(Judgement::Kind::kPass, "the table is complete");
}

// --- Telemetry ---
void review_telemetry(const Input& in, const Output& out, Meter& meter) {
  meter["hunks_count"] = static_cast<double>(in.hunks.size());
  double unasked = 0;
  for (const Json& row : out.json.get("hunks").items())
    unasked += row.get_string("serves") == "unasked" ? 1 : 0;
  meter["unasked_count"] = unasked;
}

struct Claim {
  std::string about, why;
  std::optional<Reproduction> reproduction;
};

std::vector<Claim> claims_in(const Json& table) {
  std::vector<Claim> claims;
  auto collect = [&](const char* list, const char* bad, auto name) {
    for (const Json& row : table.get(list).items()) {
      if (row.get_string("verdict") != bad) continue;
      Claim claim{name(row), row.get_string("why"), std::nullopt};
      Json given = row.get("reproduction");
      if (!given.get_string("body").empty())
        claim.reproduction =
            Reproduction{claim.about, given.get_string("path"), given.get_string("body")};
      claims.push_back(std::move(claim));
    }
  };
  collect("criteria", "violated", [](const Json& row) { return row.get_string("id"); });
  collect("constraints", "broken",
          [](const Json& row) { return fmt::format("constraint {}", row.get_int("index")); });
  collect("out_of_scope", "broken",
          [](const Json& row) { return fmt::format("out of scope {}", row.get_int("index")); });
  return claims;
}

}  // namespace

std::vector<Reproduction> reproductions_in(const Json& table) {
  std::vector<Reproduction> all;
  for (const Claim& claim : claims_in(table)) {
    if (claim.reproduction) all.push_back(*claim.reproduction);
  }
  return all;
}

Decision decide(const Input& in, const Json& table, const std::map<std::string, Shown>& shown) {
  Decision decision;
  decision.table = table;
  for (const Claim& claim : claims_in(table)) {
    auto found = shown.find(claim.about);
    std::string line = fmt::format("{}: {}", claim.about, claim.why);
    if (found != shown.end() && found->second == Shown::kReproduced) {
      decision.reasons.push_back(line + " (shown by a test)");
    } else {
      decision.comments.push_back(line + " (claimed, not shown)");
    }
  }
  for (const Json& row : table.get("criteria").items()) {
    if (row.get_string("verdict") == "not_shown") {
      decision.reasons.push_back(
          fmt::format("{}: not shown: {}", row.get_string("id"), row.get_string("why")));
    }
  }
  std::vector<std::string> unasked;
  for (const Json& row : table.get("hunks").items()) {
    if (row.get_string("serves") != "unasked") continue;
    for (const ReviewHunk& hunk : in.hunks) {
      if (hunk.id != row.get_string("id")) continue;
      if (hunk.changelog) {
        decision.comments.push_back(fmt::format("{} {}: about the changelog entry: {}", hunk.id,
                                                hunk.path, row.get_string("why")));
        continue;
      }
      unasked.push_back(fmt::format("{} {}:{} serves nothing that was asked: {}", hunk.id,
                                    hunk.path, hunk.new_start, row.get_string("why")));
    }
  }
  auto allowed = static_cast<size_t>(in.thresholds.unasked_hunks);
  std::vector<std::string>& target =
      unasked.size() > allowed ? decision.reasons : decision.comments;
  target.insert(target.end(), unasked.begin(), unasked.end());
  decision.approved = decision.reasons.empty();
  decision.table.set("comments", Json::strings(decision.comments));
  return decision;
}

const Stage kReview = {"review",      Actor::kModel,        0.0,
                       "review.md",   "review.schema.json", kReviewTools,
                       review_prompt, review_eval,          review_telemetry};

}  // namespace gf::stage
