// Small faults: which there are of a line, and of which lines there are none.
#include "gate/mutants.h"

#include <gmock/gmock.h>

#include "base/text.h"

namespace gf::gate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> made_of(const char* path, const std::string& line) {
  std::vector<std::string> all;
  for (const Mutant& one : mutants_of(path, line, {1}, 100)) all.push_back(one.text);
  return all;
}

TEST(MutantsTest, EachOperatorHasItsFault) {
  struct Case {
    const char *path, *line;
    std::vector<std::string> made;
  };
  for (const Case& one : std::vector<Case>{
           {"a.py", "return a <= b", {"return a < b"}},
           {"a.py", "x = a + b", {"x = a - b"}},
           {"a.py", "ok = a and b", {"ok = a or b"}},
           {"a.py", "    if a == b:", {"    if a != b:", "    if not (a == b):"}},
           {"a.py", "return 490", {"return 491"}},
           {"a.py", "return True", {"return False"}},
           {"a.py", "    self.items.append(x)", {"    pass"}},
           {"a.py", "x = '1 < 2'  # 3 + 4", {}},
           {"a.py", "def f(a: int = 3) -> int:", {}},
           {"a.py", "from a import b", {}},
           {"a.py", "x = name2", {}},
           {"a.ts", "if (a) {", {"if (!(a)) {"}},
           {"a.ts", "const x: Map<string, number> = f;", {}},
           {"a.ts", "return a === b;", {"return a !== b;"}},
           {"a.go", "if cents >= limit {", {"if cents > limit {", "if !(cents >= limit) {"}},
           {"a.go", "if err := f(); err != nil {", {"if err := f(); err == nil {"}},
           {"a.go", "sum *= -1", {"sum *= -2"}},
           {"a.rs", "    list.push(x);", {"    ;"}},
           {"a.rs", "fn f<'a>(x: &'a str) -> i32 {", {}},
           {"a.txt", "a < b", {}}}) {
    EXPECT_EQ(made_of(one.path, one.line), one.made) << one.line;
  }
}

TEST(MutantsTest, OneOfEachLineComesBeforeTheSecondOfAny) {
  std::vector<Mutant> all = mutants_of("a.py", "if a < 1:\n    return b + 2\n", {1, 2}, 100);
  std::vector<int> lines_in_order;
  for (const Mutant& one : all) lines_in_order.push_back(one.line);
  EXPECT_THAT(lines_in_order, ElementsAre(1, 2, 1, 2, 1));
  EXPECT_EQ(all[0].text, "if a <= 1:\n    return b + 2\n");
  EXPECT_EQ(all[0].what, "'<' as '<='");
  EXPECT_THAT(mutants_of("a.py", "x = 1\n", {7}, 100), IsEmpty()) << "a line that is not there";
}

}  // namespace
}  // namespace gf::gate
