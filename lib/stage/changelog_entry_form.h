// Is an entry of a changelog made as those beside it are? The part of the checker that looks at the
// entry alone; where it stands is changelog_check.cc's.
#pragma once

#include <functional>
#include <string>

#include "stage/changelog_form.h"
#include "stage/changelog_write.h"

namespace gf::stage {

/// Takes a finding: the rule's name, the line (from 1), and what is wrong there.
using SayOfEntry = std::function<void(std::string rule, size_t line, std::string what)>;

/// `around` are its neighbours without the entry itself, which must not vote; `text` is the file
/// with it. A form that a quarter of the neighbours have will do.
void check_entry_form(const LogText& text, const Neighbours& around, const LogEntry& entry,
                      const SayOfEntry& say);

}  // namespace gf::stage
