// Workflows of a FakeGitHub, and their runs.
#include "base/text.h"
#include "support/fake_github_inside.h"

namespace gf::test {

void FakeGitHub::add_workflow(const std::string& file, const std::string& run_name,
                              const std::string& state) {
  std::lock_guard lock(impl_->mutex);
  impl_->workflows[file] = Json::object({{"id", 1},
                                         {"name", "batch"},
                                         {"path", ".github/workflows/" + file},
                                         {"state", state},
                                         {"run-name", run_name}});
}

void FakeGitHub::switch_actions_off() {
  std::lock_guard lock(impl_->mutex);
  impl_->actions_off = true;
}

std::vector<Json> FakeGitHub::runs() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->runs;
}

void FakeGitHub::change_run(size_t index, const std::string& status,
                            const std::string& conclusion) {
  std::lock_guard lock(impl_->mutex);
  Json& run = impl_->runs.at(index);
  run.set("status", status);
  run.set("conclusion", conclusion.empty() ? Json() : Json(conclusion));
}

/// As GitHub answers, in its words.
Answered FakeGitHub::Impl::start_workflow(const std::string& file, const Json& body) {
  if (actions_off) return no(422, "Actions has been disabled for this repository.");
  const Json& workflow = workflows.at(file);
  if (workflow.get_string("state") != "active")
    return no(403, "Cannot trigger a 'workflow_dispatch' on a disabled workflow");
  if (body.get_string("ref") != "main")
    return no(422, "No ref found for: " + body.get_string("ref"));
  std::string title = workflow.get_string("run-name");
  for (const auto& [name, value] : body.get("inputs").members())
    title = replace_all(title, "${{ inputs." + name + " }}", value.as_string().value_or(""));
  int id = ++last_id;
  runs.push_back(Json::object({{"id", id},
                               {"name", workflow.get("name")},
                               {"display_title", title},
                               {"path", workflow.get("path")},
                               {"event", "workflow_dispatch"},
                               {"status", "queued"},
                               {"conclusion", Json()},
                               {"inputs", body.get("inputs")},
                               {"html_url", "https://github.test/runs/" + std::to_string(id)},
                               {"created_at", "2026-01-02T03:04:05Z"}}));
  return {204, Json(), {}};
}

/// "permissions", "workflows/batch.yml/runs", "runs/5001/cancel".
Answered FakeGitHub::Impl::of_actions(const Asked& asked, const std::string& path,
                                      const Json& body) {
  if (path == "permissions") return {200, Json::object({{"enabled", !actions_off}}), {}};
  std::vector<std::string> parts = split(path, '/');
  if (parts.size() < 2) return no(404, "Not Found");
  std::string what = parts.size() > 2 ? parts[2] : "";
  if (parts[0] == "runs" && what == "cancel" && asked.method == "POST") {
    for (Json& run : runs) {
      if (std::to_string(run.get_int("id")) != parts[1]) continue;
      if (run.get_string("status") == "completed")
        return no(409, "Cannot cancel a workflow run that is completed.");
      run.set("status", "completed").set("conclusion", "cancelled");
      return {202, Json::object(), {}};
    }
  }
  if (parts[0] != "workflows" || !workflows.contains(parts[1])) return no(404, "Not Found");
  if (what.empty()) return {200, workflows.at(parts[1]), {}};
  if (what == "dispatches" && asked.method == "POST") return start_workflow(parts[1], body);
  if (what != "runs") return no(404, "Not Found");
  // Times of one form are in the order of their letters.
  std::string oldest;
  if (size_t at = asked.path.find("&created=%3E%3D"); at != std::string::npos)
    oldest =
        replace_all(asked.path.substr(at + 15, asked.path.find('&', at + 1) - at - 15), "%3A", ":");
  std::vector<Json> chosen;
  for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
    bool fits = run->get_string("created_at") >= oldest;
    if (fits && run->get_string("path").ends_with("/" + parts[1])) chosen.push_back(*run);
  }
  Answered answered = page(asked.path, chosen);
  answered.body = Json::object(
      {{"total_count", static_cast<int>(chosen.size())}, {"workflow_runs", answered.body}});
  return answered;
}

}  // namespace gf::test
