// A command as people write it into a setting, cut into the words a program is started with.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gf {

/// Words as a shell splits them, with quotes and backslashes, and nothing else of a shell: nothing
/// is expanded, nothing is run. Empty when a quote is not closed, the text ends in a backslash or
/// holds a NUL, or no program is named.
std::optional<std::vector<std::string>> command_words(std::string_view text);

/// `word` as a shell reads it back, whatever is in it.
std::string shell_word(std::string_view word);

}  // namespace gf
