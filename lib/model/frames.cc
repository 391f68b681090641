// Streams cut into JSON texts. Bytes arrive in any pieces; a character may be cut in two.
#include "base/text.h"
#include "model/dialect.h"

namespace gf::model {

bool Frames::line(std::string_view line, const std::function<bool(std::string_view)>& take) {
  if (line.ends_with("\r")) line.remove_suffix(1);
  if (kind_ == Kind::kLines) return trim(line).empty() || take(line);
  if (line.empty()) {  // the end of an event
    std::string data = std::exchange(data_, {});
    return data.empty() || take(data);
  }
  if (!line.starts_with("data:")) return true;  // event, id, retry, or a comment to stay awake
  line.remove_prefix(5);
  if (line.starts_with(" ")) line.remove_prefix(1);
  if (!data_.empty()) data_ += '\n';
  data_ += line;
  return true;
}

bool Frames::feed(std::string_view bytes, const std::function<bool(std::string_view)>& take) {
  rest_ += bytes;
  if (form_ == Form::kUnknown) {
    constexpr std::string_view kMark = "\xEF\xBB\xBF";
    if (rest_.size() < kMark.size() && kMark.starts_with(rest_)) return true;
    if (rest_.starts_with(kMark)) rest_.erase(0, kMark.size());
    std::string_view start = trim(rest_);
    if (start.empty()) return true;
    form_ = start.front() == '<'                             ? Form::kPage
            : start.front() == '{' && kind_ == Kind::kEvents ? Form::kWhole
                                                             : Form::kStream;
  }
  if (form_ == Form::kPage) return false;
  if (form_ == Form::kWhole) return true;
  size_t from = 0;
  for (size_t at = rest_.find('\n', looked_); at != std::string::npos;
       at = rest_.find('\n', from)) {
    bool more = line(std::string_view(rest_).substr(from, at - from), take);
    from = at + 1;
    if (!more) return false;
  }
  rest_.erase(0, from);
  looked_ = rest_.size();
  return true;
}

bool Frames::end(const std::function<bool(std::string_view)>& take) {
  std::string rest = std::exchange(rest_, {});
  if (form_ == Form::kPage) return false;
  if (form_ == Form::kWhole) return take(rest);
  if (!rest.empty() && !line(rest, take)) return false;
  // Servers that close without the last empty line are common; what they sent counts.
  std::string data = std::exchange(data_, {});
  return data.empty() || take(data);
}

}  // namespace gf::model
