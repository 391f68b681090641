// What is shown of a file that is too long to be shown whole.
#include "line/windows.h"

#include <gmock/gmock.h>

#include <map>

namespace gf::line {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string numbered(int count, const std::map<int, std::string>& special = {}) {
  std::string text;
  for (int i = 1; i <= count; ++i) {
    auto found = special.find(i);
    text += (found == special.end() ? "line " + std::to_string(i) + std::string(60, '.')
                                    : found->second) +
            "\n";
  }
  return text;
}

TEST(WindowsTest, PlacesGetRoomInTheOrderInWhichTheyAreNamed) {
  std::string file = numbered(400);
  Looked looked;
  looked.places = {{299, 304}, {9, 199}};  // to change; to understand

  std::string shown = shown_file("notes.txt", file, looked, 7000);

  EXPECT_THAT(shown, HasSubstr("\n300\tline 300")) << shown;
  EXPECT_THAT(shown, HasSubstr("\n305\tline 305"));
  EXPECT_THAT(shown, HasSubstr("2\tline 2."));
}

TEST(WindowsTest, APlaceIsShownBeforeALongOneThatItStandsIn) {
  std::string file = numbered(400);
  Looked looked;
  looked.places = {{299, 304}, {0, 350}};

  EXPECT_THAT(shown_file("notes.txt", file, looked, 7000), HasSubstr("\n300\tline 300"));
}

TEST(WindowsTest, LinesOfPlacesWithoutRoomAreNamed) {
  std::string file = numbered(400);
  Looked looked;
  looked.only_these = true;
  looked.places = {{9, 19}, {99, 109}, {199, 199}};

  std::string shown = shown_file("notes.txt", file, looked, 2000);

  EXPECT_THAT(shown, HasSubstr("no room for lines 100-110, 200; read_file has the others]"));
  EXPECT_THAT(shown_file("notes.txt", file, looked, 20000), Not(HasSubstr("no room")));
}

TEST(WindowsTest, AFileWithoutRoomIsNamedWithTheLinesThatMatter) {
  Shelf shelf(100);
  Looked looked;
  looked.places = {{9, 19}, {39, 39}};

  shelf.put("a.py", "x = 1\n", looked);
  shelf.put("b.py", "x = 1\n", {});

  auto files = shelf.take();
  EXPECT_EQ(files[0].second, "(6 bytes, no room for lines 10-20, 40 of it; read_file has it)\n");
  EXPECT_EQ(files[1].second, "(6 bytes, no room; read_file has it)\n");
}

TEST(WindowsTest, RareNamesComeBeforeCommonWords) {
  std::map<int, std::string> special;
  for (int i = 10; i < 300; i += 3) special[i] = "    out.write(chunk)";
  special[200] = "    limit = MAX_FIELD_SIZE";
  special[250] = "def write(data):";
  std::string file = numbered(400, special);
  Looked looked;
  looked.names = {"write", "MAX_FIELD_SIZE"};

  std::string shown = shown_file("parser.py", file, looked, 6000);

  EXPECT_THAT(shown, HasSubstr("200\t    limit = MAX_FIELD_SIZE"));
  EXPECT_THAT(shown, HasSubstr("250\tdef write(data):")) << "a definition is no mere use";
  EXPECT_THAT(shown, Not(HasSubstr("100\t    out.write"))) << "one of a hundred tells nothing";
}

TEST(WindowsTest, ANameIsShownWithTheWholeDefinitionThatItStandsIn) {
  std::map<int, std::string> special = {{100, "def load(self):"}, {131, "def other():"}};
  for (int i = 101; i < 131; ++i) special[i] = "    step(" + std::to_string(i) + ")";
  special[125] = "    return parse_header(x)";
  special[132] = "    pass";
  Looked looked;
  looked.names = {"parse_header"};

  std::string shown = shown_file("parser.py", numbered(400, special), looked, 6000);

  EXPECT_THAT(shown, HasSubstr("100\tdef load(self):\n101\t    step(101)"));
  EXPECT_THAT(shown, HasSubstr("130\t    step(130)\n"));
  EXPECT_THAT(shown, Not(HasSubstr("\n132\t")));
}

TEST(WindowsTest, ACommonNameIsShownWhereThereIsNoOther) {
  std::map<int, std::string> special;
  for (int i = 50; i < 300; i += 3) special[i] = "    out.write(chunk)";
  Looked looked;
  looked.names = {"write"};

  EXPECT_THAT(shown_file("parser.py", numbered(400, special), looked, 6000),
              HasSubstr("50\t    out.write"));
}

}  // namespace
}  // namespace gf::line
