// kubernetes: each request is a Job (batch/v1) of one pod, by kubectl and its configuration.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/command_line.h"
#include "base/files.h"
#include "base/text.h"
#include "batch/engine.h"
#include "record/json.h"

namespace gf::batch {
namespace {

using record::Json;

constexpr const char* kOptions = "factory.batch.kubectlOptions";
constexpr const char* kNamespace = "factory.batch.namespace";
constexpr const char* kManifest = "factory.batch.manifest";
constexpr const char* kOurManifest = "kubernetes.yaml";
/// What a manifest has to have: its jobs are found by the first four, and do the last.
constexpr std::array<const char*, 5> kFilledIn = {"name", "batch", "by", "key", "script"};
constexpr const char* kImage = "factory.batch.image";
constexpr const char* kBy = "git-factory/by";
constexpr const char* kKey = "git-factory/key";
constexpr Milliseconds kLongStart{600000};

Result<std::string> ask_kubectl(const EngineRoom& room, const std::vector<std::string>& words,
                                std::string input = {}) {
  std::vector<std::string> all = {"kubectl"};
  if (auto more = room.settings.text(kOptions)) {
    auto options = command_words(*more);
    if (!options) return wrong_setting(kOptions, *more, "write options of kubectl, quotes closed");
    all.insert(all.end(), options->begin(), options->end());
  }
  if (auto space = room.settings.text(kNamespace)) all.push_back("--namespace=" + *space);
  all.insert(all.end(), words.begin(), words.end());
  return ask_engine(room, std::move(all), std::move(input));
}

/// The same for a person to type.
std::string kubectl_line(const EngineRoom& room, const std::string& words) {
  std::string line = "kubectl ";
  if (auto more = room.settings.text(kOptions)) line += *more + " ";
  if (auto space = room.settings.text(kNamespace)) line += "--namespace=" + *space + " ";
  return printable(line + words);
}

/// A Job of this batch, as it was listed.
struct Listed {
  std::string name, by, key;
  bool over = false;
  bool ending = false;         ///< somebody has deleted it
  bool beyond_time = false;    ///< its deadline ended it
  bool starts_slowly = false;  ///< it was begun long ago, and no pod of it is ready
};

Listed listed(const Json& job, Timestamp now) {
  Json about = job.get("metadata"), status = job.get("status");
  Listed one;
  one.name = about.get_string("name");
  one.by = about.get("labels").get_string(kBy);
  one.key = about.get("labels").get_string(kKey);
  one.ending = !about.get_string("deletionTimestamp").empty();
  for (const Json& condition : status.get("conditions").items()) {
    std::string type = condition.get_string("type");
    if (condition.get_string("status") != "True" || (type != "Complete" && type != "Failed"))
      continue;
    one.over = true;
    one.beyond_time = condition.get_string("reason") == "DeadlineExceeded";
  }
  auto begun = parse_iso8601(status.get_string("startTime"));
  bool long_ago = begun.ok() && now - *begun > kLongStart;
  one.starts_slowly = !one.over && !one.ending && long_ago && status.get_int("active") > 0 &&
                      status.get_int("ready") == 0;
  return one;
}

Result<std::vector<Listed>> list(const EngineRoom& room) {
  GF_ASSIGN(auto said, ask_kubectl(room, {"get", "jobs", "--output=json",
                                          "--selector=git-factory/batch=" + room.batch}));
  auto json = Json::parse(said);
  if (!json.ok() || !json->get("items").is_array())
    return Error{
        Fault::kTransient, fmt::format("kubectl said '{}'", printable(clipped(said, 100))), {}, {}};
  std::vector<Listed> all;
  for (const Json& job : json->get("items").items())
    all.push_back(listed(job, room.context.clock().now()));
  return all;
}

/// As YAML takes it, whatever is in it.
std::string yaml_text(const std::string& text) { return Json(text).dump(); }

/// In a container's command Kubernetes replaces "$(NAME)", and makes "$$" a "$".
std::string for_a_command(const std::string& text) { return replace_all(text, "$", "$$"); }

/// "https://host:port" of an address; empty: git goes there by something else.
std::string web_origin(const std::string& url) {
  if (!url.starts_with("https://") && !url.starts_with("http://")) return {};
  return url.substr(0, url.find('/', url.find("://") + 3));
}

class Kubernetes : public Engine {
 public:
  Kubernetes() : Engine("kubernetes", "kubectl") {}

