// What a sandbox costs: of one start, and of a test suite that starts programs, imports modules and
// writes files. Built by `ninja sandbox_bench`; `sandbox_bench [cases of the suite]`. By the clock,
// and of the suite in the processor time that it counts itself: a busy machine's clock tells
// little.
#include "proc/sandbox.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/files.h"

namespace gf::proc {
namespace {

struct Cost {
  double clock_ms = 0, processor_ms = 0;
};

/// The quickest of `times`; `work` tells how much processor time it took, where it knows.
template <typename Work>
Cost quickest(int times, Work work) {
  Cost best;
  for (int i = 0; i < times; ++i) {
    auto start = std::chrono::steady_clock::now();
    double processor = work();
    std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    if (i == 0 || took.count() < best.clock_ms) best.clock_ms = took.count();
    if (i == 0 || processor < best.processor_ms) best.processor_ms = processor;
  }
  return best;
}

constexpr const char* kSuite = R"py(
import json, os, subprocess, sys, tempfile, time
def case(i, folder):
    path = os.path.join(folder, "case%d.json" % i)
    with open(path, "w") as file: json.dump({str(n): [n] * 20 for n in range(2000)}, file)
    with open(path) as file: assert len(json.load(file)) == 2000
    os.remove(path)
    if i % 40 == 0: subprocess.run([sys.executable, "-c", "import unittest, asyncio"], check=True)
with tempfile.TemporaryDirectory() as folder:
    for i in range(int(sys.argv[1])): case(i, folder)
print(1000 * sum(os.times()[:4]))
)py";

void compare(int cases) {
  auto folder = TemporaryFolder::make("gf-bench-");
  std::string work = folder->path() + "/work", cache = folder->path() + "/cache";
  for (const std::string& one : {work, cache, folder->path() + "/scratch"})
    std::filesystem::create_directories(one);
  Policy policy;
  policy.writable = {work};
  policy.scratch = folder->path() + "/scratch";
  policy.cache = cache;
  Options options;
  options.directory = work;
  options.environment = clean_environment(current_environment());
  options.limits = usual_limits({}, work);
  auto run_once = [&](const Sandbox& sandbox) {
    auto ran = sandbox.run(options, policy, Cancel());
    if (!ran.ok() || !ran->succeeded()) {
      std::fprintf(stderr, "failed: %s\n",
                   ran.ok() ? ran->err.c_str() : ran.error().message.c_str());
      std::exit(1);
    }
    return std::atof(ran->out.c_str());
  };
  Cost start[3], suite[3];
  const char* names[3] = {"none", "bubblewrap", "landlock"};
  for (int round = 0; round < 3; ++round) {  // in turn: what else the machine does hits all alike
    for (int i = 0; i < 3; ++i) {
      auto sandbox = Sandbox::choose(names[i], options.environment, Cancel());
      if (!sandbox.ok()) continue;
      options.argv = {"true"};
      Cost one = quickest(20, [&] { return run_once(*sandbox); });
      options.argv = {"python3", "-c", kSuite, std::to_string(cases)};
      Cost all = quickest(1, [&] { return run_once(*sandbox); });
      auto better = [&](Cost& best, const Cost& now) {
        if (round == 0 || now.clock_ms < best.clock_ms) best.clock_ms = now.clock_ms;
        if (round == 0 || now.processor_ms < best.processor_ms)
          best.processor_ms = now.processor_ms;
      };
      better(start[i], one);
      better(suite[i], all);
    }
  }
  for (int i = 0; i < 3; ++i) {
    std::printf("%-11s start %6.1f ms   suite %8.0f ms, %8.0f of processor (%+.1f %%)\n", names[i],
                start[i].clock_ms, suite[i].clock_ms, suite[i].processor_ms,
                100 * (suite[i].processor_ms / suite[0].processor_ms - 1));
  }
}

}  // namespace
}  // namespace gf::proc

int main(int count, char** words) {
  gf::proc::compare(count > 1 ? std::atoi(words[1]) : 4000);
  return 0;
}
