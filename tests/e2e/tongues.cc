#include "e2e/tongues.h"

namespace gf::test {
std::string replaced(std::string text, const std::string& what, const std::string& with) {
  return text.replace(text.find(what), what.size(), with);
}

Tongue javascript() {
  const std::string half = "export const half = (n) => Math.floor(n / 2);\n";
  const std::string head = "import test from 'node:test';\nimport assert from 'node:assert';\n";
  return {"node",
          {{"package.json",
            R"({"name": "twice", "type": "module", "scripts": {"test": "node --test"}})"},
           {"twice.js", half},
           {"test/half.test.js", head + "import { half } from '../twice.js';\n"
                                        "test('half', () => assert.equal(half(4), 2));\n"}},
          "twice.js",
          half + "export const double = (n) => 2 * n;\n",
          "test/double.test.js",
          head +
              "import { double } from '../twice.js';\n"
              "test('AC1: doubles', () => assert.equal(double(2), 4));\n",
          "test/double.test.js::AC1: doubles",
          "node-test pass, 2 passed",
          "package.json:1 (script test)"};
}

Tongue javascript_by_jest() {
  Tongue tongue = javascript();
  const std::string half = "exports.half = (n) => Math.floor(n / 2);\n";
  tongue.files = {{"package.json", R"({"name": "twice", "scripts": {"test": "jest"},
                           "devDependencies": {"jest": "^29.7.0"}})"},
                  {".gitignore", "node_modules\n"},
                  {"twice.js", half},
                  {"test/half.test.js",
                   "const { half } = require('../twice.js');\n"
                   "test('half', () => expect(half(4)).toBe(2));\n"}};
  tongue.code = half + "exports.double = (n) => 2 * n;\n";
  tongue.test =
      "const { double } = require('../twice.js');\n"
      "test('AC1: doubles', () => expect(double(2)).toBe(4));\n";
  tongue.test_output = "jest pass, 2 passed";
  tongue.of_npm = true;
  return tongue;
}

Tongue javascript_by_vitest() {
  Tongue tongue = javascript();
  const std::string head = "import { expect, test } from 'vitest';\n";
  tongue.files["package.json"] =
      R"({"name": "twice", "type": "module", "scripts": {"test": "vitest run"},
          "devDependencies": {"vitest": "^2.1.9"}})";
  tongue.files[".gitignore"] = "node_modules\n";
  tongue.files["test/half.test.js"] = head +
                                      "import { half } from '../twice.js';\n"
                                      "test('half', () => expect(half(4)).toBe(2));\n";
  tongue.test = head +
                "import { double } from '../twice.js';\n"
                "test('AC1: doubles', () => expect(double(2)).toBe(4));\n";
  tongue.test_output = "vitest pass, 2 passed";
  tongue.of_npm = true;
  return tongue;
}

Tongue golang() {
  const std::string half =
      "package twice\n\n// Half halves.\nfunc Half(n int) int {\n\treturn n / 2\n}\n";
  const std::string head = "package twice\n\nimport \"testing\"\n\n";
  return {"go",
          {{"go.mod", "module example.com/twice\n\ngo 1.21\n"},
           {"twice.go", half},
           {"twice_test.go", head + "func TestHalf(t *testing.T) {\n\tif Half(4) != 2 {\n"
                                    "\t\tt.Fatal(\"not half\")\n\t}\n}\n"}},
          "twice.go",
          half + "\n// Double doubles.\nfunc Double(n int) int {\n\treturn 2 * n\n}\n",
          "double_test.go",
          head +
              "func TestAC1Double(t *testing.T) {\n\tif Double(2) != 4 {\n"
              "\t\tt.Fatal(\"not twice\")\n\t}\n}\n",
          "double_test.go::TestAC1Double",
          "go-test pass, 2 passed",
          "go-test"};
}

