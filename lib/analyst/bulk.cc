#include "analyst/bulk.h"

#include <algorithm>

namespace gf::analyst {
namespace {

constexpr size_t kAhead = 128;
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

Bulk::~Bulk() {
  begun_ = coming_.size();
  for (std::thread& thread : threads_) thread.join();
}

ReadRun Bulk::next() {
  if (next_ == ahead_.size()) take_batch();
  return std::move(ahead_[next_++]);
}

void Bulk::finish(ReadRun& read) {
  const auto& lines = read.trouble.lines;
  bool complete = !read.run.run.id.empty() &&
                  std::none_of(lines.begin(), lines.end(),
                               [](const std::string& line) { return line.starts_with("stage-"); });
  if (!complete) read.summary = ledger_.summary(read.id);
}

void Bulk::take_batch() {
  if (coming_.empty()) begin_batch();
  Batch read = arrived();
  const size_t first = taken_;
  taken_ += read.size();
  begin_batch();
  ahead_.clear();
  for (size_t i = 0; i < read.size(); ++i) {
    if (!read[i] || !read[i]->trouble.lines.empty())
      read[i] = read_one(ledger_.repo(), wanted_[first + i]);
    finish(*read[i]);
    ahead_.push_back(std::move(*read[i]));
  }
  next_ = 0;
}

bool Bulk::open_repos() {
  const size_t threads = std::clamp(std::thread::hardware_concurrency(), 1u, kMostThreads);
  while (repos_.size() < threads + 1) {
    auto repo = git::Repo::open(git_dir_);
    if (!repo.ok()) return false;
    repos_.push_back(std::move(repo).value());
  }
  return true;
}

void Bulk::begin_batch() {
  coming_.resize(std::min(kAhead, wanted_.size() - taken_));
  begun_ = 0;
  if (coming_.size() < kWorthThreads || !open_repos()) return;
  try {
    for (size_t i = 1; i < repos_.size(); ++i)
      threads_.emplace_back(&Bulk::read_some, this, std::cref(repos_[i]));
  } catch (const std::system_error&) {
    // No more threads to be had; those there are do it.
  }
}

Bulk::Batch Bulk::arrived() {
  if (coming_.size() >= kWorthThreads && !repos_.empty()) read_some(repos_[0]);
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  return std::exchange(coming_, {});
}

void Bulk::read_some(const git::Repo& repo) {
  try {
    for (size_t i = begun_++; i < coming_.size(); i = begun_++)
      coming_[i] = read_one(repo, wanted_[taken_ + i]);
  } catch (const std::exception&) {
    // Out of memory: what is not read now is read by the caller, alone.
  }
}

}  // namespace gf::analyst
