#include "batch/orders.h"

#include <fmt/format.h>

#include "base/text.h"
#include "git/git_program.h"
#include "git/repo.h"
#include "record/json.h"
#include "store/names.h"

namespace gf::batch {
namespace {

using record::Json;

constexpr int kVersion = 1;
constexpr const char* kFile = "batch.json";

Error broken(const std::string& what) {
  return {Fault::kBadData, fmt::format("{} of the batch cannot be read", what), {}, {}};
}

Result<std::optional<Orders>> orders_at(const git::Repo& repo, const RefName& ref) {
  GF_ASSIGN(auto tip, repo.read_ref(ref));
  if (!tip) return std::optional<Orders>();
  GF_ASSIGN(auto commit, repo.commit(*tip));
  GF_ASSIGN(auto file, repo.entry_at(commit.tree, kFile));
  if (!file) return broken(kFile);
  GF_ASSIGN(auto text, repo.read_blob(file->id));
  GF_ASSIGN(auto json, Json::parse(text));
  GF_ASSIGN(auto orders, orders_from_json(json));
  orders.tip = *tip;
  return std::optional<Orders>(std::move(orders));
}

}  // namespace

Json to_json(const Orders& orders) {
  Json entries = Json::array();
  for (const Entry& entry : orders.entries) entries.push(to_json(entry));
  Json json = Json::object({{"v", kVersion},
                            {"name", orders.name},
                            {"entries", std::move(entries)},
                            {"base_name", orders.base_name},
                            {"base", orders.base.hex()},
                            {"begun", iso8601(orders.begun)},
                            {"at_once", static_cast<int64_t>(orders.at_once)},
                            {"serial_overlaps", orders.serial_overlaps},
                            {"no_pr", orders.no_pr},
                            {"draft", orders.draft},
                            {"again", orders.again}});
  if (!orders.budget.empty()) json.set("budget", orders.budget);
  if (!orders.models.empty()) json.set("model", Json::strings(orders.models));
  Json follows = Json::object();
  for (const auto& [later, earlier] : orders.follows) follows.set(later, Json::strings(earlier));
  if (follows.size() > 0) json.set("follows", std::move(follows));
  if (!orders.runner.empty()) json.set("runner", orders.runner);
  if (!orders.share.empty()) json.set("share", orders.share);
  return json;
}

Result<Orders> orders_from_json(const Json& json) {
  if (json.get_int("v") > kVersion)
    return Error{Fault::kBadData,
                 fmt::format("the batch was kept by a newer version ({})", json.get_int("v")),
                 {},
                 "use that version of git-factory"};
  Orders orders;
  orders.name = json.get_string("name");
  for (const Json& item : json.get("entries").items()) {
    GF_ASSIGN(auto entry, entry_from_json(item));
    orders.entries.push_back(std::move(entry));
  }
  orders.base_name = json.get_string("base_name");
  GF_ASSIGN(orders.base, Oid::parse(json.get_string("base")));
  GF_ASSIGN(orders.begun, parse_iso8601(json.get_string("begun")));
  int64_t at_once = json.get_int("at_once");
  if (orders.name.empty() || orders.entries.empty() || at_once < 1) return broken(kFile);
  orders.at_once = static_cast<size_t>(at_once);
  orders.serial_overlaps = json.get_bool("serial_overlaps");
  orders.no_pr = json.get_bool("no_pr");
  orders.draft = json.get_bool("draft");
  orders.again = json.get_bool("again");
  orders.budget = json.get_string("budget");
  orders.models = json.get_strings("model");
  for (const auto& [later, earlier] : json.get("follows").members())
    orders.follows[later] = json.get("follows").get_strings(later);
  orders.runner = json.get_string("runner");
  orders.share = json.get_string("share");
  return orders;
}

Result<void> keep(git::Repo& repo, const git::Signature& who, const Orders& orders) {
  GF_ASSIGN(auto blob, repo.write_blob(to_json(orders).pretty()));
  GF_ASSIGN(auto tree, repo.update_tree(Oid(), {{kFile, blob, git::EntryKind::kBlob}}));
  // The base is kept alive: its branch may go while the batch lasts.
  GF_ASSIGN(auto commit, repo.write_commit(tree, {orders.base}, who, who,
                                           fmt::format("factory: batch {}\n", orders.name)));
  GF_ASSIGN(auto ref, RefName::parse(kBatches + orders.name));
  return git::until_won("keep the batch", [&]() -> Result<bool> {
    GF_ASSIGN(auto before, repo.read_ref(ref));
    return repo.compare_and_swap(ref, before.value_or(Oid()), commit, "factory: batch");
  });
}

Result<std::optional<Orders>> kept(const git::Repo& repo, const std::string& name) {
  auto ref = RefName::parse(kBatches + name);
  if (!ref.ok()) return std::optional<Orders>();
  return orders_at(repo, *ref);
}

Result<bool> publish(const git::Program& git, const git::Repo& repo, const std::string& remote,
                     const Orders& orders) {
  GF_ASSIGN(auto there, published(git, repo, remote, orders.name));
  if (there) return there->begun == orders.begun && there->base == orders.base;
  std::string ref = kBatches + orders.name;
  // The base comes along, as its parent: a job can start from it whatever becomes of its branch.
  GF_ASSIGN(auto pushed, git.push(remote, {ref + ":" + ref}));
  if (pushed.pushed || pushed.rejected) return pushed.pushed;
  return Error{Fault::kUser,
               fmt::format("'{}' takes no batch: {}", remote, printable(pushed.remote_text)),
               {},
               "a batch on other machines needs a remote that takes refs/factory/*"};
}

Result<std::optional<Orders>> published(const git::Program& git, const git::Repo& repo,
                                        const std::string& remote, const std::string& name) {
  auto here = RefName::parse(fmt::format("{}{}/batch/{}", store::kTracking, remote, name));
  if (!here.ok()) return std::optional<Orders>();
  // By a pattern: one that matches nothing is no error, where a single ref that is missing is one.
  GF_TRY(git.fetch(remote, {fmt::format("+{}{}*:{}*", kBatches, name, here->str())}, {"--prune"}));
  return orders_at(repo, *here);
}

Result<std::vector<std::string>> kept_names(const git::Repo& repo) {
  std::vector<std::string> names;
  GF_ASSIGN(auto refs, repo.refs(kBatches));
  for (const auto& [ref, tip] : refs)
    names.push_back(ref.str().substr(std::string_view(kBatches).size()));
  return names;
}

}  // namespace gf::batch
