#include "line/named_definitions.h"

#include <algorithm>

#include "base/source_text.h"
#include "base/text.h"

namespace gf::line {

bool defines_one_of(const tool::Definition& definition, const std::vector<std::string>& names) {
  for (const std::string& line : lines(definition.text)) {
    size_t at = line.find(": ");
    std::string name = at == std::string::npos ? "" : defined_name(line.substr(at + 2));
    bool named = std::any_of(names.begin(), names.end(), [&](const std::string& one) {
      return one.substr(one.rfind('.') + 1) == name;
    });
    if (!name.empty() && named) return true;
  }
  return false;
}

bool is_pointed_at(const std::vector<tool::Definition>& definitions, int line,
                   const std::vector<std::string>& names) {
  return std::any_of(definitions.begin(), definitions.end(), [&](const tool::Definition& one) {
    return one.first <= line && line <= one.last && defines_one_of(one, names);
  });
}

std::vector<record::Finding> failing_faults(const Faults& faults, std::string_view how,
                                            const DefinedIn& defined,
                                            const std::vector<std::string>& names,
                                            stage::Rules rules) {
  constexpr size_t kNoticedOfFive = 4;
  if (how != "fail") return {};
  auto noticed = static_cast<size_t>(faults.noticed);
  bool few = noticed * 5 < (noticed + faults.survivors.size()) * kNoticedOfFive;
  if (rules < stage::Rules::kAddedTo || few) return faults.survivors;
  std::vector<record::Finding> failing;
  for (const record::Finding& one : faults.survivors) {
    auto found = defined.find(one.path);
    bool unknown = found == defined.end() || found->second.empty();
    if (unknown || is_pointed_at(found->second, one.line, names)) failing.push_back(one);
  }
  return failing;
}

}  // namespace gf::line
