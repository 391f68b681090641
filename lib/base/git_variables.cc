#include "base/git_variables.h"

namespace gf {

const std::vector<std::string>& repository_variables() {
  static const std::vector<std::string> names = {"GIT_ALTERNATE_OBJECT_DIRECTORIES",
                                                 "GIT_OBJECT_DIRECTORY",
                                                 "GIT_DIR",
                                                 "GIT_WORK_TREE",
                                                 "GIT_IMPLICIT_WORK_TREE",
                                                 "GIT_GRAFT_FILE",
                                                 "GIT_CONFIG",
                                                 "GIT_INDEX_FILE",
                                                 "GIT_NO_REPLACE_OBJECTS",
                                                 "GIT_REPLACE_REF_BASE",
                                                 "GIT_PREFIX",
                                                 "GIT_INTERNAL_SUPER_PREFIX",
                                                 "GIT_SHALLOW_FILE",
                                                 "GIT_COMMON_DIR",
                                                 "GIT_QUARANTINE_PATH"};
  return names;
}

bool carries_settings(const std::string& variable) {
  return variable == "GIT_CONFIG_PARAMETERS" || variable == "GIT_CONFIG_COUNT";
}

}  // namespace gf
