#include "e2e/factory.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text.h"
#include "e2e/known.h"

namespace gf::test {
namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

/// An answer of the demo's script as the `command` protocol has it.
std::string acted_answer(const record::Json& scripted) {
  record::Json content = scripted.get("content");
  record::Json answer = record::Json::object({{"model", "acted"}});
  answer.set("text",
             content.is_null() ? std::string() : content.as_string().value_or(content.dump()));
  answer.set("tool_calls",
             scripted.has("tool_calls") ? scripted.get("tool_calls") : record::Json::array());
  return answer.dump();
}

constexpr const char* kReadQuestion = R"sh(#!/bin/sh
here=$(dirname "$0")
in="$here/in.$$"
cat > "$in"
one() { sed -n "s/.*\"$1\":\"*\([a-z0-9-]*\).*/\1/p" "$in"; }
stage=$(one stage)
key="$stage.$(one attempt).$(one turn)"
model=$(one model)
rm "$in"
)sh";
constexpr const char* kAnswer = R"sh(
echo "$model $key" >> "$here/asked"
cat "$here/answers/$model/$key.json"
)sh";

}  // namespace

std::string FactoryTest::gate_cache() const { return cache_of_gates(repo_, repo_.path()); }

FactoryTest::FactoryTest() {
  if (std::getenv("GF_TEST_PYTHON") == nullptr) {
    ADD_FAILURE() << "GF_TEST_PYTHON names no interpreter with the tools; run ./install.sh --test";
  }
  // A dozen runs of the tests for each delivery: what is about mutants or repeats turns them on.
  repo_.git({"config", "factory.mutation", "off"});
  repo_.git({"config", "factory.test.repeats", "1"});
}

void FactoryTest::repeat_new_tests() { repo_.git({"config", "--unset", "factory.test.repeats"}); }

std::map<std::string, std::string> FactoryTest::environment() const {
  std::map<std::string, std::string> all = repo_.environment();
  all["PATH"] = std::string(GF_BUILD_DIR) + "/cmd:" + all["PATH"];
  all["GIT_FACTORY_DATA"] = std::string(GF_SOURCE_DIR) + "/templates";
  all["OLLAMA_HOST"] = "127.0.0.1:9";  // nobody listens on the discard port
  return all;
}

Ran FactoryTest::factory(std::vector<std::string> arguments, const std::string& folder,
                         const std::string& input) {
  arguments.insert(arguments.begin(), {"git", "factory"});
  return run(arguments, folder.empty() ? repo_.path() : folder, environment(), input);
}

Ran FactoryTest::factory_with(std::map<std::string, std::string> more,
                              std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"git", "factory"});
  std::map<std::string, std::string> all = environment();
  for (auto& [name, value] : more) all[name] = value;
  return run(arguments, repo_.path(), all);
}

void FactoryTest::make_shop(Gates gates) {
  std::filesystem::copy(std::string(GF_SOURCE_DIR) + "/templates/demo/app", repo_.path(),
                        std::filesystem::copy_options::recursive);
  repo_.commit("A small shop");
  repo_.add_remote();
  const char* python = std::getenv("GF_TEST_PYTHON");
  repo_.git({"config", "factory.python", python == nullptr ? "python3" : python});
  Ran ran = factory({"init", "--no-try"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  repo_.commit("Prepare");
  repo_.git({"push", "--quiet", "origin", "main"});
  copy_known(repo_, repo_.path(), gates == Gates::kKnown);
}

void FactoryTest::use_script(const std::string& script) {
  std::string path = repo_.folder().write("model.sh", "#!/bin/sh\n" + script + "\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  repo_.git({"config", "factory.provider.script.kind", "command"});
  repo_.git({"config", "factory.provider.script.command", path});
  repo_.git({"config", "factory.model", "script/test"});
}

void FactoryTest::use_acted(const std::vector<std::string>& slugs, const std::string& before) {
  std::string model = repo_.folder().write("model.sh", kReadQuestion + before + kAnswer);
  std::filesystem::permissions(model, std::filesystem::perms::owner_all);
  for (const std::string& slug : slugs) {
    std::string folder = std::string(GF_SOURCE_DIR) + "/templates/demo/answers/" + slug;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
      auto scripted = record::Json::parse(text_of(file.path()));
      ASSERT_TRUE(scripted.ok()) << file.path();
      repo_.folder().write("answers/" + slug + "/" + file.path().filename().string(),
                           acted_answer(*scripted));
    }
  }
  repo_.git({"config", "factory.provider.acted.kind", "command"});
  repo_.git({"config", "factory.provider.acted.command", model});
}

std::vector<std::string> FactoryTest::asked() const {
  return lines(text_of(repo_.folder() / "asked"));
}

Ran FactoryTest::feature(const std::string& slug, const std::string& request,
                         std::vector<std::string> more) {
  std::vector<std::string> arguments = {"feature", "--slug", slug, "--model", "scripted/" + slug};
  arguments.insert(arguments.end(), more.begin(), more.end());
  arguments.push_back(request);
  return factory(arguments);
}

std::string FactoryTest::users_place() const {
  std::string all = repo_.git({"rev-parse", "HEAD"}) + repo_.git({"symbolic-ref", "HEAD"}) +
                    repo_.git({"status", "--porcelain"}) + repo_.git({"stash", "list"}) +
                    repo_.read(".git/config") + repo_.git({"ls-files", "-s"});
  return all + repo_.git({"for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/main",
                          "refs/stash"});
}

}  // namespace gf::test
