// Which issue first: points by rules that are shown. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "forge/issue.h"

namespace gf::intake {

/// What is known of an issue's request: whether it would compile.
enum class Compiles {
  kNotTried,
  kYes,
  kNo,    ///< it was planned, and no spec came of it
  kAsks,  ///< it leaves questions open
};

/// Points for each, by factory.intake.weight.
struct Weights {
  int vote = 2;                       ///< a thumbs-up; at most kMostVotes count
  int month = 1;                      ///< 30 days that it is open; at most kMostMonths count
  int compiles = 20;                  ///< where it is known that it would compile
  int asks = -5;                      ///< where it leaves questions open, or no spec came of it
  std::map<std::string, int> labels;  ///< by name in lower case
};
inline constexpr int kMostVotes = 50, kMostMonths = 12;

/// "votes=2", "age=1", "compiles=20", "asks=-5", "label:<name>=5", one or several each; what is not
/// named keeps its default. An Error (kConfiguration) names the first that is none of them.
Result<Weights> weights_of(const std::vector<std::string>& words);
/// The rules in one line, for who reads the list.
std::string to_text(const Weights& weights);

/// One rule's part of the points.
struct Part {
  std::string what;  ///< "3 votes"
  int points = 0;
};
struct Rank {
  int points = 0;
  std::vector<Part> parts;  ///< those that gave or took any, in the order of the rules
};
Rank rank_of(const forge::Issue& issue, Compiles compiles, const Weights& weights, Timestamp now);

}  // namespace gf::intake
