#include "batch/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/files.h"
#include "base/text.h"
#include "batch/stream.h"
#include "record/exchange.h"

namespace gf::batch {
namespace {

/// An engine's program answers in seconds; one that hangs is as good as one that cannot be asked.
constexpr Milliseconds kPatience{120000};

}  // namespace

std::span<const Engine* const> all_engines() {
  static const std::array<const Engine*, 4> engines = {&ssh_engine(), &slurm_engine(),
                                                       &actions_engine(), &kubernetes_engine()};
  return engines;
}

Result<const Engine*> engine_named(std::string_view name) {
  if (name.empty() || name == "local") return nullptr;
  std::vector<std::string> names = {"local"};
  for (const Engine* engine : all_engines()) {
    if (engine->name() == name) return engine;
    names.emplace_back(engine->name());
  }
  return Error{Fault::kUsage,
               fmt::format("there is no runner '{}'", printable(name)),
               {},
               "it is one of " + join(names, ", ")};
}

std::string job_command(const EngineRoom& room, const Order& order, std::string_view job) {
  std::string command = fmt::format("git factory batch --job={}/{} --from={} --as={}", order.batch,
                                    order.slug, shell_word(room.url), job);
  command += " --orders=" + room.orders;
  command += " --trusted" + (room.trusted_file.empty() ? "" : "=" + room.trusted_file);
  if (!order.in_place_of.empty()) command += " --in-place-of=" + order.in_place_of;
  return command;
}

std::string submitter(const EngineRoom& room) {
  auto who = room.context.repo.identity(room.context.clock().now());
  std::string mail = who.ok() ? who->email : std::string();
  return record::content_id(fmt::format("{}\n{}\n{}", mail, room.batch, room.orders)).short_hex(8);
}

std::string job_key(const EngineRoom& room, const Order& order) {
  return record::content_id(
             fmt::format("{}\n{}\n{}\n{}", order.batch, order.slug, room.orders, order.in_place_of))
      .short_hex(12);
}

std::string setup_lines(const EngineRoom& room) {
  return join(room.settings.all("factory.batch.setup"), "\n");
}

Result<std::string> ask_engine(const EngineRoom& room, std::vector<std::string> words,
                               std::string input, const std::vector<std::string>& without) {
  proc::Options options;
  options.argv = std::move(words);
  std::string program = options.argv.front();
  options.directory = room.context.setup.directory;
  for (const auto& [name, value] : room.context.setup.environment) {
    bool left_out = std::any_of(without.begin(), without.end(), [&name = name](const auto& start) {
      return name.starts_with(start);
    });
    if (!left_out) options.environment[name] = value;
  }
  options.input = std::move(input);
  options.limits.timeout = kPatience;
  // Not ended by the wish to stop: that is when jobs have to be cancelled.
  GF_ASSIGN(auto outcome, proc::run(options, Cancel()));
  if (outcome.succeeded()) return outcome.out;
  // Some say why not where they say everything.
  std::string said(trim(trim(outcome.err).empty() ? outcome.out : outcome.err));
  return Error{Fault::kTransient,
               outcome.end == proc::End::kTimedOut
                   ? fmt::format("'{}' does not answer", program)
                   : fmt::format("'{}' failed: {}", program,
                                 printable(clipped(said.substr(said.rfind('\n') + 1), 300))),
               said,
               {}};
}

Result<std::string> filled(const EngineRoom& room, std::string_view name,
                           const std::map<std::string, std::string>& values) {
  std::string path(name);
  if (!name.starts_with('/'))
    path = fmt::format("{}/runners/{}", room.context.setup.data_dir, name);
  auto text = read_file(path);
  if (!text)
    return Error{Fault::kEnvironment,
                 fmt::format("there is no '{}'", path),
                 {},
                 name.starts_with('/') ? "" : "install again"};
  std::string done;
  for (size_t at = 0; at < text->size();) {
    size_t open = std::min(text->find("{{", at), text->size()), close = text->find("}}", open);
    done += text->substr(at, open - at);
    if (open == text->size()) break;
    auto value = close == std::string::npos ? values.end()
                                            : values.find(text->substr(open + 2, close - open - 2));
    bool known = value != values.end();
    done += known ? value->second : "{{";
    at = known ? close + 2 : open + 2;
  }
  return done;
}

}  // namespace gf::batch
