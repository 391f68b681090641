#include "record/redact_record.h"

#include "record/described.h"

namespace gf::record {

Json redacted(const Json& json, const Redactor& redactor) {
  using Kind = Json::Kind;
  if (json.kind() == Kind::kString) return redactor(json.as_string().value_or(""));
  if (json.kind() == Kind::kArray) {
    std::vector<Json> items = json.items();
    for (Json& item : items) item = redacted(item, redactor);
    return Json::array(std::move(items));
  }
  if (json.kind() != Kind::kObject) return json;
  Json clean = Json::object();
  for (const auto& [key, value] : json.members()) {
    std::string name = redactor(key);
    // A value beside a telling name is judged with it: {"password": "..."} in a tool's arguments.
    std::string pair = key + "=" + value.as_string().value_or("");
    std::string clean_pair = redactor(pair);
    bool judged_by_name =
        value.is_string() && clean_pair != pair && clean_pair.starts_with(key + "=");
    clean.set(name, judged_by_name ? redacted(clean_pair.substr(key.size() + 1), redactor)
                                   : redacted(value, redactor));
  }
  return clean;
}

namespace {

// One overload a kind of member: a kind that is not here does not compile.
void redact(std::string& text, const Redactor& redactor) { text = redactor(text); }
void redact(std::vector<std::string>& texts, const Redactor& redactor) {
  for (std::string& text : texts) text = redactor(text);
}
void redact(std::map<std::string, std::string>& named, const Redactor& redactor) {
  std::map<std::string, std::string> clean;
  for (const auto& [name, text] : named) clean[redactor(name)] = redactor(text);
  named = std::move(clean);
}
void redact(std::vector<Answer>& answers, const Redactor& redactor) {
  for (Answer& answer : answers) {
    for (std::string* text : {&answer.question, &answer.text, &answer.by}) *text = redactor(*text);
  }
}
void redact(std::vector<Rework>& reworks, const Redactor& redactor) {
  for (Rework& rework : reworks) {
    rework.by = redactor(rework.by);
    for (Remark& remark : rework.remarks) {
      for (std::string* text : {&remark.id, &remark.kind, &remark.by, &remark.path, &remark.text,
                                &remark.thread, &remark.url})
        *text = redactor(*text);
    }
  }
}
void redact(Json& json, const Redactor& redactor) { json = redacted(json, redactor); }

// What has no room for a secret.
void redact(RunId&, const Redactor&) {}
void redact(Oid&, const Redactor&) {}
void redact(Timestamp&, const Redactor&) {}
void redact(RunStatus&, const Redactor&) {}
void redact(FailureClass&, const Redactor&) {}

}  // namespace

RunRecord redacted(RunRecord run, const Redactor& redactor) {
  each_field(run, [&](const auto&, auto& member) { redact(member, redactor); });
  return run;
}

}  // namespace gf::record
