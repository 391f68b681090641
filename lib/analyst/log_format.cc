#include "analyst/log_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "analyst/metrics.h"
#include "base/text.h"
#include "store/held.h"

namespace gf::analyst {
namespace {

constexpr const char* kYellow = "\x1b[33m";
constexpr const char* kReset = "\x1b[m";

std::string clean(std::string_view stored) {
  return replace_all(replace_all(printable(stored), "\n", " "), "\t", " ");
}

std::string clean_run(const store::Summary& run) { return run.metrics.first_try ? "yes" : "no"; }

}  // namespace

bool stands(const store::Summary& run) {
  bool opened = !run.pull_request.empty() && !run.head.is_zero();
  return run.status == record::RunStatus::kDelivered || (opened && !run.active);
}

namespace {

/// Going on, waiting, or how it ended; one word, as everywhere.
std::string_view word_of(const store::Summary& run) {
  return store::standing_of(run.active ? record::RunStatus::kRunning : run.status, run.held);
}

/// What it is for people: a rework that ended without a delivery takes the one before it nothing.
std::string status_of(const store::Summary& run) {
  std::string status(word_of(run));
  return stands(run) && run.status != record::RunStatus::kDelivered ? "delivered, then " + status
                                                                    : status;
}

/// The same, and how it goes on.
std::string status_and_way(const store::Summary& run) {
  if (!run.active) return status_of(run);
  std::string word(word_of(run));
  return run.held
             ? word
             : fmt::format("{} ({})", word, store::goes_on_by(store::kind_of(run.cell, run.slug)));
}

const char* colour_of_status(const store::Summary& run) {
  if (run.active) return "\x1b[36m";
  if (stands(run)) return "\x1b[32m";
  bool no_delivery = run.status == record::RunStatus::kPlanned ||
                     (run.status == record::RunStatus::kReviewed && run.failed_stage.empty());
  return no_delivery ? "\x1b[36m" : "\x1b[31m";
}

std::string branch_of(const store::Summary& run) {
  return clean(RefName::known(run.branch).short_name());
}

std::string decoration(const store::Summary& run) {
  std::vector<std::string> parts;
  if (!run.branch.empty()) parts.push_back(branch_of(run));
  if (!run.pull_request.empty()) parts.push_back(clean(run.pull_request));
  return join(parts, ", ");
}

std::string title_of(const store::Summary& run) {
  return clean(run.title.empty() ? run.slug : run.title);
}

std::pair<std::string, std::string> author_of(const store::Summary& run) {
  size_t angle = run.author.find('<');
  if (angle == std::string::npos) return {clean(run.author), ""};
  std::string mail = run.author.substr(angle + 1);
  return {clean(trim(run.author.substr(0, angle))), clean(mail.substr(0, mail.find('>')))};
}

std::string hex(const Oid& id) { return id.is_zero() ? "" : id.hex(); }

std::string strict(Timestamp time) {
  return time == Timestamp{} ? "" : iso8601(time).substr(0, 19) + "Z";
}

std::string relative(Timestamp time, Timestamp now) {
  int64_t seconds = (now - time).count() / 1000;
  if (seconds < 0) return "in the future";
  struct Unit {
    int64_t up_to, length;
    const char* name;
  };
  // git's own steps.
  for (const Unit& unit :
       {Unit{90, 1, "second"}, Unit{90 * 60, 60, "minute"}, Unit{36 * 3600, 3600, "hour"},
        Unit{14 * 86400, 86400, "day"}, Unit{70 * 86400, 7 * 86400, "week"},
        Unit{365 * 86400, 30 * 86400, "month"}}) {
    if (seconds < unit.up_to)
      return counted(static_cast<size_t>((seconds + unit.length / 2) / unit.length), unit.name) +
             " ago";
  }
  return counted(static_cast<size_t>(seconds / (365 * 86400)), "year") + " ago";
}

std::string one_date(char kind, Timestamp time, const LogStyle& style) {
  if (time == Timestamp{}) return "";
  switch (kind) {
    case 'I':
      return strict(time);
    case 's':
      return iso8601(time).substr(0, 10);
    case 't':
      return std::to_string(time.time_since_epoch().count() / 1000);
    case 'r':
      return relative(time, style.now);
    default:
      return date_text(time, style);
  }
}

/// `%(name)`.
std::optional<std::string> named(const store::Summary& run, std::string_view name,
                                 const LogStyle& style) {
  using Get = std::string (*)(const store::Summary&);
  auto seconds = [](Milliseconds time) {
    return fmt::format("{:.1f}", static_cast<double>(time.count()) / 1000);
  };
  static const std::map<std::string_view, Get> kText = {
      {"run", [](const auto& r) { return r.id.str(); }},
      {"id", [](const auto& r) { return r.id.id8(); }},
      {"slug", [](const auto& r) { return clean(r.slug); }},
      {"title", [](const auto& r) { return title_of(r); }},
      {"status", [](const auto& r) { return status_of(r); }},
      {"stage", [](const auto& r) { return clean(r.failed_stage); }},
      {"reason", [](const auto& r) { return clean(r.reason); }},
      {"author", [](const auto& r) { return clean(r.author); }},
      {"branch", [](const auto& r) { return branch_of(r); }},
      {"head", [](const auto& r) { return hex(r.head); }},
      {"tree", [](const auto& r) { return hex(r.tree); }},
      {"base", [](const auto& r) { return hex(r.base); }},
      {"pull", [](const auto& r) { return clean(r.pull_request); }},
      {"cost", [](const auto& r) { return record::to_text(r.metrics.cost); }},
      {"basis", [](const auto& r) { return clean(r.metrics.cost.basis); }},
      {"attempts", [](const auto& r) { return std::to_string(r.metrics.attempts); }},
      {"exchanges", [](const auto& r) { return std::to_string(r.metrics.exchanges); }},
      {"clean-run", [](const auto& r) { return clean_run(r); }},
      {"first-try", [](const auto& r) { return clean_run(r); }},
      {"tokens-in",
       [](const auto& r) { return std::to_string(r.metrics.usage.input_total.value_or(0)); }},
      {"tokens-out",
       [](const auto& r) { return std::to_string(r.metrics.usage.output_total.value_or(0)); }}};
  auto found = kText.find(name);
  if (found != kText.end()) return found->second(run);
  if (name == "started") return date_text(run.started, style);
  if (name == "ended") return date_text(run.ended, style);
  if (name == "seconds") return seconds(run.metrics.wall);
  if (name == "model-seconds") return seconds(run.metrics.model);
  if (name == "gate-seconds") return seconds(run.metrics.gates);
  return std::nullopt;
}

std::optional<std::string> colour(std::string_view name, const LogStyle& style) {
  static const std::map<std::string_view, const char*> kColours = {
      {"reset", "\x1b[m"},  {"red", "\x1b[31m"},     {"green", "\x1b[32m"}, {"yellow", "\x1b[33m"},
      {"blue", "\x1b[34m"}, {"magenta", "\x1b[35m"}, {"cyan", "\x1b[36m"},  {"white", "\x1b[37m"},
      {"bold", "\x1b[1m"},  {"dim", "\x1b[2m"},      {"auto", ""}};
  auto found = kColours.find(name);
  if (found == kColours.end()) return std::nullopt;
  return style.colour ? std::string(found->second) : std::string();
}

size_t width(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

/// `%<(12)` and `%>(12,trunc)`: how the next placeholder is padded.
struct Padding {
  size_t columns = 0;
  bool right = false, cut = false;

  [[nodiscard]] std::string apply(std::string text) const {
    if (columns == 0) return text;
    size_t wide = width(text);
    if (wide > columns && cut && columns >= 2) {
      size_t end = 0, shown = 0;
      for (; end < text.size(); ++end) {
        bool starts = (static_cast<unsigned char>(text[end]) & 0xc0) != 0x80;
        if (starts && ++shown > columns - 2) break;
      }
      text.resize(end);
      text += "..";
      wide = columns;
    }
    std::string gap(wide < columns ? columns - wide : 0, ' ');
    return right ? gap + text : text + gap;
  }
};

/// Takes placeholders off the front of a format.
class Reader {
 public:
  Reader(const store::Summary& run, std::string_view format, const LogStyle& style)
      : run_(run), rest_(format), style_(style) {}

  std::string all() {
    std::string out;
    while (!rest_.empty()) {
      if (rest_[0] != '%') {
        out += rest_[0];
        rest_.remove_prefix(1);
        continue;
      }
      if (take_padding()) continue;
      std::string_view before = rest_;
      if (auto control = take_control()) {
        out += *control;
      } else if (auto value = take_value()) {
        out += padding_.apply(*value);
        padding_ = {};
      } else {
        rest_ = before;
        out += rest_[0];
        rest_.remove_prefix(1);
      }
    }
    return out;
  }

 private:
  bool take(std::string_view prefix) {
    if (!rest_.starts_with(prefix)) return false;
    rest_.remove_prefix(prefix.size());
    return true;
  }
  std::optional<std::string_view> take_parentheses() {
    size_t end = rest_.find(')');
    if (!rest_.starts_with('(') || end == std::string_view::npos) return std::nullopt;
    std::string_view inside = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return inside;
  }

  bool take_padding() {
    std::string_view before = rest_;
    bool right = rest_.starts_with("%>(");
    if (right || rest_.starts_with("%<(")) {
      rest_.remove_prefix(2);
      std::vector<std::string> parts = split(take_parentheses().value_or(""), ',');
      size_t columns = 0;
      std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), columns);
      if (columns > 0 && columns <= 1000) {
        padding_ = {columns, right, parts.size() > 1 && trim(parts[1]) == "trunc"};
        return true;
      }
    }
    rest_ = before;
    return false;
  }

