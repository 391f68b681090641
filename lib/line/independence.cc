// Names are compared as "provider/model", the way a verdict names its reviewer.
#include "line/independence.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace gf::line {
namespace {

bool is_scripted(const record::Exchange& exchange) {
  return exchange.answer && exchange.answer->cost.basis == "scripted";
}

std::string as_asked(const record::Exchange& exchange) {
  return exchange.provider + "/" + exchange.model_asked;
}
std::string as_answered(const record::Exchange& exchange) {
  return exchange.provider + "/" + exchange.answer->model;
}

}  // namespace

Result<Independence> independence_in(const session::Config& config) {
  GF_ASSIGN(auto word,
            config.settings().choice(kIndependenceKey, "prefer", {"off", "prefer", "require"}));
  if (word == "off") return Independence::kOff;
  return word == "require" ? Independence::kRequire : Independence::kPrefer;
}

std::set<std::string> builders_in(const std::vector<record::Exchange>& exchanges) {
  std::set<std::string> builders;
  for (const record::Exchange& exchange : exchanges) {
    if (exchange.request.stage != "build" || !exchange.answer || is_scripted(exchange)) continue;
    builders.insert(as_asked(exchange));
    builders.insert(as_answered(exchange));
  }
  return builders;
}

bool is_by(const std::set<std::string>& builders, const record::Exchange& exchange) {
  return exchange.answer && !is_scripted(exchange) &&
         (builders.contains(as_asked(exchange)) || builders.contains(as_answered(exchange)));
}

bool reviews_own_work(const std::vector<record::Exchange>& exchanges) {
  auto last = std::find_if(exchanges.rbegin(), exchanges.rend(), [](const auto& exchange) {
    return exchange.request.stage == "review" && exchange.answer;
  });
  return last != exchanges.rend() && is_by(builders_in(exchanges), *last);
}

std::vector<std::string> reviewers_among(std::vector<std::string> references,
                                         const std::set<std::string>& builders,
                                         Independence independence) {
  if (independence == Independence::kOff) return references;
  auto stranger = [&](const std::string& name) { return !builders.contains(name); };
  auto known = std::stable_partition(references.begin(), references.end(), stranger);
  if (independence == Independence::kRequire) references.erase(known, references.end());
  return references;
}

Prospect prospect_of(const std::vector<std::string>& build, const std::vector<std::string>& review,
                     Independence independence) {
  if (build.empty() || review.empty()) return Prospect::kAnother;
  std::set<std::string> first, all;
  for (const std::string& name : build) {
    if (name.starts_with("scripted/")) continue;
    if (name == build.front()) first.insert(name);
    all.insert(name);
  }
  auto by_another = [&](const std::set<std::string>& builders) {
    std::vector<std::string> asked = reviewers_among(review, builders, independence);
    return !asked.empty() && !builders.contains(asked.front());
  };
  if (!by_another(first)) return Prospect::kOwn;
  return by_another(all) ? Prospect::kAnother : Prospect::kOwnOfOthers;
}

Error no_independent_reviewer(const std::set<std::string>& builders) {
  std::vector<std::string> names(builders.begin(), builders.end());
  return Error{Fault::kConfiguration,
               fmt::format("{} is 'require', and who could review is who builds: {}",
                           kIndependenceKey, join(names, ", ")),
               {},
               "set factory.review.model to another model, or factory.review.independence to "
               "prefer"};
}

}  // namespace gf::line
