#include "session/event.h"

namespace gf::session {

record::Json to_json(const Event& event) {
  record::Json json = record::Json::object({{"kind", event.kind}, {"time", iso8601(event.time)}});
  if (!event.run.empty()) json.set("run", event.run.str());
  if (!event.stage.empty()) json.set("stage", event.stage);
  if (event.attempt > 0) json.set("attempt", event.attempt);
  if (!event.text.empty()) json.set("text", event.text);
  if (event.fields.is_object()) json.set("fields", event.fields);
  return json;
}

}  // namespace gf::session
