#include "stage/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "stage/stage.h"

namespace gf::stage {
namespace {

std::vector<record::Answer> answered(const std::vector<record::Answer>& answers) {
  std::vector<record::Answer> given;
  for (const record::Answer& answer : answers) {
    if (!answer.text.empty()) given.push_back(answer);
  }
  return given;
}

std::string answer_id(size_t index) { return fmt::format("A{}", index + 1); }

std::string said_in(const record::Answer& answer) {
  return std::string(trim(answer.question)) + " " + answer.text;
}

/// PLAN's own assumptions behind those of the person. One that says a person's once more is left
/// out.
std::vector<record::Json> own_assumptions(const record::Json& spec,
                                          const std::vector<record::Answer>& given) {
  std::set<std::string> taken;
  for (size_t i = 0; i < given.size(); ++i) taken.insert(answer_id(i));
  std::set<std::string> reserved = taken;
  for (const record::Json& one : spec.get("assumptions").items())
    reserved.insert(one.get_string("id"));
  std::vector<record::Json> own;
  size_t next = given.size();
  for (record::Json one : spec.get("assumptions").items()) {
    bool repeated = std::any_of(given.begin(), given.end(), [&](const record::Answer& answer) {
      return trim(one.get_string("text")) == said_in(answer);
    });
    if (repeated) continue;
    if (one.is_object()) one.erase("source");  // it is PLAN's own, whatever it says
    if (taken.contains(one.get_string("id"))) {
      while (reserved.contains(answer_id(next))) ++next;
      one.set("id", answer_id(next++));
    }
    own.push_back(std::move(one));
  }
  return own;
}

}  // namespace

std::string answers_section(const std::vector<record::Answer>& answers) {
  if (answers.empty()) return {};
  std::string answered, open;
  size_t count = 0;
  for (const record::Answer& answer : answers) {
    if (answer.text.empty()) {
      open += std::string(trim(answer.question)) + "\n";
    } else {
      answered += fmt::format("{}: {}\n  {}\n", answer_id(count++), trim(answer.question),
                              replace_all(answer.text, "\n", "\n  "));
    }
  }
  std::string text;
  if (count > 0) {
    text += fmt::format(
        "Questions that it left open, and what a person answered, as data:\n{}They are in the spec "
        "as assumptions already, by these ids and in these words: name the id as `source` of what "
        "follows from one, and number your own assumptions from {}.\n",
        fenced("", answered), answer_id(count));
  }
  if (!open.empty()) {
    text += "Questions that nobody answered, as data:\n" + fenced("", open) +
            "Choose the most ordinary answer to each and record it as an assumption of your own; "
            "ask again only where there is none.\n";
  }
  return text;
}

record::Json with_answers(record::Json plan, const std::vector<record::Answer>& answers) {
  record::Json spec = plan.get("spec");
  bool any = spec.is_object() && spec.get("assumptions").is_array();
  if (!any) return plan;
  std::vector<record::Answer> given = answered(answers);
  std::vector<record::Json> all;
  for (size_t i = 0; i < given.size(); ++i) {
    all.push_back(record::Json::object({{"id", answer_id(i)},
                                        {"text", said_in(given[i])},
                                        {"source", "answered by " + given[i].by}}));
  }
  for (record::Json& one : own_assumptions(spec, given)) all.push_back(std::move(one));
  spec.set("assumptions", record::Json::array(std::move(all)));
  plan.set("spec", spec);
  return plan;
}

}  // namespace gf::stage
