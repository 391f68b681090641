// YAML files, read by yaml-cpp. Its header is included here and nowhere else.
#include "gate/yaml.h"

#include <yaml-cpp/yaml.h>

#include "base/text.h"

namespace gf::gate {
namespace {

constexpr int kDeepestNode = 100;
constexpr size_t kMostNodes = 100000;

/// Takes yaml-cpp's nodes over, within bounds: a small file of aliases can stand for billions.
class Taker {
 public:
  explicit Taker(const std::vector<std::string>& text) : text_(text) {}

  bool take(const YAML::Node& from, int depth, Yaml& to) {
    if (depth > kDeepestNode || ++nodes_ > kMostNodes) return false;
    to.line = line_of(from);
    if (from.IsScalar()) to.text = from.Scalar();
    if (from.IsSequence()) {
      for (const YAML::Node& item : from) {
        if (!take(item, depth + 1, to.items.emplace_back())) return false;
      }
    }
    if (from.IsMap()) {
      for (const auto& member : from) {
        to.members.push_back({member.first.IsScalar() ? member.first.Scalar() : "", Yaml{}});
        if (!take(member.second, depth + 1, to.members.back().value)) return false;
      }
    }
    return true;
  }

 private:
  /// Where a scalar's text begins: a block's is on the line behind its `|` or `>`.
  [[nodiscard]] size_t line_of(const YAML::Node& node) const {
    YAML::Mark mark = node.Mark();
    if (mark.is_null()) return 0;
    auto line = static_cast<size_t>(mark.line);
    bool block = false;
    if (node.IsScalar() && line < text_.size()) {
      std::string_view here = text_[line];
      here.remove_prefix(std::min(here.size(), static_cast<size_t>(mark.column)));
      block = here.starts_with('|') || here.starts_with('>');
    }
    return line + (block ? 2 : 1);
  }

  const std::vector<std::string>& text_;
  size_t nodes_ = 0;
};

}  // namespace

const Yaml& Yaml::at(std::string_view name) const {
  static const Yaml kNone;
  for (const auto& [key, value] : members) {
    if (key == name) return value;
  }
  return kNone;
}

std::optional<Yaml> read_yaml(const std::string& text) {
  if (!is_utf8(text)) return std::nullopt;
  std::vector<std::string> split_lines = lines(text);
  Yaml tree;
  // yaml-cpp throws; nothing of it leaves this function.
  try {
    if (Taker(split_lines).take(YAML::Load(text), 0, tree)) return tree;
  } catch (const std::exception&) {
  }
  return std::nullopt;
}

}  // namespace gf::gate
