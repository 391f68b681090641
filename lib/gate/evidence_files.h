// Readers of the files that hold a project's own commands, each by its form. For evidence*.cc.
#pragma once

#include <string>
#include <vector>

#include "gate/evidence.h"

namespace gf::gate {

/// Adds what `text`, the content of `path`, shows.
using EvidenceReader = void (*)(const std::string& path, const std::string& text,
                                std::vector<Evidence>& all);

/// Adds each call of `command`, found at `line`; each of its lines is started at the top.
void add_calls(const std::string& command, const std::string& path, size_t line,
               const std::string& way, std::vector<Evidence>& all);
/// The same of one script that is started in `folder`: a `cd` holds for the lines behind it.
void add_calls_in(std::string folder, const std::string& command, const std::string& path,
                  size_t line, const std::string& way, std::vector<Evidence>& all);

void read_tox_ini(const std::string& path, const std::string& text, std::vector<Evidence>& all);
/// Literal arguments of `session.run(...)`; nothing of the file is executed.
void read_noxfile(const std::string& path, const std::string& text, std::vector<Evidence>& all);
/// Scripts of hatch, pdm, poe, taskipy, rye and pixi, and tox's tables; also tox.toml, hatch.toml.
void read_toml_scripts(const std::string& path, const std::string& text,
                       std::vector<Evidence>& all);
/// `scripts` of package.json, "test" first; those that watch or only try things out are left out.
void read_package_scripts(const std::string& path, const std::string& text,
                          std::vector<Evidence>& all);
/// Recipes of Makefiles and justfiles, with their simple variables filled in.
void read_recipes(const std::string& path, const std::string& text, std::vector<Evidence>& all);
/// A shell script: husky's hooks.
void read_script(const std::string& path, const std::string& text, std::vector<Evidence>& all);
void read_pre_commit(const std::string& path, const std::string& text, std::vector<Evidence>& all);
void read_lefthook(const std::string& path, const std::string& text, std::vector<Evidence>& all);
/// GitHub's and GitLab's: `run:` and `script:`, wherever they stand.
void read_workflow(const std::string& path, const std::string& text, std::vector<Evidence>& all);

}  // namespace gf::gate
