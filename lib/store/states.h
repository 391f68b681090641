// The states of one run. A run that ended with questions goes on when they are answered, and a
// delivered one with what reviewers said; then it ends again. Files of the record are added and
// never edited, so what it ended as before stays where it is, and what it ended as then is a folder
// below: DD/<run>/answered-<10 digits of its tree>/, with all of its files. Two clones that
// answered the same questions each add a folder of their own.
#pragma once

#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "git/repo.h"

namespace gf::store {

/// Does an entry of a run's folder hold a later state of the run?
bool is_state(const git::TreeEntry& entry);

/// What a run ended as, once.
struct State {
  Oid folder;          ///< its files
  size_t answers = 0;  ///< how often it had been taken up by then (answers, reworks): only grows
  Timestamp ended{};   ///< the epoch when it had not
  Oid run_file;        ///< the blob of its run.json; zero when there is none
};

/// Is `a` what counts of the two? More answers do; of two that are as far the one that ended first,
/// so that every clone chooses the same.
bool counts_before(const State& a, const State& b);

/// All states that a run's folder holds, the one that counts first. One that cannot be read counts
/// least, and is given: whoever reads it tells what is wrong.
Result<std::vector<State>> states_of(const git::Repo& repo, const Oid& folder);

/// The folder of the state that counts; `folder` itself when there is no other. Costs one tree to
/// read where nobody ever answered.
Result<Oid> latest_state(const git::Repo& repo, const Oid& folder);

/// Of a run's folders in several refs the one that holds the latest state, of those as far the
/// first; nothing when there is none.
Result<std::optional<Oid>> furthest(const git::Repo& repo, const std::vector<Oid>& folders);

/// `folder` with the state whose files are `state` in it; itself when it holds that one already.
Result<Oid> with_state(git::Repo& repo, const Oid& folder, const Oid& state);

}  // namespace gf::store
