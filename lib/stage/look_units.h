// A file of code as the pieces that are read as one: a function, what a class says before its
// members, what stands between definitions. For this room's .cc files.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/source_text.h"
#include "stage/look_terms.h"

namespace gf::stage {

struct LookUnit {
  enum class Kind { kHead, kBetween, kClass, kFunction };
  Kind kind = Kind::kBetween;  ///< kHead: of the file, its imports; kClass: without its members
  Span span;
  Span header;          ///< of a definition; of others nothing
  std::string name;     ///< of a definition, and of what is given a value at the margin
  bool part = false;    ///< of a type that is defined elsewhere, by its name: `impl Name`
  size_t of_class = 0;  ///< index of the unit of the class around it, plus one; 0: none
  double worth = 0;
};

/// A file of code that may be shown from within.
struct LookFile {
  std::string path;
  size_t size = 0;  ///< bytes
  std::vector<std::string> source;
  std::optional<Syntax> syntax;  ///< nothing: text, one unit for each paragraph
  bool touched = false, test = false;
  std::vector<LookUnit> units;     ///< in order; together all lines of the file
  std::vector<double> line_worth;  ///< by line, of the terms on it
};

/// Takes `content` apart and weighs it by `terms`.
LookFile look_into(std::string path, const std::string& content, const std::vector<Term>& terms);

/// A name in code, and whether its form says that something is meant which is defined somewhere: a
/// call, a type, a decorator.
struct UsedName {
  std::string name;
  size_t line = 0;  ///< from 0
  bool by_form = false;
};
/// Those in lines of `span`, in order; none of comments.
std::vector<UsedName> names_used(const LookFile& file, Span span);

}  // namespace gf::stage
