#include "proc/control_group.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <map>
#include <mutex>

#include "base/files.h"
#include "base/text.h"

namespace gf::proc {
namespace {

namespace fs = std::filesystem;

/// Where this process's own groups lie: of v2 under "", of v1 by controller.
std::string own_folder(const std::string& controller) {
  std::string below;
  for (const std::string& line : lines(read_file("/proc/self/cgroup").value_or(""))) {
    std::vector<std::string> parts = split(line, ':');
    if (parts.size() < 3) continue;
    std::vector<std::string> names = split(parts[1], ',');
    bool is_it = controller.empty()
                     ? parts[0] == "0"
                     : std::find(names.begin(), names.end(), controller) != names.end();
    if (is_it) below = parts[2];
  }
  if (below.empty()) return {};
  std::string at = controller.empty() ? "/sys/fs/cgroup" : "/sys/fs/cgroup/" + controller;
  std::string folder = below == "/" ? at : at + below;
  std::error_code failed;
  return fs::exists(folder + "/cgroup.procs", failed) ? folder : std::string();
}

bool put(const std::string& path, const std::string& text) {
  Descriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return file.open() &&
         write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

std::string fresh_name() {
  static std::atomic<unsigned> count{0};
  return fmt::format("/git-factory-{}-{}", getpid(), ++count);
}

/// Groups of processes that are gone; one that somebody is in cannot be removed.
void remove_left(const std::string& folder) {
  constexpr std::string_view kName = "git-factory-";
  std::error_code failed;
  std::vector<std::string> left;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    std::string name = at->path().filename().string();
    if (!name.starts_with(kName)) continue;
    std::string pid = name.substr(kName.size(), name.rfind('-') - kName.size());
    if (!fs::exists("/proc/" + pid, failed)) left.push_back(at->path().string());
  }
  for (const std::string& one : left) rmdir(one.c_str());
}

}  // namespace

std::optional<ControlGroup::Part> ControlGroup::part_in(const std::string& folder,
                                                        const std::string& file,
                                                        const std::string& value) {
  if (folder.empty()) return std::nullopt;
  Part part{folder + fresh_name(), Descriptor()};
  if (mkdir(part.folder.c_str(), 0755) != 0) return std::nullopt;
  bool good = put(part.folder + file, value);
  if (good)
    part.members = Descriptor(open((part.folder + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
  if (good && part.members.open()) return part;
  rmdir(part.folder.c_str());
  return std::nullopt;
}

std::optional<ControlGroup> ControlGroup::make(const Limits& limits) {
  if (limits.processes == 0) return std::nullopt;
  ControlGroup group;
  const std::string most = std::to_string(limits.processes),
                    memory = std::to_string(limits.memory_bytes);
  group.processes_ = part_in(own_folder(""), "/pids.max", most);
  if (group.processes_) {
    if (limits.memory_bytes != 0) (void)put(group.processes_->folder + "/memory.max", memory);
    return group;
  }
  group.processes_ = part_in(own_folder("pids"), "/pids.max", most);
  if (!group.processes_) return std::nullopt;
  if (limits.memory_bytes != 0)
    group.memory_ = part_in(own_folder("memory"), "/memory.limit_in_bytes", memory);
  return group;
}

std::shared_ptr<ControlGroup> ControlGroup::shared(const Limits& limits) {
  static std::mutex mutex;
  static std::map<std::pair<uint64_t, uint64_t>, std::shared_ptr<ControlGroup>> kept;
  std::lock_guard lock(mutex);
  auto key = std::pair(limits.processes, limits.memory_bytes);
  auto found = kept.find(key);
  if (found != kept.end()) return found->second;
  for (const char* controller : {"", "pids", "memory"}) remove_left(own_folder(controller));
  auto made = make(limits);
  std::shared_ptr<ControlGroup> group;
  if (made) group = std::make_shared<ControlGroup>(std::move(*made));
  return kept.emplace(key, std::move(group)).first->second;
}

bool ControlGroup::works() {
  static const bool kWorks = [] {
    Limits limits;
    limits.processes = 64;
    return make(limits).has_value();
  }();
  return kWorks;
}

void ControlGroup::admit(Restraint& restraint) const {
  restraint.membership = processes_->members.get();
  if (memory_) restraint.membership_of_memory = memory_->members.get();
}

void ControlGroup::tell(Outcome& outcome) {
  auto text = read_file(processes_->folder + "/pids.events");
  bool anew = text && *text != last_events_;
  if (text) last_events_ = *text;
  bool refused =
      anew && text->find("max ") != std::string::npos && text->find("max 0") == std::string::npos;
  if (!refused || outcome.succeeded() || outcome.end == End::kOverLimit) return;
  outcome.over = fmt::format("more than {} processes",
                             trim(read_file(processes_->folder + "/pids.max").value_or("?")));
}

ControlGroup::~ControlGroup() {
  for (std::optional<Part>* part : {&processes_, &memory_}) {
    if (!*part || (*part)->folder.empty() || !(*part)->members.open()) continue;
    // What was just ended is counted a moment longer.
    for (int i = 0; i < 50 && rmdir((*part)->folder.c_str()) != 0 && errno == EBUSY; ++i)
      usleep(2000);
  }
}

}  // namespace gf::proc
