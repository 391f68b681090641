// What several stages use. For this room's .cc files.
#pragma once

#include <string>
#include <vector>

#include "stage/stage.h"

namespace gf::stage {

inline Judgement judged(Judgement::Kind kind, std::string reason,
                        std::vector<std::string> feedback = {}) {
  Judgement judgement;
  judgement.kind = kind;
  judgement.reason = std::move(reason);
  judgement.feedback = std::move(feedback);
  if (kind != Judgement::Kind::kPass) judgement.failure = record::FailureClass::kDeterministic;
  return judgement;
}
inline Judgement back(std::string to, std::string reason, std::vector<std::string> feedback) {
  Judgement judgement = judged(Judgement::Kind::kBack, std::move(reason), std::move(feedback));
  judgement.back_to = std::move(to);
  return judgement;
}

/// What a message of several lines says; the rest shows where.
inline std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// A judgement of findings, each of which is given to whom it concerns: kAgain when all are the
/// stage's own, kStop when one is for the user, else kBack to the first owner in the line.
Judgement sent_to_owners(const Input& in, std::string_view stage, std::string reason,
                         std::vector<Finding> findings);
OwnerFacts owner_facts(const Input& in);
/// A finding of one kind for each line.
std::vector<Finding> findings_of(FindingKind kind, const std::vector<std::string>& lines);
/// `not_mine` and `missing` in an answer of SCOUT, BUILD or TEST; nothing when it has neither. By
/// older rules `missing` ends the run.
std::optional<Judgement> objections(const Input& in, std::string_view stage, const Output& out);

/// System and user message from one template: the part above a line "---" is the system's.
Result<std::vector<record::Message>> messages_from(const Input& in,
                                                   std::map<std::string, std::string> values);
/// The feedback of earlier attempts as a section of a prompt; empty when there is none.
std::string feedback_section(const Input& in);
/// Files with their paths, each fenced; empty when there are none.
std::string files_text(const Input::Files& files);
/// How commits are worded here, as a section of a prompt; `besides`: why the stage is told. Empty
/// where nothing is known.
std::string commits_section(const Input& in, std::string_view besides = "");
/// Gates that are red on the pristine base with what they name, as a section of a prompt. Empty
/// when there are none, or none are told.
std::string red_on_base_section(const Input& in);
/// The same without those whose tests failed, and the tests that failed on the pristine base:
/// nobody has to mend or explain them. Empty when there are none, or none are told.
std::string base_failures_section(const Input& in);
/// "the answer does not have the asked form" when it has not.
std::optional<Judgement> malformed(const Input& in, std::string_view stage, const Output& out);
/// The spec for a model: plain text, every character as it was written.
std::string spec_text(const record::Spec& spec);

extern const Stage kPlan, kScout, kBuild, kValidate, kTest, kValidateTests, kReview, kPr;

}  // namespace gf::stage
