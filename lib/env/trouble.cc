#include "env/trouble.h"

#include <array>
#include <utility>

#include "base/text.h"

namespace gf::env {

std::string telling_line(const std::string& output) {
  std::string best;
  for (const std::string& line : lines(output)) {
    std::string_view text = trim(line);
    if (text.empty()) continue;
    std::string small = lower(text);
    bool tells =
        small.find("error") != std::string::npos || small.find("no solution") != std::string::npos;
    bool known = lower(best).find("error") != std::string::npos;
    // What begins with the word is the message; what only has it may be advice (cargo).
    bool better = small.starts_with("error") || !lower(best).starts_with("error");
    if ((tells && better) || !known) best = std::string(text);
  }
  // uv and poetry say why nothing goes together in a sentence of its own.
  size_t because = output.find("Because ");
  if (because != std::string::npos) {
    std::vector<std::string> words;
    for (const std::string& line : lines(output.substr(because)))
      if (!trim(line).empty()) words.emplace_back(trim(line));
    best = join(words, " ");
  }
  return printable(clipped(best, 300));
}

std::string network_trouble(std::string_view output) {
  // As pip (urllib3), uv (reqwest), poetry, pdm and npm have it; the nearest cause first.
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kWords = {{
      {"name resolution", "its name was not resolved"},
      {"name or service not known", "its name was not resolved"},
      {"nodename nor servname", "its name was not resolved"},
      {"failed to lookup address", "its name was not resolved"},
      {"dns error", "its name was not resolved"},
      {"enotfound", "its name was not resolved"},
      {"eai_again", "its name was not resolved"},
      {"network is unreachable", "the network is unreachable"},
      {"enetunreach", "the network is unreachable"},
      {"no route to host", "the network is unreachable"},
      {"connection refused", "the connection was refused"},
      {"econnrefused", "the connection was refused"},
      {"connection reset", "the connection was broken"},
      {"cannot connect to proxy", "the proxy does not answer"},
      {"tunnel error", "the proxy does not answer"},
      {"read timed out", "it did not answer in time"},
      {"connect timeout", "it did not answer in time"},
      {"operation timed out", "it did not answer in time"},
      {"all attempts to connect to", "it does not answer"},
      {"certificate verify failed", "its certificate is not trusted here"},
  }};
  std::string small = lower(output);
  for (const auto& [word, meaning] : kWords) {
    if (small.find(word) != std::string::npos) return std::string(meaning);
  }
  return {};
}

}  // namespace gf::env
