#include "batch/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>

#include "base/text.h"

namespace gf::batch {

Schedule::Schedule(const std::vector<Entry>& entries, size_t at_once) : at_once_(at_once) {
  auto place = [&](const std::string& slug) {
    auto found = std::find_if(entries.begin(), entries.end(),
                              [&](const Entry& entry) { return entry.slug == slug; });
    return static_cast<size_t>(found - entries.begin());
  };
  for (const Entry& entry : entries) {
    Job job;
    job.priority = entry.priority;
    for (const std::string& slug : entry.after) {
      size_t other = place(slug);
      if (other < entries.size()) job.after.push_back(other);
    }
    jobs_.push_back(std::move(job));
  }
}

bool Schedule::ready(const Job& job) const {
  auto ended = [&](size_t other) {
    return jobs_[other].state != State::kWaiting && jobs_[other].state != State::kRunning;
  };
  return job.state == State::kWaiting &&
         std::all_of(job.after.begin(), job.after.end(),
                     [&](size_t other) { return jobs_[other].state == State::kDelivered; }) &&
         std::all_of(job.follows.begin(), job.follows.end(), ended);
}

std::optional<size_t> Schedule::take() {
  if (running_ >= at_once_) return std::nullopt;
  std::optional<size_t> best;
  for (size_t i = 0; i < jobs_.size(); ++i) {
    if (ready(jobs_[i]) && (!best || jobs_[i].priority > jobs_[*best].priority)) best = i;
  }
  if (!best) return best;
  jobs_[*best].state = State::kRunning;
  ++running_;
  return best;
}

void Schedule::put(size_t index, State state) {
  Job& job = jobs_[index];
  if (job.state == State::kRunning) --running_;
  if (state == State::kRunning) ++running_;
  job.state = state;
  if (state == State::kNotDelivered || state == State::kLeftOut) leave_out_behind(index);
}

void Schedule::leave_out_behind(size_t index) {
  for (size_t i = 0; i < jobs_.size(); ++i) {
    const std::vector<size_t>& after = jobs_[i].after;
    bool behind = std::find(after.begin(), after.end(), index) != after.end();
    if (!behind || jobs_[i].state != State::kWaiting) continue;
    jobs_[i].state = State::kLeftOut;
    leave_out_behind(i);
  }
}

bool Schedule::waits_for(size_t index, size_t other) const {
  // Each is looked at once: there may be many ways to the same one.
  std::vector<bool> seen(jobs_.size(), false);
  std::vector<size_t> open = before(index);
  while (!open.empty()) {
    size_t one = open.back();
    open.pop_back();
    if (one == other) return true;
    if (seen[one]) continue;
    seen[one] = true;
    for (size_t next : before(one)) open.push_back(next);
  }
  return false;
}

std::vector<size_t> Schedule::before(size_t index) const {
  std::vector<size_t> all = jobs_[index].after;
  all.insert(all.end(), jobs_[index].follows.begin(), jobs_[index].follows.end());
  return all;
}

bool Schedule::order(size_t later, size_t earlier) {
  bool waiting = jobs_[later].state == State::kWaiting;
  if (later == earlier || !waiting || waits_for(earlier, later)) return false;
  std::vector<size_t> known = before(later);
  if (std::find(known.begin(), known.end(), earlier) != known.end()) return false;
  jobs_[later].follows.push_back(earlier);
  return true;
}

bool Schedule::over() const {
  return running_ == 0 &&
         std::none_of(jobs_.begin(), jobs_.end(), [&](const Job& job) { return ready(job); });
}

Result<size_t> width_of(const std::string& wanted, size_t requests) {
  size_t number = 0;
  auto [end, code] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
  bool whole = code == std::errc() && end == wanted.data() + wanted.size();
  if (whole && number > 0) return std::clamp<size_t>(requests, 1, number);
  return Error{Fault::kUsage,
               fmt::format("-j is '{}'", printable(clipped(wanted, 60))),
               {},
               "say how many runs go on at once, 1 or more"};
}

std::vector<Overlap> overlaps(const std::vector<std::vector<std::string>>& declared) {
  std::vector<std::set<std::string>> paths;
  for (const auto& of_one : declared) paths.emplace_back(of_one.begin(), of_one.end());
  std::vector<Overlap> found;
  for (size_t first = 0; first < paths.size(); ++first) {
    for (size_t second = first + 1; second < paths.size(); ++second) {
      Overlap both{first, second, {}};
      std::set_intersection(paths[first].begin(), paths[first].end(), paths[second].begin(),
                            paths[second].end(), std::back_inserter(both.paths));
      if (!both.paths.empty()) found.push_back(std::move(both));
    }
  }
  return found;
}

}  // namespace gf::batch
