// The linter held against specs as engineers write them, for many kinds of projects
// (tests/corpus/specs): no error in a right one, and each planted fault found by its rule. The
// figures are printed by rule.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "stage/first_lint/first_lint.h"
#include "stage/lint.h"
#include "support/assertions.h"
#include "support/facts.h"

namespace gf::stage {
namespace {

using record::Json;
using record::Spec;

struct Project {
  std::string name;
  test::MapFacts tree;
  std::vector<Json> right, faults;
};

std::vector<Project> corpus() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(GF_SOURCE_DIR) + "/tests/corpus/specs")) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<Project> all;
  for (const auto& path : files) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    auto json = Json::parse(text.str());
    EXPECT_DONE(json);
    if (!json.ok()) continue;
    std::map<std::string, std::string> tree;
    for (const auto& [name, content] : json->get("tree").members())
      tree[name] = content.as_string().value_or("");
    all.push_back({json->get_string("project"), test::MapFacts(std::move(tree)),
                   json->get("right").items(), json->get("faults").items()});
  }
  return all;
}

/// [kind, given, when, [[observable, op, expected], ...], source, {what is seldom there}]
record::Criterion criterion_from(const Json& row, std::string id) {
  std::vector<Json> parts = row.items();
  auto text = [&](size_t i) { return parts[i].as_string().value_or(""); };
  record::Criterion criterion;
  criterion.id = std::move(id);
  criterion.kind = text(0);
  criterion.given = text(1);
  criterion.when = text(2);
  for (const Json& seen : parts[3].items()) {
    std::vector<Json> of = seen.items();
    criterion.then.push_back({of[0].as_string().value_or(""), of[1].as_string().value_or(""),
                              of.size() > 2 ? of[2] : Json()});
  }
  criterion.source = text(4);
  if (parts.size() < 6) return criterion;
  criterion.unchanged = parts[5].get_bool("unchanged");
  criterion.cases = parts[5].get("cases").items();
  criterion.authorises = parts[5].get_strings("authorises");
  return criterion;
}

Spec spec_from(const Json& compact) {
  Spec spec;
  spec.title = compact.get_string("title");
  spec.intent = compact.get_string("intent");
  spec.request = compact.get_string("request");
  spec.touchpoints = compact.get_strings("touch");
  spec.introduces = compact.get_strings("new");
  std::vector<std::string> ids = compact.get_strings("ids");
  for (const Json& row : compact.get("ac").items()) {
    size_t number = spec.acceptance_criteria.size();
    std::string id = "AC" + std::to_string(number + 1);
    if (number < ids.size() && !ids[number].empty()) id = ids[number];
    spec.acceptance_criteria.push_back(criterion_from(row, id));
  }
  for (int64_t i = 0; i < compact.get_int("repeat"); ++i) {
    record::Criterion more = spec.acceptance_criteria[0];
    more.id = "AC" + std::to_string(spec.acceptance_criteria.size() + 1);
    spec.acceptance_criteria.push_back(more);
  }
  spec.constraints = compact.get_strings("bind");
  spec.out_of_scope = compact.get_strings("out");
  for (const std::string& text : compact.get_strings("assume"))
    spec.assumptions.push_back({"A" + std::to_string(spec.assumptions.size() + 1), text});
  std::vector<std::string> log = compact.get_strings("log");
  spec.changelog = {log.at(0), log.at(1).empty() ? "" : log.at(1)};
  return spec;
}

/// `json` with the place that the pointer's parts from `at` on lead to replaced, or taken out.
Json edited(Json json, const std::vector<std::string>& parts, size_t at, const Json* put) {
  bool last = at + 1 == parts.size();
  const std::string& part = parts[at];
  if (json.is_array()) {
    std::vector<Json> items = json.items();
    size_t index = std::stoul(part);
    if (last && put == nullptr) {
      items.erase(items.begin() + static_cast<std::ptrdiff_t>(index));
      return Json::array(std::move(items));
    }
    if (items.size() <= index) items.resize(index + 1, Json::object());
    items[index] = last ? *put : edited(items[index], parts, at + 1, put);
    return Json::array(std::move(items));
  }
  if (last) return put == nullptr ? json : json.set(part, *put);
  Json inner = json.get(part);
  if (inner.is_null()) inner = part == "ids" ? Json::strings({"", "", ""}) : Json::object();
  return json.set(part, edited(inner, parts, at + 1, put));
}

Json planted(const Json& right, const Json& fault) {
  std::vector<std::string> parts = split(fault.get_string("at").substr(1), '/');
  Json put = fault.get("put");
  return edited(right, parts, 0, fault.has("put") ? &put : nullptr);
}

const Json& named(const Project& project, const std::string& name) {
  for (const Json& one : project.right) {
    if (one.get_string("name") == name) return one;
  }
  ADD_FAILURE() << project.name << " has no spec " << name;
  return project.right.front();
}

std::vector<LintFinding> errors_in(std::vector<LintFinding> findings) {
  std::erase_if(findings, [](const LintFinding& finding) {
    return finding.severity != LintFinding::Severity::kError;
  });
  return findings;
}

TEST(LintCorpus, NoErrorIsFoundInARightSpec) {
  size_t specs = 0, refused_before = 0;
  for (const Project& project : corpus()) {
    for (const Json& compact : project.right) {
      Spec spec = spec_from(compact);
      ++specs;
      refused_before += errors_in(first::lint(spec, &project.tree)).empty() ? 0 : 1;
      for (const LintFinding& finding : errors_in(lint(spec, &project.tree))) {
        ADD_FAILURE() << project.name << "/" << compact.get_string("name") << " "
                      << finding.criterion << " " << finding.rule << ": " << finding.message;
      }
    }
  }
  EXPECT_GE(specs, 40u);
  std::printf("right specs: %zu, refused: 0 (by the first linter: %zu)\n", specs, refused_before);
}

TEST(LintCorpus, EachPlantedFaultIsFoundByItsRule) {
  struct Figure {
    int planted = 0, found = 0;
  };
  std::map<std::string, Figure> by_rule;
  int planted_in_all = 0, found_in_all = 0;
  for (const Project& project : corpus()) {
    for (const Json& fault : project.faults) {
      std::string rule = fault.get_string("rule");
      Spec spec = spec_from(planted(named(project, fault.get_string("of")), fault));
      auto findings = lint(spec, &project.tree);
      bool found = std::any_of(findings.begin(), findings.end(),
                               [&](const LintFinding& one) { return one.rule == rule; });
      ++by_rule[rule].planted;
      ++planted_in_all;
      by_rule[rule].found += found ? 1 : 0;
      found_in_all += found ? 1 : 0;
      if (!found)
        std::printf("not found: %s in %s/%s\n", rule.c_str(), project.name.c_str(),
                    fault.get_string("of").c_str());
    }
  }
  for (const auto& [rule, figure] : by_rule)
    std::printf("%-26s %d of %d\n", rule.c_str(), figure.found, figure.planted);
  std::printf("%-26s %d of %d\n", "in all", found_in_all, planted_in_all);
  EXPECT_GE(planted_in_all, 40);
  EXPECT_GE(found_in_all * 100, planted_in_all * 95);
}

TEST(LintCorpus, EveryRuleIsTried) {
  std::map<std::string, int> tried;
  for (const Project& project : corpus()) {
    for (const Json& fault : project.faults) ++tried[fault.get_string("rule")];
  }
  for (const LintRule& rule : lint_rules())
    EXPECT_GT(tried[std::string(rule.name)], 0) << rule.name;
}

}  // namespace
}  // namespace gf::stage
