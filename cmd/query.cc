// git factory query "<SQL>": questions to the record, in SQL, over documented views.
#include <fmt/format.h>

#include <memory>

#include "analyst/table.h"
#include "arguments.h"
#include "base/text.h"
#include "command.h"
#include "open_index.h"

namespace gf::cmd {
namespace {

struct QueryOptions {
  std::string sql;
  bool csv = false, views = false;
  size_t max_rows = 10000;
  int timeout_s = 30;
};

std::string views_text() {
  std::string text;
  for (const analyst::View& view : analyst::views()) {
    text += fmt::format("{}: {}\n", view.name, view.about);
    for (const auto& [name, about] : view.columns)
      text += fmt::format("  {:<14} {}\n", name, about);
    text += "\n";
  }
  return text;
}

record::Json views_json() {
  record::Json all = record::Json::object();
  for (const analyst::View& view : analyst::views()) {
    record::Json columns = record::Json::object();
    for (const auto& [name, about] : view.columns) columns.set(name, about);
    all.set(view.name, record::Json::object({{"about", view.about}, {"columns", columns}}));
  }
  return all;
}

Result<int> ask(QueryOptions options, Console& console) {
  if (options.views) {
    console.print(console.json ? views_json().dump() + "\n" : views_text());
    return kYes;
  }
  if (options.sql.empty()) {
    return Error{Fault::kUsage,
                 "there is no SQL statement",
                 {},
                 "give one, or see what can be asked with 'git factory query --views'"};
  }
  if (options.sql == "-") {
    GF_ASSIGN(options.sql, read_stream("-"));
  }
  GF_ASSIGN(auto context, session::Context::open(console.setup, false));
  GF_ASSIGN(auto index, open_index(*context, console));
  GF_ASSIGN(db::Database * reader, index.restricted());
  reader->stop_on(context->cancel());
  reader->stop_after(Milliseconds(options.timeout_s * 1000));
  auto table = [&]() -> Result<analyst::Table> {
    GF_ASSIGN(auto statement, reader->prepare(options.sql));
    return analyst::read_table(statement, options.max_rows);
  }();
  if (!table.ok()) {
    Error error = table.error();
    if (error.fault == Fault::kUser && error.hint.empty())
      error.hint = "see what can be asked with 'git factory query --views'";
    if (error.message.find("took too long") != std::string::npos)
      error.hint = fmt::format("it had {} s; give it more with --timeout", options.timeout_s);
    return error;
  }
  console.print(console.json  ? analyst::to_json_lines(*table)
                : options.csv ? analyst::to_csv(*table)
                              : analyst::to_text(*table));
  if (!table->cut) return kYes;
  console.say(fmt::format("warning: only the first {} are shown; ask for more with --max-rows",
                          counted(options.max_rows, "row")));
  return kNo;
}

}  // namespace

Run bind_query(Arguments& arguments) {
  auto options = std::make_shared<QueryOptions>();
  arguments.add("sql", options->sql, "One SELECT statement; - reads it from standard input");
  arguments.add("--csv", options->csv, "Print CSV with a header line");
  arguments.add("--views", options->views, "List what can be asked: views and their columns");
  arguments.add("--max-rows", options->max_rows, "Stop after this many rows")
      .shows_default()
      .between(size_t{1}, size_t{10000000});
  arguments.add("--timeout", options->timeout_s, "Stop after this many seconds")
      .shows_default()
      .between(1, 86400);
  return [options](Console& console) { return ask(*options, console); };
}

}  // namespace gf::cmd
