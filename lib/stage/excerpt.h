// One file of the tree, and which of its lines are told beside a change: definitions by what they
// say of themselves, each line once and within the room there is. For this room's .cc files.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "record/facts.h"
#include "stage/file_values.h"
#include "stage/outlined.h"
#include "stage/uses.h"

namespace gf::stage {

/// `room` is in bytes, and what is told is taken from it: a piece is told as a whole or not.
class Excerpt {
 public:
  /// `shown`: lines (from 1) that are shown elsewhere. The path is of a known language.
  Excerpt(std::string path, const std::string& content, std::set<size_t> shown);

  [[nodiscard]] const std::string& path() const { return path_; }
  /// The definition that begins in a line (from 0): all of a short one, of a longer one what it
  /// says of itself.
  void tell(size_t at, size_t& room);
  /// The file's own variables and constants that have one of these names.
  void tell_values(const std::set<std::string>& names, size_t& room);
  [[nodiscard]] std::set<std::string> imported() const;
  void tell_whole(size_t at, size_t& room);
  /// Of the innermost class around a line what it says of itself.
  void tell_class_around(size_t line, size_t& room);
  /// Of the innermost function around a line what no hunk shows: all of it or nothing.
  void tell_function_around(size_t line, size_t& room);
  /// The rest of a file that has at most `most` bytes, but its licence: who looks into it reads all
  /// of it.
  void tell_file(size_t most, size_t& room);
  /// Lines (from 0) of the innermost functions around some lines, each once. What is changed in a
  /// class and in none of its functions, as a value that it sets, is at work in all of them.
  [[nodiscard]] std::vector<std::string> functions_around(const std::vector<size_t>& some) const;
  [[nodiscard]] std::string text() const;

 private:
  [[nodiscard]] const Outlined* at_line(size_t at) const;
  [[nodiscard]] const Outlined* innermost(size_t line, bool type) const;
  void tell_value(size_t at, size_t& room);
  void tell_class(const Outlined& found, size_t& room);
  void take(Span span, size_t& room);

  std::string path_;
  std::vector<std::string> source_;
  std::vector<Outlined> all_;
  std::vector<FileValue> values_;
  size_t own_from_ = 0;  ///< the first line that is not the licence's
  std::set<size_t> shown_;
  std::vector<bool> taken_;
};

/// The files of which something is told, read once each.
class Excerpts {
 public:
  /// Both must outlive it.
  Excerpts(const record::TreeFacts& tree, const ShownLines& shown) : tree_(tree), shown_(shown) {}
  /// Null where there is no such file, or none of a known language.
  Excerpt* of(const std::string& path);
  [[nodiscard]] std::string text() const;

 private:
  const record::TreeFacts& tree_;
  const ShownLines& shown_;
  std::vector<std::unique_ptr<Excerpt>> files_;
};

}  // namespace gf::stage
