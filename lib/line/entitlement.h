// Who may see what, and who may write where (P7, P8). Pure: functions of what a run was given, of
// what its stages came to, and of trees; so that the promises are tested on what really decides.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "record/facts.h"
#include "record/gate.h"
#include "stage/stage.h"
#include "tool/tool.h"

namespace gf::line {

struct Assignment;
struct Change;
struct Dossier;

/// What may be shown, of which each stage gets its part.
struct Showing {
  const Assignment* assignment = nullptr;
  const Dossier* dossier = nullptr;
  const record::TreeFacts* tree = nullptr;  ///< as the stage finds it
  const record::TreeFacts* base = nullptr;  ///< as the run found it; null: `tree` stands for it
  std::vector<record::GateOutcome> base_outcomes = {};  ///< of the gates there
  std::string tree_summary;                             ///< of the base, bounded
  std::string request;
  std::vector<record::Answer> answers;      ///< to questions of steps before this one
  std::string changelog;                    ///< what this very stage is told of it
  std::vector<std::string> feedback;        ///< what this very stage has to mend
  bool asked = false;                       ///< it is what reviewers ask of the delivered change
  const Change* change = nullptr;           ///< since the base; null: none is known
  stage::Input::Files first_look;           ///< what stage::first_look() found, for SCOUT
  std::optional<stage::Revision> revision;  ///< why PLAN is asked again
  bool after_revision = false;              ///< the spec changed since this stage was done
};

/// The part of it that `stage` is entitled to.
///
/// 1. REVIEW gets spec, tree and its own feedback: no brief, no file that was chosen by another
///    stage, nothing that BUILD, SCOUT or TEST said (P7).
/// 2. TEST gets no bodies of new code: of files it sees tests that it may change, and those that it
///    wrote itself.
/// 3. Only PLAN gets the digest of the tree, and the answers to its questions: to others they are
///    assumptions of the spec. SCOUT gets what a first look finds by the spec. BUILD gets
///    windows of files that it may write, and of others only the places that SCOUT named, to read.
///    What a window shows is not told again in the memo; TEST's memo has no places of code.
/// 4. All files of a prompt are within one bound; what has no room is named.
stage::Input input_for(const stage::Stage& stage, const Showing& showing);

/// Names that the spec speaks of, in what it introduces and in its criteria.
std::vector<std::string> names_of(const record::Spec& spec);
/// Of the lines that hold names, as REVIEW is shown them; SCOUT, which searches anyway, has half.
inline constexpr size_t kUsesBytes = 3u << 10;
/// Bytes of what a change uses and stands in, for REVIEW: what `without` it leaves of a prompt that
/// costs less than the turn in which a model would read it, within bounds.
size_t room_for_definitions(const std::vector<record::Message>& without);

/// What BUILD may write: what the spec and the brief name. Never tests, the changelog only where no
/// rule writes the entry (Dossier), what a tool assembles never, and gate configuration, CI files
/// and hooks only where the spec names them.
tool::Scope build_scope(const Assignment& assignment, const Dossier& dossier);

/// Files of the base that TEST adds to, taking nothing away (stage/test_lists.h): those that a
/// runner is started with by name, and lists of what is built that name tests beside code, where
/// the memo's tests are and above.
std::vector<std::string> added_to(const Assignment& assignment, const Dossier& dossier,
                                  const record::TreeFacts& base);

/// What TEST may write: new files where tests live, what it may add to, and those existing ones
/// that a criterion authorises. `base` is the pristine base, whose test files are all protected
/// else, by whatever pattern they are tests. It reads tests and what they share, and no code (P7).
tool::Scope test_scope(const Assignment& assignment, const Dossier& dossier,
                       const std::vector<record::GateOutcome>& base_outcomes,
                       const record::TreeFacts& base);

/// Lines added to files that tests have to run: no tests, and source of a language whose coverage
/// is known.
std::map<std::string, std::vector<int>> lines_to_cover(const Assignment& assignment,
                                                       const Change& change);

/// What TEST may know of the new code: definitions that lines of the change stand in and those of
/// `names`, by their headers and without bodies, and how many others there are. `definitions` are
/// those of `paths`, in their order. At most kSignatureBytes.
std::string signatures_of(const Change& change, const std::vector<std::string>& paths,
                          const std::vector<std::vector<tool::Definition>>& definitions,
                          const std::vector<std::string>& names = {});
inline constexpr size_t kSignatureBytes = 24u << 10;  ///< some 300 signatures: more is no change

/// The hunks that REVIEW judges. The changelog entry is one, the last, and marked as such, but by
/// old rules: there the line wrote it unseen. With the tree that the change led to a hunk shows the
/// function that it stands in, within bounds and without showing a line twice.
std::vector<stage::ReviewHunk> hunks_to_review(const Assignment& assignment, const Change& change,
                                               const record::TreeFacts* tree = nullptr);

}  // namespace gf::line
