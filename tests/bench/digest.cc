// What the digest for PLAN costs and how large it is, by the number of files that a repository has,
// with git's own search for the same words beside it. Built by `ninja digest_bench`. With a path
// and a request: of that repository, and the digest is printed.
#include "stage/digest.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "base/text.h"
#include "git/repo.h"
#include "session/searched.h"
#include "support/repo.h"
#include "support/runner.h"

namespace gf::session {
namespace {

const std::vector<std::string> kBenchTests = {"tests/**", "**/test_*.py"};
constexpr const char* kBenchRequest =
    "Add `max_len` to `wrap_text_17()`; `Table.render` keeps `width`, as in src/part_3/mod_7.py.";

double ms_of(const std::chrono::steady_clock::time_point& start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

void fill(test::TempRepo& place, int files) {
  for (int i = 0; i < files; ++i) {
    std::string code =
        "import re\n\n\nclass Table:\n    def render(self, width=70):\n        return 1\n";
    for (int k = 0; k < 20; ++k)
      code += fmt::format("\n\ndef wrap_text_{}(text: str, n: int = {}) -> str:\n    return text\n",
                          i, k);
    place.write(fmt::format("src/part_{}/mod_{}.py", i / 50, i), code);
    if (i % 4 == 0)
      place.write(fmt::format("tests/part_{}/test_mod_{}.py", i / 50, i),
                  fmt::format("def test_wraps():\n    wrap_text_{}('a')\n", i));
  }
  place.write("AGENTS.md", std::string(20000, 'a') + "\n");
  place.commit("a big tree");
}

struct Measured {
  std::string text;
  double digest_ms = 0, grep_ms = 0;
};

Measured measure(const std::string& path, const test::TempRepo& place, const std::string& request) {
  auto repo = git::Repo::open(path);
  git::Program git(test::plain_runner(place.environment()), path);
  Measured measured;
  auto tree = git.run({"rev-parse", "HEAD^{tree}"});
  if (!repo.ok() || !tree.ok()) return measured;
  GitFacts facts(*repo, git, Oid::parse(trim(*tree)).value());
  auto start = std::chrono::steady_clock::now();
  measured.text = stage::digest(GitSearched(git, facts), request, kBenchTests);
  measured.digest_ms = ms_of(start);
  start = std::chrono::steady_clock::now();
  std::vector<std::string> arguments = {"grep", "-n", "-I", "-F"};
  for (const std::string& name : stage::names_in(request))
    arguments.insert(arguments.end(), {"-e", name});
  arguments.push_back("HEAD");
  (void)git.ask(arguments).ok();
  measured.grep_ms = ms_of(start);
  return measured;
}

int bench(int count, char** arguments) {
  if (count == 3) {
    test::TempRepo nothing;
    Measured one = measure(arguments[1], nothing, arguments[2]);
    fmt::print("{}\n{:.0f} ms, {} bytes; git grep {:.0f} ms\n", one.text, one.digest_ms,
               one.text.size(), one.grep_ms);
    return one.text.empty() ? 1 : 0;
  }
  fmt::print("{:>8} {:>12} {:>14} {:>8}\n", "files", "digest ms", "git grep ms", "bytes");
  for (int files : {200, 2000, 10000}) {
    test::TempRepo place;
    fill(place, files);
    Measured one = measure(place.path(), place, kBenchRequest);
    fmt::print("{:>8} {:>12.0f} {:>14.0f} {:>8}\n", files, one.digest_ms, one.grep_ms,
               one.text.size());
  }
  return 0;
}

}  // namespace
}  // namespace gf::session

int main(int count, char** arguments) { return gf::session::bench(count, arguments); }
