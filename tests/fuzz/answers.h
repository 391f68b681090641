// What a fuzzer does with bytes that claim to be a service's answer. Shared by the libFuzzer target
// and by the unit test that runs it on changed good answers.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "model/dialect.h"
#include "model/presets.h"
#include "model/prices.h"

namespace gf::test {

/// The first byte says who is to read the rest, the second in pieces of which size.
inline void feed_answer(std::string_view bytes) {
  if (bytes.size() < 2) return;
  auto who = static_cast<uint8_t>(bytes[0]);
  size_t piece = static_cast<uint8_t>(bytes[1]) % 64 + 1;
  bytes.remove_prefix(2);
  const model::Dialect* all[] = {&model::kOllama, &model::kOpenai, &model::kAnthropic};
  if (who % 6 < 3) {
    model::Reading reading(*all[who % 6]);
    for (size_t at = 0; at < bytes.size(); at += piece) {
      if (!reading.feed(bytes.substr(at, piece))) break;
    }
    model::Reply reply = reading.end();
    // One of the two, never both and never neither; no count is negative; the text is UTF-8.
    bool answered = reply.answer.has_value();
    if (answered == (reply.failure != record::ModelFailure::kNone)) std::abort();
    if (answered && reply.answer->usage.input_total.value_or(0) < 0) std::abort();
    if (answered) (void)record::to_json(reply.answer->message).dump();
  } else if (who % 6 == 3) {
    net::Answer answer;
    answer.status = 300 + who;
    answer.body = std::string(bytes);
    answer.headers = {{"retry-after", std::string(bytes.substr(0, 40))}};
    model::Reply reply = model::refusal(answer, Timestamp{});
    if (reply.failure == record::ModelFailure::kNone) std::abort();
    if (reply.retry_after && reply.retry_after->count() < 0) std::abort();
    if (reply.text.find('\n') != std::string::npos) std::abort();
  } else if (who % 6 == 4) {
    for (const model::Preset& preset : model::presets()) {
      model::CliReport report = preset.read(std::string(bytes), std::string(bytes), "");
      if (report.usage.input_total.value_or(0) < 0) std::abort();
    }
  } else {
    model::PriceBook book;
    (void)book.add(bytes, "fuzzed").ok();
    (void)model::pico_dollars(bytes);
  }
}

}  // namespace gf::test
