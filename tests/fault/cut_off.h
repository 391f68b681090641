// A run that is cut off at a chosen write, gone on with, and looked at from every side.
#pragma once

#include <string>
#include <vector>

#include "e2e/factory.h"

namespace gf::test {

/// A write of a run, as `GIT_FACTORY_FAULT=list` tells it (lib/git/fault.h).
struct Write {
  int number = 0;
  std::string text;  ///< "before refs/factory/active/... (exchange 3 of build)"
  /// The same for all writes of its kind: without numbers and ids.
  [[nodiscard]] std::string kind() const;
};
/// The writes told in what a program wrote to standard error.
std::vector<Write> writes_in(const std::string& err);

/// A shop whose user has a dirty work tree, staged changes and a stash; a `command` model that
/// answers by the demo's answers and keeps account of what it was asked. The place is put back to
/// how it was between two cases; outcomes of gates stay known, so that a case costs no tools.
class CutOffTest : public FactoryTest {
 protected:
  /// Sets up, runs the feature `slug` once undisturbed and remembers its writes and its tree.
  void prepare(const std::string& slug);
  void restore() const;

  /// The feature with GIT_FACTORY_FAULT set to `fault`; empty: undisturbed.
  Ran ask(const std::string& fault = {}) const;
  Ran go_on(const std::string& fault = {}) const;
  /// Throws away what no ref reaches, then goes on until the run has ended, as a person would.
  void finish(const std::string& label);

  /// Everything a finished run has to be, whatever happened on the way: one branch, one pull
  /// request, one sealed run, the tree of the undisturbed run, sound objects, the user's place
  /// untouched, no answer that was on record bought again.
  void expect_whole(const std::string& label);
  /// Remembers which answers are on record now; expect_whole() wants none of them asked again.
  void remember_record();

  /// Writes of `cases` kinds, spread over the run; with GF_FAULT_ALL=1 every write there is.
  [[nodiscard]] std::vector<Write> sample(size_t cases) const;
  [[nodiscard]] std::map<std::string, std::string> environment_with(const std::string& fault) const;
  [[nodiscard]] std::string git_in(const std::string& folder,
                                   std::vector<std::string> arguments) const;
  [[nodiscard]] std::string remote() const { return repo_.folder() / "origin.git"; }

  std::string slug_, tree_, place_;
  std::vector<Write> writes_;
  std::vector<std::string> on_record_;  ///< what was answered at the cut, as asked() has it
  size_t asked_then_ = 0;               ///< how many questions had been put by then
};

}  // namespace gf::test
