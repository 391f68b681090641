// A call goes by the past, the purses, the pauses of its service and the provider; what it came to
// is in the record before anybody has it.
#include "line/asker.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "line/model_context.h"
#include "line/retry.h"

namespace gf::line {
namespace {

using record::ModelFailure;

constexpr int64_t kLongestCall = 86400;  ///< seconds
constexpr Milliseconds kBetweenProgress{250};

Fault fault_of(ModelFailure failure) {
  switch (failure) {
    case ModelFailure::kCancelled:
      return Fault::kCancelled;
    case ModelFailure::kRateLimited:
    case ModelFailure::kTransport:
      return Fault::kTransient;
    case ModelFailure::kBadOutput:
    case ModelFailure::kTruncated:
      return Fault::kBadData;
    default:
      return Fault::kConfiguration;
  }
}

/// Another model than the asked one, not its dated or shorter name.
bool is_other(const std::string& answered, const std::string& asked) {
  return !answered.empty() && answered != asked && !answered.starts_with(asked + "-20") &&
         answered != asked + ":latest" && !asked.ends_with("/" + answered);
}

/// Whose limit it is: the service, and the key that is counted.
std::string limit_of(const model::Provider& provider) {
  model::Description described = provider.describe();
  return described.kind + " " + described.address + " " + described.key_from;
}

/// Empty where there is no cache: then each run finds out by itself.
std::string pauses_folder(const session::Context& context) {
  auto cache = context.setup.environment.cache_folder();
  return cache.ok() ? *cache + "/services" : std::string();
}

}  // namespace

Asker::Asker(session::Context& context, store::ActiveRun& active, const session::Config& config,
             Budget budget, Tell tell, Past& past)
    : context_(context),
      active_(active),
      config_(config),
      tell_(std::move(tell)),
      pauses_(pauses_folder(context)),
      run_purse_("the run", "factory.budget", budget, context.setup.clock),
      past_(past) {
  taken_.cost = record::Cost{0, ""};
  for (const record::Exchange& exchange : active.exchanges()) {
    run_purse_.add(expense_of(exchange, Expense{0, 0, 1, {}}));
    remember_price(exchange);
  }
  Milliseconds before{0};
  for (const record::StageRecord& stage : active.stages()) before += stage.wall;
  run_purse_.add(Expense{0, 0, 0, before});
}

Result<void> Asker::check(const std::vector<std::string>& stages) {
  if (past_.replays()) return Done{};
  GF_TRY(check_reviewers(stages));
  std::map<std::string, std::optional<std::string>> problems;
  std::map<std::string, std::string> mends;
  for (const std::string& stage : stages) {
    GF_TRY(purses_of(stage));
    GF_ASSIGN(auto chain, providers_of(stage));
    std::string first, mend;
    bool any = false;
    for (model::Provider* provider : chain) {
      std::string name = provider->reference().str();
      if (!problems.contains(name)) {
        problems[name] = provider->problem();
        mends[name] = provider->mend();
      }
      if (!problems[name]) {
        Result<void> payable = check_price(*provider, stage);
        any = any || payable.ok();
        if (!payable.ok() && first.empty()) {
          first = fmt::format("'{}': {}", name, payable.error().message);
          mend = payable.error().hint;
        }
      }
      if (problems[name] && first.empty()) {
        first = fmt::format("'{}': {}", name, *problems[name]);
        mend = mends[name];
      }
    }
    if (!any) {
      return Error{Fault::kConfiguration,
                   fmt::format("no model can answer for {}: {}", stage, first),
                   {},
                   fmt::format("{}{}--model {}=<provider>/<model>", mend,
                               mend.empty() ? "name another by " : ", or name another by ", stage)};
    }
  }
  return Done{};
}

/// Takes secrets out, once a message.
void Asker::clean(std::vector<record::Message>& messages) {
  talk_.resize(std::min(talk_.size(), messages.size()));
  for (size_t i = 0; i < messages.size(); ++i) {
    record::Message& message = messages[i];
    bool new_here = i == talk_.size();
    if (new_here || !record::same(talk_[i].first, message)) {
      record::Message raw = message;
      active_.clean(message);
      if (new_here) talk_.emplace_back();
      talk_[i] = {std::move(raw), message};
    } else {
      message = talk_[i].second;
    }
  }
}

void Asker::tell_progress(const std::string& model, const model::Progress& progress) {
  Milliseconds now = context_.clock().steady();
  if (progress_announced_ && now - *progress_announced_ < kBetweenProgress) return;
  progress_announced_ = now;
  tell_("ask.progress", fmt::format("{}: {} bytes", model, progress.of_answer),
        record::Json::object({{"model", model},
                              {"bytes", static_cast<int64_t>(progress.of_answer)},
                              {"received", static_cast<int64_t>(progress.received)}}));
}

void Asker::tell_end(const record::Exchange& exchange) {
  std::string name = exchange.provider + "/" + exchange.model_asked;
  record::Json fields =
      record::Json::object({{"model", name},
                            {"seq", exchange.seq},
                            {"ms", static_cast<int64_t>(exchange.duration.count())}});
  if (exchange.paid) {
    fields.set("usage", record::to_json(exchange.paid->usage));
    fields.set("cost", record::to_json(exchange.paid->cost));
  }
  if (!exchange.answer) {
    fields.set("failure", record::name_of(exchange.failure));
    tell_("ask.end",
          fmt::format("{}: {}: {}", name, record::name_of(exchange.failure), exchange.failure_text),
          fields);
    return;
  }
  const record::ModelAnswer& answer = *exchange.answer;
  fields.set("answered", answer.model);
  fields.set("usage", record::to_json(answer.usage));
  fields.set("cost", record::to_json(answer.cost));
  tell_("ask.end", fmt::format("{} answered", answer.model), fields);
  if (is_other(answer.model, exchange.model_asked) && answer.cost.basis != "scripted" &&
      other_models_announced_.insert(name + " " + answer.model).second) {
    tell_("warning", fmt::format("'{}' was asked, and '{}' answered", name, answer.model), {});
  }
}

Result<model::Reply> Asker::try_one(model::Provider& provider, const record::ModelRequest& request,
                                    int attempt) {
  const model::Reference& reference = provider.reference();
  GF_ASSIGN(auto purses, purses_of(request.stage));
  if (batch_ != nullptr) GF_TRY(batch_->refresh());
  GF_ASSIGN(auto stage_seconds,
            config_.number("factory." + request.stage + ".timeout", kLongestCall, 1, kLongestCall));
  bool in_dollars = std::any_of(purses.begin(), purses.end(),
                                [](const Purse* purse) { return purse->caps_dollars(); });
  GF_ASSIGN(auto worst, worst_of(provider, request, in_dollars));
  for (size_t i = 0; i < purses.size(); ++i) {
    if (auto held = purses[i]->hold(worst); !held.ok()) {
      for (size_t j = 0; j < i; ++j) purses[j]->settle(worst, Expense{0, 0, 0, {}});
      return held.error();
    }
  }
  Milliseconds most(stage_seconds * 1000);
  for (const Purse* purse : purses) most = std::min(most, purse->time_left().value_or(most));
  provider.bound(most);
  record::Exchange exchange;
  exchange.seq = active_.exchanges().empty() ? 1 : active_.exchanges().back().seq + 1;
  exchange.provider = reference.provider;
  exchange.model_asked = reference.model;
  exchange.request = request;
  exchange.attempt = attempt;
  exchange.started = context_.clock().now();
  tell_("ask.begin", reference.str(),
        record::Json::object({{"model", reference.str()}, {"turn", request.turn}}));
  progress_announced_.reset();
  Stopwatch watch(context_.clock());
  auto reply = provider.ask(request, context_.cancel());
  exchange.duration = watch.elapsed();
  spent_ += exchange.duration;
  if (!reply.ok()) {
    for (Purse* purse : purses) purse->settle(worst, Expense{0, 0, 1, exchange.duration});
    return reply.error();
  }
  exchange.answer = reply->answer;
  exchange.failure = reply->failure;
  exchange.failure_text = context_.redactor(reply->text);
  exchange.paid = reply->paid;
  if (exchange.answer) {
    exchange.answer->duration = exchange.duration;
    // What is used is what is recorded: else a run that goes on would arrive at another tree.
    if (active_.clean(exchange.answer->message)) {
      tell_("warning", "the answer held what looks like a secret; it was taken out before use", {});
    }
  }
  GF_TRY(active_.put_exchange(exchange));
  keep_books(exchange, worst, purses);
  count(exchange);
  tell_end(exchange);
  if (exchange.answer) tell_who_reviews(exchange);
  reply->answer = exchange.answer;
  reply->text = exchange.failure_text;
  return reply;
}

/// A service that was asked too fast by any run is left alone by all of them. Not at the same
/// moment again: each waits a little more by the die.
Result<void> Asker::wait_with_others(const model::Provider& provider) {
  constexpr uint32_t kSpreadMs = 500;
  Milliseconds left =
      pauses_.left(limit_of(provider), context_.clock().now(), provider.longest_wait());
  if (left.count() <= 0) return Done{};
  Milliseconds wait = left + Milliseconds(context_.clock().random() % kSpreadMs);
  tell_("note",
        fmt::format("{} was asked too fast by a run; waiting {:.1f} s", provider.reference().str(),
                    static_cast<double>(wait.count()) / 1000),
        {});
  return context_.clock().wait(wait, context_.cancel());
}

/// One provider, until it answers or repeating it makes no sense.
Result<Asker::Outcome> Asker::ask_one(model::Provider& provider,
                                      const record::ModelRequest& request, bool another) {
  Tries tries;
  Patience patience{provider.retries(), provider.longest_wait(), another};
  std::pair<std::string, int> step{request.stage, request.attempt};
  std::optional<record::ModelRequest> smaller;
  if (shrunk_.contains(step)) smaller = shrunk(request);
  for (int attempt = 1;; ++attempt) {
    GF_TRY(wait_with_others(provider));
    GF_ASSIGN(auto reply, try_one(provider, smaller ? *smaller : request, attempt));
    if (reply.answer) return Outcome{reply.answer, {}, {}};
    GF_TRY(context_.cancel().check());
    if (reply.failure == record::ModelFailure::kOverflow && !smaller) {
      smaller = shrunk(request);
      if (smaller) {
        shrunk_.insert(step);
        tell_("warning", "the conversation is too long; older tool answers are cut", {});
        continue;
      }
    }
    auto wait = wait_before(reply, tries, patience, context_.clock().random());
    Milliseconds pause = wait.value_or(reply.retry_after.value_or(Milliseconds(0)));
    if (reply.failure == ModelFailure::kRateLimited && pause.count() > 0)
      pauses_.keep(limit_of(provider), context_.clock().now() + pause);
    if (!wait) {
      std::string text = reply.text;
      if (reply.retry_after && *reply.retry_after > patience.longest_wait)
        text += fmt::format(" (it asks to wait {} s)", reply.retry_after->count() / 1000);
      return Outcome{std::nullopt, reply.failure, text};
    }
    if (wait->count() > 0) {
      tell_("note",
            fmt::format("asking {} again in {:.1f} s", provider.reference().str(),
                        static_cast<double>(wait->count()) / 1000),
            {});
      GF_TRY(context_.clock().wait(*wait, context_.cancel()));
      ++tries.waited;
    } else {
      ++(reply.again == model::Reply::Again::kAtOnce ? tries.at_once : tries.waited);
    }
  }
}

Result<record::ModelAnswer> Asker::ask(const record::ModelRequest& raw) {
  record::ModelRequest request = raw;
  clean(request.messages);
  schema_ = request.schema;
  if (past_.replays()) return recorded_answer(request);
  if (const record::Exchange* exchange = known_in_any_form(request)) {
    if (!exchange->request.schema.is_null()) schema_ = exchange->request.schema;
    count(*exchange);
    tell_("ask.end", fmt::format("{} answered (kept)", exchange->answer->model),
          record::Json::object({{"seq", exchange->seq}, {"kept", true}}));
    return *exchange->answer;
  }
  GF_ASSIGN(auto chain, providers_of(request.stage));
  ModelFailure last = ModelFailure::kConfig;
  std::vector<std::string> failures;
  std::string failed;     // whose turn it was before
  int64_t too_small = 0;  // the largest context that was found too small
  size_t first = std::min(passed_over_[{request.stage, request.attempt}], chain.size() - 1);
  for (size_t i = first; i < chain.size(); ++i) {
    model::Provider& provider = *chain[i];
    int64_t window = provider.describe().context_window;
    if (too_small > 0 && window > 0 && window <= too_small) {
      failures.push_back(fmt::format("{}: its context is no larger", provider.reference().str()));
      continue;
    }
    if (auto builder = built_it(provider, request)) {
      failures.push_back(fmt::format("{}: {}", provider.reference().str(), *builder));
      continue;
    }
    if (!failed.empty()) {
      tell_("warning",
            fmt::format("falling back from {} to {}: {}", failed, provider.reference().str(),
                        record::name_of(last)),
            {});
    }
    GF_TRY(context_.cancel().check());
    GF_ASSIGN(auto outcome, ask_one(provider, request, i + 1 < chain.size()));
    if (outcome.answer) {
      auto builder = built_it(provider, request);
      if (!builder) return *outcome.answer;
      outcome.text = *builder;
    }
    last = outcome.answer ? ModelFailure::kRefused : outcome.failure;
    failed = provider.reference().str();
    if (last == ModelFailure::kOverflow) too_small = std::max(too_small, window);
    failures.push_back(fmt::format("{}: {}", provider.reference().str(), outcome.text));
  }
  return Error{fault_of(last),
               fmt::format("no model answered for {}: {}", request.stage, join(failures, "; ")),
               {},
               "see 'git factory show' for every attempt"};
}

void Asker::work_in(const std::string& worktree) {
  worktree_ = worktree;
  for (auto& [name, provider] : providers_) {
    if (provider != nullptr) provider->work_in(worktree);
  }
}

std::map<std::string, std::string> Asker::configured(const std::vector<std::string>& stages) const {
  if (past_.replays()) return past_.models();
  std::map<std::string, std::string> all;
  for (const std::string& stage : stages) {
    all[stage] = join(model::references_for(config_.settings(), stage), ", ");
  }
  return all;
}

}  // namespace gf::line
