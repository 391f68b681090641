// The request "double" with answers that a test writes itself.
#pragma once

#include <string>

#include "e2e/factory.h"
#include "record/json.h"

namespace gf::test {

class DoublingTest : public FactoryTest {
 protected:
  /// `name`: "build.1.2" of the stage, its attempt and the turn.
  void answer(const std::string& name, const std::string& json) const {
    repo_.folder().write("answers/double/" + name + ".json", json);
  }
  /// A turn in which the model writes one file.
  static std::string written(const std::string& path, const std::string& text) {
    record::Json arguments = record::Json::object({{"path", path}, {"content", text}});
    record::Json call =
        record::Json::object({{"id", "c1"}, {"name", "write_file"}, {"arguments", arguments}});
    return record::Json::object({{"tool_calls", record::Json::array({call})}}).dump();
  }
};

}  // namespace gf::test
