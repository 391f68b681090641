# Plants one fault of each kind in a copy of the sources and sees floors.cmake refuse it by its name: a
# guard that lets everything pass looks just like a house in order.
#
#   GF_SOURCE_DIR=<sources> GF_COPY=<a folder to use> cmake -P floors_test.cmake
set(source $ENV{GF_SOURCE_DIR})
set(copy $ENV{GF_COPY})
set(ENV{GF_SOURCE_DIR} ${copy})
set(floors ${source}/tests/floors.cmake)
set(missed "")
set(planted 0)

file(REMOVE_RECURSE ${copy})
file(COPY ${source}/lib ${source}/cmd ${source}/CMakeLists.txt DESTINATION ${copy})

execute_process(COMMAND ${CMAKE_COMMAND} -P ${floors} RESULT_VARIABLE status ERROR_VARIABLE said OUTPUT_QUIET)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "the copy is refused with no fault in it:\n${said}")
endif()

# refused(<why, a regular expression>): floors.cmake fails now, and says why.
function(refused why)
  execute_process(COMMAND ${CMAKE_COMMAND} -P ${floors} RESULT_VARIABLE status ERROR_VARIABLE said OUTPUT_QUIET)
  string(REGEX REPLACE "[ \r\n]+" " " said "${said}")
  if(status EQUAL 0)
    set(missed "${missed}not refused: ${why}\n" PARENT_SCOPE)
  elseif(NOT said MATCHES "${why}")
    set(missed "${missed}refused without '${why}': ${said}\n" PARENT_SCOPE)
  endif()
  math(EXPR planted "${planted}+1")
  set(planted ${planted} PARENT_SCOPE)
endfunction()

# with(<file> <text> <why>): `text` at the end of a file, which may be new.
macro(with file text why)
  set(before "")
  if(EXISTS ${copy}/${file})
    file(READ ${copy}/${file} before)
  endif()
  file(WRITE ${copy}/${file} "${before}${text}")
  refused("${why}")
  if(before STREQUAL "")
    file(REMOVE ${copy}/${file})
  else()
    file(WRITE ${copy}/${file} "${before}")
  endif()
endmacro()

# room(<name> <rest of its row> <why>): a room's row in CMakeLists.txt is this one.
macro(room name rest why)
  file(READ ${source}/CMakeLists.txt before)
  string(REGEX REPLACE "gf_room\\(${name} [^)]*" "gf_room(${name} ${rest}" after "${before}")
  file(WRITE ${copy}/CMakeLists.txt "${after}")
  refused("${why}")
  file(WRITE ${copy}/CMakeLists.txt "${before}")
endmacro()

# 1. Levels.
room(hooks "FLOOR 5 ROOMS base record git doctor" "hooks .floor 5. names doctor .floor 6.")
room(net "FLOOR 1 ROOMS base proc" "net .floor 1. names proc .floor 1.")
room(net "FLOOR 1\n  ROOMS base\n  attic" "net names attic, which is no room")
room(net "ROOMS base" "net stands on no floor")

# 2. Rooms.
with(lib/base/text.cc "#include \"git/repo.h\"\n" "lib/base/text.cc includes git")
with(lib/stage/stage.h "  #  include \"store/store.h\"\n" "lib/stage/stage.h includes store")
with(lib/model/presets/llm.cc "#include \"session/config.h\"\n" "presets/llm.cc includes session")
with(lib/tool/new.cc "#include \"model/provider.h\"\n" "lib/tool/new.cc includes model")
with(lib/tool/tool.cc "#include \"scope.h\"\n" "includes 'scope.h', which is of no room")
with(lib/tool/tool.cc "#include \"tool/nothing.h\"\n" "includes 'tool/nothing.h', which is not there")
with(lib/attic/old.cc "\n" "lib/attic/old.cc is in no room")
with(cmd/log.cc "#include \"support/repo.h\"\n" "cmd/log.cc includes 'support/repo.h', which is of no room")
with(cmd/log.cc "#include \"nowhere.h\"\n" "cmd/log.cc includes 'nowhere.h'")
with(lib/base/text.cc "#include GF_HEADER\n" "includes 'GF_HEADER', which cannot be read")