Tongue rust() {
  const std::string half =
      "//! Twice and half.\n\n/// Half of `n`.\n///\n/// ```\n/// assert_eq!(twice::half(4), 2);\n"
      "/// ```\npub fn half(n: i32) -> i32 {\n    n / 2\n}\n";
  return {"cargo",
          {{"Cargo.toml", "[package]\nname = \"twice\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"},
           {".gitignore", "target/\nCargo.lock\n"},
           {"src/lib.rs", half},
           {"tests/half.rs", "#[test]\nfn halves() {\n    assert_eq!(twice::half(4), 2);\n}\n"}},
          "src/lib.rs",
          half + "\n/// Twice `n`.\npub fn double(n: i32) -> i32 {\n    2 * n\n}\n",
          "tests/double.rs",
          "#[test]\nfn ac1_doubles() {\n    assert_eq!(twice::double(2), 4);\n}\n",
          "tests/double.rs::ac1_doubles",
          "cargo-test pass, 3 passed",
          "cargo-test",
          "CARGO_LLVM_COV_SETUP=no cargo llvm-cov show-env"};
}

Tongue rust_by_nextest() {
  Tongue tongue = rust();
  tongue.tool = "cargo-nextest";
  tongue.files[".config/nextest.toml"] = "";
  tongue.test_output = "cargo-nextest pass, 2 passed";
  tongue.init_output = "cargo-nextest";
  return tongue;
}

Tongue beside(Tongue tongue, const std::map<std::string, std::string>& far) {
  for (const auto& [path, text] : far) tongue.files[path] = text;
  return tongue;
}

Tongue cpp() {
  const std::string half = "#include \"twice.h\"\n\nint half(int n) { return n / 2; }\n";
  return {"cmake",
          {{"CMakeLists.txt",
            "cmake_minimum_required(VERSION 3.16)\nproject(twice CXX)\nenable_testing()\n"
            "add_library(twice twice.cc)\nfind_package(GTest REQUIRED)\ninclude(GoogleTest)\n"
            "file(GLOB tests CONFIGURE_DEPENDS tests/*_test.cc)\n"
            "add_executable(tests ${tests})\n"
            "target_include_directories(tests PRIVATE .)\n"
            "target_link_libraries(tests twice GTest::gtest_main)\n"
            "gtest_discover_tests(tests)\n"},
           {"twice.h", "inline int twofold(int n) { return n + n; }\nint half(int n);\n"},
           {"twice.cc", half},
           {"tests/half_test.cc",
            "#include <gtest/gtest.h>\n\n#include \"twice.h\"\n\n"
            "TEST(Half, Halves) { EXPECT_EQ(half(4), 2); }\n"}},
          "twice.h",
          "inline int twofold(int n) { return n + n; }\nint half(int n);\n"
          "inline int twice(int n) {\n  return 2 * n;\n}\n",
          "tests/double_test.cc",
          "#include <gtest/gtest.h>\n\n#include \"twice.h\"\n\n"
          "TEST(Twice, AC1Doubles) { EXPECT_EQ(twice(2), 4); }\n",
          "tests/double_test.cc::Twice::AC1Doubles",
          "ctest pass, 2 passed",
          "ctest"};
}

Tongue cpp_without_ctest() {
  Tongue tongue = cpp();
  std::string& built = tongue.files.at("CMakeLists.txt");
  built = replaced(built, "enable_testing()\n", "");
  built = replaced(built, "include(GoogleTest)\n", "");
  built = replaced(built, "gtest_discover_tests(tests)\n", "");
  tongue.test_output = "googletest pass, 2 passed";
  tongue.init_output = "googletest";
  return tongue;
}

Tongue cpp_with_a_list() {
  Tongue tongue = cpp();
  std::string& whole = tongue.files.at("CMakeLists.txt");
  size_t tests = whole.find("find_package");
  std::string list = replaced(whole.substr(tests), "${tests}", "half_test.cc");
  list.erase(list.find("file(GLOB"), list.find("add_executable") - list.find("file(GLOB"));
  list = replaced(list, "PRIVATE .", "PRIVATE ..");
  whole = whole.substr(0, tests) + "add_subdirectory(tests)\n";
  tongue.files["tests/CMakeLists.txt"] = list;
  tongue.builds = "tests/CMakeLists.txt";
  tongue.built = replaced(list, "half_test.cc", "half_test.cc double_test.cc");
  return tongue;
}

