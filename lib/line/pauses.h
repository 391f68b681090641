// How long a service wants to be left alone, known to all runs of this user on this machine.
#pragma once

#include <string>

#include "base/time.h"

namespace gf::line {

/// What services said when they were asked too fast: until when nobody asks again. In files, one a
/// service, so that runs in many processes slow down together instead of each finding out by
/// itself. Only a courtesy: a file that is lost or damaged says nothing, and nobody waits longer
/// for another's word than for his own.
class Pauses {
 public:
  /// `folder` is made when there is something to keep; empty: nothing is kept.
  explicit Pauses(std::string folder) : folder_(std::move(folder)) {}

  /// The service, an address with what tells apart whose limit it is, is not to be asked before
  /// `until`. An earlier word that reaches further stays.
  void keep(const std::string& service, Timestamp until) const;
  /// What is left of it; never more than `most`, so that a clock that was set stops nobody.
  [[nodiscard]] Milliseconds left(const std::string& service, Timestamp now,
                                  Milliseconds most) const;

 private:
  [[nodiscard]] std::string file_of(const std::string& service) const;
  std::string folder_;
};

}  // namespace gf::line
