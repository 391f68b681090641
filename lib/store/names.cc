#include "store/names.h"

#include <fmt/format.h>

#include "base/text.h"
#include "record/exchange.h"
#include "record/run.h"

namespace gf::store {

std::optional<RecordRef> record_ref(std::string_view ref) {
  if (!ref.starts_with(kRecord)) return std::nullopt;
  ref.remove_prefix(std::string_view(kRecord).size());
  // From the end: a remote's name may hold slashes, kinds and names do not.
  size_t name = ref.rfind('/');
  if (name == std::string_view::npos || name == 0) return std::nullopt;
  size_t kind = ref.rfind('/', name - 1);
  RecordRef found;
  found.name = ref.substr(name + 1);
  found.kind = ref.substr(kind == std::string_view::npos ? 0 : kind + 1,
                          kind == std::string_view::npos ? name : name - kind - 1);
  if (kind == std::string_view::npos) {
    return found.kind == "remotes" ? std::nullopt : std::optional<RecordRef>(found);
  }
  constexpr std::string_view kRemotes = "remotes/";
  if (!ref.starts_with(kRemotes) || kind <= kRemotes.size()) return std::nullopt;
  found.remote = ref.substr(kRemotes.size(), kind - kRemotes.size());
  return found;
}

RefName active_ref(const RunId& id) { return RefName::known(kActive + id.str()); }
RefName ledger_ref(const RunId& id) { return RefName::known(kLedger + id.month()); }
RefName replay_ref(const RunId& id) { return RefName::known(kReplay + id.month()); }

bool is_month(std::string_view name) {
  return name.size() == 7 && name[4] == '-' &&
         RunId::parse(fmt::format("{}{}01T000000Z-00000000", name.substr(0, 4), name.substr(5)))
             .ok();
}

std::string run_folder(const RunId& id) { return id.day() + "/" + id.str(); }

std::string stage_file(const record::StageRecord& stage) {
  return fmt::format("stage-{:02}-{}.json", stage.seq, stage.stage);
}
std::string exchange_file(int seq) { return fmt::format("exchange-{:04}.json", seq); }

std::string gate_file(const Oid& tree, const std::string& gate, const std::string& key) {
  std::string safe = slug_from(gate, 40);
  return fmt::format("gate-{}-{}-{}.json", tree.short_hex(10), safe,
                     record::content_id(gate + "\x1f" + key).short_hex(6));
}

/// Named one by one: what is not here stays with the exchanges, whatever is added later.
bool in_ledger(const std::string& file) {
  return file == "run.json" || file == "spec.json" || file == "spec.md" || file == "review.json" ||
         file == "review.sig" || file.starts_with("stage-") || file.starts_with("gate-");
}

}  // namespace gf::store
