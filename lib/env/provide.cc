// Finding one, making one, or taking one that may do.
#include "env/provide.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "env/holding.h"
#include "env/installed.h"
#include "env/moves.h"
#include "env/recipe.h"
#include "gate/folder_facts.h"
#include "proc/process.h"

namespace gf::env {
namespace {

/// An order as it is seen from the folder of its project.
struct Inside {
  gate::FolderFacts tree;
  std::optional<gate::FolderFacts> before;
  Order order;
  explicit Inside(const Order& whole)
      : tree(whole.tree, whole.folder), order{tree,           whole.settings,    whole.gates,
                                              whole.checkout, whole.environment, whole.cancel,
                                              slot_of(whole), whole.say,         whole.folder,
                                              whole.along,    nullptr,           whole.is_clean,
                                              whole.sandbox,  whole.repository,  whole.reserve} {
    if (whole.before == nullptr) return;
    before.emplace(*whole.before, whole.folder);
    order.before = &*before;
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  static std::string slot_of(const Order& whole) {
    bool deeper = !whole.folder.empty() && !whole.slot.empty();
    return deeper ? whole.slot + "/" + whole.folder : whole.slot;
  }
};

/// Plain names of the other projects of the repository.
std::vector<std::string> names_along(const Order& order, const Manifest& manifest) {
  std::vector<std::string> names;
  for (const Project& project : manifest.projects) {
    if (project.folder != order.folder && !project.name.empty())
      names.push_back(plain_name(project.name));
  }
  return names;
}

void remove(std::vector<std::string>& from, const std::vector<std::string>& names) {
  std::erase_if(from, [&](const std::string& one) {
    return std::find(names.begin(), names.end(), one) != names.end();
  });
}

std::vector<std::string> declared_in(const record::TreeFacts& tree, const Manifest& manifest) {
  std::vector<std::string> wanted = lines(flat_requirements(tree, manifest.requirements));
  for (std::string& one : declared_requirements(tree, {})) wanted.push_back(std::move(one));
  return names_wanted(wanted);
}

/// Plain names of what the project declares for developing.
std::vector<std::string> developing_in(const Order& order, const Manifest& manifest) {
  std::vector<std::string> names = declared_in(order.tree, manifest);
  std::string own = manifest.projects.empty() ? "" : plain_name(manifest.projects[0].name);
  names.erase(std::remove(names.begin(), names.end(), own), names.end());
  if (!order.along.empty()) remove(names, names_along(order, manifest));
  return names;
}

/// Plain names of what the change asks for and what the run began with did not.
std::vector<std::string> asked_anew(const Order& order, const Manifest& manifest) {
  if (order.before == nullptr) return {};
  std::vector<std::string> names = developing_in(order, manifest);
  remove(names, declared_in(*order.before, manifest));
  return names;
}

/// What the project cannot be imported without, but for what the run's tree has.
std::vector<std::string> distributions_in(const Order& order, const Manifest& manifest) {
  bool own = !manifest.projects.empty() && manifest.projects[0].folder == order.folder;
  std::vector<std::string> names = asked_anew(order, manifest);
  if (!own) return names;
  const std::vector<std::string>& always = manifest.projects[0].requires_always;
  names.insert(names.end(), always.begin(), always.end());
  if (!order.along.empty()) remove(names, names_along(order, manifest));
  return names;
}

/// The question that an order puts to the finder.
Question question_of(const Order& order, const Manifest& manifest) {
  return {manifest,
          order.settings,
          order.checkout,
          order.environment,
          order.cancel,
          modules_of(order.gates, true),
          modules_of(order.gates, false),
          distributions_in(order, manifest),
          developing_in(order, manifest),
          order.folder,
          order.sandbox,
          order.reserve};
}

/// The first interpreter on PATH that the project allows; empty: none.
Interpreter base_for(const Order& order, const Manifest& manifest) {
  std::string wanted = manifest.projects.empty() ? "" : manifest.projects[0].requires_python;
  for (const char* name : {"python3", "python3.13", "python3.12", "python3.11", "python3.10",
                           "python3.9", "python3.14"}) {
    auto program = proc::find_program(name, order.environment);
    if (!program) continue;
    auto answer =
        ask_interpreter(*program, {}, order.environment, order.cancel,
                        looking(order.sandbox, order.checkout, order.environment, *program));
    if (answer.ok() && allows(wanted, answer->version)) return std::move(answer).value();
  }
  return {};
}

/// A new environment and what it was made from.
struct Made {
  std::string python, from;
};

Error cannot_be_made(const std::string& why) {
  return Error{
      Fault::kConfiguration,
      "no environment can be made: " + why,
      {},
      "make one (uv sync, or python3 -m venv .venv and install what the tests need), or set "
      "factory.python"};
}

/// The first recipe that works here. The Error says what is missing.
Result<Recipe> recipe_here(const Order& order, const Manifest& manifest) {
  std::string why;
  auto has = [&](const std::string& program) {
    return proc::find_program(program, order.environment).has_value();
  };
  auto recipe = recipe_for(order.tree, manifest, has, why);
  if (recipe) return *std::move(recipe);
  return cannot_be_made(why);
}

Result<Made> make_by_recipe(const Order& order, const Manifest& manifest) {
  GF_ASSIGN(auto recipe, recipe_here(order, manifest));
  Interpreter base = base_for(order, manifest);
  if (base.base.empty() && recipe.tool != "uv") return cannot_be_made("no Python on PATH fits");
  GF_ASSIGN(auto network, network_of(order));
  Making making{recipe,
                base.base,
                base.version,
                order.slot,
                order.environment,
                order.cancel,
                network,
                order.say,
                false,
                order.sandbox,
                caches_for(order.environment, order.checkout)};
  if (order.before != nullptr) {
    GF_ASSIGN(making.relock, lock_lags(making));
  }
  GF_ASSIGN(std::string python, make_environment(making));
  if (making.relock && order.say) {
    order.say(
        fmt::format("the change leaves {0} behind: the gates run in what {1} makes of it "
                    "today; run '{1} lock' on the branch",
                    recipe.from, recipe.tool));
  }
  return Made{python, recipe.from};
}

/// An environment of ours where none of the user's fits.
Result<void> make_one(const Order& order, const Manifest& manifest, Found& found) {
  auto made = make_by_recipe(order, manifest);
  if (!made.ok()) {
    Error error = made.error();
    if (error.fault == Fault::kCancelled) return error;
    std::vector<std::string> looked;
    for (const Candidate& one : found.looked_at) looked.push_back(one.lead.source + " " + one.why);
    if (!looked.empty()) error.message += " (" + join(looked, "; ") + ")";
    return error;
  }
  Question question = question_of(order, manifest);
  std::vector<std::string> modules = question.needed;
  modules.insert(modules.end(), question.wanted.begin(), question.wanted.end());
  GF_ASSIGN(
      found.interpreter,
      ask_interpreter(made->python, modules, order.environment, order.cancel,
                      looking(order.sandbox, order.checkout, order.environment, made->python)));
  found.lead = {"made", made->from, made->python};
  for (const std::string& one : question.needed) {
    const std::vector<std::string>& lacks = found.interpreter->lacks;
    if (std::find(lacks.begin(), lacks.end(), one) == lacks.end()) continue;
    return Error{Fault::kConfiguration,
                 fmt::format("{} is not in the environment that {} makes", one, made->from),
                 {},
                 fmt::format("add {} to the project's development dependencies", one)};
  }
  return Done{};
}

/// What `uv sync` would install into the environment that was found: "six==1.17.0"; empty: it fits,
/// or uv cannot say. Nothing is written, nothing is fetched.
std::vector<std::string> uv_would_install(const Order& order, const Interpreter& interpreter) {
  proc::Options options;
  options.argv = {"uv",
                  "sync",
                  "--check",
                  "--inexact",
                  "--frozen",
                  "--offline",
                  "--no-install-project",
                  "--no-install-workspace"};
  options.directory = order.slot;
  const std::string caches = caches_for(order.environment, order.checkout);
  options.environment = variables_of(proc::Work::kFetch, order.sandbox, order.environment, caches);
  options.environment["UV_PROJECT_ENVIRONMENT"] = interpreter.prefix;
  options.limits = {Milliseconds(20000), 1u << 20};
  proc::Workplace place{read_by(interpreter, {}), {}, caches};
  place.readable.push_back(order.slot);
  Holding holding =
      making(proc::Work::kFetch, Reach::kOffline, order.sandbox, order.environment, place);
  auto ran = proc::run_in(holding.sandbox, options, holding.policy, order.cancel);
  std::vector<std::string> missing;
  if (!ran.ok() || ran->succeeded()) return missing;
  for (const std::string& line : lines(ran->out + "\n" + ran->err)) {
    std::string_view text = trim(line);
    if (text.starts_with("+ ")) missing.emplace_back(printable(text.substr(2)));
  }
  return missing;
}

/// An environment that has the tools may still not be the one that the lock file means.
void check_fit(const Order& order, const Manifest& manifest, Found& found) {
  const std::vector<std::string>& locks = manifest.locks;
  bool asked = found.interpreter && found.interpreter->isolated && found.lead.kind != "setting" &&
               !order.slot.empty() &&
               std::find(locks.begin(), locks.end(), "uv.lock") != locks.end() &&
               proc::find_program("uv", order.environment);
  if (!asked) return;
  std::vector<std::string> missing = uv_would_install(order, *found.interpreter);
  if (missing.empty()) return;
  found.looked_at.back().taken = false;
  found.looked_at.back().why = "does not fit uv.lock, which has " + join(missing, ", ");
  found.second_best = std::move(found.interpreter);
  found.second_best->lacks.insert(found.second_best->lacks.end(), missing.begin(), missing.end());
  found.second_lead = found.lead;
  found.interpreter.reset();
}

/// What factory.python names is the user's word; what a change asks for anew it may lack, and only
/// the user can put it there.
Result<void> check_named(const Order& order, const Manifest& manifest, const Found& found) {
  std::vector<std::string> anew = asked_anew(order, manifest), lacking;
  for (const std::string& one : found.interpreter->lacks) {
    if (std::find(anew.begin(), anew.end(), one) != anew.end()) lacking.push_back(one);
  }
  if (lacking.empty()) return Done{};
  return Error{
      Fault::kEnvironment,
      fmt::format("factory.python lacks {}, which the change asks for", named_once(lacking)),
      {},
      "install it there, or unset factory.python; then 'git factory resume'"};
}

/// Finds one, makes one, or takes one that may do.
Result<void> settle(const Order& order, const Manifest& manifest, Found& found) {
  if (found.interpreter && found.lead.kind == "setting") return check_named(order, manifest, found);
  if (found.interpreter) return Done{};
  Result<void> made = make_one(order, manifest, found);
  if (made.ok() || made.error().fault == Fault::kCancelled || !found.second_best) return made;
  std::vector<std::string> needed = modules_of(order.gates, true);
  for (std::string& one : asked_anew(order, manifest)) needed.push_back(std::move(one));
  for (const std::string& lack : found.second_best->lacks) {
    if (std::find(needed.begin(), needed.end(), lack) != needed.end()) return made;
  }
  if (order.say) {
    order.say(fmt::format("using {} although it lacks {}: {}", found.second_lead.source,
                          named_once(found.second_best->lacks), made.error().message));
  }
  found.interpreter = found.second_best;
  found.lead = found.second_lead;
  return Done{};
}

}  // namespace

Result<Network> network_of(const Order& order) { return network_of(order.settings); }

Result<Network> network_of(const Settings& settings) {
  GF_ASSIGN(auto word,
            settings.choice("factory.install", "online", {"online", "offline", "never"}));
  return word == "online" ? Network::kOnline
                          : (word == "offline" ? Network::kOffline : Network::kNever);
}

Result<Found> survey(const Order& whole) {
  Inside inside(whole);
  Manifest manifest = manifest_of(whole.tree, whole.folder, whole.along);
  return find_environment(question_of(inside.order, manifest));
}

Result<Found> provide(const Order& whole, const Manifest& manifest) {
  Inside inside(whole);
  const Order& order = inside.order;
  GF_ASSIGN(auto found, find_environment(question_of(order, manifest)));
  check_fit(order, manifest, found);
  GF_TRY(settle(order, manifest, found));
  return found;
}

Result<std::string> would_make(const Order& whole) {
  Inside inside(whole);
  GF_ASSIGN(auto recipe,
            recipe_here(inside.order, manifest_of(whole.tree, whole.folder, whole.along)));
  return fmt::format("{} by {}", recipe.from, recipe.tool);
}

Result<std::string> make_for(const Order& whole) {
  Inside inside(whole);
  GF_ASSIGN(auto made,
            make_by_recipe(inside.order, manifest_of(whole.tree, whole.folder, whole.along)));
  return made.python;
}

}  // namespace gf::env
