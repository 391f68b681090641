// The sums of a day and, from them, those of a month.
#include "analyst/metrics.h"
#include "analyst/rows.h"
#include "analyst/schema.h"

namespace gf::analyst {

using db::Value;

Result<void> Rows::close_day(const std::string& day, const std::string& state, bool missing) {
  const std::string counted = "r.day=?1 AND " + std::string(kNoCalibration);
  for (const std::string& sql : std::vector<std::string>{
           "DELETE FROM run_sums WHERE day=?1", "DELETE FROM stage_sums WHERE day=?1",
           "DELETE FROM gate_sums WHERE day=?1",
           "INSERT INTO run_sums(day, spec_v, status, basis, runs, first_try, pico, unpriced, "
           "tokens_in, tokens_out, wall_ms, model_ms, gates_ms, attempts, exchanges, incomplete) "
           "SELECT day, spec_v, status, basis, count(*), sum(first_try), "
           "full_sum(coalesce(pico,0)), sum(pico IS NULL), full_sum(tokens_in), "
           "full_sum(tokens_out), full_sum(wall_ms), full_sum(model_ms), full_sum(gates_ms), "
           "full_sum(attempts), full_sum(exchanges), sum(NOT complete) "
           "FROM run_rows r WHERE " +
               counted + " GROUP BY spec_v, status, basis",
           "INSERT INTO stage_sums(day, stage, provider, model, spec_v, delivered, attempts, "
           "passed, "
           "again, ended, pico, unpriced, tokens_in, tokens_out, wall_ms, model_ms, gates_ms, "
           "scripted, lost, lost_unpriced) SELECT r.day, s.stage, s.provider, s.model, r.spec_v, "
           "r.status='delivered', count(*), sum(s.status='pass'), sum(s.attempt>1), "
           "sum(r.failed_stage=s.stage AND s.status<>'pass' AND s.seq=(SELECT max(seq) FROM "
           "stage_rows x WHERE x.run=s.run)), full_sum(coalesce(s.pico,0)), sum(s.pico IS NULL), "
           "full_sum(coalesce(s.tokens_in,0)), full_sum(coalesce(s.tokens_out,0)), "
           "full_sum(s.wall_ms), full_sum(s.model_ms), full_sum(s.gates_ms), "
           "sum(s.basis='scripted'), "
           "full_sum(coalesce(s.pico,0)*(s.status<>'pass')), sum(s.pico IS NULL AND "
           "s.status<>'pass') "
           "FROM run_rows r JOIN stage_rows s ON s.run=r.n WHERE " +
               counted + " GROUP BY s.stage, s.provider, s.model, r.spec_v, r.status='delivered'",
           "INSERT INTO gate_sums(day, gate, stage, runs, passed, failed, broken, findings, "
           "wall_ms) "
           "SELECT r.day, g.gate, g.stage, count(*), sum(g.status='pass'), "
           "sum(g.status='fail'), sum(g.status NOT IN ('pass','fail')), full_sum(g.findings), "
           "full_sum(g.wall_ms) FROM run_rows r JOIN gate_rows g ON g.run=r.n "
           "WHERE " +
               counted + " AND NOT g.base GROUP BY g.gate, g.stage"}) {
    GF_TRY(run(sql.c_str(), {day}));
  }
  return insert("INSERT OR REPLACE INTO days",
                {{"day", day}, {"state", state}, {"missing", int64_t{missing ? 1 : 0}}});
}

Result<void> Rows::close_month(const std::string& month) {
  Value sum = kMonthMark + month, from = month + "00", to = month + "99";
  for (const char* sql :
       {"DELETE FROM run_sums WHERE day=?1", "DELETE FROM stage_sums WHERE day=?1",
        "DELETE FROM gate_sums WHERE day=?1"}) {
    GF_TRY(run(sql, {sum}));
  }
  for (const char* sql :
       {"INSERT INTO run_sums(day, spec_v, status, basis, runs, first_try, pico, unpriced, "
        "tokens_in, tokens_out, wall_ms, model_ms, gates_ms, attempts, exchanges, incomplete) "
        "SELECT ?1, spec_v, status, basis, full_sum(runs), "
        "full_sum(first_try), full_sum(pico), full_sum(unpriced), full_sum(tokens_in), "
        "full_sum(tokens_out), full_sum(wall_ms), full_sum(model_ms), full_sum(gates_ms), "
        "full_sum(attempts), full_sum(exchanges), full_sum(incomplete) FROM run_sums "
        "WHERE day BETWEEN ?2 AND ?3 GROUP BY spec_v, status, basis",
        "INSERT INTO stage_sums(day, stage, provider, model, spec_v, delivered, attempts, passed, "
        "again, ended, pico, unpriced, tokens_in, tokens_out, wall_ms, model_ms, gates_ms, "
        "scripted, lost, lost_unpriced) SELECT ?1, stage, provider, model, spec_v, delivered, "
        "full_sum(attempts), full_sum(passed), full_sum(again), full_sum(ended), full_sum(pico), "
        "full_sum(unpriced), full_sum(tokens_in), full_sum(tokens_out), full_sum(wall_ms), "
        "full_sum(model_ms), full_sum(gates_ms), full_sum(scripted), full_sum(lost), "
        "full_sum(lost_unpriced) FROM stage_sums WHERE day BETWEEN ?2 AND ?3 "
        "GROUP BY stage, provider, model, spec_v, delivered",
        "INSERT INTO gate_sums(day, gate, stage, runs, passed, failed, broken, findings, wall_ms) "
        "SELECT ?1, gate, stage, full_sum(runs), full_sum(passed), "
        "full_sum(failed), full_sum(broken), full_sum(findings), full_sum(wall_ms) FROM gate_sums "
        "WHERE day BETWEEN ?2 AND ?3 GROUP BY gate, stage"}) {
    GF_TRY(run(sql, {sum, from, to}));
  }
  return Done{};
}

}  // namespace gf::analyst
