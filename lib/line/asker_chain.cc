// Whose turn it is: the models of a stage in the order in which they are asked, and which of their
// answers count.
#include <fmt/format.h>

#include <algorithm>

#include "line/asker.h"
#include "line/model_context.h"

namespace gf::line {
namespace {

constexpr std::string_view kReview = "review", kBuild = "build";

Error none_configured(const session::Context& context, const std::string& stage) {
  model::ShortestWay way = model::shortest_way(context.setup.environment, context.cancel());
  return Error{Fault::kConfiguration, fmt::format("no model is configured for {}", stage),
               "here: " + way.found, way.command};
}

}  // namespace

Result<std::vector<model::Provider*>> Asker::providers_of(const std::string& stage) {
  std::vector<std::string> names = model::references_for(config_.settings(), stage);
  if (names.empty()) return none_configured(context_, stage);
  if (stage == kReview) {
    std::set<std::string> builders = builders_in(active_.exchanges());
    names = reviewers_among(std::move(names), builders, independence_);
    if (names.empty()) return no_independent_reviewer(builders);
  }
  if (stage == kBuild && independence_ == Independence::kRequire) leave_a_reviewer(names);
  std::vector<model::Provider*> chain;
  for (const std::string& name : names) {
    auto& slot = providers_[name];
    if (slot == nullptr) {
      GF_ASSIGN(auto reference, model::Reference::parse(name));
      model::Context made = model_context(context_, config_);
      if (shared_ == nullptr) {
        GF_ASSIGN(shared_, model::make_shared(made.settings, made.data_dir, made.environment));
      }
      made.shared = shared_;
      if (!worktree_.empty()) made.workdir = worktree_;
      GF_ASSIGN(slot, model::make_provider(reference, made));
      slot->on_progress(
          [this, name](const model::Progress& progress) { tell_progress(name, progress); });
    }
    chain.push_back(slot.get());
  }
  return chain;
}

void Asker::leave_a_reviewer(std::vector<std::string>& builders) const {
  const std::vector<std::string> review = model::references_for(config_.settings(), kReview);
  std::set<std::string> built = builders_in(active_.exchanges());
  std::vector<std::string> kept;
  for (std::string& name : builders) {
    std::set<std::string> then = built;
    then.insert(name);
    bool left = !reviewers_among(review, then, independence_).empty();
    if (left || kept.empty()) kept.push_back(std::move(name));
  }
  builders = std::move(kept);
}

Result<void> Asker::check_reviewers(const std::vector<std::string>& stages) {
  GF_ASSIGN(independence_, independence_in(config_));
  auto has = [&](std::string_view stage) {
    return std::find(stages.begin(), stages.end(), stage) != stages.end();
  };
  if (independence_ != Independence::kRequire || !has(kReview)) return Done{};
  std::set<std::string> builders = builders_in(active_.exchanges());
  std::vector<std::string> build = model::references_for(config_.settings(), "build");
  // Who is asked first builds, as far as can be known before.
  bool known = !builders.empty() || build.empty() || build.front().starts_with("scripted/");
  if (has(kBuild) && !known) builders.insert(build.front());
  std::vector<std::string> review = model::references_for(config_.settings(), kReview);
  if (!review.empty() && reviewers_among(review, builders, independence_).empty())
    return no_independent_reviewer(builders);
  return Done{};
}

bool Asker::counts(const record::Exchange& exchange) const {
  return independence_ != Independence::kRequire || exchange.request.stage != kReview ||
         !is_by(builders_in(active_.exchanges()), exchange);
}

std::optional<std::string> Asker::built_it(const model::Provider& provider,
                                           const record::ModelRequest& request) const {
  for (const record::Exchange& exchange : active_.exchanges()) {
    bool of_it = exchange.provider == provider.reference().provider &&
                 exchange.model_asked == provider.reference().model;
    if (of_it && exchange.request.stage == request.stage && exchange.answer && !counts(exchange))
      return fmt::format("'{}' answered, who built it", exchange.answer->model);
  }
  return std::nullopt;
}

void Asker::tell_who_reviews(const record::Exchange& exchange) {
  if (independence_ == Independence::kOff || exchange.request.stage != kReview) return;
  if (own_review_announced_ || !is_by(builders_in(active_.exchanges()), exchange)) return;
  own_review_announced_ = true;
  tell_("warning",
        fmt::format("'{}/{}' reviews what it built: set factory.review.model to another model",
                    exchange.provider, exchange.answer->model),
        {});
}

Result<bool> Asker::pass_over(const std::string& stage, int attempt) {
  if (past_.replays()) return false;  // the record knows whether it went on
  GF_ASSIGN(auto chain, providers_of(stage));
  size_t& first = passed_over_[{stage, attempt}];
  if (first + 1 >= chain.size()) return false;
  ++first;
  tell_("warning",
        fmt::format("falling back from {} to {}: bad_output", chain[first - 1]->reference().str(),
                    chain[first]->reference().str()),
        {});
  return true;
}

}  // namespace gf::line
