// What a terminal shows of a run, as text: no clock, no thread and no file of its own.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "canvas.h"
#include "record/exchange.h"
#include "session/event.h"

namespace gf::cmd {

/// Events in, a picture out: a row a stage with its result below it, drawn over the last one.
/// Nothing that a model or a tool wrote reaches the terminal as more than text. No line is wider
/// than the window and no picture higher, so that going up by the number of lines is right; what
/// there is no room for is left out by its worth: old results, then stages to come, then past ones.
class Picture {
 public:
  using Time = std::chrono::duration<double>;  ///< since any fixed moment

  void on(const session::Event& event, Time now);
  /// What to send to the terminal; empty before a run has begun.
  std::string draw(const Window& window, Time now);
  [[nodiscard]] bool moving() const { return !title_.empty() && !over_; }  ///< its seconds run
  /// The next picture is drawn below the last one, not over it.
  void leave() { canvas_.leave(); }
  /// The run is over or left: no stage is shown as going on, and the next picture is the last one,
  /// whole whatever the window's height.
  void stop(Time now);
  /// "1200 tokens in, 34 out  $0.0132  1:05", after the end also "repeated: build 2"
  [[nodiscard]] std::string totals(Time now, size_t columns = 80) const;

 private:
  struct Row {
    int attempt = 0;
    char mark = ' ';  ///< + passed, x failed, > going on, - left, ! red on the base; blank: to come
    double seconds = 0;
    int64_t tokens_in = 0, tokens_out = 0;
    record::Cost cost{std::nullopt, "none"};  ///< of all its attempts
    std::string result, model;
  };

  /// What goes on now: an act, a gate, or a model with what has come of its answer.
  struct Doing {
    std::string name, said;  ///< said: a gate's last line
    Time began{};
    bool timed = false, is_model = false;
    int64_t bytes = 0, received = 0;
    Time heard{};  ///< when something last came, or the question went out
  };

  /// One line of a picture; worth: 0 stays, else the higher the longer.
  struct Line {
    std::string text;
    const char* code = "";  ///< colour of its first `coloured` bytes
    size_t coloured = std::string::npos;
    int worth = 0;
  };

  void begin_stage(const session::Event& event, Time now);
  void end_stage(const session::Event& event);
  void begin_base(Time now);
  void end_base(char mark, Time now);
  void on_work(const session::Event& event, Time now);
  void end_run(Time now);
  [[nodiscard]] std::string doing(Time now) const;
  [[nodiscard]] Line head(const std::string& name, const Row& row, size_t columns, Time now) const;
  void add_row(std::vector<Line>& lines, const std::string& name, size_t columns, Time now) const;
  [[nodiscard]] std::vector<Line> lines(const Window& window, Time now) const;

  std::string models_, terms_;  ///< who answers; what it may spend, and where the record goes
  std::string narrow_title_;    ///< for windows that `title_` does not go into
  std::string title_, current_, last_;  ///< last_: the step before the one that goes on
  std::optional<Doing> doing_;
  Time started_{}, began_{}, ended_{};
  double before_first_ = 0;  ///< the base's seconds, which the first stage's count holds too
  bool over_ = false, final_ = false;
  std::map<std::string, Row> rows_;
  int base_gates_ = 0, base_red_ = 0;
  std::vector<std::string> notes_;
  size_t noted_ = 0;
  Canvas canvas_;
};

}  // namespace gf::cmd
