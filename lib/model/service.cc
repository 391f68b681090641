// A provider over HTTP: one dialect, one address, one model.
#include "model/service.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/dialect.h"
#include "model/kinds.h"
#include "net/route.h"

namespace gf::model {
namespace {

using record::Json;
using record::ModelFailure;

constexpr int64_t kDefaultContext = 32768;       ///< of Ollama, whose own default is 4096 or so
constexpr int64_t kDefaultOutput = 16384;        ///< where the price table knows no smaller limit
constexpr int64_t kDefaultLimitedOutput = 8192;  ///< where a limit must be told and none is known
constexpr int64_t kBytesPerToken = 4;            ///< of an estimate

struct Options {
  int64_t num_ctx = 0, max_output = 0, context_window = 0;
  int retries = 2;
  Milliseconds longest_wait{60000};
  bool local = false, cache = true;
};

class HttpProvider : public Provider {
 public:
  HttpProvider(const Dialect& dialect, Reference reference, Address address, Options options,
               const Context& context, std::shared_ptr<Shared> shared)
      : dialect_(dialect),
        reference_(std::move(reference)),
        address_(std::move(address)),
        options_(options),
        clock_(context.clock != nullptr ? *context.clock : system_clock()),
        shared_(std::move(shared)),
        server_(address_.base + " " + reference_.model),
        price_(shared_->prices.find(reference_.provider, reference_.model)) {
    if (!price_) price_ = shared_->prices.find(std::string(dialect.kind), reference_.model);
  }

  Result<Reply> ask(const record::ModelRequest& request, const Cancel& cancel) override;
  std::optional<std::string> problem() override;
  [[nodiscard]] std::string mend() const override { return mend_; }
  [[nodiscard]] const Reference& reference() const override { return reference_; }
  [[nodiscard]] WorstCase worst_case(const record::ModelRequest& request) const override;
  [[nodiscard]] int retries() const override { return options_.retries; }
  [[nodiscard]] Milliseconds longest_wait() const override { return options_.longest_wait; }
  void bound(Milliseconds longest) override { bound_ = longest; }
  void on_progress(std::function<void(const Progress&)> listener) override {
    on_progress_ = std::move(listener);
  }
  [[nodiscard]] Description describe() const override;

 private:
  [[nodiscard]] Shape shape_for(const record::ModelRequest& request) const;
  [[nodiscard]] net::Request request_to(std::string path) const;
  Reply not_sent(const Error& error, const Reading& reading) const;
  Reply refused(const net::Answer& answer, const Shape& shape, const Json& body);
  void settle(Reply& reply, const record::ModelRequest& request, const Reading& reading) const;
  void learn_from_cut(Reply& reply, const Shape& shape);
  [[nodiscard]] record::Cost price(const std::string& answered, const record::Usage& usage,
                                   const Collected& got) const;

