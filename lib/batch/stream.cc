#include "batch/stream.h"

#include "base/text.h"
#include "record/json.h"

namespace gf::batch {
namespace {

/// A line that does not end is none of ours: nothing that a run tells comes near.
constexpr size_t kLongestLine = 4u << 20;

}  // namespace

std::optional<session::Event> event_in(std::string_view line) {
  if (!trim(line).starts_with("{")) return std::nullopt;
  auto json = record::Json::parse(line);
  if (!json.ok() || !json->is_object()) return std::nullopt;
  session::Event event;
  event.kind = json->get_string("kind");
  if (event.kind.empty() || !json->has("time")) return std::nullopt;
  if (auto time = parse_iso8601(json->get_string("time")); time.ok()) event.time = *time;
  if (auto run = RunId::parse(json->get_string("run")); run.ok()) event.run = *run;
  event.stage = json->get_string("stage");
  event.attempt = static_cast<int>(json->get_int("attempt"));
  event.text = json->get_string("text");
  event.fields = json->get("fields");
  return event;
}

std::vector<session::Event> Stream::take(std::string_view piece) {
  std::vector<session::Event> events;
  rest_ += piece;
  size_t from = 0;
  for (size_t end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', from)) {
    if (auto event = event_in(std::string_view(rest_).substr(from, end - from)))
      events.push_back(std::move(*event));
    from = end + 1;
  }
  rest_.erase(0, from);
  if (rest_.size() > kLongestLine) rest_.clear();
  return events;
}

std::string last_words(std::string_view err) {
  std::string words;
  for (const std::string& line : lines(err)) {
    for (std::string_view lead : {"fatal: ", "error: ", "stopped: ", "BUG: "}) {
      if (line.starts_with(lead)) words = line.substr(lead.size());
    }
  }
  return words;
}

}  // namespace gf::batch