  std::optional<std::string> take_control() {
    if (take("%n")) return "\n";
    if (take("%%")) return "%";
    if (rest_.starts_with("%x") && rest_.size() >= 4) {
      int byte = 0;
      auto [end, code] = std::from_chars(rest_.data() + 2, rest_.data() + 4, byte, 16);
      if (code != std::errc() || end != rest_.data() + 4) return std::nullopt;
      rest_.remove_prefix(4);
      return std::string(1, static_cast<char>(byte));
    }
    if (take("%C(")) {
      rest_ = std::string_view(rest_.data() - 1, rest_.size() + 1);
      auto inside = take_parentheses();
      return inside ? colour(*inside, style_) : std::nullopt;
    }
    for (const char* name : {"reset", "red", "green", "blue"}) {
      if (take(std::string("%C") + name)) return colour(name, style_);
    }
    return std::nullopt;
  }

  std::optional<std::string> take_value() {
    if (rest_.starts_with("%(")) {
      rest_.remove_prefix(1);
      auto inside = take_parentheses();
      return inside ? named(run_, *inside, style_) : std::nullopt;
    }
    if (rest_.size() >= 3 && (rest_[1] == 'a' || rest_[1] == 'c')) {
      char kind = rest_[2];
      bool started = rest_[1] == 'a';
      if (started && (kind == 'n' || kind == 'e')) {
        rest_.remove_prefix(3);
        auto [name, mail] = author_of(run_);
        return kind == 'n' ? name : mail;
      }
      if (std::string_view("dIstr").find(kind) != std::string_view::npos) {
        rest_.remove_prefix(3);
        return one_date(kind, started ? run_.started : run_.ended, style_);
      }
      return std::nullopt;
    }
    if (rest_.size() < 2) return std::nullopt;
    static const std::map<char, std::string_view> kShort = {
        {'H', "run"}, {'h', "id"}, {'s', "title"}, {'f', "slug"}, {'T', "tree"}, {'P', "base"}};
    char letter = rest_[1];
    auto found = kShort.find(letter);
    if (found == kShort.end() && letter != 'd' && letter != 'D') return std::nullopt;
    rest_.remove_prefix(2);
    if (found != kShort.end()) return named(run_, found->second, style_);
    std::string names = decoration(run_);
    return letter == 'D' || names.empty() ? names : " (" + names + ")";
  }

