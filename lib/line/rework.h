// What reviewers said of a delivered change: which of it is taken in, how the run goes on with it,
// and what each of them is answered. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "forge/forge.h"
#include "line/course.h"
#include "record/run.h"
#include "stage/finding.h"

namespace gf::line {

/// At most so many remarks of at most so many bytes are taken in at once: what has no room waits
/// for the next time, which is told.
inline constexpr size_t kMostRemarks = 40;
inline constexpr size_t kMostRemarkBytes = 4u << 10;

/// Whose words may send a run back (factory.rework.from).
struct Trust {
  bool anyone = false;
  bool write = true;                ///< who may push to the repository
  std::vector<std::string> logins;  ///< and these, in lower case
};
/// "write", "anyone" and logins, one or several; an Error (kConfiguration) that names `key` for an
/// empty one.
Result<Trust> trust_of(const std::vector<std::string>& words,
                       const char* key = "factory.rework.from");
/// May the words of `login` steer a run?
bool trusts(const Trust& trust, const std::string& login, bool may_push);

/// What of all that was said is new to the run and may steer it.
struct Chosen {
  std::vector<record::Remark> remarks;  ///< oldest first, bounded
  std::vector<std::string> left_out;    ///< what else is new and why it stays out, one line each
  bool access_unknown = false;          ///< of them are some whose right to write is not told
};
Chosen chosen(const std::vector<forge::Said>& said, const record::RunRecord& run,
              const Trust& trust);

/// The run as its branch has it, which is at `tip`: what it delivered last, or, where a rework was
/// ended before its push, what it had delivered until then. Nothing: somebody else moved it there.
std::optional<record::RunRecord> standing_at(record::RunRecord run, std::string_view tip);

/// The record that a run goes on with: it is running and has no end. `rework` has everything but
/// what was delivered, which is taken from the run. An Error (kUser) when it has delivered nothing.
Result<record::RunRecord> taken_up(record::RunRecord run, int step, record::Rework rework);

/// What was taken in when `step` was done; null: nothing was.
const record::Rework* rework_at(const record::RunRecord& run, int step);
/// The last that was taken in before `step`; null: none was.
const record::Rework* rework_before(const record::RunRecord& run, int step);

/// A finding for each remark, with its owner; their words are quoted in one line, as data.
std::vector<stage::Finding> asked_in(const record::Rework& rework, const stage::OwnerFacts& facts);

/// What a delivery on top of another one has come to.
struct Redone {
  std::string commit;                ///< shortened; empty: nothing was changed
  std::vector<std::string> changed;  ///< paths, since the delivery before
  std::string evidence;              ///< one line: gates and verdict
  std::string run;                   ///< 8 digits
};
struct ThreadAnswer {
  std::string thread;  ///< empty: the request as a whole
  std::string text;    ///< with the mark by which our words are known again
  bool settled = false;
};
/// One answer a thread, and one for all that has none.
std::vector<ThreadAnswer> answers_to(const record::Rework& rework,
                                     const std::vector<Course::Contested>& contested,
                                     const Redone& done);

/// The title that the commit's subject is made of.
std::string rework_title(const record::Rework& rework);
/// The commit's message: what was asked, a line each, and the trailers of commit_message().
std::string rework_message(const record::Rework& rework, const std::string& subject,
                           const RunId& run, const std::string& signed_off_by);

}  // namespace gf::line
