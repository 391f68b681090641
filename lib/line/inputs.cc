// What each stage is entitled to see, and what it may write (P7, P8).
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "line/line.h"

namespace gf::line {
namespace {

constexpr size_t kSummaryLines = 300;
constexpr size_t kFileBytes = 48u << 10;
constexpr size_t kFilesBytes = 192u << 10;
constexpr size_t kDiffBytes = 256u << 10;

/// Things that a spec introduces and that are paths, not routes or symbols.
bool looks_like_path(std::string_view text) {
  return text.find(' ') == std::string_view::npos && !text.starts_with("/") &&
         (text.find('/') != std::string_view::npos || text.find('.') != std::string_view::npos) &&
         text.find('(') == std::string_view::npos && text.find('{') == std::string_view::npos;
}

}  // namespace

bool Line::is_test_path(const std::string& path) const {
  return std::any_of(test_paths_.begin(), test_paths_.end(),
                     [&](const std::string& pattern) { return tool::path_matches(pattern, path); });
}

tool::Scope Line::build_scope() const {
  tool::Scope scope;
  std::vector<std::string> named = spec_->touchpoints;
  for (const std::string& thing : spec_->introduces) {
    if (looks_like_path(thing)) named.push_back(thing);
  }
  scope.writable = named;
  if (brief_) {
    scope.writable.insert(scope.writable.end(), brief_->files.begin(), brief_->files.end());
    scope.writable.insert(scope.writable.end(), brief_->new_files.begin(), brief_->new_files.end());
  }
  scope.protected_paths = test_paths_;
  if (!changelog_.path.empty()) {
    scope.protected_paths.push_back(changelog_.path);
    scope.protected_paths.push_back(changelog_.path + "/**");
  }
  for (const std::string& guarded : tool::guarded_paths()) {
    bool asked_for = std::any_of(named.begin(), named.end(), [&](const std::string& path) {
      return tool::path_matches(guarded, path);
    });
    if (!asked_for) scope.protected_paths.push_back(guarded);
  }
  return scope;
}

/// Tests may be added; an existing test file is changed only when a criterion authorises it.
tool::Scope Line::test_scope() const {
  tool::Scope scope;
  scope.writable = test_paths_;
  scope.protected_paths = tool::guarded_paths();
  std::set<std::string> authorised;
  for (const record::Criterion& criterion : spec_->acceptance_criteria) {
    for (const std::string& id : criterion.authorises)
      authorised.insert(id.substr(0, id.find("::")));
  }
  std::set<std::string> existing;
  for (const record::GateOutcome& outcome : base_outcomes_) {
    for (const record::TestResult& test : outcome.tests)
      existing.insert(test.id.substr(0, test.id.find("::")));
  }
  for (const std::string& path : base_facts_->paths("tests", 5000)) existing.insert(path);
  for (const std::string& path : existing) {
    if (!authorised.contains(path)) scope.protected_paths.push_back(path);
  }
  return scope;
}

stage::Input Line::input_for(const stage::Stage& stage) {
  stage::Input in;
  in.request = run_.request;
  in.policy = policy_;
  in.test_paths = test_paths_;
  in.tree = facts_.get();
  in.base_tree = base_facts_.get();
  in.spec = spec_;
  if (stage.name == "plan") in.tree_summary = base_facts_->summary(kSummaryLines);
  if (stage.name == "build" || stage.name == "test") in.brief = brief_;
  if (stage.name == "build") {
    size_t total = 0;
    std::vector<std::string> wanted = brief_ ? brief_->files : std::vector<std::string>{};
    if (brief_) wanted.insert(wanted.end(), brief_->new_files.begin(), brief_->new_files.end());
    for (const std::string& path : wanted) {
      std::optional<std::string> content = facts_->read(path);
      if (!content || total >= kFilesBytes) continue;
      in.files.emplace_back(path, to_utf8(clipped(*content, kFileBytes)));
      total += std::min(content->size(), kFileBytes);
    }
  }
  // REVIEW is a stranger: no feedback either, which could carry another stage's words.
  if (stage.name != "review") in.feedback = feedback_[std::string(stage.name)];
  return in;
}

Result<stage::Input> Line::question_for(const stage::Stage& stage) {
  stage::Input in = input_for(stage);
  GF_ASSIGN(in.prompt_template, templates_->text(fmt::format("prompts/{}", stage.prompt_file)));
  GF_ASSIGN(in.schema, templates_->schema(fmt::format("schemas/{}", stage.schema_file)));
  return in;
}

Result<std::vector<std::string>> Line::changed_paths(const Oid& from, const Oid& to) const {
  GF_ASSIGN(auto deltas, context_.repo.diff(from, to));
  std::vector<std::string> paths;
  for (const git::Delta& delta : deltas) {
    if (delta.kind != git::DeltaKind::kDeleted) paths.push_back(delta.path);
  }
  return paths;
}

Result<std::map<std::string, std::vector<int>>> Line::added_lines() const {
  GF_ASSIGN(auto hunks, context_.repo.hunks(base_.tree, workspace_->tree(), 0));
  std::map<std::string, std::vector<int>> added;
  for (const git::Hunk& hunk : hunks) {
    if (is_test_path(hunk.path) || !hunk.path.ends_with(".py")) continue;
    for (int line = 0; line < hunk.new_count; ++line)
      added[hunk.path].push_back(hunk.new_start + line);
  }
  return added;
}

/// Hunks of the whole change but for the changelog entry, which the line wrote itself from the
/// spec.
Result<std::vector<stage::ReviewHunk>> Line::review_hunks() const {
  GF_ASSIGN(auto hunks, context_.repo.hunks(base_.tree, workspace_->tree(), 3));
  std::vector<stage::ReviewHunk> all;
  for (const git::Hunk& hunk : hunks) {
    bool ours = !changelog_.path.empty() &&
                (hunk.path == changelog_.path || hunk.path.starts_with(changelog_.path + "/"));
    if (ours) continue;
    all.push_back({fmt::format("H{}", all.size() + 1), hunk.path, hunk.new_start, hunk.new_count,
                   to_utf8(clipped(hunk.text, kDiffBytes))});
  }
  return all;
}

/// What TEST may know of the new code: names and signatures, never bodies.
Result<std::string> Line::signatures() {
  GF_ASSIGN(auto changed, changed_paths(base_.tree, workspace_->tree()));
  GF_ASSIGN(auto tools,
            tool::Toolbox::open(workspace_->path(), {"outline"}, {}, context_.setup.environment));
  std::erase_if(changed, [&](const std::string& path) {
    return is_test_path(path) || path == changelog_.path;
  });
  GF_ASSIGN(auto outlines, tools.outlines(changed, context_.cancel()));
  std::string text;
  for (size_t i = 0; i < changed.size(); ++i) {
    text += fmt::format("{}\n{}\n", changed[i], outlines[i].text);
  }
  return clipped(text, kFileBytes);
}

}  // namespace gf::line
