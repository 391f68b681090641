#include "fault/cut_off.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

#include "base/text.h"

namespace gf::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRequests[][2] = {
    {"products", "Add GET /products returning a static list of three products as JSON."},
    {"product-id", "Add GET /products/{id} returning one product or 404 if not found."},
    {"create-product",
     "Add POST /products to append a product to the in-memory list, returning 201 and the created "
     "item."}};

std::string request_of(const std::string& slug) {
  for (const auto& [name, request] : kRequests) {
    if (name == slug) return request;
  }
  return kHealth;
}

}  // namespace

std::string Write::kind() const {
  std::string made;
  for (size_t i = 0; i < text.size(); ++i) {
    bool digit = std::isdigit(static_cast<unsigned char>(text[i])) != 0;
    // Ids: a long word of hexadecimal digits counts as one number.
    size_t end = i;
    while (end < text.size() && std::isxdigit(static_cast<unsigned char>(text[end])) != 0) ++end;
    if (end - i >= 6) {
      digit = true;
      i = end - 1;
    }
    if (!digit) {
      made += text[i];
    } else if (!made.ends_with('#')) {
      made += '#';
    }
  }
  return made;
}

std::vector<Write> writes_in(const std::string& err) {
  std::vector<Write> all;
  for (const std::string& line : lines(err)) {
    if (!line.starts_with("fault ")) continue;
    size_t colon = line.find(": ");
    all.push_back({std::atoi(line.c_str() + 6), line.substr(colon + 2)});
  }
  return all;
}

void CutOffTest::prepare(const std::string& slug) {
  slug_ = slug;
  make_shop();
  use_acted({slug});
  repo_.git({"config", "factory.model", "acted/" + slug});
  // The slowest of the tools adds nothing to what is looked at here.
  repo_.git({"config", "factory-gate.mypy.disabled", "true"});
  // The user is in the middle of something of their own.
  repo_.write("later.txt", "kept for later\n");
  repo_.git({"add", "later.txt"});
  repo_.git({"stash", "--quiet"});
  repo_.write("staged.txt", "half\n");
  repo_.git({"add", "staged.txt"});
  repo_.write("app/main.py", repo_.read("app/main.py") + "# not finished\n");
  repo_.write("notes.txt", "mine\n");
  place_ = users_place();
  fs::create_directories(repo_.folder() / "pristine");
  for (const char* part : {"work", "origin.git"}) {
    fs::copy(repo_.folder() / part, repo_.folder() / "pristine/" + part,
             fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  }
  // What the gates say is known afterwards, and not saved at once: the same writes in every run.
  Ran before = ask();
  ASSERT_EQ(before.exit_code, 0) << before.err;
  restore();
  Ran whole = ask("list");
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  writes_ = writes_in(whole.err);
  ASSERT_GT(writes_.size(), 40u) << "the build has no fault points";
  tree_ = repo_.git({"rev-parse", "factory/" + slug + "^{tree}"});
  remember_record();
  expect_whole("undisturbed");
}

void CutOffTest::restore() const {
  for (const char* part : {"work", "origin.git"}) {
    fs::remove_all(repo_.folder() / part);
    fs::copy(repo_.folder() / "pristine/" + part, repo_.folder() / part,
             fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  }
  fs::remove(repo_.folder() / "asked");
}

std::map<std::string, std::string> CutOffTest::environment_with(const std::string& fault) const {
  std::map<std::string, std::string> all = environment();
  if (!fault.empty()) all["GIT_FACTORY_FAULT"] = fault;
  return all;
}

Ran CutOffTest::ask(const std::string& fault) const {
  return run({"git", "factory", "feature", "--slug", slug_, request_of(slug_)}, repo_.path(),
             environment_with(fault));
}

Ran CutOffTest::go_on(const std::string& fault) const {
  return run({"git", "factory", "resume"}, repo_.path(), environment_with(fault));
}

void CutOffTest::finish(const std::string& label) {
  // Nothing that is needed may hang on git's patience with unreachable objects.
  EXPECT_EQ(git_in(repo_.path(), {"gc", "--quiet", "--prune=now"}), "");
  // "log" mends what a cut left half done, and tells what there is to go on with.
  std::string known = factory({"log", "--json"}).out;
  if (known.find("\"run\"") == std::string::npos && known.find("\"id\"") == std::string::npos) {
    Ran again = ask();
    EXPECT_EQ(again.exit_code, 0) << label << "\n" << again.err;
    return;
  }
  if (git_in(repo_.path(), {"for-each-ref", "refs/factory/active"}).empty()) return;
  Ran went = go_on();
  EXPECT_EQ(went.exit_code, 0) << label << "\n" << went.err << went.out;
}

void CutOffTest::remember_record() {
  asked_then_ = asked().size();
  on_record_.clear();
  for (const char* refs : {"refs/factory/active", "refs/factory/replay"}) {
    for (const std::string& ref :
         lines(git_in(repo_.path(), {"for-each-ref", "--format=%(refname)", refs}))) {
      for (const std::string& path :
           lines(git_in(repo_.path(), {"ls-tree", "-r", "--name-only", ref}))) {
        if (path.find("exchange-") == std::string::npos) continue;
        auto json = record::Json::parse(git_in(repo_.path(), {"show", ref + ":" + path}));
        ASSERT_TRUE(json.ok()) << path;
        // A question that was broken off is on record too, and has to be put again.
        if (json->get_string("failure") != "none") continue;
        record::Json request = json->get("request");
        on_record_.push_back(slug_ + " " + request.get_string("stage") + "." +
                             std::to_string(request.get_int("attempt")) + "." +
                             std::to_string(request.get_int("turn")));
      }
    }
  }
}

std::string CutOffTest::git_in(const std::string& folder,
                               std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), "git");
  Ran ran = run(arguments, folder, environment());
  EXPECT_EQ(ran.exit_code, 0) << arguments[1] << ": " << ran.err;
  return ran.out;
}

