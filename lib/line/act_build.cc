// BUILD: a model writes the change; the changelog entry is the line's own, or the model's under the
// checker where no rule is certain of its form.
#include <fmt/format.h>

#include <algorithm>

#include "line/acts.h"
#include "line/check.h"
#include "proc/jail.h"

namespace gf::line {
namespace {

constexpr std::string_view kAboutEntry = "changelog ";

/// By old rules what no rule can write is nobody's.
bool is_builders(const Parts& parts, const stage::WrittenEntry& written) {
  return changelog_is_seen(parts.assignment.wishes.rules) && !written.file && !written.nobody &&
         parts.assignment.changelog.form != stage::ChangelogForm::kNone;
}

bool is_about_entry(const std::string& line) { return line.starts_with(kAboutEntry); }

/// To the user now, and to who reads the request.
void tell_of_entry(Parts& parts, std::string line) {
  parts.journal.tell("warning", line);
  if (parts.assignment.wishes.rules >= Rules::kAskedOnce)
    parts.dossier.entry_reports.push_back(std::move(line));
}

/// What BUILD says not to be wrong with the entry, or not its own to mend, is told as it says it,
/// and taken out of `judgement`. The checker knows a file's form by rules and can be wrong: nobody
/// else could mend what it says. With no other claim the attempt has passed, where it changed
/// something or nothing else was asked.
void hear_about_entry(Parts& parts, bool changed, stage::Judgement& judgement) {
  std::vector<std::string> feedback = parts.course.feedback("build");
  bool else_asked = !std::all_of(feedback.begin(), feedback.end(), is_about_entry);
  auto disputed = [&](const stage::Claim& claim) {
    if (claim.finding < 1 || claim.finding > feedback.size()) return false;
    const std::string& line = feedback[claim.finding - 1];
    if (!is_about_entry(line)) return false;
    tell_of_entry(parts, fmt::format("{} (disputed by BUILD: {})", line, claim.why));
    return true;
  };
  if (std::erase_if(judgement.claims, disputed) == 0) return;
  if (!judgement.claims.empty() || (else_asked && !changed)) return;
  judgement = stage::Judgement();
  judgement.kind = stage::Judgement::Kind::kPass;
  judgement.reason = "what was said of the changelog entry is disputed";
}

/// An entry that is not right yet is asked for once more. After that it is told, and REVIEW sees
/// it: a right change is not lost over the form of one line.
Result<void> judge_entry(Parts& parts, const Check& check, Step& step) {
  GF_ASSIGN(auto wrong, wrong_with_entry(parts));
  if (wrong.empty()) return Done{};
  std::vector<std::string> feedback = parts.course.feedback("build");
  bool again = std::any_of(feedback.begin(), feedback.end(), is_about_entry);
  if (parts.assignment.wishes.rules >= Rules::kAskedOnce) again |= check.entry_reported();
  if (again) {
    const std::vector<std::string> heard = parts.dossier.entry_reports;
    for (const std::string& line : wrong) {
      auto same = [&](const std::string& one) { return one.starts_with(line); };
      if (std::none_of(heard.begin(), heard.end(), same)) tell_of_entry(parts, line);
    }
    return Done{};
  }
  stage::Judgement& judgement = step.judgement;
  judgement = stage::Judgement();
  judgement.kind = stage::Judgement::Kind::kAgain;
  judgement.failure = record::FailureClass::kDeterministic;
  judgement.reason = "the changelog entry: " + wrong.front();
  judgement.feedback = std::move(wrong);
  return Done{};
}

/// Made from the spec: the same every time, and part of the tree that gates and REVIEW judge (P1).
Result<void> write_changelog(Parts& parts, const stage::WrittenEntry& written) {
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

Result<std::vector<std::string>> wrong_with_entry(Parts& parts) {
  const stage::Changelog& changelog = parts.assignment.changelog;
  GF_ASSIGN(const Change* change, parts.bench.change());
  std::vector<stage::ChangedFile> changed;
  for (const git::Delta& delta : change->deltas) {
    if (!is_changelog(parts.assignment, delta.path) && delta.path != changelog.assembled) continue;
    changed.push_back({delta.path, parts.bench.base_facts().read(delta.path),
                       parts.bench.facts().read(delta.path)});
  }
  std::vector<std::string> wrong;
  for (const stage::ChangelogFinding& one :
       stage::check_entry(changelog, parts.assignment.history, changed))
    wrong.push_back(fmt::format("{}{}: {}{}: {}", kAboutEntry, one.rule, one.path,
                                one.line > 0 ? fmt::format(":{}", one.line) : "", one.text));
  return wrong;
}

Result<Step> act_build(Parts& parts, const stage::Stage& stage) {
  Step step;
  step.tree_in = parts.bench.tree();
  parts.dossier.found_by_test = {};
  stage::WrittenEntry entry = entry_by_rule(parts, parts.bench.base_facts());
  parts.dossier.changelog_is_builders = is_builders(parts, entry);
  parts.dossier.entry_reports.clear();
  GF_ASSIGN(auto in, question_for(parts, stage));
  Check check(parts, stage.name);
  GF_ASSIGN(auto held, parts.dialogue.hold(stage, in, build_scope(parts.assignment, parts.dossier),
                                           check_for(parts, check)));
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
  bool may_dispute = parts.assignment.wishes.rules >= Rules::kAskedOnce && !in.asked;
  if (may_dispute) hear_about_entry(parts, !in.changed.empty(), step.judgement);
  if (step.judgement.kind != stage::Judgement::Kind::kPass) return step;
  if (parts.dossier.changelog_is_builders) {
    GF_TRY(judge_entry(parts, check, step));
  } else {
    GF_TRY(write_changelog(parts, entry));
  }
  if (step.judgement.kind == stage::Judgement::Kind::kPass) GF_TRY(let_fixers_work(parts));
  return step;
}

}  // namespace gf::line
