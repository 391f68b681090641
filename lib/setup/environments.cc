#include "setup/environments.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "env/environment.h"
#include "session/facts.h"

namespace gf::setup {
namespace {

std::string megabytes(uint64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

std::string verdict(const env::Candidate& one) {
  std::string text = one.taken ? "taken" : "passed by";
  if (!one.version.empty()) text += ", Python " + one.version;
  return one.why.empty() ? text : text + (one.taken ? ", " : ": ") + one.why;
}

}  // namespace

Result<Environments> look_at_environments(session::Context& context) {
  Environments all;
  GF_ASSIGN(auto untrusted,
            session::Config::load(context.repo, context.git, Oid(), context.setup.overrides, true));
  GF_ASSIGN(auto base, session::find_base(context, untrusted.settings(), std::nullopt));
  auto trusted =
      session::Config::load(context.repo, context.git, base.tree, context.setup.overrides);
  const session::Config& config = trusted.ok() ? *trusted : untrusted;
  session::GitFacts facts(context.repo, context.git, base.tree);
  GF_ASSIGN(auto gates, gate::gates_for(facts, config.settings(), "python3"));
  env::Checkout checkout{context.repo.workdir().value_or(""), context.repo.common_dir()};
  env::Order order{
      facts, config.settings(), gates, checkout, context.setup.environment, context.cancel(), {},
      {}};
  GF_ASSIGN(all.found, env::survey(order));
  if (!all.found.interpreter) {
    auto made = env::would_make(order);
    all.would_make = made.ok() ? "a run makes one from " + *made : made.error().message;
  }
  for (const env::Project& project : env::read_manifest(facts).projects) {
    for (const env::Package& package : project.packages)
      all.packages.push_back(fmt::format("{} ({})", package.name, package.path));
  }
  GF_ASSIGN(auto cache, context.setup.environment.cache_folder());
  all.kept = env::kept_in(cache);
  return all;
}

Result<std::vector<env::Kept>> clean_environments(session::Context& context) {
  GF_ASSIGN(auto cache, context.setup.environment.cache_folder());
  return env::clean(cache, true);
}

std::string to_text(const Environments& environments) {
  std::string text = "python:   " + env::told(environments.found) + "\n";
  size_t width = 0;
  for (const env::Candidate& one : environments.found.looked_at)
    width = std::max(width, one.lead.source.size());
  for (const env::Candidate& one : environments.found.looked_at)
    text += fmt::format("  {:<{}}  {}\n", one.lead.source, width, verdict(one));
  text +=
      "packages: " + (environments.packages.empty() ? "none" : join(environments.packages, ", ")) +
      "\n";
  if (environments.kept.empty()) text += "made:     nothing\n";
  for (const env::Kept& one : environments.kept) {
    text += fmt::format("made:     {} {} for {}{}\n", one.what, megabytes(one.size_bytes), one.of,
                        one.whole ? "" : ", not finished");
    text += fmt::format("          {}\n", one.folder);
  }
  return text;
}

record::Json to_json(const Environments& environments) {
  record::Json leads = record::Json::array(), kept = record::Json::array();
  for (const env::Candidate& one : environments.found.looked_at) {
    leads.push(record::Json::object({{"kind", one.lead.kind},
                                     {"source", one.lead.source},
                                     {"program", one.lead.program},
                                     {"taken", one.taken},
                                     {"version", one.version},
                                     {"why", one.why}}));
  }
  for (const env::Kept& one : environments.kept) {
    kept.push(record::Json::object({{"what", one.what},
                                    {"for", one.of},
                                    {"folder", one.folder},
                                    {"bytes", one.size_bytes},
                                    {"whole", one.whole}}));
  }
  return record::Json::object({{"v", 1},
                               {"candidates", leads},
                               {"would_make", environments.would_make},
                               {"packages", record::Json::strings(environments.packages)},
                               {"made", kept}});
}

std::string to_text(const std::vector<env::Kept>& removed) {
  uint64_t bytes = 0;
  for (const env::Kept& one : removed) bytes += one.size_bytes;
  return fmt::format("removed {}, {}\n", counted(removed.size(), "environment"), megabytes(bytes));
}

}  // namespace gf::setup