void CutOffTest::expect_whole(const std::string& label) {
  SCOPED_TRACE(label);
  for (const std::string& place : {repo_.path(), remote()}) {
    Ran checked = run({"git", "fsck", "--strict", "--no-dangling"}, place, environment());
    EXPECT_EQ(checked.exit_code, 0) << checked.err;
    EXPECT_EQ(checked.out, "");
    EXPECT_EQ(git_in(place, {"for-each-ref", "--format=%(refname)", "refs/heads/factory"}),
              "refs/heads/factory/" + slug_ + "\n");
    EXPECT_EQ(git_in(place, {"ls-tree", "--name-only", "refs/factory/pulls"}), "1\n");
  }
  EXPECT_EQ(users_place(), place_);
  for (const auto& file : fs::recursive_directory_iterator(repo_.path() + "/.git")) {
    // git notes a lock as its own to remove after it has made it: ended in between by our wish to
    // stop, it leaves one. Of what we write none stays.
    if (file.path().string().find("/remotes/") != std::string::npos) continue;
    EXPECT_NE(file.path().extension(), ".lock") << file.path();
  }
  EXPECT_EQ(repo_.git({"rev-parse", "factory/" + slug_ + "^{tree}"}), tree_);
  EXPECT_EQ(git_in(remote(), {"rev-parse", "factory/" + slug_}),
            repo_.git({"rev-parse", "factory/" + slug_}));
  EXPECT_EQ(repo_.git({"for-each-ref", "refs/factory/active"}), "");
  std::string log = factory({"log", "--oneline"}).out;
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1) << log;
  EXPECT_NE(log.find("delivered"), std::string::npos) << log;
  EXPECT_NE(repo_.git({"notes", "--ref=factory/review", "show", "factory/" + slug_})
                .find("\"tree\":\"" + tree_.substr(0, 40)),
            std::string::npos);
  // What was on record at the cut is not asked again, and nothing is asked twice after it.
  std::vector<std::string> all = asked();
  std::set<std::string> again;
  for (size_t i = asked_then_; i < all.size(); ++i) {
    EXPECT_TRUE(again.insert(all[i]).second) << all[i] << " was asked twice after the cut";
    EXPECT_EQ(std::count(on_record_.begin(), on_record_.end(), all[i]), 0)
        << all[i] << " was on record and was asked again";
  }
  // A question whose answer was cut off on its way to the record is the only one that may repeat.
  std::set<std::string> different(all.begin(), all.end());
  EXPECT_LE(all.size() - different.size(), 1u);
}

std::vector<Write> CutOffTest::sample(size_t cases) const {
  if (std::getenv("GF_FAULT_ALL") != nullptr) return writes_;
  std::vector<Write> kinds, some;
  std::set<std::string> seen;
  for (const Write& one : writes_) {
    if (seen.insert(one.kind()).second) kinds.push_back(one);
  }
  size_t step = std::max<size_t>(1, (kinds.size() + cases - 1) / cases);
  // Odd, so that both "before" and "after" are met.
  step += step > 1 && step % 2 == 0 ? 1 : 0;
  for (size_t i = step / 2; i < kinds.size(); i += step) some.push_back(kinds[i]);
  return some;
}

}  // namespace gf::test
