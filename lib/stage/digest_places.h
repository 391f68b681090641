// Where in a tree the names of a request stand, the places that tell most first. For this room's
// .cc files.
#pragma once

#include <string>
#include <vector>

#include "base/source_text.h"
#include "record/facts.h"
#include "stage/digest.h"

namespace gf::stage {

using Hits = std::vector<Searched::Hit>;

/// What the tree says of one name.
struct Found {
  std::string name;
  size_t lines = 0, files = 0;
  std::vector<std::string> defined;  ///< "src/a.py:12", or the file that a dotted name stands for
};

/// Lines of a file that are worth showing; more than others by the rarity of the names in them.
struct Wanted {
  Span span;  ///< from 0
  double worth = 0;
};

/// A file worth looking into.
struct Place {
  std::string path;
  double worth = 0;
  bool defines = false;  ///< a name of the request
  std::vector<Wanted> wanted;
  std::vector<size_t> lines;  ///< hits, from 1
};

struct Sighted {
  std::vector<Found> names;
  std::vector<Place>
      places;  ///< files that define a name first, then source, then what is worth most
};

/// A name counts where it stands as a word of its own, or, if it does so nowhere, as a part of one.
/// `Class.method` and `package.module.name` are found where they are defined. A name is worth the
/// less the more lines have it. Definitions and assignments of names are wanted whole.
Sighted sight(const record::TreeFacts& tree, const std::vector<std::string>& names,
              const std::vector<std::string>& paths, const Hits& hits,
              const std::vector<std::string>& test_paths);

/// "tests/test_cron.py:26: 5-10/2 * * * *": lines that hold what a request quotes and that few
/// others do, in tests those of names too, for tests are not shown from within. At most `most`
/// bytes.
std::string literals_text(const std::vector<Found>& found, const Hits& hits,
                          const std::vector<std::string>& test_paths, size_t most);
std::string names_text(const std::vector<Found>& found, size_t most);
/// The first places from within (short files that define a name whole), each fenced, within `most`
/// bytes; the others by their names.
std::string places_text(const record::TreeFacts& tree, const std::vector<Place>& places,
                        size_t most);

}  // namespace gf::stage