  Result<void> ready(const EngineRoom& room) const override {
    if (!room.settings.text(kImage) && !room.settings.text(kManifest))
      return Error{Fault::kConfiguration,
                   "no image is named for the pods",
                   {},
                   "git config factory.batch.image <image that has git-factory in it>"};
    GF_TRY(has_a_manifest(room));
    GF_TRY(may_create(room));
    return has_its_secret(room);
  }

  Submitted submit(const EngineRoom& room, const std::vector<Order>& orders) const override {
    Submitted done;
    done.ids.resize(orders.size());
    auto there = list(room);
    if (!there.ok()) {
      done.why = there.error().message;
      return done;
    }
    std::string manifests;
    std::map<std::string, size_t> wanted;  ///< by name
    for (size_t i = 0; i < orders.size(); ++i) {
      // One that an earlier submission made without an answer.
      std::string key = job_key(room, orders[i]);
      auto same = std::find_if(there->begin(), there->end(), [&](const Listed& one) {
        return one.key == key && !one.over && !one.ending;
      });
      if (same != there->end()) {
        done.ids[i] = same->name;
        continue;
      }
      std::string name = fmt::format("gf-{}-{:08x}", key, room.context.clock().random());
      auto manifest = manifest_of(room, orders[i], name, key);
      if (!manifest.ok()) {
        done.why = manifest.error().message;
        return done;
      }
      manifests += "---\n" + *manifest;
      wanted[name] = i;
    }
    if (!wanted.empty()) create(room, std::move(manifests), wanted, done);
    return done;
  }

  Looked look(const EngineRoom& room, const std::set<std::string>& ids) const override {
    Looked looked;
    auto jobs = list(room);
    if (!jobs.ok()) {
      looked.unknown = ids;
      looked.why = jobs.error().message;
      return looked;
    }
    const std::string by = submitter(room);
    for (const Listed& job : *jobs) {
      if (!ids.contains(job.name)) continue;
      (job.over ? looked.over : looked.alive).insert(job.name);
      bool ours = job.by == by;
      if (!job.over && !ours) looked.others.insert(job.name);
      if (job.beyond_time && ours)
        looked.called_off[job.name] =
            fmt::format("its job {} ran out of time (activeDeadlineSeconds)", job.name);
      if (job.starts_slowly)
        looked.note = fmt::format(
            "job {} has no running pod, and began more than {} minutes ago: '{}'", job.name,
            std::chrono::duration_cast<std::chrono::minutes>(kLongStart).count(),
            kubectl_line(room, "describe job " + job.name));
    }
    return looked;
  }

  /// Foreground: a Job is there until its pod has ended, which has the time of the manifest
  /// (terminationGracePeriodSeconds) to write down where it was.
  Result<void> cancel(const EngineRoom& room, const std::set<std::string>& /*ids*/) const override {
    GF_ASSIGN(auto jobs, list(room));
    std::vector<std::string> words = {"delete", "jobs", "--cascade=foreground", "--wait=false",
                                      "--ignore-not-found"};
    size_t without_names = words.size();
    std::string ours = submitter(room);
    for (const Listed& job : jobs) {
      if (!job.over && job.by == ours) words.push_back(job.name);
    }
    if (words.size() == without_names) return Done{};
    GF_TRY(ask_kubectl(room, words));
    return Done{};
  }

  [[nodiscard]] Milliseconds between_looks() const override { return Milliseconds(2000); }

