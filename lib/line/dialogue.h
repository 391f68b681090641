// A model and its tools, for one stage at a time: turns until the final answer, each recorded
// before it is used.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "record/exchange.h"
#include "stage/stage.h"
#include "tool/tool.h"

namespace gf::session {
class Context;
}  // namespace gf::session
namespace gf::session {
class Templates;
}  // namespace gf::session

namespace gf::line {

class Asker;
struct Asked;
struct Assignment;
class Bench;
class Journal;
class Past;

/// What a conversation came to.
struct Held {
  stage::Output output;
  std::vector<std::string> changed;  ///< paths that were written or deleted, in order, may repeat
  std::string answered;              ///< "provider/model" of the last answer
};

/// A tool of the line's own, beside those of lib/tool: one that needs the bench.
class ExtraTool {
 public:
  virtual ~ExtraTool() = default;
  [[nodiscard]] virtual record::ToolSpec spec() const = 0;
  /// Text for the model. An Error means that the machine failed, as in tool::Toolbox.
  virtual Result<std::string> answer(const record::Json& arguments) = 0;
  /// What in the last answer a model would want to act upon, in a few words; empty: nothing.
  [[nodiscard]] virtual std::string to_mend() const = 0;
};

/// The models of one run, by stage. Everything handed in must outlive it.
class Dialogue {
 public:
  Dialogue(session::Context& context, const Assignment& assignment, Journal& journal, Bench& bench,
           Past& past);
  ~Dialogue();

  /// Reads budgets and templates, and asks whether every stage of `stages` can be answered. Nothing
  /// is spent. Once, when the bench has looked at the base.
  Result<void> open(const std::vector<std::string>& stages);
  /// "provider/model, ..." for each of those stages, as configured.
  [[nodiscard]] std::map<std::string, std::string> configured() const;
  /// Where programs that work on files find them from now on.
  void work_in(const std::string& worktree);

  /// Adds to `in` what asking takes: the stage's prompt template and the schema of its answer.
  Result<void> prepare(const stage::Stage& stage, stage::Input& in) const;
  /// Asks `in`, lets the model use the stage's tools within `scope`, and returns its final answer.
  /// An answer without the asked form is one too; what is wrong with it is in the output. An Error
  /// means that nobody could answer, or that the machine failed. `extra`: one more tool, or null.
  Result<Held> hold(const stage::Stage& stage, const stage::Input& in, const tool::Scope& scope,
                    ExtraTool* extra = nullptr);

  /// What was asked since the last call.
  Asked take();

 private:
  Result<record::ModelRequest> request_for(const stage::Stage& stage, const stage::Input& in) const;
  /// What a model may call; `own` is null where a stage has no files.
  struct Tools {
    std::optional<tool::Toolbox> own;
    ExtraTool* extra = nullptr;
  };
  Result<stage::Output> converse(record::ModelRequest& request, Tools& tools,
                                 std::vector<std::string>& changed);
  /// What the tools answered to one message's calls.
  struct Answered {
    std::vector<record::Message> messages;
    /// What there is to learn from them, of the first that tells something. Empty: each wrote
    /// something, or was the extra tool and found nothing.
    std::string to_learn;
  };
  Result<Answered> answer_calls(Tools& tools, const record::Message& asked,
                                std::vector<std::string>& changed);
  /// What a parser says of a file that was just written (tool::Parses).
  Result<std::string> parsed(const std::string& path);

  session::Context& context_;
  const Assignment& assignment_;
  Journal& journal_;
  Bench& bench_;
  Past& past_;
  std::vector<std::string> stages_;
  std::unique_ptr<session::Templates> templates_;
  std::unique_ptr<Asker> asker_;
  Oid prompt_;  ///< of the template that was asked with last; zero after take()
  Milliseconds accounted_{0};
};

}  // namespace gf::line
