// A recorded run as the past of the line that takes it again.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "line/past.h"

namespace gf::store {
struct Run;
}  // namespace gf::store

namespace gf::replay {

/// Everything comes from the record: the answers always, the outcomes of gates where it is wanted.
/// Nobody is asked. `recorded` must outlive it.
class RecordedPast : public line::Past {
 public:
  /// What a replay looks at: a step that is on record, and whether to go on after it.
  using Look = std::function<Result<line::Onward>(int seq)>;

  /// `run_gates` false: outcomes come from the record too. `places`: folders of this replay.
  RecordedPast(const store::Run& recorded, bool run_gates, Places places, Look look);

  [[nodiscard]] bool replays() const override { return true; }
  /// The same step's answer; the very question's where it was asked twice. Failed calls are not
  /// repeated: what they cost is told by the record alone.
  [[nodiscard]] const record::Exchange* answer(const record::ModelRequest& request) const override;
  void miss(const record::ModelRequest& request) override;
  [[nodiscard]] std::map<std::string, std::string> models() const override;
  [[nodiscard]] std::optional<Oid> moved_base() const override;
  [[nodiscard]] const std::vector<gate::Gate>* gates() const override;
  std::optional<Outcome> outcome(const Oid& tree, const std::string& gate,
                                 const std::vector<std::string>& keys) override;
  [[nodiscard]] Places places() const override { return places_; }
  Result<line::Onward> reached(int seq) override { return look_(seq); }

  /// The first question that the record had no answer to: "build 2 turn 3"; empty: none. Then the
  /// line went another way than the run.
  [[nodiscard]] const std::string& unanswered() const { return unanswered_; }

 private:
  const store::Run& recorded_;
  bool run_gates_;
  std::vector<gate::Gate> gates_;
  Places places_;
  Look look_;
  std::string unanswered_;
};

/// The gates that a record has outcomes of, by name and stage; how they were run is not known.
std::vector<gate::Gate> gates_in(const store::Run& recorded);

}  // namespace gf::replay
