// Issues as requests: what there is, what became of them, which first, and the feature of one.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "forge/issue.h"
#include "intake/rank.h"
#include "line/features.h"
#include "record/json.h"
#include "session/context.h"

namespace gf::intake {

/// Which issues, and what is done with them.
struct Wish {
  forge::IssueWish which;
  size_t plans = 0;      ///< so many of the first that were not tried yet are planned
  bool comment = false;  ///< open questions are put into their issues
};

/// What the record and the rules say of an issue.
enum class State {
  kNew,       ///< nothing was tried, or what was tried was another text
  kCompiles,  ///< it was planned; the spec is the run's
  kAsks,      ///< it was planned; questions are open
  kFailed,    ///< it was tried, and nothing came of it
  kUnderWay,  ///< a run of it goes on, or waits
  kDone,      ///< a run of it was delivered
  kLeftOut,   ///< it is not taken in: `why` says so
};
std::string_view name_of(State state);

struct Entry {
  forge::Issue issue;
  State state = State::kNew;
  std::string why;  ///< one line; empty where the state says it all
  std::string run;  ///< the newest run of it, 8 digits; empty: there is none
  std::string pull_request;
  std::string way_on = {};                        ///< of kUnderWay: what to do about its run
  std::vector<std::string> questions, likeliest;  ///< of kAsks
  Rank rank;
};

struct Taken {
  std::vector<Entry> entries;  ///< those that can be begun first, by points; then the others
  std::string rules;           ///< by which they were ranked, one line
  std::vector<std::string> notes;
};

/// Lists the forge's open issues with what became of them, plans the first, puts their questions
/// into them. `asked` issues are planned one after the other, each a run of its own; an Error of
/// one that stops all (a budget, a wish to stop) ends it, what was planned stays.
Result<Taken> take_in(const session::Setup& setup, const Wish& wish);

/// The feature that an issue asks for, named "7", "#7" or by its address; nothing is written. An
/// Error (kUser) where there is none, where who wrote it may not (factory.intake.from), and, unless
/// `again`, where it is closed, under way or delivered.
Result<line::Feature> feature_of(const session::Setup& setup, const std::string& named, bool again);

/// What `intake --json` writes.
record::Json to_json(const Entry& entry);

}  // namespace gf::intake
