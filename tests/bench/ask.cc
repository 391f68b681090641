// ask_bench <kind> <url> <calls>: asks one model over and over and prints what that took, as JSON.
// For tests/bench/models.py.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "model/provider.h"

namespace {

/// The most memory this process ever had. getrusage() would count what its parent had before exec.
long peak_kb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmHWM:", 0) == 0) return std::atol(line.c_str() + 6);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: ask_bench <kind> <url> <calls>\n", stderr);
    return 129;
  }
  using Steady = std::chrono::steady_clock;
  gf::model::Context context;
  context.settings = {{"factory.provider.bench.kind", argv[1]},
                      {"factory.provider.bench.url", argv[2]},
                      {"factory.provider.bench.maxAnswerMB", "64"}};
  context.environment = gf::proc::current_environment();
  context.workdir = "/";
  auto provider = gf::model::make_provider({"bench", "m"}, context);
  if (!provider.ok()) {
    std::fprintf(stderr, "%s\n", provider.error().message.c_str());
    return 128;
  }
  gf::record::ModelRequest request;
  request.stage = "plan";
  request.messages.push_back({gf::record::Message::Role::kUser, "hello", {}, {}, {}});
  gf::Cancel cancel;
  long before = peak_kb();
  std::vector<double> each;
  size_t bytes = 0;
  auto start = Steady::now();
  for (int i = 0; i < std::atoi(argv[3]); ++i) {
    auto begun = Steady::now();
    auto reply = (*provider)->ask(request, cancel);
    if (!reply.ok() || !reply->answer) {
      std::fprintf(stderr, "%s\n",
                   reply.ok() ? reply->text.c_str() : reply.error().message.c_str());
      return 1;
    }
    bytes = reply->answer->message.content.size();
    each.push_back(std::chrono::duration<double, std::milli>(Steady::now() - begun).count());
  }
  double seconds = std::chrono::duration<double>(Steady::now() - start).count();
  std::sort(each.begin(), each.end());
  fmt::print(
      "{{\"calls\":{},\"seconds\":{:.4f},\"median_ms\":{:.4f},\"p95_ms\":{:.4f},"
      "\"answer_bytes\":{},\"rss_before_kb\":{},\"rss_kb\":{}}}\n",
      each.size(), seconds, each[each.size() / 2], each[each.size() * 95 / 100], bytes, before,
      peak_kb());
  return 0;
}
