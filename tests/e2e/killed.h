// A program that a server kills while it is asked something.
#pragma once

#include <signal.h>

#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "e2e/factory.h"
#include "support/acting_server.h"

namespace gf::test {

/// `Base`: a FactoryTest.
template <typename Base>
class Killable : public Base {
 protected:
  /// As factory_with(), so that kills() finds it.
  Ran killable(std::map<std::string, std::string> more, std::vector<std::string> arguments) {
    std::map<std::string, std::string> all = this->environment();
    for (auto& [name, value] : more) all[name] = value;
    arguments.insert(arguments.begin(),
                     {"sh", "-c", "echo $$ >'" + pid() + "'; exec git-factory \"$@\"", "sh"});
    return run(arguments, this->repo_.path(), all);
  }
  /// Ends it as kill -9 does, and answers nothing.
  [[nodiscard]] Act kills() const {
    return [file = pid()](const Asked&, Peer& peer) {
      int process = 0;
      std::ifstream(file) >> process;
      if (process > 1) kill(process, SIGKILL);
      peer.hang_up();
    };
  }

  /// The file with its number.
  [[nodiscard]] std::string pid() const { return this->repo_.folder() / "pid"; }
};

}  // namespace gf::test
