// What a terminal shows of a run, as text: no clock, no thread and no file of its own.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "record/run.h"
#include "session/event.h"

namespace gf::cmd {

/// What a log file or a pipe gets for one event, without a line end: a stage's steps stand indented
/// below it. Empty for events that say nothing there.
std::string plain_line(const session::Event& event);

/// How a run ended, and what to do next, in a line or a few.
std::string result_text(const record::RunRecord& run);

/// Events in, a picture out: a row a stage, drawn over the last one. Nothing that a model or a
/// tool wrote reaches the terminal as more than text, and no row is wider than the window, so
/// that going up by the number of rows is right.
class Picture {
 public:
  using Time = std::chrono::duration<double>;  ///< since any fixed moment

  void on(const session::Event& event, Time now);
  /// What to send to a terminal `width` columns wide; empty before a run has begun.
  std::string draw(size_t width, Time now);
  [[nodiscard]] bool moving() const { return !current_.empty(); }  ///< a stage's seconds run
  /// The next picture is drawn below the last one, not over it.
  void leave() { drawn_ = 0; }
  /// The run is over or left: no stage is shown as going on.
  void stop();

 private:
  struct Row {
    int attempt = 0;
    char mark = ' ';
    double seconds = 0;
    int64_t tokens_in = 0, tokens_out = 0;
    std::string cost, reason, model;
  };

  /// What a model was asked for and has sent so far.
  struct Asked {
    std::string model;
    int64_t bytes = 0, received = 0;
    Time heard{};  ///< when something last came, or the question went out
  };

  void end_stage(const session::Event& event);
  [[nodiscard]] std::string doing(Time now) const;
  void add_line(std::string& text, std::string line, size_t width);
  std::string row(const char* name, Time now);

  std::string title_, run_, current_, doing_;
  std::optional<Asked> asked_;
  Time began_{};
  std::map<std::string, Row> rows_;
  std::vector<std::string> notes_;
  size_t noted_ = 0;
  int drawn_ = 0;
};

}  // namespace gf::cmd
