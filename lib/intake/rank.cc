#include "intake/rank.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace gf::intake {
namespace {

constexpr int kMostWeight = 1000;

std::optional<int> number_of(std::string_view text) {
  text = trim(text);
  int value = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool whole = code == std::errc() && end == text.data() + text.size() && !text.empty();
  return whole && std::abs(value) <= kMostWeight ? std::optional<int>(value) : std::nullopt;
}

Error wrong(const std::string& word) {
  return {
      Fault::kConfiguration,
      fmt::format("factory.intake.weight is '{}'", printable(clipped(word, 60))),
      {},
      "write votes=2, age=1, compiles=20, asks=-5 or label:<name>=5, a whole number up to 1000"};
}

}  // namespace

Result<Weights> weights_of(const std::vector<std::string>& words) {
  Weights weights;
  for (const std::string& word : words) {
    size_t equals = word.rfind('=');
    auto value = equals == std::string::npos ? std::nullopt : number_of(word.substr(equals + 1));
    if (!value) return wrong(word);
    std::string name = lower(trim(std::string_view(word).substr(0, equals)));
    if (name == "votes") {
      weights.vote = *value;
    } else if (name == "age") {
      weights.month = *value;
    } else if (name == "compiles") {
      weights.compiles = *value;
    } else if (name == "asks") {
      weights.asks = *value;
    } else if (name.starts_with("label:") && name.size() > 6) {
      weights.labels[name.substr(6)] = *value;
    } else {
      return wrong(word);
    }
  }
  return weights;
}

std::string to_text(const Weights& weights) {
  std::string text = fmt::format(
      "{} a vote (at most {} count), {} for each 30 days open (at most {}), {} where it compiles, "
      "{} where it asks",
      weights.vote, kMostVotes, weights.month, kMostMonths, weights.compiles, weights.asks);
  for (const auto& [label, points] : weights.labels)
    text += fmt::format(", {} for '{}'", points, printable(label));
  return text;
}

Rank rank_of(const forge::Issue& issue, Compiles compiles, const Weights& weights, Timestamp now) {
  Rank rank;
  auto add = [&](std::string what, int points) {
    if (points != 0) rank.parts.push_back({std::move(what), points});
    rank.points += points;
  };
  int votes = std::clamp(issue.votes, 0, kMostVotes);
  add(counted(static_cast<size_t>(votes), "vote"), votes * weights.vote);
  // Clocks differ: one of tomorrow is as old as one of now, and one without a date too.
  auto days = issue.opened == Timestamp{}
                  ? 0
                  : std::chrono::duration_cast<std::chrono::hours>(now - issue.opened).count() / 24;
  int months = static_cast<int>(std::clamp<int64_t>(days / 30, 0, kMostMonths));
  add(counted(static_cast<size_t>(months) * 30, "day"), months * weights.month);
  for (const std::string& label : issue.labels) {
    auto found = weights.labels.find(lower(label));
    if (found != weights.labels.end()) add("label '" + label + "'", found->second);
  }
  if (compiles == Compiles::kYes) add("compiles", weights.compiles);
  if (compiles == Compiles::kAsks) add("asks", weights.asks);
  if (compiles == Compiles::kNo) add("does not compile", weights.asks);
  return rank;
}

}  // namespace gf::intake
