#include "env/maker.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/clock.h"
#include "base/files.h"
#include "base/text.h"
#include "env/environment.h"
#include "env/held.h"
#include "env/place.h"
#include "env/trouble.h"
#include "proc/process.h"

namespace gf::env {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

constexpr Milliseconds kInstallTime{1800000};

/// How one try goes about it.
enum class Try {
  kUnpack,  ///< out of what the user's own client has fetched, without running any of it
  kOffline,
  kOnline,
};

/// One program of a try.
struct Step {
  proc::Work work;
  Words argv;
  Reach reach = Reach::kAll;
  bool may_fail = false;
};

/// The user's variables, but for those that would lead the tool to another environment.
Environment for_tools(const Making& making, proc::Work work, const std::string& folder) {
  Environment environment = variables_of(work, making.sandbox, making.environment, making.caches);
  for (const char* name : {"VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "UV_PROJECT"})
    environment.erase(name);
  environment["UV_PROJECT_ENVIRONMENT"] = folder;
  // Gates write none. To compile is to start an interpreter, which reads the packages' path files.
  environment["UV_COMPILE_BYTECODE"] = work == proc::Work::kUnpack ? "0" : "1";
  environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1";
  environment["PDM_IGNORE_SAVED_PYTHON"] = "1";
  environment["POETRY_VIRTUALENVS_CREATE"] = "false";
  return environment;
}

Words with_python(Words words, const std::string& python) {
  if (!python.empty()) words.insert(words.end(), {"--python", python});
  return words;
}

/// How a tool is asked whether its lock file lags behind, and how it is brought up to date with as
/// little change as can be.
struct Locking {
  std::string tool;
  Words check, update;
};
const Locking* locking_of(const Recipe& recipe) {
  static const std::vector<Locking> rows = {
      {"uv", {"uv", "lock", "--check", "--offline"}, {"uv", "lock"}},
      {"poetry", {"poetry", "check", "--lock"}, {"poetry", "lock", "-n"}},
      {"pdm", {"pdm", "lock", "--check"}, {"pdm", "lock", "--update-reuse"}}};
  for (const Locking& row : rows) {
    if (recipe.locked && row.tool == recipe.tool) return &row;
  }
  return nullptr;
}

/// The programs that make it, in order.
std::vector<Step> steps_of(const Making& making, const std::string& folder, Try how) {
  const Recipe& recipe = making.recipe;
  const std::string own = folder + "/bin/python", list = folder + "/requirements.txt";
  const std::string base = making.python.empty() ? "python3" : making.python;
  const proc::Work work = how == Try::kUnpack ? proc::Work::kUnpack : proc::Work::kFetch;
  std::vector<Step> steps;
  if (recipe.tool == "uv" && recipe.locked) {
    Words sync = with_python({"uv", "sync", "--frozen", "--no-install-workspace"}, making.python);
    for (const std::string& one : recipe.parts.groups) sync.insert(sync.end(), {"--group", one});
    for (const std::string& one : recipe.parts.extras) sync.insert(sync.end(), {"--extra", one});
    steps = {{work, sync}};
  } else if (recipe.tool == "uv") {
    steps = {{work, with_python({"uv", "venv", "--allow-existing", folder}, making.python)},
             {work, {"uv", "pip", "install", "--python", own, "-r", list}}};
  } else if (recipe.tool == "poetry") {
    return {{work, {base, "-m", "venv", folder}}, {work, {"poetry", "install", "-n", "--no-root"}}};
  } else if (recipe.tool == "pdm") {
    return {{work, {base, "-m", "venv", "--without-pip", folder}},
            {work, {"pdm", "sync", "--no-self"}}};
  } else {
    return {{work, {base, "-m", "venv", folder}},
            {work, {own, "-m", "pip", "install", "--quiet", "--no-input", "-r", list}}};
  }
  for (const char* option : {"--offline", "--no-build"}) {
    bool said = option == std::string_view("--offline") ? how != Try::kOnline : how == Try::kUnpack;
    if (said) steps.back().argv.emplace_back(option);
  }
  for (Step& step : steps) step.reach = how == Try::kOnline ? Reach::kAll : Reach::kOffline;
  if (how == Try::kUnpack)
    steps.push_back({proc::Work::kBuild,
                     {own, "-m", "compileall", "-q", folder + "/lib"},
                     Reach::kOffline,
                     true});
  return steps;
}

/// What is tried, in order. Without a sandbox the user's caches are there in any case.
std::vector<Try> tries_of(const Making& making) {
  std::vector<Try> all;
  bool uv = making.recipe.tool == "uv";
  bool held = making.sandbox != nullptr && making.sandbox->holds();
  if (uv && held && !making.relock) all.push_back(Try::kUnpack);
  if (uv) all.push_back(Try::kOffline);
  if (making.network == Network::kOnline) all.push_back(Try::kOnline);
  return all;
}

/// A file that is as it was when this goes.
class Unchanged {
 public:
  explicit Unchanged(std::string path) : path_(std::move(path)), text_(read_file(path_)) {}
  ~Unchanged() {
    if (text_ && read_file(path_) != text_) (void)write_file(path_, *text_).ok();
  }
  Unchanged(const Unchanged&) = delete;
  Unchanged& operator=(const Unchanged&) = delete;

 private:
  std::string path_;
  std::optional<std::string> text_;
};

Holding holding_of(const Making& order, proc::Work work, Reach reach, const std::string& folder) {
  proc::Workplace place{{order.folder}, {}, order.caches};
  if (!folder.empty()) place.writable.push_back(folder);
  return making(work, reach, order.sandbox, order.environment, place);
}

/// Brings the lock file up to date in `folder`, for what follows.
Result<std::optional<std::string>> update_lock(const Making& making, bool offline) {
  const Locking* locking = making.relock ? locking_of(making.recipe) : nullptr;
  if (locking == nullptr) return std::optional<std::string>();
  Words update = locking->update;
  if (offline && locking->tool == "uv") update.emplace_back("--offline");
  const proc::Work work = proc::Work::kFetch;
  Holding holding =
      holding_of(making, work, offline ? Reach::kOffline : Reach::kAll, making.folder);
  holding.policy.kept = {making.folder + "/.git"};
  return went_wrong(update, making.folder, for_tools(making, work, "/nowhere"), making.cancel,
                    holding);
}

Result<std::optional<std::string>> make_once(const Making& making, const std::string& folder,
                                             Try how) {
  remove_folder(folder);
  Unchanged lock(making.folder + "/" + (making.relock ? making.recipe.from : ""));
  if (!making.recipe.locked) {
    GF_TRY(write_file(folder + "/requirements.txt", making.recipe.requirements));
  }
  GF_ASSIGN(auto unlocked, update_lock(making, how != Try::kOnline));
  if (unlocked) return unlocked;
  bool by_activation = making.recipe.tool == "poetry" || making.recipe.tool == "pdm";
  for (const Step& step : steps_of(making, folder, how)) {
    Environment environment = for_tools(making, step.work, folder);
    if (by_activation && fs::exists(folder + "/bin/python")) environment["VIRTUAL_ENV"] = folder;
    GF_ASSIGN(auto wrong, went_wrong(step.argv, making.folder, environment, making.cancel,
                                     holding_of(making, step.work, step.reach, folder)));
    if (wrong && !step.may_fail) return wrong;
  }
  return std::optional<std::string>();
}

Error cannot_make(const Making& making, const std::string& output) {
  const Recipe& recipe = making.recipe;
  std::string unreached = network_trouble(output);
  bool asked = making.network == Network::kOnline && unreached.empty();
  std::string hint = making.network == Network::kOnline
                         ? fmt::format("{}, or make an environment yourself and set factory.python",
                                       asked ? "mend what it names" : "check the network")
                         : "set factory.install to online, or make an environment yourself";
  return Error{asked ? Fault::kConfiguration : Fault::kEnvironment,
               fmt::format("no environment fits, and {} cannot make one from {}: {}", recipe.tool,
                           recipe.from,
                           unreached.empty() ? telling_line(output)
                                             : "the package index cannot be reached, " + unreached),
               unreached.empty() ? output : std::string(), hint};
}

/// What the tool says against its lock file; nothing: it is up to date.
Result<std::optional<std::string>> ask_lock(const Making& making, const Locking& locking) {
  return went_wrong(locking.check, making.folder, for_tools(making, proc::Work::kFetch, "/nowhere"),
                    making.cancel, holding_of(making, proc::Work::kFetch, Reach::kOffline, ""));
}

/// A lock file that lags behind would install something else than the tree asks for.
Result<void> check_lock(const Making& making) {
  if (!making.recipe.locked || making.recipe.tool != "uv" || making.relock) return Done{};
  GF_ASSIGN(auto wrong, ask_lock(making, *locking_of(making.recipe)));
  bool lags = wrong && wrong->find("needs to be updated") != std::string::npos;
  if (!lags) return Done{};
  return Error{Fault::kConfiguration, "uv.lock is older than pyproject.toml", *wrong,
               "run 'uv lock' and commit it"};
}

/// The last error is the one that is told.
constexpr const char* kNoAgent =
    "error: a package is fetched by ssh, and what fetches packages is lent no agent of ssh; "
    "factory.sandboxSshAgent = true lends yours";

}  // namespace

Result<std::optional<std::string>> went_wrong(Words argv, const std::string& folder,
                                              const Environment& environment, const Cancel& cancel,
                                              const Holding& holding) {
  proc::Options options;
  options.argv = std::move(argv);
  options.directory = folder;
  options.environment = environment;
  if (holding.holds()) options.limits = proc::usual_limits(options.limits, folder);
  options.limits.timeout = kInstallTime;
  auto ran = proc::run_in(holding.sandbox, options, holding.policy, cancel);
  if (!ran.ok()) {
    if (ran.error().fault == Fault::kCancelled) return ran.error();
    return std::optional<std::string>(ran.error().message);
  }
  GF_TRY(cancel.check());
  if (ran->succeeded()) return std::optional<std::string>();
  if (ran->end == proc::End::kTimedOut) return std::optional<std::string>("it took too long");
  std::string output = clipped_middle(to_utf8(trim(ran->err.empty() ? ran->out : ran->err)), 4000);
  if (holding.holds() && holding.sandbox->ssh_agent().empty() && proc::lacked_ssh_key(*ran))
    output += std::string("\n") + kNoAgent;
  return std::optional<std::string>(std::move(output));
}

Result<std::string> place_of(const Making& making) {
  GF_ASSIGN(auto cache, making.environment.cache_folder());
  std::string chosen = making.python + " " + making.version;
  return made_folder(cache, (making.relock ? "relocked 1\x1e" : "made 1\x1e") + chosen + "\x1e" +
                                making.recipe.content);
}

Result<bool> lock_lags(const Making& making) {
  const Locking* locking = locking_of(making.recipe);
  if (locking == nullptr) return false;
  GF_ASSIGN(auto wrong, ask_lock(making, *locking));
  return wrong.has_value();
}

Result<std::string> make_environment(const Making& making) {
  GF_ASSIGN(std::string folder, place_of(making));
  GF_ASSIGN(auto held, Held::wait_for(folder + ".lock", making.cancel));
  if (fs::exists(folder + "/key")) return folder + "/bin/python";
  if (making.network == Network::kNever) {
    return cannot_make(making, "factory.install says that nothing is installed");
  }
  GF_TRY(check_lock(making));
  if (making.say) {
    making.say(fmt::format("making the project's environment by {}, once for this {} ...",
                           making.recipe.tool, making.recipe.from));
  }
  Stopwatch watch(system_clock());
  std::optional<std::string> wrong = "it needs the network";
  for (Try how : tries_of(making)) {
    GF_ASSIGN(wrong, make_once(making, folder, how));
    if (!wrong) break;
  }
  if (wrong) {
    remove_folder(folder);
    return cannot_make(making, *wrong);
  }
  GF_TRY(write_file(folder + "/from",
                    fmt::format("{} by {}", making.recipe.from, making.recipe.tool)));
  GF_TRY(write_file(folder + "/key", "made 1\n"));
  if (making.say)
    making.say(fmt::format("made in {:.1f} s", static_cast<double>(watch.elapsed().count()) / 1e3));
  return folder + "/bin/python";
}

Result<void> install_project(const std::string& project, const Builder& builder, Network network,
                             const Cancel& cancel) {
  const std::string& python = builder.ready.python;
  std::vector<Words> ways;
  bool has_uv = proc::find_program("uv", variables_of(proc::Work::kBuild, builder)).has_value();
  Words uv = {"uv", "pip", "install", "--python", python, "--no-deps", "-e", project};
  auto with = [](Words words, std::initializer_list<std::string> more) {
    words.insert(words.end(), more);
    return words;
  };
  Words pip = {python, "-m", "pip", "install", "--quiet", "--no-input", "--no-deps", "-e", project};
  if (has_uv) ways.push_back(with(uv, {"--offline", "--no-build-isolation"}));
  if (has_uv) ways.push_back(with(uv, {"--offline"}));
  ways.push_back(with(pip, {"--no-build-isolation", "--no-index"}));
  if (network == Network::kOnline) ways.push_back(has_uv ? uv : pip);
  std::string first;
  for (const Words& argv : ways) {
    bool online = network == Network::kOnline && &argv == &ways.back();
    const proc::Work work = online ? proc::Work::kFetch : proc::Work::kBuild;
    GF_ASSIGN(auto wrong, went_wrong(argv, project, variables_of(work, builder), cancel,
                                     building(work, builder)));
    if (!wrong) return Done{};
    if (first.empty()) first = *wrong;
  }
  return Error{Fault::kEnvironment, telling_line(first), first, {}};
}

}  // namespace gf::env