  const Dialect& dialect_;
  Reference reference_;
  Address address_;
  Options options_;
  const Clock& clock_;
  std::shared_ptr<Shared> shared_;
  std::string server_;
  std::optional<Price> price_;
  std::optional<Milliseconds> bound_;
  std::string mend_;  ///< of the problem that was found last
  std::function<void(const Progress&)> on_progress_;
};

Shape HttpProvider::shape_for(const record::ModelRequest& request) const {
  Shape shape;
  shape.model = reference_.model;
  shape.num_ctx = options_.num_ctx;
  shape.cache = options_.cache;
  shape.must_limit = dialect_.kind == "anthropic";
  shape.newer_limit = address_.base.find("//api.openai.com") != std::string::npos;
  if (auto found = shared_->refused.find(server_); found != shared_->refused.end())
    shape.refused = found->second;
  shape.max_output =
      request.max_output_tokens > 0 ? request.max_output_tokens : options_.max_output;
  if (shape.max_output == 0 && price_ && price_->max_output)
    shape.max_output = std::min(*price_->max_output, kDefaultOutput);
  if (shape.max_output == 0 && shape.must_limit) shape.max_output = kDefaultLimitedOutput;
  auto larger = shared_->max_output.find(server_);
  if (larger != shared_->max_output.end())
    shape.max_output = std::max(shape.max_output, larger->second);
  return shape;
}

WorstCase HttpProvider::worst_case(const record::ModelRequest& request) const {
  WorstCase worst;
  worst.input_tokens = most_tokens(request);
  Shape shape = shape_for(request);
  worst.output_tokens = shape.max_output > 0 ? shape.max_output : kDefaultOutput;
  if (options_.num_ctx > 0) worst.output_tokens = std::min(worst.output_tokens, options_.num_ctx);
  if (options_.local) {
    worst.pico_usd = 0;
  } else if (price_) {
    worst.pico_usd = most_pico(*price_, worst.input_tokens, worst.output_tokens);
  }
  return worst;
}

net::Request HttpProvider::request_to(std::string path) const {
  net::Request request;
  request.url = address_.base + std::move(path);
  request.headers = address_.headers;
  request.limits = address_.limits;
  request.route = address_.route;
  if (bound_) {
    request.limits.total = std::max(Milliseconds(1), std::min(request.limits.total, *bound_));
  }
  return request;
}

/// Nothing came, or what came broke off.
Reply HttpProvider::not_sent(const Error& error, const Reading& reading) const {
  Reply reply;
  reply.text = error.message;
  switch (error.fault) {
    case Fault::kCancelled:
      reply.failure = ModelFailure::kCancelled;
      reply.text = "stopped";
      break;
    case Fault::kBadData:
      reply.failure = ModelFailure::kBadOutput;
      break;
    case Fault::kConfiguration:
      reply.failure = ModelFailure::kConfig;
      if (!error.hint.empty()) reply.text += " (" + error.hint + ")";
      break;
    default:
      reply.failure = ModelFailure::kTransport;
      reply.unreached = error.detail == net::kUnreached;
  }
  const record::Usage& usage = reading.got.usage;
  if (usage.input_total || usage.output_total)
    reply.paid = record::Paid{reading.got.model, reading.got.id, usage, {}};
  return reply;
}

/// A status that is no answer. What of the request was not taken is left out from now on.
Reply HttpProvider::refused(const net::Answer& answer, const Shape& shape, const Json& body) {
  Reply reply = refusal(answer, clock_.now());
  if (reply.failure == ModelFailure::kAuth) {
    reply.text +=
        address_.key_from.empty()
            ? fmt::format(" (no key was sent; factory.provider.{}.keyVariable names its variable)",
                          reference_.provider)
            : fmt::format(" (the key is from {})", address_.key_from);
  }
  bool about_form = reply.failure == ModelFailure::kConfig || answer.status >= 500;
  if (!about_form || (answer.status >= 300 && answer.status < 400)) return reply;
  std::string part = refused_part(reply.text, shape, body);
  if (!part.empty() && shared_->refused[server_].insert(part).second)
    reply.again = Reply::Again::kAtOnce;
  return reply;
}

/// A cut answer is asked for once more with all the room that the model has.
void HttpProvider::learn_from_cut(Reply& reply, const Shape& shape) {
  if (reply.failure != ModelFailure::kTruncated || shape.max_output == 0) return;
  int64_t most = price_ && price_->max_output ? *price_->max_output : shape.max_output * 2;
  if (shared_->max_output.contains(server_) || most <= shape.max_output) return;
  shared_->max_output[server_] = most;
  reply.again = Reply::Again::kAtOnce;
}

record::Cost HttpProvider::price(const std::string& answered, const record::Usage& usage,
                                 const Collected& got) const {
  if (got.cost) return record::Cost{*got.cost, "provider"};
  if (options_.local && !got.remote) return record::Cost{0, "local"};
  auto found = price_for(shared_->prices, reference_.provider, reference_.model, answered);
  if (!found)
    found = price_for(shared_->prices, std::string(dialect_.kind), reference_.model, answered);
  return found ? cost_of(*found, usage) : record::Cost{};
}

/// Who answered, what it used, what that costs.
void HttpProvider::settle(Reply& reply, const record::ModelRequest& request,
                          const Reading& reading) const {
  if (reply.paid) reply.paid->cost = price(reply.paid->model, reply.paid->usage, reading.got);
  if (!reply.answer) return;
  record::ModelAnswer& answer = *reply.answer;
  answer.provider = reference_.provider;
  if (answer.model.empty()) answer.model = reference_.model;
  bool full = options_.num_ctx > 0 && answer.usage.input_total.value_or(0) >= options_.num_ctx;
  if (full) {
    reply.failure = ModelFailure::kOverflow;
    reply.text =
        fmt::format("the conversation fills the context of {} tokens (numCtx)", options_.num_ctx);
    reply.paid = record::Paid{answer.model, answer.request_id, answer.usage,
                              price(answer.model, answer.usage, reading.got)};
    reply.answer.reset();
    return;
  }
  answer.cost = price(answer.model, answer.usage, reading.got);
  if (answer.usage.input_total || answer.usage.output_total) return;
  // Nobody counted: an estimate, and said to be one; no price is made of it.
  answer.usage.input_total =
      static_cast<int64_t>(record::to_json(request).dump().size()) / kBytesPerToken;
  answer.usage.output_total =
      static_cast<int64_t>(record::to_json(answer.message).dump().size()) / kBytesPerToken;
  answer.usage.source = "estimated";
}

Result<Reply> HttpProvider::ask(const record::ModelRequest& request, const Cancel& cancel) {
  Shape shape = shape_for(request);
  Json body = dialect_.body(request, shape);
  net::Request sent = request_to(std::string(dialect_.path));
  sent.body = body.dump();
  Reading reading(dialect_);
  sent.sink = [&](std::string_view bytes) {
    bool more = reading.feed(bytes);
    if (on_progress_) on_progress_(Progress{reading.bytes, reading.got.size()});
    return more;
  };
  auto answer = net::send(sent, cancel);
  Reply reply;
  if (!answer.ok() && !(reading.got.complete && answer.error().fault == Fault::kTransient)) {
    reply = not_sent(answer.error(), reading);
  } else if (answer.ok() && (answer->status < 200 || answer->status > 299)) {
    return refused(*answer, shape, body);
  } else {
    reply = reading.end();
    std::string request_id = answer.ok() ? answer->header("x-request-id") : "";
    if (request_id.empty() && answer.ok()) request_id = answer->header("request-id");
    if (reply.answer && !request_id.empty()) reply.answer->request_id = request_id;
    if (reply.answer && reply.answer->request_id.size() > 200) reply.answer->request_id.resize(200);
  }
  settle(reply, request, reading);
  learn_from_cut(reply, shape);
  return reply;
}

std::optional<std::string> HttpProvider::problem() {
  mend_.clear();
  if (!address_.key_missing.empty()) {
    mend_ = fmt::format("export {}=<key>", address_.key_missing);
    return fmt::format("{} is not set", address_.key_missing);
  }
  if (dialect_.kind != "ollama") return std::nullopt;
  net::Request request = request_to("/api/tags");
  request.limits = {Milliseconds(2000), Milliseconds(5000), 4u << 20, {}, {}};
  auto answer = net::send(request, Cancel());
  if (!answer.ok() || answer->status != 200) {
    mend_ = "start it with 'ollama serve', or say by OLLAMA_HOST where it is";
    return fmt::format("no Ollama answers at '{}'", printable(net::shown(address_.base)));
  }
  auto json = Json::parse(answer->body);
  if (!json.ok()) return std::nullopt;
  for (const Json& model : json->get("models").items()) {
    std::string name = model.get_string("name", model.get_string("model"));
    if (name == reference_.model || name == reference_.model + ":latest") return std::nullopt;
  }
  mend_ = fmt::format("ollama pull {}", printable(reference_.model));
  return fmt::format("the Ollama at '{}' has no model '{}'", printable(net::shown(address_.base)),
                     printable(reference_.model));
}

Description HttpProvider::describe() const {
  Description about;
  about.kind = dialect_.kind;
  about.address = printable(net::shown(address_.base));
  about.key_from = address_.key_from;
  about.context_window = options_.context_window;
  if (about.context_window == 0 && price_) about.context_window = price_->max_input.value_or(0);
  about.max_output = shape_for({}).max_output;
  about.local = options_.local;
  if (options_.local) {
    about.price_basis = "local";
    about.input_pico = about.output_pico = 0;
  } else if (price_) {
    about.price_basis = price_->basis;
    about.input_pico = price_->rates.input;
    about.output_pico = price_->rates.output;
  }
  return about;
}

Result<std::unique_ptr<Provider>> make(const Dialect& dialect, const Reference& reference,
                                       const Context& context) {
  GF_ASSIGN(auto address, address_of(dialect.kind, reference, context));
  auto number = [&](const char* name, int64_t fallback, int64_t low, int64_t high) {
    return number_setting(context, reference, name, fallback, low, high);
  };
  constexpr int64_t kMostTokens = 100'000'000;
  Options options;
  bool ollama = dialect.kind == "ollama";
  if (ollama) {
    GF_ASSIGN(options.num_ctx, number("numCtx", kDefaultContext, 256, kMostTokens));
  }
  GF_ASSIGN(options.max_output, number("maxOutput", 0, 1, kMostTokens));
  GF_ASSIGN(options.context_window, number("contextWindow", options.num_ctx, 1, kMostTokens));
  GF_ASSIGN(auto retries, number("retries", 2, 0, 20));
  options.retries = static_cast<int>(retries);
  GF_ASSIGN(auto wait, number("maxWait", 60, 0, 3600));
  options.longest_wait = Milliseconds(wait * 1000);
  GF_ASSIGN(options.local,
            flag_setting(context, reference, "local", ollama && net::is_loopback(address.base)));
  GF_ASSIGN(options.cache, flag_setting(context, reference, "cache", true));
  std::shared_ptr<Shared> shared = context.shared;
  if (shared == nullptr) {
    GF_ASSIGN(shared, make_shared(context.settings, context.data_dir, context.environment));
  }
  return std::unique_ptr<Provider>(std::make_unique<HttpProvider>(
      dialect, reference, std::move(address), options, context, std::move(shared)));
}

}  // namespace

std::optional<Price> price_for(const PriceBook& prices, const std::string& provider,
                               const std::string& asked, const std::string& answered) {
  if (!answered.empty()) {
    if (auto exact = prices.find(provider, answered)) return exact;
  }
  // "gpt-x" asked and "gpt-x-2026-01-31" answered are one model; anything else is another one.
  bool same = answered.empty() || answered == asked || answered.starts_with(asked + "-20");
  return same ? prices.find(provider, asked) : std::nullopt;
}

Result<std::shared_ptr<Shared>> make_shared(const Settings& settings, const std::string& data_dir,
                                            const proc::Environment& environment) {
  auto shared = std::make_shared<Shared>();
  std::string own = net::expanded(settings.text("factory.prices").value_or(""), environment);
  GF_ASSIGN(shared->prices, PriceBook::load(own, data_dir + "/prices.json"));
  return shared;
}

Result<std::unique_ptr<Provider>> make_ollama(const Reference& reference, const Context& context) {
  return make(kOllama, reference, context);
}
Result<std::unique_ptr<Provider>> make_openai(const Reference& reference, const Context& context) {
  return make(kOpenai, reference, context);
}
Result<std::unique_ptr<Provider>> make_anthropic(const Reference& reference,
                                                 const Context& context) {
  return make(kAnthropic, reference, context);
}

}  // namespace gf::model
