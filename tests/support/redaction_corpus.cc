#include "support/redaction_corpus.h"

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

namespace gf::test {
namespace {

using Random = std::mt19937;

std::string letters_of(const std::string& kind) {
  const std::string lower = "abcdefghijklmnopqrstuvwxyz", digits = "0123456789";
  const std::string upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  if (kind == "word") return lower + upper + digits + "_-";
  if (kind == "lower") return lower + digits;
  if (kind == "upper") return upper + digits;
  if (kind == "base32") return upper + "234567";
  if (kind == "hex") return digits + "abcdef";
  if (kind == "digits") return digits;
  if (kind == "base64") return lower + upper + digits + "+/";
  return lower + upper + digits;
}

std::string random_text(const std::string& kind, size_t size, Random& random) {
  std::string letters = letters_of(kind == "uuid" ? "hex" : kind), text;
  for (size_t i = 0; i < size; ++i) {
    bool dash = kind == "uuid" && (i == 8 || i == 13 || i == 18 || i == 23);
    text += dash ? '-' : letters[random() % letters.size()];
  }
  return text;
}

std::string joined(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '|'), text.end());
  return text;
}

Example example_from(const std::string& line, Random& random) {
  Example made{"", {}, line};
  for (size_t at = 0; at < line.size();) {
    size_t open = line.find("<<", at), close = line.find(">>", open);
    if (open == std::string::npos || close == std::string::npos) {
      made.text += line.substr(at);
      break;
    }
    made.text += line.substr(at, open - at);
    std::string inside = line.substr(open + 2, close - open - 2);
    size_t blank = inside.find(' ');
    std::string kind = inside.substr(0, blank);
    std::string rest = blank == std::string::npos ? "" : inside.substr(blank + 1);
    std::string part = kind == "nl" ? "\n"
                       : kind == "hide" || kind == "text"
                           ? joined(rest)
                           : random_text(kind, std::stoul(rest), random);
    if (kind != "nl" && kind != "text") made.hidden.push_back(part);
    made.text += part;
    at = close + 2;
  }
  return made;
}

}  // namespace

std::vector<Example> examples_from(const std::string& file, unsigned seed) {
  std::ifstream in(file);
  Random random(seed);
  std::vector<Example> all;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("# ") && !line.empty()) all.push_back(example_from(line, random));
  }
  return all;
}

}  // namespace gf::test
