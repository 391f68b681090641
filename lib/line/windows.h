// What is shown of a file to a stage that works on it: windows around what matters, and an outline
// of the rest. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/source_text.h"

namespace gf::line {

/// Why a file is shown.
struct Looked {
  std::vector<Span> places = {};  ///< lines from 0, in the order in which they get room
  /// Lines that hold one of them matter too: those with rare ones and definitions before others.
  std::vector<std::string> names = {};
  /// Definitions by these names, each whole and with what it needs; for test_form() alone.
  std::vector<std::string> whole = {};
  bool only_these = false;  ///< nothing of the rest: it is a file to look something up in
};

/// The file with line numbers: whole when it is short (and not `only_these` are asked for); else
/// windows around `looked`, outlines of the rest, and which lines those are. At most `most` bytes
/// and a line that says what is left out, with the lines of places that had no room.
std::string shown_file(std::string_view path, const std::string& content, const Looked& looked,
                       size_t most);

/// "40-60, 90 and 3 other places", lines from 1.
std::string spans_text(std::vector<Span> spans);

/// Files within one bound; those without room are named, with the lines that matter.
class Shelf {
 public:
  explicit Shelf(size_t most) : room_(most) {}
  void put(const std::string& path, const std::string& content, const Looked& looked);
  /// Paths with what is shown of each, in the order of put().
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> take() {
    return std::move(files_);
  }

 private:
  size_t room_;
  std::vector<std::pair<std::string, std::string>> files_;
};

/// Lines before and after a span that belong to the definitions in which its ends stand.
struct Widening {
  size_t before = 0, after = 0;
};
/// Which definition around a line: the function that it stands in, or the class.
enum class Around { kFunction, kClass };
/// `bounds` is what may be shown at most; all lines from 0. Of a long function only what is near,
/// of a long class nothing: its members stand for themselves.
Widening to_whole(Around around, const std::vector<std::string>& source, std::string_view path,
                  Span shown, Span changed, Span bounds);
/// Is a file so short that anybody who looks into it reads all of it?
bool is_short(const std::string& content);

}  // namespace gf::line
