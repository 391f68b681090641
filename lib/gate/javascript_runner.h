// Our reporter of `node --test`. For languages of JavaScript and run.cc.
#pragma once

namespace gf::gate {

/// {runner} in a command that starts node: a module that node takes as a reporter. It writes a JSON
/// object a line: {file, name, status, text}, and {end: true} when all is told. status is passed,
/// failed, skipped, or file, of a file that could not be loaded; name has the suites in front,
/// "::" between; text is the error with its trace.
extern const char* const kNodeReporter;

}  // namespace gf::gate
