#include "setup/environments.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "env/environment.h"
#include "session/facts.h"
#include "session/sandbox.h"
#include "session/trust.h"

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

/// Where environments are, of a repository with several projects: those of Python's projects, and
/// of gates that start one.
std::set<std::string> rooms_of(const record::TreeFacts& facts, const gate::Found& gates) {
  std::set<std::string> rooms;
  auto add = [&](const std::string& folder) {
    rooms.insert(env::environment_folder(facts, gates.projects, folder));
  };
  for (const gate::Project& project : gates.projects) {
    const std::vector<std::string>& all = project.languages;
    if (std::find(all.begin(), all.end(), "Python") != all.end()) add(project.folder);
  }
  for (const gate::Gate& gate : gates.gates) {
    if (!gate.argv.empty() && gate.argv[0] == "python3") add(gate.folder);
  }
  return rooms;
}

std::string packages_text(const ProjectEnvironment& one) {
  return "packages: " + (one.packages.empty() ? "none" : join(one.packages, ", ")) + "\n";
}

/// What was looked at, in order.
std::string candidates_text(const ProjectEnvironment& one) {
  std::string text;
  size_t width = 0;
  for (const env::Candidate& candidate : one.found.looked_at)
    width = std::max(width, candidate.lead.source.size());
  for (const env::Candidate& candidate : one.found.looked_at)
    text += fmt::format("  {:<{}}  {}\n", candidate.lead.source, width, verdict(candidate));
  return text;
}

/// Of an environment that none fits; empty of others.
std::string would_make(const ProjectEnvironment& one) {
  if (one.cannot_make) return one.cannot_make->message;
  return one.made_from.empty() ? "" : "a run makes one from " + one.made_from;
}

/// A line a project; what was passed by is told where nothing fits.
std::string several_text(const std::vector<ProjectEnvironment>& all) {
  std::string text;
  for (const ProjectEnvironment& one : all) {
    text += fmt::format("{}: {}\n", one.folder.empty() ? "." : one.folder, env::to_text(one.found));
    if (!one.found.interpreter) text += candidates_text(one) + "  " + would_make(one) + "\n";
    if (!one.packages.empty()) text += "  " + packages_text(one);
  }
  return text;
}

record::Json candidates_json(const ProjectEnvironment& environment) {
  record::Json leads = record::Json::array();
  for (const env::Candidate& one : environment.found.looked_at) {
    leads.push(record::Json::object({{"kind", one.lead.kind},
                                     {"source", one.lead.source},
                                     {"program", one.lead.program},
                                     {"taken", one.taken},
                                     {"version", one.version},
                                     {"why", one.why}}));
  }
  return leads;
}

}  // namespace

Result<std::vector<ProjectEnvironment>> environments_of(session::Context& context,
                                                        const Settings& settings,
                                                        const record::TreeFacts& facts,
                                                        const gate::Found& gates) {
  bool several = gate::are_several(gates.projects);
  std::set<std::string> rooms = several ? rooms_of(facts, gates) : std::set<std::string>{""};
  auto holder = session::holder_of(context, settings);
  GF_ASSIGN(auto users, context.git.settings());
  env::Reserve reserve;
  if (!holder.ok()) {
    reserve = {"was not started: " + holder.error().message, true};
  } else if (session::stranger_in(users)) {
    reserve.why = "was not started: code of this clone may not run yet; see 'git factory trust'";
  }
  env::Checkout checkout{context.repo.workdir().value_or(""), context.repo.common_dir()};
  std::vector<ProjectEnvironment> all;
  for (const std::string& room : rooms) {
    std::vector<gate::Gate> own;
    for (const gate::Gate& gate : gates.gates) {
      if (!several || env::environment_folder(facts, gates.projects, gate.folder) == room)
        own.push_back(gate);
    }
    std::set<std::string> along = env::code_along(gates.projects, room);
    env::Order order{
        facts, settings, own,     checkout, context.setup.environment, context.cancel(), {}, {},
        room,  along,    nullptr, false};
    if (holder.ok()) {
      order.sandbox = &(*holder)->sandbox;
      order.repository = (*holder)->repository;
    }
    order.reserve = reserve;
    ProjectEnvironment one;
    one.folder = room;
    GF_ASSIGN(one.found, env::survey(order));
    if (!one.found.interpreter) {
      auto made = env::would_make(order);
      if (made.ok()) {
        one.made_from = *made;
      } else {
        one.cannot_make = made.error();
      }
    }
    for (const env::Project& project : env::manifest_of(facts, room, along).projects) {
      for (const env::Package& package : project.packages)
        one.packages.push_back(fmt::format("{} ({})", package.name, package.path));
    }
    all.push_back(std::move(one));
  }
  return all;
}

