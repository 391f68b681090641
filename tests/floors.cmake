# The house's plan, held to. Every .h and .cc of lib/ and cmd/, in whatever folder, is read:
#
#   1. A room stands on a floor and names only rooms of lower floors (gf_room in CMakeLists.txt).
#   2. A file includes its own room and the rooms that its room names. cmd/ may include any of lib/.
#      What is included is there.
#   3. A header that is neither ours nor the standard library's is included where it has its door, by
#      the table below, and nowhere else. Whoever needs another one writes it there.
#   4. No library's header is in one of ours: its types stay behind the door. The few doors that are
#      headers themselves are written out by name.
#   5. A door that nobody uses is taken out of the table.
#   6. lib/ and cmd/ hold sources that this test reads, and no other ones.
#   7. A header of ours is at most nine deep: one that includes none of ours is one deep, any other one
#      deeper than the deepest that it includes. Whoever names a type and does not look into it says
#      that there is one, and includes nothing.
#   8. The process's environment is read once, at the door; from there on it is a value (base/environment.h).
#
# floors_test.cmake plants a fault of each kind and sees it refused.
cmake_policy(SET CMP0057 NEW)
cmake_policy(SET CMP0007 NEW)
set(root $ENV{GF_SOURCE_DIR})
set(wrong "")

# --- Doors: door(<header, a regular expression> <files of lib/ and cmd/, regular expressions>...) ---
set(doors 0)
function(door header)
  set(door_header_${doors} "^(${header})$" PARENT_SCOPE)
  set(door_files_${doors} ${ARGN} PARENT_SCOPE)
  math(EXPR doors "${doors}+1")
  set(doors ${doors} PARENT_SCOPE)
endfunction()

door("fmt/(format|chrono)[.]h" "lib/.*[.]cc" "cmd/.*[.]cc" lib/record/reader.h)
door("git2[.]h" lib/git/handle.h lib/git/library.cc)
door("git2/odb_backend[.]h" lib/git/elsewhere.cc)
door("curl/curl[.]h" lib/net/http.cc)
door("sqlite3[.]h" lib/db/db.cc lib/db/functions.cc lib/db/statement.cc)
door("openssl/evp[.]h" lib/git/patch_id.cc lib/record/content_id.cc)
door("nlohmann/json[.]hpp" lib/record/json.cc lib/record/schema.cc)
door("valijson/.*" lib/record/schema.cc)
door("pcre2[.]h" lib/record/pattern.cc)
door("pugixml[.]hpp" "lib/gate/(cpp|java|xml)_reports[.]cc" lib/gate/java_project.cc)
door("toml[+][+]/toml[.]h" lib/gate/toml.cc)
door("yaml-cpp/.*" lib/gate/yaml.cc)
door("ini[.]h" lib/gate/ini.cc)
door("CLI/CLI[.]hpp" cmd/arguments.cc)
door("md4c[.]h" cmd/markdown.cc)
door("spdlog/.*" cmd/main.cc)

# The system's own, by file: who else calls the system has a reason to write down.
door("unistd[.]h" lib/base/descriptor.cc lib/base/files.cc
     "lib/git/(disk|fault|git_program|pool|slot)[.]cc"
     "lib/proc/(become|control_group|jail|landlock|loopback_port|process|restraint|sandbox|watcher)[.]cc"
     lib/proc/descriptors.h lib/proc/other.cc lib/session/hold.cc lib/analyst/index.cc
     "lib/hooks/(install|place)[.]cc" lib/session/scratch.cc "cmd/(batch_view|console|hook|live_view|main|pager)[.]cc")
door("fcntl[.]h" cmd/main.cc lib/store/held.cc lib/base/files.cc "lib/git/(disk|slot)[.]cc"
     "lib/proc/(control_group|jail|landlock|process|restraint)[.]cc"
     lib/proc/descriptors.h lib/session/hold.cc lib/analyst/index.cc lib/env/held.cc
     lib/hooks/install.cc cmd/pager.cc)
