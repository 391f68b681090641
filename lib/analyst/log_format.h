// How `log` writes a run: git's placeholders, over runs.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "store/store.h"

namespace gf::analyst {

/// The three colours that log uses and a format may ask for.
struct LogStyle {
  bool colour = false;
  std::string date = "iso";  ///< iso, short, unix, relative
  Timestamp now{};           ///< for relative dates
};

/// Is what it delivered there still? A rework that ended without a delivery takes it nothing.
bool stands(const store::Summary& run);

/// `%h`, `%s`, `%(cost)`, `%<(12)`, `%C(yellow)`, `%x09`, `%n`, `%%`; see git-factory-log(1). What
/// is no placeholder stays as it is, as in git. Stored text comes out safe for a terminal.
std::string formatted(const store::Summary& run, const std::string& format, const LogStyle& style);

/// One line: 8 digits, result, slug, title or pull request.
std::string oneline(const store::Summary& run, const LogStyle& style);
/// The default: some lines, and an empty one at the end.
std::string medium(const store::Summary& run, const LogStyle& style);

/// What `log --json` writes; see git-factory-log(1).
record::Json to_json(const store::Summary& run);
/// The date as `style` asks for it.
std::string date_text(Timestamp time, const LogStyle& style);

}  // namespace gf::analyst
