#include "analyst/bulk.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace gf::analyst {
namespace {

constexpr size_t kAhead = 256;
constexpr size_t kWorthThreads = 32;
constexpr unsigned kMostThreads = 8;

/// The summary is not asked for here: it is shared by all runs of a month.
ReadRun read_one(const git::Repo& repo, const std::pair<RunId, store::Ledger::Folders>& wanted) {
  ReadRun read{wanted.first, wanted.second, {}, {}, {}};
  read.run = store::Ledger::read(repo, read.id, read.folders, read.trouble);
  return read;
}

}  // namespace

void Bulk::want(const RunId& id, const store::Ledger::Folders& folders) {
  wanted_.emplace_back(id, folders);
}

ReadRun Bulk::next() {
  if (next_ == ahead_.size()) read_ahead();
  return std::move(ahead_[next_++]);
}

void Bulk::finish(ReadRun& read) {
  const auto& lines = read.trouble.lines;
  bool complete = !read.run.run.id.empty() &&
                  std::none_of(lines.begin(), lines.end(),
                               [](const std::string& line) { return line.starts_with("stage-"); });
  if (!complete) read.summary = ledger_.summary(read.id);
}

void Bulk::read_ahead() {
  std::vector<std::optional<ReadRun>> read(std::min(kAhead, wanted_.size() - taken_));
  if (read.size() >= kWorthThreads) read_by_threads(read);
  ahead_.clear();
  for (size_t i = 0; i < read.size(); ++i) {
    if (!read[i] || !read[i]->trouble.lines.empty())
      read[i] = read_one(ledger_.repo(), wanted_[taken_ + i]);
    finish(*read[i]);
    ahead_.push_back(std::move(*read[i]));
  }
  taken_ += ahead_.size();
  next_ = 0;
}

void Bulk::read_by_threads(std::vector<std::optional<ReadRun>>& read) {
  size_t threads = std::min(std::max(std::thread::hardware_concurrency(), 1u), kMostThreads);
  while (repos_.size() < threads) {
    auto repo = git::Repo::open(git_dir_);
    if (!repo.ok()) return;
    repos_.push_back(std::move(repo).value());
  }
  std::atomic<size_t> next{0};
  auto work = [&](const git::Repo& repo) {
    try {
      for (size_t i = next++; i < read.size(); i = next++)
        read[i] = read_one(repo, wanted_[taken_ + i]);
    } catch (const std::exception&) {
      // Out of memory: what is not read now is read by the caller, alone.
    }
  };
  std::vector<std::thread> all;
  try {
    for (size_t i = 1; i < repos_.size(); ++i) all.emplace_back(work, std::cref(repos_[i]));
  } catch (const std::system_error&) {
    // No more threads to be had; those there are do it.
  }
  work(repos_[0]);
  for (std::thread& thread : all) thread.join();
}

}  // namespace gf::analyst
