// The digest: what PLAN is told of a repository before it writes a spec. Made without a model, from
// the tree alone, and bounded in bytes whatever the tree is (DESIGN 2).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "record/facts.h"

namespace gf::stage {

/// A tree that can be searched. The digest asks for all that it wants to know at once: reading a
/// big tree is what costs.
class Searched {
 public:
  virtual ~Searched() = default;
  [[nodiscard]] virtual const record::TreeFacts& facts() const = 0;
  struct Hit {
    std::string path;
    size_t line = 0;  ///< from 1
    std::string text;
  };
  /// Every line of a text file that holds one of `words` literally, sorted by path and line; at
  /// most `limit` of them, and none where the search failed.
  [[nodiscard]] virtual std::vector<Hit> lines_with(const std::vector<std::string>& words,
                                                    size_t limit) const = 0;
};

/// Bytes of each part, and of the whole. What a part does not use is not given to another: the same
/// request on a slightly larger tree must not read differently from the top.
struct DigestBounds {
  size_t paths = 6u << 10;   ///< some 150 folders with their files
  size_t guides = 6u << 10;  ///< AGENTS.md and its like: the head of each says most
  size_t names = 2u << 10;
  size_t places = 12u << 10;  ///< outlines, and the lines around what the request speaks of
  size_t tests = 3u << 10;
  size_t literals = 2u << 10;  ///< lines that hold what the request quotes
  size_t log = 1u << 10;       ///< the newest lines of the changelog
  /// Of the digest as a whole, headings and fences too.
  [[nodiscard]] size_t all() const {
    return paths + guides + names + places + tests + literals + log + (1u << 10);
  }
};

/// The names that a request speaks of, in its order and once each: what stands in backticks or
/// quotes, identifiers, dotted names and their last parts, calls, options, routes and file names;
/// of a quoted text with something that varies (`<n>`, `{x}`, `...`) also what does not.
std::vector<std::string> names_in(std::string_view request);
/// With `Color` for `shop.Color.BLUE`, which may be what is asked for and is to be found nowhere: it
/// is asked for beside what its owner has.
std::vector<std::string> with_owners(std::vector<std::string> names);

/// Paths (tests, pictures, vendored and generated files folded), guides for those who change the
/// repository, where the names of the request stand with outlines and lines around, which lines
/// hold what it quotes, and the tests that speak of them. Text of the repository is fenced. The
/// same input gives the same text.
std::string digest(const Searched& tree, const std::string& request,
                   const std::vector<std::string>& test_paths, const DigestBounds& bounds = {});

}  // namespace gf::stage
