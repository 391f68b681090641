// BUILD: implements the spec as the brief says, and nothing else.
#include <array>

#include "base/text.h"
#include "stage/parts.h"

namespace gf::stage {
namespace {

// --- Prompt ---
Result<std::vector<record::Message>> build_prompt(const Input& in) {
  return messages_from(in, {{"spec", fenced("", spec_text(*in.spec))},
                            {"brief", fenced("json", in.brief ? to_json(*in.brief).pretty() : "")},
                            {"changelog", in.changelog.empty() ? "" : fenced("", in.changelog)},
                            {"files", told_files(in.files)}});
}

// --- Tools ---
constexpr std::array<std::string_view, 7> kBuildTools = {
    "list_dir", "read_file", "grep", "outline", "write_file", "edit_file", "delete_file"};

// --- Eval ---
Result<Judgement> build_eval(const Input& in, const Output& out) {
  std::vector<std::string> missing = out.json.get_strings("missing");
  if (!missing.empty()) {
    Judgement judgement =
        judged(Judgement::Kind::kStop, "the spec does not say: " + join(missing, "; "), missing);
    judgement.failure = record::FailureClass::kRefused;
    return judgement;
  }
  if (in.changed.empty()) {
    return judged(Judgement::Kind::kAgain, "nothing was changed",
                  {"no file was changed; use write_file or edit_file"});
  }
  for (const record::GateOutcome& outcome : in.outcomes) {
    if (outcome.gate != "parse" || outcome.status == record::GateOutcome::Status::kPass) continue;
    std::vector<std::string> lines;
    for (const record::Finding& finding : outcome.findings) {
      lines.push_back(finding.path + ":" + std::to_string(finding.line) + ": " + finding.message);
    }
    if (lines.empty()) lines.push_back(outcome.reason);
    return judged(Judgement::Kind::kAgain, "does not parse: " + lines.front(), lines);
  }
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
