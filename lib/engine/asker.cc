#include "engine/asker.h"

#include <fmt/format.h>

#include "base/text.h"

namespace gf::engine {
namespace {

using record::ModelFailure;

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

model::Context model_context(const Context& context, const Config& config) {
  model::Context made;
  made.settings = config.settings();
  made.workdir = context.repo.workdir().value_or(context.repo.git_dir());
  made.environment = context.setup.environment;
  made.data_dir = context.setup.data_dir;
  made.clock = context.setup.clock;
  return made;
}

Error none_configured(const Context& context, const std::string& stage) {
  std::string hint = "set one with 'git config factory.model <provider>/<model>'";
  std::vector<std::string> found = model::suggestions(context.setup.environment, context.cancel());
  if (!found.empty()) hint += "; found here: " + join(found, "; ");
  return Error{
      Fault::kConfiguration, fmt::format("no model is configured for {}", stage), {}, hint};
}

}  // namespace

Asker::Asker(Context& context, store::ActiveRun& active, const Config& config, Budget budget,
             Tell tell)
    : context_(context), active_(active), config_(config), budget_(budget), tell_(std::move(tell)) {
  taken_.cost = record::Cost{0, ""};
  for (const record::Exchange& exchange : active.exchanges()) {
    if (exchange.answer) {
      total_pico_ += exchange.answer->cost.pico_usd.value_or(0);
      total_tokens_ += exchange.answer->usage.input_total.value_or(0) +
                       exchange.answer->usage.output_total.value_or(0);
    }
    ++total_calls_;
  }
}

Result<std::vector<model::Provider*>> Asker::providers_of(const std::string& stage) {
  std::vector<std::string> names = model::references_for(config_.settings(), stage);
  if (names.empty()) return none_configured(context_, stage);
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
      GF_ASSIGN(slot, model::make_provider(reference, made));
    }
    chain.push_back(slot.get());
  }
  return chain;
}

Result<void> Asker::check(const std::vector<std::string>& stages) {
  std::map<std::string, std::optional<std::string>> problems;
  for (const std::string& stage : stages) {
    GF_ASSIGN(auto chain, providers_of(stage));
    std::string first;
    bool any = false;
    for (model::Provider* provider : chain) {
      std::string name = provider->reference().str();
      if (!problems.contains(name)) problems[name] = provider->problem();
      if (!problems[name]) any = true;
      if (problems[name] && first.empty()) first = fmt::format("'{}': {}", name, *problems[name]);
    }
    if (!any) {
      return Error{Fault::kConfiguration,
                   fmt::format("no model can answer for {}: {}", stage, first),
                   {},
                   fmt::format("set 'factory.{}.model' to one that can", stage)};
    }
  }
  return Done{};
}

Result<void> Asker::within_budget() const {
  std::string what;
  if (budget_.pico_usd && total_pico_ >= *budget_.pico_usd) {
    what = record::to_text(record::Cost{total_pico_, "sum"});
  } else if (budget_.tokens && total_tokens_ >= *budget_.tokens) {
    what = fmt::format("{} tokens", total_tokens_);
  } else if (budget_.calls && total_calls_ >= *budget_.calls) {
    what = fmt::format("{} calls", total_calls_);
  } else {
    return Done{};
  }
  return Error{Fault::kUser,
               fmt::format("the budget is used up ({} spent)", what),
               {},
               "go on with 'git factory resume --budget <more>'"};
}

const record::Exchange* Asker::known(const record::ModelRequest& request) const {
  Oid key = record::request_key(request);
  for (const record::Exchange& exchange : active_.exchanges()) {
    bool same_step = exchange.request.stage == request.stage &&
                     exchange.request.attempt == request.attempt &&
                     exchange.request.turn == request.turn;
    if (same_step && exchange.answer && record::request_key(exchange.request) == key)
      return &exchange;
  }
  return nullptr;
}

