// What an engine says of jobs that it was asked about.
#pragma once

#include <map>
#include <set>
#include <string>

namespace gf::batch {

/// What is in neither set is gone.
struct Looked {
  std::set<std::string> alive;    ///< wait or run, and are of this batch
  std::set<std::string> unknown;  ///< where they are could not be asked
  std::string why;                ///< of those, one line
  std::set<std::string> others;   ///< of what is alive: another person's, not ours to cancel
  std::set<std::string> over;     ///< of what is gone: it was found there, and has ended
  /// Of what is gone, and ours: ended there by somebody or by a limit, and not to be tried again by
  /// itself; in words.
  std::map<std::string, std::string> called_off;
  std::set<std::string> cancelled;  ///< of what is called off: by somebody; we may have been it
  std::string note;                 ///< what is worth a person's look, one line; empty: nothing
};

}  // namespace gf::batch
