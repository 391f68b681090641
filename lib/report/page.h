// One page about the record: what it says is collected into one JSON value, and the page is made
// from that value alone, so that who reads it and who runs a script over it have the same facts.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analyst/metrics.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "record/json.h"

namespace gf::analyst {
class Index;
}
namespace gf::git {
class Repo;
}
namespace gf::store {
class Store;
}

namespace gf::report {

/// What the page is to be about.
struct Wish {
  analyst::Window window;
  std::string repository;  ///< its name, for the heading; never a path
  std::string version;     ///< of git-factory
  Timestamp made{};
  // What keeps a page small, however long the record: the newest so many, and the rest is counted.
  size_t rows = 500;    ///< of runs in the tables; 200 are shown at once
  size_t details = 10;  ///< runs with their waterfall, spec and evidence
};

/// The page's data, documented in git-factory-report(1): about all runs of the window, the newest
/// in detail. Costs a few queries and a read of each run that is shown in detail. A run that cannot
/// be read is named in "unreadable" and left out.
Result<record::Json> collect(analyst::Index& index, const store::Store& store, const Wish& wish);
/// The same about these runs alone, which may be going on still; no sums over others.
Result<record::Json> collect(const store::Store& store, const Wish& wish,
                             const std::vector<RunId>& runs);

/// What people call the repository: its folder's name.
std::string name_of(const git::Repo& repo);

/// What a page is put together from besides its data: texts that are installed with the program.
struct Parts {
  std::string style, script;
  std::string charts;  ///< the library that draws; empty: it is not on this machine
};
/// From the folder of the templates. Chart.js is looked for there and where Debian's libjs-chart.js
/// has it. An Error when a file of ours is missing.
Result<Parts> parts_in(const std::string& data_dir);

/// The page as one file: HTML, style, script and data. It asks for nothing when it is opened and
/// every fact is in its tables, so that it can be read without scripts. Pure: equal data and parts
/// give equal pages. Whatever the record's texts hold is shown as text.
std::string to_html(const record::Json& data, const Parts& parts);

}  // namespace gf::report