 private:
  static Result<void> has_a_manifest(const EngineRoom& room) {
    auto own = room.settings.text(kManifest);
    if (!own) return Done{};
    auto text = own->starts_with('/') ? read_file(*own) : std::nullopt;
    if (!text)
      return wrong_setting(kManifest, *own,
                           own->starts_with('/') ? "there is no such file" : "name it from '/' on");
    for (const char* name : kFilledIn) {
      if (text->find(fmt::format("{{{{{}}}}}", name)) != std::string::npos) continue;
      return Error{Fault::kConfiguration,
                   fmt::format("'{}' has no {{{{{}}}}}", printable(*own), name),
                   {},
                   fmt::format("begin with a copy of '{}/runners/{}': jobs are found by its labels",
                               room.context.setup.data_dir, kOurManifest)};
    }
    return Done{};
  }

  static Result<void> may_create(const EngineRoom& room) {
    auto may = ask_kubectl(room, {"auth", "can-i", "create", "jobs.batch"});
    if (may.ok()) return Done{};
    if (may.error().fault == Fault::kConfiguration) return may.error();
    std::string line = kubectl_line(room, "auth can-i create jobs.batch");
    const std::string& said = may.error().detail;
    if (said == "no" || said.starts_with("no - "))
      return Error{Fault::kConfiguration, "you may not create Jobs there", said,
                   fmt::format("'{}' says so: another namespace or context is named by {} and {}",
                               line, kNamespace, kOptions)};
    return Error{Fault::kConfiguration, "the cluster cannot be asked: " + may.error().message, said,
                 fmt::format("look at '{}'", line)};
  }

  static Result<void> has_its_secret(const EngineRoom& room) {
    auto secret = room.settings.text("factory.batch.secret");
    if (!secret) return Done{};
    // Who may not look at Secrets is not kept from naming one.
    auto found =
        ask_kubectl(room, {"get", "secret", *secret, "--output=name", "--ignore-not-found"});
    if (!found.ok() || !trim(*found).empty()) return Done{};
    std::string words =
        fmt::format("create secret generic {} --from-literal=GIT_TOKEN=<token>", *secret);
    return Error{Fault::kConfiguration,
                 fmt::format("there is no Secret '{}' there", printable(*secret)),
                 {},
                 kubectl_line(room, words)};
  }

  static Result<std::string> manifest_of(const EngineRoom& room, const Order& order,
                                         const std::string& name, const std::string& key) {
    GF_ASSIGN(auto script, filled(room, "kubernetes.sh",
                                  {{"setup", setup_lines(room)},
                                   {"server", shell_word(web_origin(room.url))},
                                   {"command", job_command(room, order, shell_word(name))}}));
    Json secrets = Json::array();
    if (auto secret = room.settings.text("factory.batch.secret"))
      secrets.push(Json::object({{"secretRef", Json::object({{"name", *secret}})}}));
    return filled(room, room.settings.text(kManifest).value_or(kOurManifest),
                  {{"name", yaml_text(name)},
                   {"batch", yaml_text(order.batch)},
                   {"by", yaml_text(submitter(room))},
                   {"key", yaml_text(key)},
                   {"request", yaml_text(order.batch + "/" + order.slug)},
                   {"image", yaml_text(room.settings.text(kImage).value_or(""))},
                   {"secrets", secrets.dump()},
                   {"script", yaml_text(for_a_command(script))}});
  }

  /// What is there afterwards was created, whatever was answered.
  static void create(const EngineRoom& room, std::string manifests,
                     const std::map<std::string, size_t>& wanted, Submitted& done) {
    auto said =
        ask_kubectl(room, {"create", "--filename=-", "--output=name"}, std::move(manifests));
    std::set<std::string> made;
    if (said.ok()) {
      for (const std::string& line : lines(*said)) made.insert(line.substr(line.find('/') + 1));
    } else {
      done.why = said.error().message;
      auto there = list(room);
      if (!there.ok()) return;
      for (const Listed& job : *there) made.insert(job.name);
    }
    for (const auto& [name, index] : wanted) {
      if (made.contains(name)) {
        done.ids[index] = name;
      } else if (said.ok()) {
        done.why = fmt::format("kubectl said '{}'", printable(clipped(*said, 100)));
      }
    }
  }
};

}  // namespace

const Engine& kubernetes_engine() {
  static const Kubernetes engine;
  return engine;
}

}  // namespace gf::batch
