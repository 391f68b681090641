// What a batch is given: a file of requests, read and checked before anything is spent. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/json.h"

namespace gf::batch {

/// One request of a batch.
struct Entry {
  std::string request;              ///< checked (line::checked_request)
  std::string slug;                 ///< of its own in the batch
  std::optional<std::string> base;  ///< else the batch's, or the branch of what it comes after
  std::string budget;               ///< dollars, as written; empty: no cap of its own
  int priority = 0;                 ///< higher ones begin first
  /// Slugs of entries that have to be delivered before it begins; it starts on the first one's
  /// branch.
  std::vector<std::string> after;
  std::vector<std::string> models;  ///< "<stage>=<provider>/<model>" or one for all
  size_t line = 0;                  ///< where it begins in the file, from 1
};

/// The requests of a file, in its order. Lines that begin with '#' before a paragraph's first line
/// are comments. A file whose first other line begins with '{' is one JSON object a line
/// ({request, slug, base, budget, priority, after, model}); else each paragraph is a request.
///
/// A slug that is not given is made from the request, and numbered where that one is taken. An
/// Error (kUsage) names the line: nothing in the file, a request that none can be (empty, over
/// 64 KB, not UTF-8), an unknown or wrong member, a slug that is none or given twice, `after` of a
/// slug that is not there, or going round in a circle.
Result<std::vector<Entry>> read_entries(std::string_view text);

/// As the batch's record keeps an entry, and back.
record::Json to_json(const Entry& entry);
Result<Entry> entry_from_json(const record::Json& json);

}  // namespace gf::batch
