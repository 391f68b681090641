// What each act is handed: the question of its stage, put together from what the run knows, and the
// fixers that work before a tree is judged.
#include "line/acts.h"

#include <fmt/format.h>

#include "base/glob.h"
#include "line/answers.h"
#include "line/projects_prompt.h"
#include "session/searched.h"
#include "stage/changelog_prompt.h"
#include "stage/first_look.h"
#include "stage/review.h"
#include "stage/uses.h"

namespace gf::line {
namespace {

/// What PLAN chooses from, and what BUILD is to do.
std::string changelog_text(const Parts& parts, const stage::Stage& stage) {
  const Assignment& given = parts.assignment;
  const record::TreeFacts& base = parts.bench.base_facts();
  if (stage.name == "plan") {
    return stage::changelog_for_plan(
        given.changelog, stage::changelog_categories(given.changelog, base, given.history));
  }
  if (stage.name != "build" || !parts.dossier.spec) return {};
  stage::NewEntry entry = stage::new_entry(*parts.dossier.spec, parts.journal.run().slug,
                                           parts.assignment.wishes.rules);
  return stage::changelog_for_build(given.changelog, base, given.history, entry,
                                    entry_by_rule(parts, base));
}

/// What SCOUT would ask for first. Not the changelog, whose entry is no part of a memo.
stage::Input::Files looked_at_first(const Parts& parts) {
  const Assignment& given = parts.assignment;
  std::vector<std::string> not_these;
  for (const std::string& path : {given.changelog.path, given.changelog.assembled}) {
    if (path.empty()) continue;
    not_these.push_back(glob_literal(path));
    not_these.push_back(glob_literal(path) + "/**");
  }
  session::GitSearched tree(parts.context.git, parts.bench.facts());
  const record::Spec& spec = *parts.dossier.spec;
  return stage::first_look(tree, spec, given.test_paths, not_these, stage::look_bounds(spec));
}

/// Where else the names of the spec stand.
std::string uses_for_scout(const Parts& parts, const stage::Input& in) {
  session::GitSearched tree(parts.context.git, parts.bench.facts());
  bool asked_for = in.rules >= Rules::kShownWhole;
  return stage::uses_of(tree, asked_for ? stage::names_asked_for(*in.spec) : names_of(*in.spec),
                        stage::shown_in(in.files), in.test_paths, kUsesBytes / 2);
}

}  // namespace

stage::WrittenEntry entry_by_rule(const Parts& parts, const record::TreeFacts& tree) {
  return stage::write_entry(parts.assignment.changelog, tree, parts.assignment.history,
                            stage::new_entry(*parts.dossier.spec, parts.journal.run().slug,
                                             parts.assignment.wishes.rules));
}

Result<Step> perform(Parts& parts, const stage::Stage& stage) {
  for (const Act& act : kActs) {
    if (act.stage == stage.name) return act.perform(parts, stage);
  }
  return Error{Fault::kInternal, fmt::format("no act for the stage '{}'", stage.name), {}, {}};
}

Showing showing_for(const Parts& parts, const stage::Stage& stage) {
  Showing showing;
  showing.assignment = &parts.assignment;
  showing.dossier = &parts.dossier;
  showing.tree = &parts.bench.facts();
  if (stage.name == "test") {
    showing.base = &parts.bench.base_facts();
    showing.base_outcomes = parts.bench.base_outcomes();
  }
  showing.request = parts.journal.run().request;
  showing.answers = answers_before(parts.journal.run().answers, parts.journal.seq());
  showing.feedback = parts.course.feedback(stage.name);
  showing.asked = parts.course.asked(stage.name);
  showing.revision = parts.course.revision();
  showing.after_revision = parts.course.revised_for(stage.name);
  if (changelog_is_seen(parts.assignment.wishes.rules))
    showing.changelog = changelog_text(parts, stage);
  return showing;
}

stage::Input input_for(const Parts& parts, const stage::Stage& stage) {
  return input_for(stage, showing_for(parts, stage));
}

Result<stage::Input> question_for(const Parts& parts, const stage::Stage& stage) {
  Showing showing = showing_for(parts, stage);
  if (stage.name == "plan") {
    showing.tree_summary =
        projects_prompt(gate::projects_in(parts.bench.base_facts())) +
        stage::digest(session::GitSearched(parts.context.git, parts.bench.base_facts()),
                      showing.request, parts.assignment.test_paths);
  } else if (parts.bench.is_open()) {
    GF_ASSIGN(showing.change, parts.bench.change());
  }
  bool looks = stage.name == "scout" && parts.dossier.spec;
  if (looks && parts.assignment.wishes.rules >= Rules::kShownWhole)
    showing.first_look = looked_at_first(parts);
  stage::Input in = input_for(stage, showing);
  // Known red is no finding: who writes what is judged by has to know it.
  bool judged_by_them = stage.name == "test" || stage.name == "scout" || stage.name == "build";
  if (judged_by_them && parts.assignment.wishes.rules >= Rules::kOwners)
    in.base_outcomes = parts.bench.base_outcomes();
  // Who is asked again has found them already.
  if (stage.name == "scout" && in.spec && in.feedback.empty()) in.uses = uses_for_scout(parts, in);
  GF_TRY(parts.dialogue.prepare(stage, in));
  if (stage.name == "review" && in.spec && in.rules >= Rules::kAskedAsTold)
    in.schema = stage::review_schema(std::move(in.schema), *in.spec);
  return in;
}

Result<void> let_fixers_work(Parts& parts) {
  GF_ASSIGN(const Change* change, parts.bench.change());
  std::vector<std::string> paths = change->paths();
  std::erase_if(paths,
                [&](const std::string& path) { return is_changelog(parts.assignment, path); });
  GF_ASSIGN(parts.dossier.locks, parts.bench.relock(paths));
  return parts.bench.fix(paths);
}

}  // namespace gf::line
