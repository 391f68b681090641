// A comment is known by its id and taken in once.
#include "line/rework.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "forge/said.h"
#include "line/going_on.h"

namespace gf::line {
namespace {

using record::Remark;
using record::Rework;

constexpr size_t kPathsNamed = 8;
constexpr size_t kLineBytes = 72;

/// A name, a path, a text of somebody's in a line of ours.
std::string one_line(std::string_view text) {
  return clipped(replace_all(printable(to_utf8(text)), "\n", " "), 200);
}

bool is_known(const record::RunRecord& run, const std::string& id) {
  for (const Rework& rework : run.reworks) {
    for (const Remark& remark : rework.remarks) {
      if (remark.id == id) return true;
    }
  }
  return false;
}

/// "Comment of 'ada' at app.py:3"
std::string origin_of(const Remark& remark) {
  std::string what = remark.kind == "check"     ? "The check"
                     : remark.kind == "verdict" ? "Changes are requested by"
                                                : "A comment of";
  std::string place = forge::place_of(remark);
  return fmt::format("{} '{}'{}{}", what, one_line(remark.by),
                     remark.kind == "check" ? " fails" : "",
                     place.empty() ? "" : " at " + one_line(place));
}

const Course::Contested* contest_of(size_t index, const std::vector<Course::Contested>& contested) {
  for (const Course::Contested& one : contested) {
    if (one.about == std::to_string(index + 1)) return &one;
  }
  return nullptr;
}

std::string quoted(const std::string& text) {
  std::string first = one_line(trim(std::string_view(text).substr(0, text.find('\n'))));
  return "> " + first + "\n\n";
}

std::string paths_text(const std::vector<std::string>& paths) {
  std::vector<std::string> shown(
      paths.begin(),
      paths.begin() + static_cast<std::ptrdiff_t>(std::min(paths.size(), kPathsNamed)));
  for (std::string& path : shown) path = "`" + replace_all(path, "`", "'") + "`";
  if (paths.size() > kPathsNamed)
    shown.push_back(fmt::format("{} more", paths.size() - kPathsNamed));
  return join(shown, ", ");
}

std::string done_text(const Redone& done) {
  if (done.commit.empty()) return "Nothing was changed for this.";
  return fmt::format("Done in {}: {} changed.\n\n{}", done.commit, paths_text(done.changed),
                     done.evidence);
}

/// A question in the thread, and no change.
std::string contest_text(const Course::Contested& contest) {
  return fmt::format(
      "Not changed: {} says that this is not a change of the code within the spec: {}\n\n"
      "Should the spec be another one? Say what it is to say, or ask for it as a feature of its "
      "own.",
      lower(contest.by) == "test" ? "TEST" : "BUILD", trim(contest.why));
}

}  // namespace

bool trusts(const Trust& trust, const std::string& login, bool may_push) {
  if (trust.anyone || (trust.write && may_push)) return true;
  // Who has no name is nobody who could be named.
  return !login.empty() &&
         std::find(trust.logins.begin(), trust.logins.end(), lower(login)) != trust.logins.end();
}

Result<Trust> trust_of(const std::vector<std::string>& words, const char* key) {
  Trust trust;
  if (words.empty()) return trust;
  trust.write = false;
  for (const std::string& value : words) {
    for (const std::string& word : split(value, ',')) {
      std::string one = lower(trim(word));
      if (one.empty()) {
        return Error{Fault::kConfiguration,
                     fmt::format("{} names nobody", key),
                     {},
                     "set it to write, to anyone, or to logins"};
      }
      if (one == "anyone") {
        trust.anyone = true;
      } else if (one == "write") {
        trust.write = true;
      } else {
        trust.logins.push_back(one.starts_with('@') ? one.substr(1) : one);
      }
    }
  }
  return trust;
}

Chosen chosen(const std::vector<forge::Said>& said, const record::RunRecord& run,
              const Trust& trust) {
  Chosen result;
  size_t waiting = 0;
  std::map<std::pair<std::string, bool>, size_t> strangers;
  for (const forge::Said& one : said) {
    if (one.ours || one.settled || trim(one.remark.text).empty() || is_known(run, one.remark.id))
      continue;
    if (!trusts(trust, one.remark.by, one.may_write)) {
      ++strangers[{one.remark.by, one.access_unknown}];
      result.access_unknown = result.access_unknown || one.access_unknown;
      continue;
    }
    if (result.remarks.size() >= kMostRemarks) {
      ++waiting;
      continue;
    }
    result.remarks.push_back(one.remark);
    std::string& text = result.remarks.back().text;
    text = clipped_middle(to_utf8(text), kMostRemarkBytes);
  }
  for (const auto& [who, count] : strangers) {
    const char* why = who.second
                          ? "the server does not tell this token whether they have write access"
                          : "no write access";
    result.left_out.push_back(fmt::format("{} of '{}' left out: {} (factory.rework.from)",
                                          counted(count, "comment"), one_line(who.first), why));
  }
  if (waiting > 0) {
    result.left_out.push_back(
        fmt::format("{} wait: {} are taken in at once", counted(waiting, "comment"), kMostRemarks));
  }
  return result;
}

std::optional<record::RunRecord> standing_at(record::RunRecord run, std::string_view tip) {
  if (tip == run.head.hex()) return run;
  // What was delivered had been pushed: where it is no more somebody has taken it away.
  bool pushed = run.status == record::RunStatus::kDelivered || run.reworks.empty();
  if (pushed || tip != run.reworks.back().head.hex()) return std::nullopt;
  run.head = run.reworks.back().head;
  run.tree = run.reworks.back().tree;
  return run;
}

Result<record::RunRecord> taken_up(record::RunRecord run, int step, Rework rework) {
  if (run.head.is_zero() || run.status == record::RunStatus::kRunning) {
    return Error{Fault::kUser,
                 fmt::format("run {} has delivered nothing: it is {}", run.id.id8(),
                             record::name_of(run.status)),
                 {},
                 fmt::format("see 'git factory show {}'", run.id.id8())};
  }
  rework.step = step;
  rework.head = run.head;
  rework.tree = run.tree;
  run.reworks.push_back(std::move(rework));
  take_back_end(run);
  return run;
}

const Rework* rework_at(const record::RunRecord& run, int step) {
  for (const Rework& rework : run.reworks) {
    if (rework.step == step) return &rework;
  }
  return nullptr;
}

const Rework* rework_before(const record::RunRecord& run, int step) {
  const Rework* found = nullptr;
  for (const Rework& rework : run.reworks) {
    if (rework.step < step) found = &rework;
  }
  return found;
}

std::vector<stage::Finding> asked_in(const Rework& rework, const stage::OwnerFacts& facts) {
  std::vector<stage::Finding> asked;
  for (size_t i = 0; i < rework.remarks.size(); ++i) {
    const Remark& remark = rework.remarks[i];
    stage::Finding finding =
        stage::finding_of(stage::FindingKind::kAsked,
                          fmt::format("{}: {}", origin_of(remark),
                                      record::Json(std::string(trim(remark.text))).dump()),
                          remark.path);
    finding.about = {std::to_string(i + 1)};
    finding.owner = stage::owner_of(finding, "review", facts);
    for (stage::Owner owner : {stage::Owner::kPlan, stage::Owner::kBuild, stage::Owner::kTest}) {
      if (stage::may_mend(owner, finding, facts)) finding.menders.push_back(owner);
    }
    asked.push_back(std::move(finding));
  }
  return asked;
}

std::vector<ThreadAnswer> answers_to(const Rework& rework,
                                     const std::vector<Course::Contested>& contested,
                                     const Redone& done) {
  std::vector<ThreadAnswer> answers;
  auto of_thread = [&](const std::string& thread) -> ThreadAnswer& {
    for (ThreadAnswer& answer : answers) {
      if (answer.thread == thread) return answer;
    }
    answers.push_back({thread, {}, true});
    return answers.back();
  };
  bool done_reported = false;
  for (size_t i = 0; i < rework.remarks.size(); ++i) {
    const Remark& remark = rework.remarks[i];
    const Course::Contested* contest = contest_of(i, contested);
    ThreadAnswer& answer = of_thread(remark.thread);
    answer.settled = answer.settled && contest == nullptr && !done.commit.empty();
    if (remark.thread.empty()) answer.text += quoted(remark.text);
    if (contest != nullptr) {
      answer.text += contest_text(*contest) + "\n\n";
    } else if (!remark.thread.empty() || !done_reported) {
      answer.text += done_text(done) + "\n\n";
      done_reported = done_reported || remark.thread.empty();
    } else {
      answer.text += "Done, as above.\n\n";
    }
  }
  for (ThreadAnswer& answer : answers)
    answer.text += fmt::format("{} run {} -->", forge::kOurMark, done.run);
  return answers;
}

std::string rework_title(const Rework& rework) {
  size_t checks = static_cast<size_t>(
      std::count_if(rework.remarks.begin(), rework.remarks.end(),
                    [](const Remark& remark) { return remark.kind == "check"; }));
  return checks == rework.remarks.size() ? "Mend the failing checks" : "Do what the review asks";
}

std::string rework_message(const Rework& rework, const std::string& subject, const RunId& run,
                           const std::string& signed_off_by) {
  std::string text;
  for (const Remark& remark : rework.remarks) {
    std::string place = forge::place_of(remark);
    std::string line =
        fmt::format("- {}{}: {}", one_line(remark.by), place.empty() ? "" : ", " + one_line(place),
                    one_line(trim(remark.text)));
    text += clipped(line, kLineBytes) + "\n";
  }
  std::string sign = signed_off_by.empty() ? "" : "Signed-off-by: " + signed_off_by + "\n";
  return fmt::format("{}\n\n{}\nFactory-Run: {}\n{}", subject, text, run.str(), sign);
}

}  // namespace gf::line
