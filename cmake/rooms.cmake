# gf_room(<name> FLOOR <number> [ROOMS <lower rooms>...] [LIBRARIES <foreign targets>...])
#
# A room is lib/<name>, the target gf_<name> and the namespace gf::<name>. Foreign libraries stay
# private to the room, so a header of theirs cannot leak into another one.

set(GF_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
                -Wnull-dereference -Wformat=2)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these two inside its own std::string and std::variant at -O2.
  list(APPEND GF_WARNINGS -Wno-null-dereference -Wno-maybe-uninitialized -Wno-restrict)
endif()
if(GF_WERROR)
  list(APPEND GF_WARNINGS -Werror)
endif()

function(gf_flags target)
  target_compile_options(${target} PRIVATE ${GF_WARNINGS})
  if(GF_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${GF_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${GF_SANITIZE})
  endif()
endfunction()

function(gf_room name)
  cmake_parse_arguments(ROOM "" "FLOOR" "ROOMS;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/${name}/*.cc)
  if(NOT sources)
    return()
  endif()
  add_library(gf_${name} STATIC ${sources})
  target_include_directories(gf_${name} PUBLIC ${PROJECT_SOURCE_DIR}/lib)
  list(TRANSFORM ROOM_ROOMS PREPEND gf_)
  target_link_libraries(gf_${name} PUBLIC ${ROOM_ROOMS} fmt::fmt PRIVATE ${ROOM_LIBRARIES})
  gf_flags(gf_${name})
endfunction()
