#include "forge/workflow.h"

#include <fmt/format.h>

#include "base/text.h"
#include "forge/kinds.h"

namespace gf::forge {
namespace {

using record::Json;

/// GitHub lists no more of a list that is narrowed down.
constexpr size_t kMostListed = 1000;

WorkflowRun run_of(const Json& json) {
  WorkflowRun run;
  run.id = json.get_int("id");
  run.title = json.get_string("display_title");
  std::string status = json.get_string("status");
  run.over = status == "completed";
  run.waits = status == "queued" || status == "waiting" || status == "pending";
  run.conclusion = json.get_string("conclusion");
  run.url = json.get_string("html_url");
  auto created = parse_iso8601(json.get_string("created_at"));
  if (created.ok()) run.created = *created;
  return run;
}

class GitHubWorkflow : public Workflow {
 public:
  GitHubWorkflow(std::string file, const Target& target, const Place& place)
      : rest_(github_service(target, target.pushed_to), place),
        repo_("/repos/" + target.pushed_to),
        file_(std::move(file)),
        here_(fmt::format("{}/actions/workflows/{}", repo_, encoded(file_))) {
    rest_.lives_at({repo_});
  }

  Result<WorkflowFacts> look() override {
    GF_ASSIGN(auto repository, rest_.need("GET", repo_));
    WorkflowFacts facts;
    facts.repository = repository.get_string("full_name", rest_.service().repository);
    branch_ = facts.branch = repository.get_string("default_branch");
    GF_ASSIGN(auto found, rest_.ask("GET", here_));
    if (!found.ok() && found.status != 404) return rest_.refused(found);
    facts.there = found.ok();
    facts.state = found.json.get_string("state");
    // For administrators alone; the others hear of it when they start something.
    GF_ASSIGN(auto may, rest_.ask("GET", repo_ + "/actions/permissions"));
    facts.actions_off = may.ok() && !may.json.get_bool("enabled", true);
    return facts;
  }

  Result<void> start(const std::map<std::string, std::string>& inputs) override {
    if (branch_.empty()) GF_TRY(look());
    Json given = Json::object();
    for (const auto& [name, value] : inputs) given.set(name, value);
    GF_ASSIGN(auto reply,
              rest_.ask("POST", here_ + "/dispatches",
                        Json::object({{"ref", branch_}, {"inputs", given}}), Again::kNo));
    if (reply.ok()) return Done{};
    if (reply.status != 404) return rest_.refused(reply);
    return Error{Fault::kConfiguration,
                 fmt::format("{} starts no workflow '{}' on '{}' of '{}'", rest_.service().where,
                             printable(file_), printable(branch_), rest_.service().repository),
                 words_of(reply.json),
                 "it has to be on that branch, and the token needs the right to start workflows "
                 "(actions: write)"};
  }

  Result<WorkflowRuns> runs(const std::function<bool(const WorkflowRun&)>& enough,
                            std::optional<Timestamp> since) override {
    WorkflowRuns all;
    bool cut = false;
    auto take = [&](const Json& item) {
      all.runs.push_back(run_of(item));
      return cut = enough && enough(all.runs.back());
    };
    std::string path = here_ + "/runs?event=workflow_dispatch&per_page=100";
    // Whole seconds are what it knows.
    if (since) path += "&created=" + encoded(">=" + iso8601(*since).substr(0, 19) + "Z");
    GF_TRY(rest_.pages(path, take, "workflow_runs"));
    all.whole = !cut && all.runs.size() < kMostListed;
    return all;
  }

  Result<void> cancel(int64_t id) override {
    GF_ASSIGN(auto reply, rest_.ask("POST", fmt::format("{}/actions/runs/{}/cancel", repo_, id)));
    bool over = reply.status == 409 || reply.status == 404;
    if (!reply.ok() && !over) return rest_.refused(reply);
    return Done{};
  }

 private:
  Rest rest_;
  std::string repo_, file_, here_, branch_;
};

/// The one that is named for pull requests, where that is GitHub; else by the address alone.
const Kind* github_at(const std::optional<RemoteAddress>& at, const Place& place) {
  std::string set = lower(trim(place.settings.text("factory.forge").value_or("auto")));
  if (set == "github" || set == "gh") return find_kind(set);
  return at && kind_at(at->host) == "github" ? find_kind("github") : nullptr;
}

}  // namespace

Result<std::unique_ptr<Workflow>> github_workflow(const std::string& file, const Place& place) {
  auto at = address_of(place);
  const Kind* kind = github_at(at, place);
  if (kind == nullptr)
    return Error{Fault::kConfiguration,
                 fmt::format("'{}' is not on GitHub, and workflows run nowhere else",
                             printable(at ? at->host : place.remote.value_or("the repository"))),
                 {},
                 "for an Enterprise server of another name: git config factory.forge github"};
  GF_ASSIGN(auto target, target_of(*kind, at, place));
  GF_TRY(let_in(*kind, target, place));
  if (!target.by_gh && target.token.value.empty()) return no_token(*kind, target, place);
  return std::unique_ptr<Workflow>(std::make_unique<GitHubWorkflow>(file, target, place));
}

}  // namespace gf::forge