Result<Environments> look_at_environments(session::Context& context) {
  Environments all;
  GF_ASSIGN(auto untrusted,
            session::Config::load(context.repo, context.git, Oid(), context.setup.overrides, true));
  GF_ASSIGN(auto base, session::find_base(context, untrusted.settings(), std::nullopt));
  auto trusted =
      session::Config::load(context.repo, context.git, base.tree, context.setup.overrides);
  const session::Config& config = trusted.ok() ? *trusted : untrusted;
  session::GitFacts facts(context.repo, context.git, base.tree);
  GF_ASSIGN(auto gates, gate::find_gates(facts, config.settings(), "python3"));
  GF_ASSIGN(all.projects, environments_of(context, config.settings(), facts, gates));
  GF_ASSIGN(auto cache, context.setup.environment.cache_folder());
  all.kept = env::kept_in(cache);
  return all;
}

Result<std::vector<env::Kept>> clean_environments(session::Context& context) {
  GF_ASSIGN(auto cache, context.setup.environment.cache_folder());
  return env::clean(cache, true);
}

std::string to_text(const Environments& environments) {
  const std::vector<ProjectEnvironment>& projects = environments.projects;
  std::string text;
  if (projects.size() == 1 && projects[0].folder.empty()) {
    const ProjectEnvironment& one = projects[0];
    text = "python:   " + env::to_text(one.found) + "\n" + candidates_text(one);
    if (!one.found.interpreter) text += "  " + would_make(one) + "\n";
    text += packages_text(one);
  } else {
    text = projects.empty() ? "python:   none is needed\n" : several_text(projects);
  }
  if (environments.kept.empty()) text += "made:     nothing\n";
  for (const env::Kept& one : environments.kept) {
    text += fmt::format("made:     {} {} for {}{}\n", one.what, megabytes(one.size_bytes), one.of,
                        one.whole ? "" : ", not finished");
    text += fmt::format("          {}\n", one.folder);
  }
  return text;
}

record::Json to_json(const Environments& environments) {
  record::Json projects = record::Json::array(), kept = record::Json::array();
  for (const ProjectEnvironment& one : environments.projects) {
    projects.push(record::Json::object({{"project", one.folder},
                                        {"candidates", candidates_json(one)},
                                        {"would_make", would_make(one)},
                                        {"packages", record::Json::strings(one.packages)}}));
  }
  // The first as it was told when there was but one.
  ProjectEnvironment first;
  if (!environments.projects.empty()) first = environments.projects.front();
  for (const env::Kept& one : environments.kept) {
    kept.push(record::Json::object({{"what", one.what},
                                    {"for", one.of},
                                    {"folder", one.folder},
                                    {"bytes", one.size_bytes},
                                    {"whole", one.whole}}));
  }
  return record::Json::object({{"v", 1},
                               {"candidates", candidates_json(first)},
                               {"would_make", would_make(first)},
                               {"packages", record::Json::strings(first.packages)},
                               {"projects", projects},
                               {"made", kept}});
}

std::string to_text(const std::vector<env::Kept>& removed) {
  uint64_t bytes = 0;
  for (const env::Kept& one : removed) bytes += one.size_bytes;
  return fmt::format("removed {}, {}\n", counted(removed.size(), "environment"), megabytes(bytes));
}

}  // namespace gf::setup