Tongue cpp_with_one_list() {
  Tongue tongue = cpp();
  std::string& list = tongue.files.at("CMakeLists.txt");
  list.erase(list.find("file(GLOB"), list.find("add_executable") - list.find("file(GLOB"));
  list = replaced(list, "${tests}", "tests/half_test.cc");
  tongue.builds = "CMakeLists.txt";
  tongue.built = list +
                 "add_executable(doubles tests/double_test.cc)\n"
                 "target_include_directories(doubles PRIVATE .)\n"
                 "target_link_libraries(doubles twice GTest::gtest_main)\n"
                 "gtest_discover_tests(doubles)\n";
  return tongue;
}

Tongue javascript_in_one_file() {
  Tongue tongue = javascript();
  std::string old = replaced(tongue.files.at("test/half.test.js"), "../twice", "./twice");
  tongue.files.erase("test/half.test.js");
  tongue.files["package.json"] =
      R"({"name": "twice", "type": "module", "scripts": {"test": "node --test test.js"}})";
  tongue.files["test.js"] = old;
  tongue.tests = "test.js";
  tongue.test = old +
                "test('AC1: doubles', async () => {\n"
                "  const { double } = await import('./twice.js');\n"
                "  assert.equal(double(2), 4);\n});\n";
  tongue.id = "test.js::AC1: doubles";
  return tongue;
}

Tongue java() {
  const std::string head =
      "package shop;\n\nimport static org.junit.Assert.assertEquals;\n\n"
      "import org.junit.Test;\n\n";
  const std::string half =
      "package shop;\n\n/** Twice and half. */\npublic final class Twice {\n"
      "  public static int twofold(int n) {\n    return n + n;\n  }\n";
  return {"mvn",
          {{"pom.xml",
            "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n"
            "  <modelVersion>4.0.0</modelVersion>\n  <groupId>shop</groupId>\n"
            "  <artifactId>twice</artifactId>\n  <version>1</version>\n  <properties>\n"
            "    <maven.compiler.source>8</maven.compiler.source>\n"
            "    <maven.compiler.target>8</maven.compiler.target>\n"
            "    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>\n"
            "  </properties>\n  <dependencies>\n    <dependency>\n"
            "      <groupId>junit</groupId>\n      <artifactId>junit</artifactId>\n"
            "      <version>4.13.2</version>\n      <scope>test</scope>\n    </dependency>\n"
            "  </dependencies>\n  <build>\n    <plugins>\n      <plugin>\n"
            "        <groupId>org.jacoco</groupId>\n"
            "        <artifactId>jacoco-maven-plugin</artifactId>\n"
            "        <version>0.8.12</version>\n        <executions>\n          <execution>\n"
            "            <goals><goal>prepare-agent</goal></goals>\n          </execution>\n"
            "        </executions>\n      </plugin>\n    </plugins>\n  </build>\n</project>\n"},
           {".gitignore", "target/\n"},
           {"src/main/java/shop/Twice.java", half + "}\n"},
           {"src/test/java/shop/TwofoldTest.java",
            head + "public class TwofoldTest {\n  @Test\n  public void twofold() {\n"
                   "    assertEquals(4, Twice.twofold(2));\n  }\n}\n"}},
          "src/main/java/shop/Twice.java",
          half +
              "\n  /** Twice a number. */\n  public static int twice(int n) {\n"
              "    return 2 * n;\n  }\n}\n",
          "src/test/java/shop/TwiceTest.java",
          head +
              "public class TwiceTest {\n  @Test\n  public void ac1Doubles() {\n"
              "    assertEquals(4, Twice.twice(2));\n  }\n}\n",
          "src/test/java/shop/TwiceTest.java::ac1Doubles",
          "maven-test pass, 2 passed",
          "maven-test"};
}

}  // namespace gf::test