door("sys/stat[.]h" lib/base/kept_answer.cc "lib/git/(disk|pool|slot)[.]cc" "lib/proc/(control_group|jail|landlock|process)[.]cc"
     lib/session/hold.cc "lib/analyst/(index|update)[.]cc" lib/env/held.cc "lib/hooks/(install|place)[.]cc")
door("sys/file[.]h" lib/git/slot.cc lib/session/hold.cc lib/store/held.cc lib/analyst/index.cc lib/env/held.cc)
door("sys/statvfs[.]h" lib/git/error.cc lib/doctor/machine.cc lib/proc/watcher.cc)
door("dirent[.]h" lib/git/disk.cc lib/proc/jail.cc)
door("signal[.]h" "lib/proc/(become|other|process|restraint)[.]cc" lib/session/scratch.cc)
door("poll[.]h" lib/proc/process.cc cmd/console.cc)
door("sys/wait[.]h" "lib/proc/(process|restraint)[.]cc" cmd/pager.cc)
door("sys/(resource|syscall)[.]h" "lib/proc/(call_filter|descriptors|landlock|process|restraint)[.]cc")
# What a child gives up before it is another program: Linux alone.
door("linux/(audit|filter|seccomp)[.]h" "lib/proc/(call_filter|restraint)[.]cc")
door("sys/socket[.]h" lib/net/http.cc lib/proc/loopback_port.cc)
door("dlfcn[.]h" lib/net/http.cc)
door("netinet/in[.]h" lib/proc/loopback_port.cc)
door("regex[.]h" lib/analyst/log.cc)
door("sys/ioctl[.]h" cmd/pager.cc)
door("sys/prctl[.]h" lib/proc/restraint.cc)
door("sys/types[.]h" cmd/pager.h)

# The one reader, and the faults that only a build for tests can be asked for.
set(environment_doors lib/proc/environment.cc lib/git/fault.cc)

# --- Rooms and their floors ---
file(READ ${root}/CMakeLists.txt plan)
string(REGEX REPLACE "(^|\n)[ \t]*#[^\n]*" "\n" plan "${plan}")
string(REGEX MATCHALL "gf_room\\([^)]*\\)" rows "${plan}")
set(rooms "")
foreach(row ${rows})
  string(REGEX REPLACE "gf_room\\(|\\)" "" row "${row}")
  string(REGEX REPLACE "[ \t\r\n]+" ";" row "${row}")
  list(GET row 0 room)
  list(REMOVE_AT row 0)
  cmake_parse_arguments(ROW "" "FLOOR" "ROOMS;LIBRARIES" ${row})
  if(NOT ROW_FLOOR MATCHES "^[0-9]+$")
    string(APPEND wrong "the room ${room} stands on no floor\n")
    set(ROW_FLOOR 0)
  endif()
  list(APPEND rooms ${room})
  set(floor_of_${room} ${ROW_FLOOR})
  set(below_${room} ${ROW_ROOMS})
endforeach()
foreach(room ${rooms})
  foreach(other ${below_${room}})
    if(NOT other IN_LIST rooms)
      string(APPEND wrong "the room ${room} names ${other}, which is no room\n")
    elseif(NOT floor_of_${other} LESS floor_of_${room})
      string(APPEND wrong "the room ${room} (floor ${floor_of_${room}}) names ${other} (floor ${floor_of_${other}})\n")
    endif()
  endforeach()
endforeach()

# --- Files ---
function(look_at_ours file room included)
  set(fault "")
  if(included MATCHES "^([a-z]+)/")
    set(other ${CMAKE_MATCH_1})
    if(NOT other IN_LIST rooms)
      set(fault "'${included}', which is of no room")
    elseif(room AND NOT other STREQUAL room AND NOT other IN_LIST below_${room})
      set(fault "${other}, which the room ${room} does not name")
    elseif(NOT EXISTS ${root}/lib/${included})
      set(fault "'${included}', which is not there")
    endif()
  elseif(room OR NOT EXISTS ${root}/cmd/${included})
    set(fault "'${included}', which is of no room")
  endif()
  if(fault)
    set(wrong "${wrong}${file} includes ${fault}\n" PARENT_SCOPE)
  endif()
