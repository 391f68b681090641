// SCOUT: reads before anything is built, and leaves a memo.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "stage/corrections.h"
#include "stage/parts.h"
#include "stage/red_gate.h"

namespace gf::stage {

Result<Brief> brief_from_json(const record::Json& json) {
  if (!json.is_object()) return Error{Fault::kBadData, "the brief is not an object", {}, {}};
  Brief brief;
  brief.files = json.get_strings("files");
  brief.new_files = json.get_strings("new_files");
  for (const record::Json& item : json.get("reuse").items()) {
    brief.reuse.push_back(
        {item.get_string("path"), item.get_string("symbol"), item.get_string("why")});
  }
  brief.conventions = json.get_strings("conventions");
  brief.test_files = json.get_strings("test_files");
  brief.test_command = json.get_string("test_command");
  brief.notes = json.get_string("notes");
  brief.test_notes = json.get_string("test_notes");
  for (const record::Json& item : json.get("places").items()) {
    brief.places.push_back({item.get_string("path"), item.get_int("first"), item.get_int("last"),
                            item.get_string("why")});
  }
  return brief;
}

SettledBrief settled(Brief brief, const record::TreeFacts& tree) {
  SettledBrief all;
  auto leave_out = [&](auto& hints, const char* list) {
    std::erase_if(hints, [&](const auto& hint) {
      bool there = tree.has_path(hint.path);
      if (!there)
        all.changes.push_back(
            fmt::format("'{}' in {} does not exist; it was left out", printable(hint.path), list));
      return !there;
    });
  };
  auto move = [&](std::vector<std::string>& from, std::vector<std::string>& to, bool wanted,
                  const char* why) {
    for (const std::string& path : from) {
      if (tree.has_path(path) != wanted) continue;
      all.changes.push_back(fmt::format("'{}' {}", printable(path), why));
      if (std::find(to.begin(), to.end(), path) == to.end()) to.push_back(path);
    }
    std::erase_if(from, [&](const std::string& path) { return tree.has_path(path) == wanted; });
  };
  move(brief.files, brief.new_files, false, "does not exist; it counts as a new file");
  move(brief.new_files, brief.files, true, "exists already; it counts as a file to change");
  leave_out(brief.reuse, "reuse");
  leave_out(brief.places, "places");
  all.brief = std::move(brief);
  return all;
}

namespace {

constexpr size_t kMaxBriefBytes = 12u << 10;
constexpr size_t kMaxFiles = 20;

// --- Prompt ---
/// " (python -m pytest)": how a gate's program is begun, without what the line adds to it.
std::string begun_by(const record::GateOutcome& outcome) {
  std::string begun;
  for (const std::string& word : outcome.argv) {
    if (word.starts_with("-") && word != "-m") break;
    begun += begun.empty() ? word.substr(word.rfind('/') + 1) : " " + word;
  }
  return begun.empty() || begun == outcome.gate ? "" : " (" + begun + ")";
}

/// What will judge the change, so that nobody reads configuration to find out.
std::string gates_section(const Input& in) {
  std::string text;
  for (const record::GateOutcome& outcome : in.base_outcomes) {
    text += fmt::format("{}{}: {}", outcome.gate, outcome.stage == "test" ? begun_by(outcome) : "",
                        record::name_of(outcome.status));
    text += told_of(outcome) + red_without_a_test(outcome) + "\n";
  }
  if (text.empty()) return {};
  return "What runs on the change without anybody asking, and what it says before it:\n" +
         fenced("", text) + "\n";
}

std::string files_section(const Input& in) {
  std::string files = files_text(in.files);
  if (files.empty()) return files;
  std::string_view what = in.rules < Rules::kShownWhole
                              ? "The files that the spec touches, as they are:\n"
                              : "The files that the spec touches, code that they go through, and "
                                "the tests nearest to them, as they are:\n";
  return std::string(what) + files;
}

std::string uses_section(const Input& in) {
  if (in.uses.empty()) return {};
  return "Where else the names of the spec stand, in code, text and tests:\n" +
         fenced("", in.uses) + "\n";
}

Result<std::vector<record::Message>> scout_prompt(const Input& in) {
  return messages_from(in,
                       {{"spec", fenced("", spec_text(*in.spec))},
                        {"conventions", in.conventions.empty() ? "" : fenced("", in.conventions)},
                        {"about_commits", commits_section(in)},
                        {"gates", gates_section(in)},
                        {"files", files_section(in)},
                        {"uses", uses_section(in)}});
}

// --- Tools ---  reading only: what writes belongs to BUILD.
constexpr std::array<std::string_view, 4> kScoutTools = {"list_dir", "read_file", "grep",
                                                         "outline"};

// --- Eval ---
/// What by the older rules had to be answered again.
std::vector<std::string> stale_paths(const Brief& brief, const record::TreeFacts& tree) {
  std::vector<std::string> wrong;
  for (const std::string& path : brief.files) {
    if (!tree.has_path(path))
      wrong.push_back("'" + path + "' does not exist; a new file belongs in new_files");
  }
  for (const std::string& path : brief.new_files) {
    if (tree.has_path(path)) wrong.push_back("'" + path + "' exists already; it belongs in files");
  }
  for (const Brief::Reuse& item : brief.reuse) {
    if (!tree.has_path(item.path)) wrong.push_back("'" + item.path + "' in reuse does not exist");
  }
  return wrong;
}

Result<Judgement> scout_eval(const Input& in, const Output& out) {
  if (auto bad = malformed(in, "scout", out)) return *bad;
  if (auto objected = objections(in, "scout", out)) return *objected;
  GF_ASSIGN(auto brief, brief_from_json(out.json));
  std::vector<std::string> wrong;
  if (out.json.dump().size() > kMaxBriefBytes)
    wrong.emplace_back("the brief is longer than 12 KB; keep what the builder needs");
  if (brief.files.size() + brief.new_files.size() > kMaxFiles)
    wrong.emplace_back("more than 20 files are named");
  if (brief.files.empty() && brief.new_files.empty()) wrong.emplace_back("no file is named");
  if (in.rules < Rules::kOwners) {
    std::vector<std::string> stale = stale_paths(brief, *in.tree);
    wrong.insert(wrong.end(), stale.begin(), stale.end());
  }
  if (std::vector<Correction> given = corrections_from_json(out.json); !given.empty() && in.spec) {
    Corrected corrected = correct(*in.spec, given, *in.tree, in.rules);
    wrong.insert(wrong.end(), corrected.wrong.begin(), corrected.wrong.end());
  }
  if (!wrong.empty()) {
    std::string reason = wrong.front();
    return sent_to_owners(in, "scout", std::move(reason), findings_of(FindingKind::kBrief, wrong));
  }
  return judged(Judgement::Kind::kPass,
                counted(brief.files.size() + brief.new_files.size(), "file") + " to touch");
}

// --- Telemetry ---
void scout_telemetry(const Input&, const Output& out, Meter& meter) {
  meter["brief_bytes"] = static_cast<double>(out.json.dump().size());
  meter["files_count"] =
      static_cast<double>(out.json.get("files").size() + out.json.get("new_files").size());
  meter["corrections_count"] = static_cast<double>(out.json.get("corrections").size());
}

}  // namespace

const Stage kScout = {"scout",     Actor::kModel, 0.2,        "scout.md",     "scout.schema.json",
                      kScoutTools, scout_prompt,  scout_eval, scout_telemetry};

}  // namespace gf::stage
