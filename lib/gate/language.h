// What the factory knows of programming languages: one row and one file for each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "record/facts.h"

namespace gf::gate {

struct Detected;
struct FileLinks;
struct Sources;

/// How a language's own parser is run. It reads paths from its input, each with a NUL behind it,
/// and prints for each file that does not parse: path, line and message, each with a NUL behind it.
struct Parser {
  std::vector<std::string> argv;
  std::vector<std::string> recorded;  ///< the same as the record shows it, alike on every machine
};

/// One language. Patterns are those of base/glob.h. To add one: a file like python.cc, its row in
/// all_languages(), and a reader in reports.h for each report that its tools alone write.
struct Language {
  std::string_view name;
  std::vector<std::string> sources;       ///< its files
  std::vector<std::string> test_paths;    ///< where its tests are by custom
  std::vector<std::string> test_helpers;  ///< files among the tests that hold none
  std::vector<std::string> settings;      ///< files that decide what its gates say or run on
  std::vector<std::string> manifests;     ///< files that hold such settings among other things
  std::vector<std::string> parsed;        ///< files that its parser reads; none: it has no parser
  std::vector<std::string> builds =
      {};  ///< files that say what is built; a new test is named there
  /// Adds the gates that a tree shows to have, each with its report, and what could not be read.
  /// `program` runs the repository's tools: for Python the interpreter.
  void (*detect)(const record::TreeFacts& tree, const std::string& program, Detected& detected);
  Parser (*parser)(const std::string& program);  ///< null: its compiler is a gate of its own
  /// What its files need of each other (affected.h); null: it is not known.
  FileLinks (*links)(const Sources& sources) = nullptr;
  /// Does a file of code hold tests beside it that the gates of tests run? Null: none of its does.
  bool (*holds_own_tests)(const std::string& content) = nullptr;
};

/// In the order in which their gates run.
const std::vector<Language>& all_languages();

/// A file of a language that has a row: lines of it can be covered by tests.
bool is_source(std::string_view path);
/// Given a file where tests are: one that holds tests, and not what they share.
bool holds_tests(std::string_view path);
/// A file of code, wherever it lies, that holds tests of its own, as `#[cfg(test)] mod tests {`.
bool holds_own_tests(const record::TreeFacts& tree, const std::string& path);
/// Among the tests: does it say which of them are built and run, so that a new one has to be named
/// there?
bool builds_tests(std::string_view path);
/// Where tests are unless factory.testPaths says it.
std::vector<std::string> default_test_paths();
/// Every path of the tree that one of the patterns matches: a test that is there already, or what
/// such tests need. All of them, however many.
std::vector<std::string> paths_matching(const record::TreeFacts& tree,
                                        const std::vector<std::string>& patterns);
/// Paths that no model may write unless the spec names them: configuration of gates, CI files,
/// hooks, .gitattributes, .gitmodules, .gitfactory, lock files.
const std::vector<std::string>& guarded_paths();
/// With Language::manifests, which runs of rules before stage::Rules::kSaidIsDone could write: who
/// writes package.json's scripts decides what its tests are.
const std::vector<std::string>& guarded_with_manifests();

}  // namespace gf::gate
