# gf_room(<name> FLOOR <number> [ROOMS <lower rooms>...] [LIBRARIES <foreign targets>...])
#
# A room is lib/<name> with the folders in it, the target gf_<name> and the namespace gf::<name>. Foreign libraries stay
# private to the room, so a header of theirs cannot leak into another one.

set(GF_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
                -Wnull-dereference -Wformat=2)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these inside its own std::string and std::optional at -O2.
  list(APPEND GF_WARNINGS -Wno-null-dereference -Wno-maybe-uninitialized -Wno-restrict
                          -Wno-stringop-overflow)
  if(CMAKE_UNITY_BUILD)
    # An Impl in a .cc file may have members of that file's own types; in a unity build GCC takes the file for a header.
    list(APPEND GF_WARNINGS -Wno-subobject-linkage)
  endif()
endif()
if(GF_WERROR)
  list(APPEND GF_WARNINGS -Werror)
endif()

function(gf_flags target)
  target_compile_options(${target} PRIVATE ${GF_WARNINGS})
  # Every other build checks the format strings while it compiles; that is a tenth of the whole.
  target_compile_definitions(${target} PRIVATE $<$<CONFIG:Release>:FMT_CONSTEVAL=>)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC collects its garbage from 128 MB on, which for one pass over a file is another tenth.
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:--param=ggc-min-heapsize=524288>)
  endif()
  if(GF_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${GF_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${GF_SANITIZE})
  endif()
endfunction()

# What nearly every file reads: the standard library and fmt, parsed once for all rooms. Headers of the
# project are left out on purpose: a change in one of them would compile everything again.
option(GF_PRECOMPILE "parse the common headers once" ON)
set(GF_COMMON_HEADERS <algorithm> <array> <chrono> <cstdint> <filesystem> <fstream> <functional> <map> <memory>
    <mutex> <optional> <set> <span> <sstream> <string> <string_view> <thread> <unordered_map> <utility> <variant>
    <vector> <fmt/format.h>)

# gf_precompiled(<name> LIBRARIES <targets> HEADERS <headers> [OPTIONS <flags>]): a target that others reuse in gf_reuse().
function(gf_precompiled name)
  cmake_parse_arguments(PRE "" "" "LIBRARIES;HEADERS;OPTIONS" ${ARGN})
  if(NOT GF_PRECOMPILE)
    return()
  endif()
  # Written when it is not there yet, and never again: a newer one would compile everything anew.
  file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/${name}.cc CONTENT "// Carries the precompiled header ${name}.\n")
  add_library(${name} OBJECT ${PROJECT_BINARY_DIR}/${name}.cc)
  target_link_libraries(${name} PRIVATE ${PRE_LIBRARIES})
  gf_flags(${name})
  target_compile_options(${name} PRIVATE ${PRE_OPTIONS})
  target_precompile_headers(${name} PRIVATE ${PRE_HEADERS})
endfunction()

function(gf_reuse target name)
  if(GF_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${name})
  endif()
endfunction()

function(gf_room name)
  cmake_parse_arguments(ROOM "" "FLOOR" "ROOMS;LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/${name}/*.cc)
  if(NOT sources)
    return()
  endif()
  add_library(gf_${name} STATIC ${sources})
  target_include_directories(gf_${name} PUBLIC ${PROJECT_SOURCE_DIR}/lib)
  list(TRANSFORM ROOM_ROOMS PREPEND gf_)
  target_link_libraries(gf_${name} PUBLIC ${ROOM_ROOMS} fmt::fmt PRIVATE ${ROOM_LIBRARIES})
  gf_flags(gf_${name})
  gf_reuse(gf_${name} gf_common_headers)
endfunction()

# gf_quick(<room> <files>...): files whose own time is waited for; a release optimises them as is common. Each by itself and
# without the precompiled headers: GCC 12 breaks down over some that were made with another -O.
function(gf_quick room)
  list(TRANSFORM ARGN PREPEND ${PROJECT_SOURCE_DIR}/lib/${room}/)
  set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:Release>:-O2>"
                              SKIP_PRECOMPILE_HEADERS ON SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
