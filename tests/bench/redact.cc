// Prints how fast the redactor is: megabytes a processor second, for kinds of text and sizes.
// Built by `ninja redact_bench`. Usage: redact_bench [file...]: the text to use beside made-up
// ones.
#include "record/redact.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace {

double seconds(const gf::record::Redactor& redact, const std::string& text) {
  double least = 1e9;
  for (int i = 0; i < 3; ++i) {
    std::clock_t start = std::clock();
    if (redact(text).empty()) return 0;
    least = std::min(least, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return least;
}

std::string repeated(const std::string& part, size_t size) {
  std::string text;
  text.reserve(size + part.size());
  while (text.size() < size) text += part;
  text.resize(size);
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::pair<std::string, std::string>> kinds = {
      {"prose", "The factory reads the request, plans it, and builds what was asked for.\n"},
      {"code", "  std::string name = lower(entry.substr(0, equals));  // \"key\": value\n"},
      {"json", R"({"role": "tool", "content": "line\nline", "tokens": 120, "ok": true},)"},
      {"names", "token = None, password: str, api_key=settings.key, secret(x)\n"},
      {"hex", "ce013625030ba8dba906f756967f9e9ca394464a 0123456789abcdef\n"},
      {"hostile", "token="},
  };
  for (int i = 1; i < argc; ++i) {
    std::ifstream in(argv[i], std::ios::binary);
    kinds.emplace_back(argv[i], std::string(std::istreambuf_iterator<char>(in), {}));
  }
  gf::record::Redactor bare;
  std::vector<std::string> environment;
  for (int i = 0; i < 20; ++i)
    environment.push_back("V" + std::to_string(i) + "_TOKEN=value-" + std::to_string(i * 7919));
  gf::record::Redactor knowing(environment);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  std::printf("%-10s %10s %12s %12s %22s\n", "text", "1 MB", "10 MB", "grows by",
              "10 MB, 20 variables");
  for (const auto& [name, part] : kinds) {
    if (part.empty()) continue;
    double one = seconds(bare, repeated(part, 1'000'000));
    std::string ten_text = repeated(part, 10'000'000);
    double ten = seconds(bare, ten_text), known = seconds(knowing, ten_text);
    std::printf("%-10s %7.4f s %10.3f s %12.1f %12.3f s %3.0f MB/s\n", name.c_str(), one, ten,
                ten / one, known, 10 / known);
  }
  return 0;
}
