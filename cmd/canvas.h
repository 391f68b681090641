// Lines that are drawn over the last ones on a terminal, as text: no clock and no file of its own.
#pragma once

#include <string>
#include <vector>

namespace gf::cmd {

/// The terminal that a picture is drawn on.
struct Window {
  size_t columns = 80, rows = 24;
  bool colour = false;
};

/// Lines are written over, never cleared first: that is what flickers. None is wider than the
/// window, so that going up by the number of lines is right.
class Canvas {
 public:
  struct Line {
    std::string text;
    const char* code = "";  ///< colour of its first `coloured` bytes
    size_t coloured = std::string::npos;
  };
  /// What to send: `above` stays on the terminal for good, then `lines`, over the last ones.
  std::string draw(const std::vector<std::string>& above, const std::vector<Line>& lines,
                   const Window& window);
  /// What comes is drawn below the last lines, not over them.
  void leave() { drawn_.clear(); }

 private:
  [[nodiscard]] std::string up(const Window& window) const;
  std::vector<size_t> drawn_;  ///< columns of each line that was drawn last
};

/// The colour of a mark: + passed, x failed, > going on, ! and - something to look at.
const char* code_of(char mark);

}  // namespace gf::cmd
