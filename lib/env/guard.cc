#include "env/guard.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "record/json.h"

namespace gf::env {
namespace {

namespace fs = std::filesystem;

constexpr const char* kModule = "_git_factory_guard";

constexpr const char* kGuard = R"py(
import atexit, os, sys
def strays():
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        if not isinstance(path, str) or not path.startswith(moved) or path.startswith(kept):
            continue
        for root in moved:
            if path.startswith(root):
                yield path[len(root):]
                break
@atexit.register
def tell():
    try:
        found = sorted(set(strays()))
        if found:
            with open(os.path.join(told, "%d" % os.getpid()), "w", encoding="utf-8") as file:
                file.write("\n".join(found) + "\n")
    except Exception:
        pass
)py";

/// A tuple of texts as Python has it; JSON's texts are Python's too.
std::string tuple_of(const std::vector<std::string>& folders) {
  std::string text = "(";
  for (const std::string& folder : folders) text += record::Json(folder + "/").dump() + ", ";
  return text + ")";
}

}  // namespace

Result<void> write_guard(const Moves& moves, const std::string& folder, const std::string& site) {
  std::vector<std::string> from;
  for (const Move& move : moves.folders) from.push_back(move.from);
  std::string head = fmt::format("moved = {}\nkept = {}\ntold = {}\n", tuple_of(from),
                                 tuple_of(moves.kept), record::Json(folder + "/strays").dump());
  if (from.empty()) return Done{};
  GF_TRY(write_file(fmt::format("{}/{}.py", site, kModule), head + kGuard));
  std::error_code failed;
  fs::create_directories(folder + "/strays", failed);
  return write_file(fmt::format("{}/zz_git_factory_guard.pth", site),
                    fmt::format("import {}\n", kModule));
}

std::string strays_text(const std::string& folder) {
  size_t processes = 0, files = 0;
  std::string first;
  std::error_code failed;
  for (fs::directory_iterator at(folder + "/strays", failed), end; !failed && at != end;
       at.increment(failed)) {
    std::vector<std::string> imported = lines(read_file(at->path().string()).value_or(""));
    if (imported.empty()) continue;
    ++processes;
    files = std::max(files, imported.size());
    if (first.empty() || imported.front() < first) first = imported.front();
  }
  if (processes == 0) return {};
  return fmt::format("{} imported {} of your checkout (first: {}); its outcome is not counted",
                     processes == 1 ? "a process" : fmt::format("{} processes", processes),
                     counted(files, "file"), printable(clipped(first, 200)));
}

void forget_strays(const std::string& folder) {
  std::error_code failed;
  for (fs::directory_iterator at(folder + "/strays", failed), end; !failed && at != end;
       at.increment(failed)) {
    std::error_code ignored;
    fs::remove(at->path(), ignored);
  }
}

}  // namespace gf::env