void Asker::count(const record::Exchange& exchange) {
  taken_.exchanges.push_back(exchange.seq);
  taken_.provider = exchange.provider;
  if (!exchange.answer) return;
  taken_.model = exchange.answer->model;
  bool first = taken_.cost.basis.empty();
  taken_.usage = taken_.usage + exchange.answer->usage;
  taken_.cost = first ? exchange.answer->cost : taken_.cost + exchange.answer->cost;
}

Result<record::Exchange> Asker::try_one(model::Provider& provider,
                                        const record::ModelRequest& request) {
  const model::Reference& reference = provider.reference();
  record::Exchange exchange;
  exchange.seq = active_.exchanges().empty() ? 1 : active_.exchanges().back().seq + 1;
  exchange.provider = reference.provider;
  exchange.model_asked = reference.model;
  exchange.request = request;
  exchange.started = context_.clock().now();
  tell_("ask.begin", reference.str(),
        record::Json::object({{"model", reference.str()}, {"turn", request.turn}}));
  Stopwatch watch(context_.clock());
  auto reply = provider.ask(request, context_.cancel());
  exchange.duration = watch.elapsed();
  spent_ += exchange.duration;
  if (!reply.ok()) return reply.error();
  exchange.answer = reply->answer;
  exchange.failure = reply->failure;
  exchange.failure_text = reply->text;
  if (exchange.answer) exchange.answer->duration = exchange.duration;
  GF_TRY(active_.put_exchange(exchange));
  ++total_calls_;
  record::Json fields =
      record::Json::object({{"model", reference.str()},
                            {"seq", exchange.seq},
                            {"ms", static_cast<int64_t>(exchange.duration.count())}});
  if (exchange.answer) {
    total_pico_ += exchange.answer->cost.pico_usd.value_or(0);
    total_tokens_ += exchange.answer->usage.input_total.value_or(0) +
                     exchange.answer->usage.output_total.value_or(0);
    fields.set("answered", exchange.answer->model);
    fields.set("usage", record::to_json(exchange.answer->usage));
    fields.set("cost", record::to_json(exchange.answer->cost));
    tell_("ask.end", fmt::format("{} answered", exchange.answer->model), fields);
  } else {
    fields.set("failure", record::name_of(exchange.failure));
    tell_("ask.end",
          fmt::format("{}: {}", record::name_of(exchange.failure), exchange.failure_text), fields);
  }
  return exchange;
}

Result<record::ModelAnswer> Asker::ask(const record::ModelRequest& request) {
  if (const record::Exchange* exchange = known(request)) {
    count(*exchange);
    tell_("ask.end", fmt::format("{} answered (kept)", exchange->answer->model),
          record::Json::object({{"seq", exchange->seq}, {"kept", true}}));
    return *exchange->answer;
  }
  GF_ASSIGN(auto chain, providers_of(request.stage));
  ModelFailure last = ModelFailure::kConfig;
  std::vector<std::string> failures;
  for (model::Provider* provider : chain) {
    GF_TRY(context_.cancel().check());
    GF_TRY(within_budget());
    GF_ASSIGN(auto exchange, try_one(*provider, request));
    count(exchange);
    if (exchange.answer) return *exchange.answer;
    GF_TRY(context_.cancel().check());
    last = exchange.failure;
    failures.push_back(fmt::format("{}: {}", provider->reference().str(), exchange.failure_text));
  }
  return Error{fault_of(last),
               fmt::format("no model answered for {}: {}", request.stage, join(failures, "; ")),
               {},
               "see 'git factory show' for every attempt"};
}

Asker::Taken Asker::take() {
  Taken taken = std::move(taken_);
  if (taken.cost.basis.empty()) taken.cost = record::Cost{0, "none"};
  taken_ = Taken{};
  taken_.cost = record::Cost{0, ""};
  return taken;
}

std::map<std::string, std::string> Asker::configured(const std::vector<std::string>& stages) const {
  std::map<std::string, std::string> all;
  for (const std::string& stage : stages) {
    all[stage] = join(model::references_for(config_.settings(), stage), ", ");
  }
  return all;
}

}  // namespace gf::engine
