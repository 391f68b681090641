// BUILD: a model writes the change; the changelog entry is the line's own.
#include "line/acts.h"
#include "proc/jail.h"

namespace gf::line {
namespace {

/// Made from the spec: the same every time, and part of the tree that gates and REVIEW judge (P1).
Result<void> write_changelog(Parts& parts) {
  stage::WrittenEntry written =
      stage::write_entry(parts.assignment.changelog, parts.bench.base_facts(), {},
                         stage::new_entry(*parts.dossier.spec, parts.journal.run().slug));
  bool has_one = parts.assignment.changelog.form != stage::ChangelogForm::kNone;
  if (has_one && !written.left.empty())
    parts.journal.tell("warning", "no changelog entry was written: " + written.left);
  if (!written.note.empty()) parts.journal.tell("note", written.note);
  const std::optional<stage::FileText>& file = written.file;
  if (!file) return Done{};
  GF_ASSIGN(auto jail, proc::Jail::open(parts.bench.path()));
  GF_TRY(jail.write(file->path, file->content));
  parts.bench.touched(file->path);
  return parts.bench.take_in();
}

}  // namespace

Result<Step> act_build(Parts& parts, const stage::Stage& stage) {
  Step step;
  step.tree_in = parts.bench.tree();
  GF_ASSIGN(auto in, question_for(parts, stage));
  GF_ASSIGN(auto held,
            parts.dialogue.hold(stage, in, build_scope(parts.assignment, parts.dossier)));
  step.output = std::move(held.output);
  parts.dossier.builder = held.answered;
  GF_TRY(parts.bench.take_in());
  // Against the tree that this attempt began with, not the base: it has to change something.
  GF_ASSIGN(auto written, Change::between(parts.context.repo, step.tree_in, parts.bench.tree()));
  in.changed = written.paths();
  if (in.changed.empty() && !written.deltas.empty())
    in.changed.push_back(written.deltas.front().path);
  if (!in.changed.empty()) {
    GF_ASSIGN(auto parsed, parts.bench.parse(in.changed));
    in.outcomes.push_back(std::move(parsed));
  }
  in.tree = &parts.bench.facts();
  GF_ASSIGN(step.judgement, stage.eval(in, step.output));
  stage.telemetry(in, step.output, step.meter);
  if (step.judgement.kind == stage::Judgement::Kind::kPass) GF_TRY(write_changelog(parts));
  return step;
}

}  // namespace gf::line
