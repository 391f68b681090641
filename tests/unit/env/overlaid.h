// A real virtual environment beside a user's checkout, and a slot in which a run works.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/text.h"
#include "env/environment.h"
#include "env/overlay.h"
#include "env/place.h"
#include "proc/process.h"
#include "support/assertions.h"
#include "support/facts.h"
#include "support/folder.h"

namespace gf::env {

class OverlayTest : public ::testing::Test {
 protected:
  void SetUp() override {
    environment_["HOME"] = folder_ / "home";
    environment_["XDG_CACHE_HOME"] = folder_ / "cache";
    const char* given = std::getenv("GF_TEST_PYTHON");
    python_ = given == nullptr ? "python3" : given;
    // As the interpreter that the tests have was made itself: without its packages.
    ASSERT_EQ(run({python_, "-m", "venv", "--without-pip", checkout_ + "/.venv"}, "/"), "");
    site_ = site_of_venv();
  }

  std::string site_of_venv() {
    return std::string(trim(run({checkout_ + "/.venv/bin/python", "-c",
                                 "import sysconfig; print(sysconfig.get_path('purelib'))"},
                                "/")));
  }
  std::string run(std::vector<std::string> argv, const std::string& folder,
                  const Environment& variables = {}) {
    proc::Options options;
    options.argv = std::move(argv);
    options.directory = folder;
    options.environment = environment_;
    options.environment["PYTHONDONTWRITEBYTECODE"] = "1";
    for (const auto& [name, value] : variables) options.environment[name] = value;
    auto ran = proc::run(options, cancel_);
    if (!ran.ok()) return ran.error().message;
    return ran->out + (ran->succeeded() ? "" : ran->err);
  }
  /// The same file in the user's checkout and in the slot; `WHO` says whose it is.
  void both(const std::string& path, const std::string& text = "WHO = '<who>'\n") {
    folder_.write("work/" + path, replace_all(text, "<who>", "user"));
    std::string slots = replace_all(text, "<who>", "slot");
    folder_.write("slot/" + path, slots);
    tree_[path] = slots;
  }
  void installed(const std::string& name, const std::string& text) {
    ASSERT_DONE(write_file(site_ + "/" + name, text));
  }
  void from_folder(const std::string& name, const std::string& folder = {}) {
    std::string info = site_ + "/" + name + "-0.1.dist-info";
    ASSERT_DONE(write_file(info + "/METADATA",
                           "Metadata-Version: 2.1\nName: " + name + "\nVersion: 0.1\n"));
    ASSERT_DONE(write_file(info + "/RECORD", ""));
    ASSERT_DONE(write_file(info + "/direct_url.json",
                           "{\"dir_info\": {\"editable\": true}, \"url\": \"" +
                               url_of_path(folder.empty() ? checkout_ : folder) + "\"}"));
  }
  Result<Ready> prepared() {
    test::MapFacts facts(tree_);
    Settings settings;
    if (!setting_.empty()) settings.add("factory.python", setting_);
    return prepare({facts, settings, gates_, user_, environment_, cancel_, slot_, {}});
  }
  /// Who is imported by the overlay's Python from a folder that holds nothing.
  std::string who(const Ready& ready, const std::string& name, const std::string& folder = "/") {
    return std::string(
        trim(run({ready.python, "-c", "import " + name + "; print(" + name + ".WHO)"}, folder,
                 ready.variables)));
  }
  /// Every file below the user's work tree, with its time: nothing of it may change.
  std::string users_files() const {
    std::vector<std::string> all;
    for (const std::filesystem::directory_entry& one :
         std::filesystem::recursive_directory_iterator(checkout_)) {
      if (one.is_symlink()) continue;
      all.push_back(one.path().string() + " " +
                    std::to_string(one.last_write_time().time_since_epoch().count()));
    }
    std::sort(all.begin(), all.end());
    return join(all, "\n");
  }

  test::TempFolder folder_;
  std::string checkout_ = folder_.write("work/README", "").substr(0, (folder_ / "work").size());
  std::string slot_ = folder_.write("slot/README", "").substr(0, (folder_ / "slot").size());
  std::string site_, python_, setting_;
  Environment environment_ = proc::clean_environment(proc::current_environment());
  Checkout user_{checkout_, checkout_ + "/.git"};
  std::vector<gate::Gate> gates_;
  std::map<std::string, std::string> tree_ = {
      {"pyproject.toml", "[project]\nname = \"twice\"\nversion = \"0.1\"\n"}};
  Cancel cancel_;
};

}  // namespace gf::env
