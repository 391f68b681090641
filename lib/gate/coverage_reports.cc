// Which lines ran: LCOV.
#include <algorithm>
#include <cstdlib>
#include <map>

#include "base/text.h"
#include "gate/reports.h"

namespace gf::gate {

void add_lines(const std::map<int, bool>& ran, record::FileCoverage& file) {
  std::map<int, bool> all = ran;
  for (int number : file.missing) all.emplace(number, false);
  for (int number : file.executed) all[number] = true;
  file = {};
  for (const auto& [number, executed] : all)
    (executed ? file.executed : file.missing).push_back(number);
}

bool read_lcov(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome) {
  bool any = false;
  std::string path;
  std::map<int, bool> ran;
  for (const std::string& line : lines(text)) {
    if (line.starts_with("SF:")) {
      path = scrub.path(line.substr(3));
    } else if (line.starts_with("DA:")) {
      size_t comma = line.find(',');
      if (comma == std::string::npos) continue;
      bool executed = std::atoll(line.c_str() + comma + 1) > 0;
      bool& known = ran[std::atoi(line.c_str() + 3)];
      known = known || executed;
    } else if (line == "end_of_record") {
      any = true;
      if (!path.starts_with("/")) add_lines(ran, outcome.coverage[path]);
      ran.clear();
    }
  }
  return any;
}

}  // namespace gf::gate
