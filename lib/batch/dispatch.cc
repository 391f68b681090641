#include "batch/dispatch.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "base/text.h"
#include "batch/begin.h"
#include "batch/dispatcher.h"
#include "batch/home.h"
#include "batch/standing.h"
#include "session/config.h"
#include "session/hold.h"

namespace gf::batch {
namespace {

constexpr Milliseconds kStep{100};  ///< how often a wish to stop is noticed

Result<Report> see_through(session::Context& context, const Orders& orders, const Engine& engine,
                           const EngineRoom& room, const std::string& remote,
                           const Listener& listener, Milliseconds between) {
  Stopwatch watch(context.clock());
  Dispatcher dispatcher(context, orders, engine, room, remote, listener);
  GF_TRY(dispatcher.take_up());
  while (!context.cancel().requested()) {
    dispatcher.submit();
    if (!dispatcher.any()) break;
    Stopwatch pause(context.clock());
    while (pause.elapsed() < between && !context.cancel().requested())
      std::this_thread::sleep_for(std::min(kStep, between));
    if (!context.cancel().requested()) dispatcher.look();
  }
  if (context.cancel().requested()) dispatcher.cancel();
  Report report = dispatcher.report();
  report.wall = watch.elapsed();
  if (!context.cancel().requested()) GF_TRY(bring_home(context, orders, remote, report));
  return report;
}

/// The same requests from the same branch: two people submit one batch, and both see it through.
bool is_same_batch(const Orders& one, const Orders& other) {
  Orders a = one, b = other;
  b.begun = a.begun;
  b.base = a.base;
  b.at_once = a.at_once;
  b.runner = a.runner;
  b.share = a.share;
  return to_json(a) == to_json(b);
}

/// What the user set for all runs together: each job is a batch of one, by its machine's settings.
void say_what_bounds(const Settings& settings, const Listener& listener) {
  std::vector<std::string> set;
  for (const char* key : {"factory.batch.budgetUsd", "factory.batch.budgetTokens",
                          "factory.batch.budgetCalls", "factory.batch.budgetSeconds"}) {
    if (settings.text(key)) set.emplace_back(key);
  }
  if (set.empty() || !listener.on_note) return;
  listener.on_note(fmt::format(
      "{}: not for the batch on other machines; there it bounds each job by itself, as that "
      "machine is configured",
      join(set, ", ")));
}

}  // namespace

Result<void> check_for_runner(const Orders& orders) {
  const char* what = nullptr;
  if (orders.no_pr) what = "--no-pr";
  if (orders.serial_overlaps) what = "--serial-overlaps";
  if (!orders.budget.empty()) what = "--budget";
  if (what == nullptr) return Done{};
  return Error{
      Fault::kUsage,
      fmt::format("{} works on this machine alone, and not with --runner={}", what, orders.runner),
      {},
      orders.budget.empty() ? "leave it away"
                            : "give each request a budget of its own in the file"};
}

std::string url_for_jobs(const std::string& url, const std::string& folder) {
  size_t scheme = url.find("://");
  if (scheme == std::string::npos) {
    // "host:path" is ssh's, unless a slash comes first.
    size_t colon = url.find(':');
    bool path = colon == std::string::npos || url.find('/') < colon;
    if (!path || url.starts_with('/')) return url;
    return (std::filesystem::path(folder) / url).lexically_normal().string();
  }
  size_t host = scheme + 3, slash = std::min(url.find('/', host), url.size());
  size_t at = url.rfind('@', slash);
  if (at == std::string::npos || at < host) return url;
  // A name is what a server of ssh is asked as; for the web it may be a token.
  std::string name = url.substr(host, at - host);
  bool web = url.starts_with("http");
  name = web ? "" : name.substr(0, name.find(':')) + "@";
  return url.substr(0, host) + name + url.substr(at + 1);
}

Result<Report> dispatch_batch(session::Context& context, Orders orders, const Engine& engine,
                              const std::string& remote, const Settings& settings,
                              const Listener& listener) {
  GF_TRY(check_for_runner(orders));
  GF_ASSIGN(auto hold, session::Hold::take_batch(context, orders.name));
  auto url = context.repo.remote_url(remote);
  if (!url)
    return Error{
        Fault::kUser, fmt::format("'{}' has no address", remote), {}, "see 'git remote -v'"};
  GF_ASSIGN(auto there, published(context.git, context.repo, remote, orders.name));
  if (there) {
    if (!is_same_batch(orders, *there)) return is_there_already(orders.name);
    there->at_once = orders.at_once;
    there->runner = orders.runner;
    orders = std::move(*there);
  }
  GF_ASSIGN(auto base, context.repo.commit(orders.base));
  // Refuses a .gitfactory that nobody has said yes to, as each job would.
  GF_TRY(session::Config::load(context.repo, context.git, base.tree, context.setup.overrides));
  GF_ASSIGN(auto tracked, session::tracked_config(context.repo, base.tree));
  EngineRoom room{context,
                  settings,
                  orders.name,
                  url_for_jobs(*url, context.repo.workdir().value_or(context.repo.git_dir())),
                  "",
                  tracked ? tracked->hex() : "",
                  listener.on_note,
                  orders.begun};
  GF_TRY(engine.ready(room));
  GF_ASSIGN(auto who, context.repo.identity(context.clock().now()));
  GF_TRY(keep(context.repo, who, orders));
  if (!there) {
    GF_ASSIGN(bool put, publish(context.git, context.repo, remote, orders));
    if (!put) return is_there_already(orders.name);
  }
  GF_ASSIGN(int64_t seconds, settings.number("factory.batch.pollSeconds", 10, 1, 3600));
  if (listener.on_begin) listener.on_begin(orders);
  if (!there) {
    GF_ASSIGN(there, published(context.git, context.repo, remote, orders.name));
    if (!there) return is_there_already(orders.name);
  }
  say_what_bounds(settings, listener);
  room.orders = there->tip.hex();
  return see_through(context, orders, engine, room, remote, listener,
                     std::chrono::seconds(seconds));
}

}  // namespace gf::batch
