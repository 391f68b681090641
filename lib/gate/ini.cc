// INI files, read by inih. Its header is included here and nowhere else.
#include <fmt/format.h>
#include <ini.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "gate/config_file.h"

namespace gf::gate {
namespace {

/// A key that no file has, in one line.
constexpr const char* kMark = "\x01";

/// The lines as inih is given them. It tells of keys only, so a section gets one of ours; the
/// header once more behind it, or an indented first key would be taken for the mark's second line.
struct Reading {
  std::vector<std::string> lines;
  std::vector<size_t> numbers;  ///< which line of the file each of them is
  size_t next = 0;
  ConfigFile file;
};

Reading reading_of(std::string_view text) {
  Reading reading;
  size_t number = 0;
  for (const std::string& line : lines(text)) {
    ++number;
    std::vector<std::string> given = {line};
    if (trim(line).starts_with('[')) given = {line, std::string(kMark) + "=", line};
    for (std::string& one : given) {
      reading.lines.push_back(std::move(one));
      reading.numbers.push_back(number);
    }
  }
  return reading;
}

/// As fgets, but for what is too long: the rest of a line is left out and is no line of its own.
char* next_line(char* to, int size, void* stream) {
  auto* reading = static_cast<Reading*>(stream);
  if (reading->next == reading->lines.size() || size < 2) return nullptr;
  const std::string& line = reading->lines[reading->next++];
  size_t length = std::min(line.size(), static_cast<size_t>(size) - 2);
  std::memcpy(to, line.data(), length);
  to[length] = '\n';
  to[length + 1] = '\0';
  return to;
}

int take(void* user, const char* section, const char* name, const char* value) {
  ConfigFile& file = static_cast<Reading*>(user)->file;
  file.tables.insert({section});
  if (std::strcmp(name, kMark) == 0) return 1;
  std::vector<std::string>& texts = file.values[{section, lower(name)}];
  if (*value != '\0') texts.emplace_back(value);
  return 1;
}

}  // namespace

ConfigFile read_ini(std::string_view text) {
  Reading reading = reading_of(text);
  int wrong = ini_parse_stream(next_line, &reading, take, &reading);
  if (wrong > 0 && static_cast<size_t>(wrong) <= reading.numbers.size()) {
    reading.file.broken = fmt::format("line {}: it is neither '[section]' nor 'key = value'",
                                      reading.numbers[static_cast<size_t>(wrong) - 1]);
  }
  return std::move(reading.file);
}

}  // namespace gf::gate
