// BUILD: implements the spec as the brief says, and nothing else.
#include <array>

#include "base/text.h"
#include "stage/build_rules.h"
#include "stage/marks.h"
#include "stage/parts.h"

namespace gf::stage {
namespace {

// --- Prompt ---
Result<std::vector<record::Message>> build_prompt(const Input& in) {
  std::string files = in.files.empty() ? "None of the files that spec and memo name is there yet.\n"
                                       : heading_of("The files", in.files) + files_text(in.files);
  return messages_from(
      in, {{"spec", fenced("", spec_text(*in.spec))},
           {"brief", fenced("", in.brief ? brief_text(*in.brief) : "") + red_on_base_section(in)},
           {"changelog", in.changelog.empty() ? "" : fenced("", in.changelog)},
           {"rules", "- " + std::string(build_rule::kNotSilenced)},
           {"files", files}});
}

// --- Tools ---
constexpr std::array<std::string_view, 7> kBuildTools = {
    "list_dir", "read_file", "grep", "outline", "write_file", "edit_file", "delete_file"};

// --- Eval ---
/// Files that do not parse, a finding each complaint.
std::vector<Finding> unparsed(const Input& in) {
  std::vector<Finding> findings;
  for (const record::GateOutcome& outcome : in.outcomes) {
    using Status = record::GateOutcome::Status;
    if (outcome.gate != "parse" || outcome.status == Status::kPass) continue;
    if (outcome.status != Status::kFail && in.rules >= Rules::kCrashIsNoAnswer) continue;
    for (const record::Finding& finding : outcome.findings) {
      findings.push_back(
          finding_of(FindingKind::kParse,
                     finding.path + ":" + std::to_string(finding.line) + ": " + finding.message,
                     finding.path));
    }
    if (outcome.findings.empty())
      findings.push_back(finding_of(FindingKind::kParse, outcome.reason));
  }
  return findings;
}

Result<Judgement> build_eval(const Input& in, const Output& out) {
  auto objected = objections(in, "build", out);
  bool ends = objected && objected->kind == Judgement::Kind::kStop;
  if (ends || (objected && in.changed.empty())) return *objected;
  if (in.changed.empty() && !in.after_revision) {
    return sent_to_owners(in, "build", "nothing was changed",
                          {finding_of(FindingKind::kNothingDone,
                                      "no file was changed; use write_file or edit_file")});
  }
  if (std::vector<Finding> findings = unparsed(in); !findings.empty()) {
    std::string reason = "does not parse: " + findings.front().text;
    return sent_to_owners(in, "build", std::move(reason), std::move(findings));
  }
  if (objected) return *objected;
  return judged(Judgement::Kind::kPass, counted(in.changed.size(), "file") + " changed");
}

// --- Telemetry ---
void build_telemetry(const Input& in, const Output&, Meter& meter) {
  meter["changed_files_count"] = static_cast<double>(in.changed.size());
}

}  // namespace

const Stage kBuild = {"build",     Actor::kModel, 0.0,        "build.md",     "build.schema.json",
                      kBuildTools, build_prompt,  build_eval, build_telemetry};

}  // namespace gf::stage
