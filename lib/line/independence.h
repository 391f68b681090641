// How far who reviews has to be another model than who built (P7), judged by who in fact answered.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "record/exchange.h"
#include "session/config.h"

namespace gf::line {

/// factory.review.independence.
enum class Independence {
  kOff,      ///< REVIEW's models are asked as they are configured
  kPrefer,   ///< those that built are asked last, and it is told
  kRequire,  ///< those that built are not asked, and what one of them answers does not count
};
inline constexpr const char* kIndependenceKey = "factory.review.independence";

Result<Independence> independence_in(const session::Config& config);

/// "provider/model" of all who answered BUILD: as they were asked and as they say they are.
/// Scripted answers have no author.
std::set<std::string> builders_in(const std::vector<record::Exchange>& exchanges);
/// Whether one of `builders` gave this answer, under whatever name it was asked.
bool is_by(const std::set<std::string>& builders, const record::Exchange& exchange);
/// Whether the last answer of REVIEW is by one of builders_in() the same exchanges.
bool reviews_own_work(const std::vector<record::Exchange>& exchanges);

/// Whom to ask for a review, in this order. Empty: kRequire leaves nobody.
std::vector<std::string> reviewers_among(std::vector<std::string> references,
                                         const std::set<std::string>& builders,
                                         Independence independence);
/// What can be known before a run of who will review what was built.
enum class Prospect {
  kAnother,      ///< another model, whichever of BUILD's builds
  kOwnOfOthers,  ///< another one where BUILD's first builds, and none where its others have built
                 ///< too
  kOwn,          ///< who is asked first to build; of kRequire: nobody
};
/// `build` and `review` are the models of these stages, in their order.
Prospect prospect_of(const std::vector<std::string>& build, const std::vector<std::string>& review,
                     Independence independence);
/// kRequire and nobody is left. `builders` as a reader should see them.
Error no_independent_reviewer(const std::set<std::string>& builders);

}  // namespace gf::line