  const store::Summary& run_;
  std::string_view rest_;
  const LogStyle& style_;
  Padding padding_;
};

std::string painted(const std::string& text, const char* colour_code, const LogStyle& style) {
  return style.colour ? colour_code + text + kReset : text;
}

}  // namespace

std::string date_text(Timestamp time, const LogStyle& style) {
  if (time == Timestamp{}) return "";
  if (style.date == "short") return iso8601(time).substr(0, 10);
  if (style.date == "unix") return std::to_string(time.time_since_epoch().count() / 1000);
  if (style.date == "relative") return relative(time, style.now);
  return strict(time);
}

std::string formatted(const store::Summary& run, const std::string& format, const LogStyle& style) {
  return Reader(run, format, style).all();
}

std::string oneline(const store::Summary& run, const LogStyle& style) {
  std::string status = status_and_way(run);
  std::string gap(status.size() < 10 ? 10 - status.size() : 0, ' ');
  std::string what = clean(run.pull_request.empty() ? run.title : run.pull_request);
  return fmt::format("{} {}{} {}{}{}", painted(run.id.id8(), kYellow, style),
                     painted(status, colour_of_status(run), style), gap, clean(run.slug),
                     what.empty() ? "" : "  ", what);
}

std::string medium(const store::Summary& run, const LogStyle& style) {
  std::string status = status_and_way(run);
  std::string text = painted("run " + run.id.str(), kYellow, style) + "\n";
  text += fmt::format("Feature: {}\nResult:  {}\n", title_of(run),
                      painted(status, colour_of_status(run), style));
  if (!run.failed_stage.empty())
    text += fmt::format("Failed:  {}: {}\n", clean(run.failed_stage), clean(run.reason));
  if (!run.branch.empty())
    text += fmt::format("Branch:  {} ({})\n", branch_of(run), run.head.short_hex());
  if (!run.pull_request.empty()) text += fmt::format("Pull:    {}\n", clean(run.pull_request));
  text +=
      fmt::format("Author:  {}\nDate:    {}\n", clean(run.author), date_text(run.started, style));
  return text + fmt::format("Cost:    {}, {} tokens in, {} out, {:.1f} s, {}\n",
                            money(run.metrics.cost), run.metrics.usage.input_total.value_or(0),
                            run.metrics.usage.output_total.value_or(0),
                            static_cast<double>(run.metrics.wall.count()) / 1000,
                            counted(static_cast<size_t>(run.metrics.attempts), "stage attempt"));
}

record::Json to_json(const store::Summary& run) {
  record::Json cost;  // null: unpriced, which is not 0
  if (auto pico = run.metrics.cost.pico_usd) cost = static_cast<double>(*pico) / 1e12;
  return record::Json::object({{"run", run.id.str()},
                               {"slug", run.slug},
                               {"title", run.title},
                               {"status", word_of(run)},
                               {"active", run.active},
                               {"stands", stands(run)},
                               {"base", run.base.hex()},
                               {"head", run.head.is_zero() ? "" : run.head.hex()},
                               {"branch", run.branch},
                               {"pull_request", run.pull_request},
                               {"failed_stage", run.failed_stage},
                               {"reason", run.reason},
                               {"author", run.author},
                               {"started", iso8601(run.started)},
                               {"cost_usd", cost},
                               {"metrics", record::to_json(run.metrics)}});
}

}  // namespace gf::analyst
