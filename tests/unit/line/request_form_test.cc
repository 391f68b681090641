// The repository's own form for pull requests, filled in with what is known and nothing else.
#include "line/request_form.h"

#include <gmock/gmock.h>

#include "support/facts.h"

namespace gf::line {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

FormWords words() {
  return {"Adds /health.", "Operators see it.", "1 test.", "Closes #7", true, true, true};
}

TEST(RequestFormTest, SectionsAreKnownByTheirHeadings) {
  std::string form =
      "<!-- Thanks! -->\r\n## Description\r\n<!-- what -->\r\n\r\n## Motivation and context\n"
      "## How has this been tested?\n**Related issue**\n\n## Screenshots\n\n## Checklist\n"
      "- [ ] I added tests\n- [ ] I have read CONTRIBUTING\n- [ ] Changelog entry\n"
      "* [ ] Lint is clean\n- [ ] Tests pass\n- [ ] Tested manually\n- [x] Kept\n";
  std::string text = filled(form, words());
  EXPECT_THAT(text, HasSubstr("## Description\n\nAdds /health.\n"));
  EXPECT_THAT(text, HasSubstr("context\n\nOperators see it.\n"));
  EXPECT_THAT(text, HasSubstr("tested?\n\n1 test.\n"));
  EXPECT_THAT(text, HasSubstr("issue**\n\nCloses #7\n"));
  EXPECT_THAT(text, HasSubstr("## Screenshots\n\n## Checklist"));
  for (const char* done : {"- [x] I added tests", "- [x] Changelog", "* [x] Lint", "- [x] Tests p"})
    EXPECT_THAT(text, HasSubstr(done));
  for (const char* open : {"- [ ] I have read", "- [ ] Tested manually"})
    EXPECT_THAT(text, HasSubstr(open)) << "nobody here can say so";
  EXPECT_THAT(text, Not(HasSubstr("<!--")));
}

TEST(RequestFormTest, WhatIsNotSoIsNotTickedAndWhatIsNotKnownIsNotSaid) {
  std::string form = "# What\n- [ ] added tests\n- [ ] changelog\n- [ ] no lint errors\n[ ] x";
  std::string text = filled(form, {});
  EXPECT_EQ(text, form);
  EXPECT_EQ(filled("", words()), "");
  EXPECT_EQ(filled("<!-- never closed", words()), "");
  EXPECT_LE(filled(std::string(1u << 20, 'x'), words()).size(), 33u << 10);
}

TEST(RequestFormTest, TheFormIsWhereAForgeLooksForIt) {
  struct Case {
    std::vector<std::string> paths;
    const char* form;
  };
  for (const Case& one : {
           Case{{".github/PULL_REQUEST_TEMPLATE.md", "a.md"}, ".github/PULL_REQUEST_TEMPLATE.md"},
           Case{{"pull_request_template.md"}, "pull_request_template.md"},
           Case{{"docs/Pull_Request_Template.md"}, "docs/Pull_Request_Template.md"},
           Case{{".gitlab/merge_request_templates/Default.md",
                 ".gitlab/merge_request_templates/Other.md"},
                ".gitlab/merge_request_templates/Default.md"},
           Case{{".github/PULL_REQUEST_TEMPLATE/one.md"}, ".github/PULL_REQUEST_TEMPLATE/one.md"},
           Case{{".github/PULL_REQUEST_TEMPLATE/a.md", ".github/PULL_REQUEST_TEMPLATE/b.md"}, ""},
           Case{{"src/pull_request_template.md"}, ""},
           Case{{}, ""},
       }) {
    std::map<std::string, std::string> files;
    for (const std::string& path : one.paths) files[path] = "x";
    EXPECT_EQ(form_path(test::MapFacts(files)).value_or(""), one.form);
  }
}

}  // namespace
}  // namespace gf::line
