#include "env/jars.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "env/held.h"
#include "env/holding.h"
#include "env/maker.h"
#include "env/provide.h"
#include "gate/java_runner.h"
#include "gate/project.h"
#include "proc/process.h"
#include "record/exchange.h"

namespace gf::env {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;
using Gates = std::vector<const gate::Gate*>;

/// Takes every class and no test of it: what runs tests is resolved all the same.
constexpr const char* kNoTest = "*#gitFactoryFetches";

/// Gates of the order's place that our runner starts. Who tests has compiled, and needs all that
/// compiling alone does.
Gates java_gates(const Order& order) {
  Gates all, compiling;
  for (const gate::Gate& gate : order.gates) {
    if (!gate::is_by_java_runner(gate) || !gate::is_below(gate.folder, order.folder)) continue;
    bool compiles = gate.argv[6] == "test-compile" || gate.argv.back() == "testClasses";
    (compiles ? compiling : all).push_back(&gate);
  }
  for (const gate::Gate* gate : compiling) {
    bool tested = std::any_of(all.begin(), all.end(), [&](const gate::Gate* one) {
      return one->stage == "test" && one->folder == gate->folder;
    });
    if (!tested) all.push_back(gate);
  }
  return all;
}

/// Files that say what is built and with what.
bool is_build_file(std::string_view path) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  return name == "pom.xml" || name.ends_with(".gradle") || name.ends_with(".gradle.kts") ||
         name == "gradle.properties" || name == "gradle.lockfile" ||
         name.ends_with(".versions.toml") || name == "maven-wrapper.properties" ||
         name == "gradle-wrapper.properties" || path.find(".mvn/") != std::string_view::npos;
}

/// Equal where the same is needed.
std::string stamp_of_build(const Order& order, const gate::Gate& gate) {
  std::string all = gate.folder + "\n" + join(gate.argv, " ") + "\n";
  for (const std::string& path : order.tree.paths(gate.folder, 1000000)) {
    if (is_build_file(path)) all += path + "\n" + order.tree.read(path).value_or("") + "\n";
  }
  return record::content_id(all).hex();
}

struct Store {
  std::string folder;  ///< of ours, for this repository
  [[nodiscard]] std::string jars() const { return folder + "/repository"; }
  [[nodiscard]] std::string known(const std::string& stamp) const {
    return folder + "/known/" + stamp;
  }
};

std::string users_folder(const Order& order, const char* name) {
  std::string home = order.environment.get("HOME");
  return home.empty() ? std::string() : home + "/" + name;
}

/// Global settings of ours, by which the user's local repository is one more place to fetch from.
/// Maven's own refuse plain http, and so do these.
std::string settings_for(const std::string& users) {
  std::string places;
  if (!users.empty()) {
    constexpr const char* kPlace =
        "<{0}ies><{0}y><id>git-factory-users</id><url>file://{1}</url></{0}y></{0}ies>";
    std::string url = replace_all(replace_all(users, "&", "&amp;"), "<", "&lt;");
    places = "<profiles><profile><id>git-factory</id>" + fmt::format(kPlace, "repositor", url) +
             fmt::format(kPlace, "pluginRepositor", url) +
             "</profile></profiles><activeProfiles><activeProfile>git-factory</activeProfile>"
             "</activeProfiles>";
  }
  return "<settings><mirrors><mirror><id>no-plain-http</id><mirrorOf>external:http:*</mirrorOf>"
         "<url>http://0.0.0.0/</url><blocked>true</blocked></mirror></mirrors>" +
         places + "</settings>\n";
}

