#include "analyst/why.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analyst/evidence.h"
#include "base/text.h"
#include "git/notes.h"

namespace gf::analyst {
namespace {

constexpr size_t kTextRuns = 500;  ///< how many runs are searched for a line that nothing names
constexpr size_t kTellingText = 8;

/// A run that may have brought the commit.
struct Candidate {
  RunId run;
  Link link = Link::kNone;
};

bool is_telling(const std::string& text) {
  return std::count_if(text.begin(), text.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0;
         }) >= static_cast<long>(kTellingText);
}

/// The runs that notes on the commit speak of; `git rebase` carries them where it is told to.
std::vector<RunId> noted_on(git::Repo& repo, const Oid& commit) {
  std::vector<RunId> runs;
  auto note = git::Notes(repo, RefName::known(store::kTraceNotes)).read(commit);
  // Notes are a help, not the record: what cannot be read says nothing.
  if (!note.ok() || !*note) return runs;
  for (const std::string& line : lines(**note)) {
    auto json = record::Json::parse(line);
    if (!json.ok()) continue;
    auto id = RunId::parse(json->get_string("run"));
    if (id.ok() && std::find(runs.begin(), runs.end(), *id) == runs.end()) runs.push_back(*id);
  }
  return runs;
}

class Search {
 public:
  Search(const store::Store& store, git::Repo& repo, Why& why)
      : store_(store), repo_(repo), why_(why) {}

  Result<void> run();

 private:
  Result<void> by_names(const git::CommitInfo& commit);
  Result<void> by_content(const git::CommitInfo& commit);
  Result<void> by_text();
  /// The newest delivered runs.
  Result<void> recent();
  /// Takes the first candidate whose change has the line in it.
  Result<bool> settle();
  [[nodiscard]] bool is_cut_at(const git::CommitInfo& commit) const;
  void say_no(const git::CommitInfo& commit);

  const store::Store& store_;
  git::Repo& repo_;
  Why& why_;
  std::vector<Candidate> candidates_;
  std::vector<store::Summary> recent_;
  std::vector<RunId> named_, absent_, without_line_;
};

Result<void> Search::by_names(const git::CommitInfo& commit) {
  named_ = store::runs_named_in(commit.message);
  for (const RunId& id : named_) candidates_.push_back({id, Link::kTrailer});
  for (const RunId& id : noted_on(repo_, commit.id)) candidates_.push_back({id, Link::kNote});
  return Done{};
}

/// By head, patch id or tree: an index answers this at once, else the ledger is walked.
Result<void> Search::by_content(const git::CommitInfo& commit) {
  GF_ASSIGN(auto id, store_.find(commit.id.hex()));
  if (!id) return Done{};
  auto run = store_.load(*id);
  Link link = Link::kTrailer;
  if (run.ok()) {
    bool head = run->run.head == commit.id, tree = run->run.tree == commit.tree;
    link = head ? Link::kHead : tree ? Link::kTree : Link::kPatch;
  }
  candidates_.push_back({*id, link});
  return Done{};
}

Result<void> Search::recent() {
  return store_.walk([&](const store::Summary& run) {
    if (run.status == record::RunStatus::kDelivered) recent_.push_back(run);
    return recent_.size() < kTextRuns;
  });
}

Result<void> Search::by_text() {
  if (!is_telling(why_.line.text)) return Done{};
  GF_TRY(recent());
  for (const store::Summary& run : recent_) {
    auto base = repo_.commit(run.base);
    if (!base.ok()) continue;
    auto added = has_line(repo_, base->tree, run.tree, why_.line);
    if (!added.ok() || !*added) continue;
    candidates_ = {{run.id, Link::kText}};
    return Done{};
  }
  return Done{};
}

Result<bool> Search::settle() {
  std::set<RunId> tried;
  for (const Candidate& candidate : candidates_) {
    if (!tried.insert(candidate.run).second) continue;
    auto run = store_.load(candidate.run);
    if (!run.ok()) {
      absent_.push_back(candidate.run);
      continue;
    }
    auto added = has_line(repo_, run->run.base_tree, run->run.tree, why_.line);
    // Without the delivered tree (a plain clone, a failed run) there is only the commit's word.
    why_.checked = added.ok();
    if (added.ok() && !*added) {
      without_line_.push_back(candidate.run);
      continue;
    }
    why_.run = std::move(run).value();
    why_.link = candidate.link;
    return true;
  }
  return false;
}

/// A shallow clone's oldest commits: their parents are elsewhere, or hidden by newer libraries.
bool Search::is_cut_at(const git::CommitInfo& commit) const {
  bool whole = !commit.parents.empty() && repo_.exists(commit.parents.front());
  return !whole && repo_.shape().value_or({}).shallow;
}

void Search::say_no(const git::CommitInfo& commit) {
  if (!absent_.empty()) {
    why_.reason =
        fmt::format("the commit names run {}, whose record is not in this clone", absent_[0].str());
    why_.hint = "fetch it with 'git factory sync'";
  } else if (!without_line_.empty()) {
    why_.reason = fmt::format(
        "the commit belongs to run {}, but this line is not in what that run delivered: it was "
        "changed afterwards (amended or squashed in)",
        without_line_[0].str());
  } else if (why_.line.boundary && is_cut_at(commit)) {
    why_.reason = "the history of this shallow clone ends before the commit that brought the line";
    why_.hint = "complete it with 'git fetch --unshallow'";
  } else {
    why_.reason =
        "this line did not come from a run: its commit carries no trailer and no note, "
        "and no delivered change is the same";
  }
}

Result<void> Search::run() {
  if (why_.line.commit.is_zero()) {
    why_.reason = "this line is not committed yet";
    return Done{};
  }
  GF_ASSIGN(auto commit, repo_.commit(why_.line.commit));
  GF_TRY(by_names(commit));
  GF_ASSIGN(bool found, settle());
  if (found && why_.run->run.head == commit.id) why_.link = Link::kHead;
  if (found) return Done{};
  GF_TRY(by_content(commit));
  GF_ASSIGN(found, settle());
  if (found) return Done{};
  // What a commit says of itself is believed before a likeness is.
  if (absent_.empty() && without_line_.empty()) {
    GF_TRY(by_text());
    GF_ASSIGN(found, settle());
  }
  if (!found) say_no(commit);
  return Done{};
}

}  // namespace

std::string_view name_of(Link link) {
  switch (link) {
    case Link::kHead:
      return "commit";
    case Link::kTrailer:
      return "trailer";
    case Link::kNote:
      return "note";
    case Link::kPatch:
      return "patch";
    case Link::kTree:
      return "tree";
    case Link::kText:
      return "text";
    case Link::kNone:
      break;
  }
  return "none";
}

Result<Why> why(const store::Store& store, git::Repo& repo, const git::Program& git,
                const std::string& path, int number, const std::string& revision) {
  Why answer;
  GF_ASSIGN(answer.line, blame(git, path, number, revision));
  GF_TRY(Search(store, repo, answer).run());
  if (!answer.run) return answer;
  find_hunk(repo, answer);
  find_turn(repo, answer);
  return answer;
}

}  // namespace gf::analyst
