// An engine whose jobs are what a test says they are.
#pragma once

#include <functional>

#include "batch/engine.h"

namespace gf::batch {

class PretendedEngine : public Engine {
 public:
  PretendedEngine() : Engine("pretended", "true") {}

  Submitted submit(const EngineRoom&, const std::vector<Order>& orders) const override {
    Submitted done;
    for (const Order& order : orders) {
      submitted.push_back(order);
      bool takes = !is_away && (!on_submit || on_submit(order));
      std::string id = std::to_string(++last);
      bool starts = takes || starts_unanswered;
      if (starts) alive.insert(id);
      if (starts && on_start) on_start(id, order);
      done.ids.push_back(takes ? std::optional(id) : std::nullopt);
      if (!takes) done.why = "away";
      done.goes_by = done.goes_by || (!takes && goes_by);
    }
    return done;
  }
  Looked look(const EngineRoom&, const std::set<std::string>& ids) const override {
    Looked looked;
    for (const std::string& id : ids) {
      if (is_away || unknown.contains(id)) {
        looked.unknown.insert(id);
        looked.why = "away";
      } else if (alive.contains(id)) {
        looked.alive.insert(id);
        if (others.contains(id)) looked.others.insert(id);
      } else if (auto off = called_off.find(id); off != called_off.end()) {
        looked.called_off.insert(*off);
        looked.cancelled.insert(id);
      }
    }
    return looked;
  }
  Result<void> cancel(const EngineRoom&, const std::set<std::string>&) const override {
    cancelled = true;
    std::set<std::string> left;
    for (const std::string& id : others) {
      if (alive.contains(id)) left.insert(id);
    }
    alive = left;
    return Done{};
  }

  bool is_away = false, starts_unanswered = false, goes_by = false;
  std::function<bool(const Order&)> on_submit;  ///< whether it takes it
  std::function<void(const std::string& id, const Order&)> on_start;
  mutable std::vector<Order> submitted;
  mutable std::set<std::string> alive, unknown;
  std::set<std::string> others;  ///< another person's
  std::map<std::string, std::string> called_off;
  mutable int last = 0;
  mutable bool cancelled = false;
};

}  // namespace gf::batch