# 3. Doors, each library beside its own.
foreach(pair "git2.h=lib/store/store.cc" "git2/refs.h=lib/git/refs.cc" "curl/curl.h=lib/net/headers.cc"
             "sqlite3.h=lib/analyst/index.cc" "openssl/evp.h=lib/record/json.cc" "openssl/ssl.h=lib/net/http.cc"
             "nlohmann/json.hpp=lib/record/spec.cc" "valijson/schema.hpp=lib/record/json.cc"
             "pugixml.hpp=lib/gate/run.cc" "pcre2.h=lib/stage/lint.cc" "toml++/toml.h=lib/gate/python.cc" "ini.h=lib/gate/toml.cc"
             "CLI/CLI.hpp=lib/setup/setup.cc" "CLI/CLI.hpp=cmd/log.cc" "spdlog/spdlog.h=cmd/log.cc" "sys/wait.h=lib/model/cli.cc"
             "signal.h=lib/line/line.cc" "unistd.h=lib/stage/plan.cc" "linux/landlock.h=lib/proc/jail.cc"
             "boost/process.hpp=lib/proc/process.cc")
  string(REPLACE "=" ";" pair ${pair})
  list(GET pair 0 header)
  list(GET pair 1 file)
  string(REPLACE "+" "[+]" pattern ${header})
  with(${file} "#include <${header}>\n" "${file} includes <${pattern}>")
endforeach()

# 4. Headers of ours.
foreach(header nlohmann/json.hpp CLI/CLI.hpp fmt/format.h sqlite3.h)
  with(lib/base/text.h "#include <${header}>\n" "lib/base/text.h includes <${header}>")
  with(cmd/door.h "#include <${header}>\n" "cmd/door.h includes <${header}>")
endforeach()

# 5. A door that is left over.
file(READ ${copy}/lib/git/elsewhere.cc before)
file(WRITE ${copy}/lib/git/elsewhere.cc "\n")
refused("nobody includes .*git2/odb_backend.*which has a door")
file(WRITE ${copy}/lib/git/elsewhere.cc "${before}")

# 6. Sources that nobody would read.
with(lib/base/text.inc "\n" "lib/base/text.inc is neither")
with(cmd/more.cpp "\n" "cmd/more.cpp is neither")

# 7. Depth: nine are let pass, the tenth is not; nor is a ring, which has no depth.
foreach(n RANGE 1 9)
  math(EXPR below "${n}-1")
  file(WRITE ${copy}/lib/base/deep${n}.h "#include \"base/deep${below}.h\"\n")
endforeach()
file(WRITE ${copy}/lib/base/deep1.h "\n")
execute_process(COMMAND ${CMAKE_COMMAND} -P ${floors} RESULT_VARIABLE status ERROR_VARIABLE said OUTPUT_QUIET)
if(NOT status EQUAL 0)
  set(missed "${missed}nine headers deep is refused: ${said}\n")
endif()
with(lib/base/deep10.h "#include \"base/deep9.h\"\n" "base/deep10.h is more than 9 headers deep, through base/deep9.h")
with(lib/base/deep1.h "#include \"base/deep2.h\"\n" "base/deep1.h is more than 9 headers deep, through base/deep2.h")

# 8. The environment.
with(lib/session/config.cc "const char* home() { return std::getenv(\"HOME\"); }\n" "lib/session/config.cc reads the process's environment")
with(cmd/pager.cc "extern char** environ;\n" "cmd/pager.cc reads the process's environment")

file(REMOVE_RECURSE ${copy})
if(missed)
  message(FATAL_ERROR "floors.cmake lets faults pass:\n${missed}")
endif()
message("${planted} planted faults were refused")