/// The gate's own words as one that fetches has them.
Words fetching(const gate::Gate& gate, const Store& store, Reach reach, const Order& order) {
  Words argv = gate.argv;
  argv[1] = store.folder + "/runner.sh";
  argv[2] = store.folder + "/report";
  argv[3] = store.folder + "/counts";
  argv[4] = store.folder + "/place";
  const bool tests = gate.stage == "test";
  if (gate::is_by_maven(gate)) {
    argv.insert(argv.end(), {"-gs", store.folder + "/settings.xml"});
    std::string users = users_folder(order, ".m2/settings.xml");
    std::error_code failed;
    if (fs::is_regular_file(users, failed)) argv.insert(argv.end(), {"-s", users});
    if (reach == Reach::kOffline)
      argv.insert(argv.end(), {"-o", "-Daether.offline.protocols=file"});
    if (tests)
      argv.insert(argv.end(),
                  {fmt::format("-Dtest={}", kNoTest), fmt::format("-Dit.test={}", kNoTest)});
    return argv;
  }
  if (reach == Reach::kOffline) argv.emplace_back("--offline");
  if (tests) argv.insert(argv.end(), {"--tests", "git.factory.fetches"});
  return argv;
}

void set_stores(const Store& store, Environment& variables) {
  variables["GF_MAVEN_REPOSITORY"] = store.jars();
  variables["MAVEN_USER_HOME"] = store.folder + "/wrapper";
  variables["GRADLE_USER_HOME"] = store.folder + "/gradle";
}

/// Runs a gate's goals so that what they need is fetched; nothing: all of it is there.
Result<std::optional<std::string>> fetch_for(const Order& order, const gate::Gate& gate,
                                             const Store& store, Reach reach) {
  const std::string caches = caches_for(order.environment, order.checkout);
  const std::string where = gate.folder.empty() ? order.slot : order.slot + "/" + gate.folder;
  Environment variables =
      variables_of(proc::Work::kFetch, order.sandbox, order.environment, caches);
  set_stores(store, variables);
  variables["GF_JAVA_FETCH"] = "1";
  proc::Workplace place{{order.slot}, {where, store.folder}, caches};
  place.readable.push_back(users_folder(order, ".m2"));
  Holding holding = making(proc::Work::kFetch, reach, order.sandbox, order.environment, place);
  holding.policy.kept = {order.slot + "/.git"};
  return went_wrong(fetching(gate, store, reach, order), where, variables, order.cancel, holding);
}

/// First from what the user has, which costs nothing, then from where the build says.
Result<void> fill(const Order& order, const gate::Gate& gate, const Store& store, bool online) {
  const std::string stamp = stamp_of_build(order, gate);
  if (read_file(store.known(stamp))) return Done{};
  GF_ASSIGN(auto held, Held::wait_for(store.folder + ".lock", order.cancel));
  if (read_file(store.known(stamp))) return Done{};  // whoever had it has fetched it
  if (order.say)
    order.say(fmt::format("fetching what {} is built with ...",
                          gate.folder.empty() ? gate.why : gate.folder));
  Result<std::optional<std::string>> wrong = std::optional<std::string>("nothing was tried");
  for (Reach reach : {Reach::kOffline, Reach::kAll}) {
    if (reach == Reach::kAll && !online) break;
    wrong = fetch_for(order, gate, store, reach);
    if (!wrong.ok()) return wrong.error();
    if (!*wrong) break;
  }
  if (!*wrong) return write_file(store.known(stamp), "all of it is there\n");
  if (order.say)
    order.say(fmt::format("what {} is built with could not be fetched: {}", gate.why,
                          telling_line(**wrong)));
  return Done{};
}

}  // namespace

Result<void> lay_jars(const Order& order, Ready& ready) {
  Gates gates = java_gates(order);
  const std::string caches = caches_for(order.environment, order.checkout);
  if (gates.empty() || caches.empty()) return Done{};
  GF_ASSIGN(auto network, network_of(order));
  Store store{caches + "/jars"};
  std::string users = users_folder(order, ".m2/repository");
  std::error_code failed;
  if (!fs::is_directory(users, failed)) users.clear();
  for (const std::string& folder : {store.jars(), store.folder + "/known"})
    fs::create_directories(folder, failed);
  GF_TRY(write_file(store.folder + "/runner.sh", gate::kJavaRunner));
  GF_TRY(write_file(store.folder + "/settings.xml", settings_for(users)));
  for (const gate::Gate* gate : gates)
    GF_TRY(fill(order, *gate, store, network == Network::kOnline));
  set_stores(store, ready.variables);
  ready.readable.push_back(store.folder);

  return Done{};
}

}  // namespace gf::env