endfunction()

function(look_at_foreign file included)
  # The standard library's have neither a folder nor an ending.
  if(included MATCHES "^[a-z_0-9]+$")
    return()
  endif()
  set(fault "which has no door")
  math(EXPR last "${doors}-1")
  foreach(n RANGE ${last})
    if(included MATCHES "${door_header_${n}}")
      set(fault "whose door is elsewhere")
      foreach(allowed ${door_files_${n}})
        if(file MATCHES "^${allowed}$")
          set(used_${n} TRUE PARENT_SCOPE)
          return()
        endif()
      endforeach()
    endif()
  endforeach()
  set(wrong "${wrong}${file} includes <${included}>, ${fault}\n" PARENT_SCOPE)
endfunction()

set(checked 0)
set(headers "")
file(GLOB_RECURSE files RELATIVE ${root} ${root}/lib/* ${root}/cmd/*)
foreach(file ${files})
  if(file MATCHES "/README[.]md$|^cmd/completion/" OR file STREQUAL "cmd/CMakeLists.txt")
    continue()
  endif()
  if(NOT file MATCHES "[.](h|cc)$")
    string(APPEND wrong "${file} is neither .h nor .cc\n")
    continue()
  endif()
  set(room "")
  if(file MATCHES "^lib/")
    string(REGEX REPLACE "^lib/([^/]*)/.*$" "\\1" room "${file}")
    if(NOT room IN_LIST rooms)
      string(APPEND wrong "${file} is in no room\n")
      continue()
    endif()
  endif()
  math(EXPR checked "${checked}+1")
  file(READ ${root}/${file} text)
  string(REGEX MATCH "(secure_|[^a-z_])(getenv|environ)[ \t]*[(;=]" asks "${text}")
  if(asks AND NOT file IN_LIST environment_doors)
    string(APPEND wrong "${file} reads the process's environment\n")
  endif()
  # One word each, so that nothing else of a line can reach the list.
  string(REGEX MATCHALL "\n[ \t]*#[ \t]*include[ \t]*[^ \t\r\n;]*" includes "\n${text}")
  # A header goes by the name that others include it by.
  set(header "")
  if(file MATCHES "^(lib|cmd)/(.*[.]h)$")
    set(header ${CMAKE_MATCH_2})
    list(APPEND headers ${header})
    set(ours_${header} "")
  endif()
  foreach(include ${includes})
    string(REGEX REPLACE "^\n[ \t]*#[ \t]*include[ \t]*" "" include "${include}")
    if(include MATCHES "^\"(.*)\"$")
      if(header)
        list(APPEND ours_${header} ${CMAKE_MATCH_1})
      endif()
      look_at_ours(${file} "${room}" "${CMAKE_MATCH_1}")
    elseif(include MATCHES "^<(.*)>$")
      look_at_foreign(${file} "${CMAKE_MATCH_1}")
    else()
      string(APPEND wrong "${file} includes '${include}', which cannot be read here\n")
    endif()
  endforeach()
endforeach()

math(EXPR last "${doors}-1")
foreach(n RANGE ${last})
  if(NOT used_${n})
    string(APPEND wrong "nobody includes ${door_header_${n}}, which has a door\n")
  endif()
endforeach()

# --- Depth: in each round those go that include none of what is left ---
set(deepest 9)
set(left ${headers})
foreach(depth RANGE 1 ${deepest})
  set(deeper "")
  set(through "")
  foreach(header ${left})
    foreach(other ${ours_${header}})
      if(other IN_LIST left)
        list(APPEND deeper ${header})
        list(APPEND through ${other})
        break()
      endif()
    endforeach()
  endforeach()
  set(left ${deeper})
endforeach()
foreach(header other IN ZIP_LISTS left through)
  string(APPEND wrong "${header} is more than ${deepest} headers deep, through ${other}\n")
endforeach()

if(checked EQUAL 0 OR NOT rooms)
  message(FATAL_ERROR "no file was checked")
endif()
if(wrong)
  message(FATAL_ERROR "the floors do not hold:\n${wrong}")
endif()
message("${checked} files keep to their floors")
