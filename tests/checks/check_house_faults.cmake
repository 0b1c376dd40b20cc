# SPDX-License-Identifier: MIT
# cmake -DWORK=<scratch folder> [-DCC=<compiler> -DNM=<nm>] -P check_house_faults.cmake
#
# check_house.cmake must find what it is there for: each fault is made once, in a
# small repository of its own.
cmake_minimum_required(VERSION 3.21)
include(${CMAKE_CURRENT_LIST_DIR}/faults.cmake)

# write(file text): one file of the repository, compiled if it is C and there is a compiler.
function(write file text)
  file(WRITE "${WORK}/${file}" "${text}")
  if(WITH_SYMBOLS AND file MATCHES "\\.c$")
    get_filename_component(folder "${WORK}/built/${file}" DIRECTORY)
    file(MAKE_DIRECTORY "${folder}")
    execute_process(COMMAND ${CC} -c "${WORK}/${file}" -o "${WORK}/built/${file}.o"
      COMMAND_ERROR_IS_FATAL ANY)
    file(APPEND "${WORK}/objects.txt" "${WORK}/built/${file}.o\n")
  endif()
endfunction()

# expect(result [file text]...): the check's output for a repository with one
# good source and at most three such files.
function(expect result)
  file(REMOVE_RECURSE "${WORK}")
  write(src/base/good.c
    "#include <string.h>\nint good(int *x);\nint good(int *x)\n{\n\treturn *x;\n}\n")
  if(ARGC GREATER 1)
    write("${ARGV1}" "${ARGV2}")
  endif()
  if(ARGC GREATER 3)
    write("${ARGV3}" "${ARGV4}")
  endif()
  if(ARGC GREATER 5)
    write("${ARGV5}" "${ARGV6}")
  endif()
  set(more "")
  if(WITH_SYMBOLS)
    set(more -DOBJECTS=${WORK}/objects.txt -DNM=${NM})
  endif()
  judge("${result}" "[0-9]+ sources" check_house.cmake
    -DROOT=${WORK} ${more})
endfunction()

# text(out header...): lines that include those headers.
function(text out)
  set(lines "")
  foreach(header IN LISTS ARGN)
    string(APPEND lines "#include \"${header}\"\n")
  endforeach()
  set(${out} "${lines}" PARENT_SCOPE)
endfunction()

set(WITH_SYMBOLS FALSE)
expect("1 sources, 0 public headers")
text(lines sessio/status.h base/list.h stdint.h)
expect("2 sources" src/resource/x.h "${lines}")
text(lines resource/session.h user/host.h base/list.h platform/platform.h)
expect("2 sources" src/join/x.h "${lines}")
text(lines wdk/x.h nt/wdm.h uv.h)
expect("2 sources" src/nt/x.h "${lines}")
text(lines nt/wdm.h base/list.h stdlib.h)
expect("2 sources" src/wdk/x.h "${lines}")

# Arrows the other way, and rooms that are beside each other.
text(lines sessio/bind.h)
expect("src/resource/x.h includes sessio/bind.h: resource may not use join" src/resource/x.h "${lines}")
text(lines kos/session.h)
expect("src/resource/x.h includes kos/session.h: resource may not use kos" src/resource/x.h "${lines}")
text(lines sessio/host.h)
expect("src/kos/x.h includes sessio/host.h: kos may not use user" src/kos/x.h "${lines}")
text(lines nt/container.h)
expect("src/wdk/x.h includes nt/container.h: wdk may not use nt" src/wdk/x.h "${lines}")
text(lines sessio/sessio.h)
expect("src/kos/x.h includes sessio/sessio.h: kos may not use everything" src/kos/x.h "${lines}")
text(lines user/x.h)
expect("src/resource/y.h includes user/x.h: resource may not use user"
  src/user/x.h "" src/resource/y.h "${lines}")
expect("src/cellar/x.c is in no room" src/cellar/x.c "")

# Things that the pure rooms do without.
text(lines stdlib.h)
expect("src/user/x.h includes stdlib.h, which user does without" src/user/x.h "${lines}")
expect("2 sources" src/kos/x.h "${lines}")
expect("src/join/x.h has _Thread_local" src/join/x.h "static _Thread_local int x;\n")
expect("src/base/x.h names KosPutObject" src/base/x.h "int x(void) { KosPutObject(); }\n")
expect("src/user/x.h names STATUS_SUCCESS" src/user/x.h "int x = STATUS_SUCCESS;\n")
expect("2 sources" src/user/x.h "/* As KosPutObject does. */\nint x; /* rcOk */\n")

# Public headers.
text(lines sessio/host.h)
expect("include/sessio/object.h includes sessio/host.h: base may not use user"
  include/sessio/object.h "${lines}")
expect("include/kos/objects.h includes sessio/host.h: kos may not use user"
  include/kos/objects.h "${lines}")
expect("1 sources, 1 public headers" include/sessio/sessio.h "${lines}")
expect("1 sources, 3 public headers" include/sessio/sessio.h "${lines}"
  include/sessio/host.h "" include/sessio/testing.h "")
expect("include/sessio/sessio.h does not include sessio/rules.h" include/sessio/sessio.h "${lines}"
  include/sessio/rules.h "")
text(lines container.h sessio_nt/list.h)
expect("1 sources, 3 public headers" include/nt/wdm.h "${lines}" include/nt/container.h ""
  include/nt/sessio_nt/list.h "")
text(lines stdatomic.h)
expect("include/sessio/object.h includes stdatomic.h, which public headers do without"
  include/sessio/object.h "${lines}")
expect("include/sessio/lamp.h has no room" include/sessio/lamp.h "")
set(declares "/* Does. */\nvoid sessio_does(int x);\n")
expect("2 sources, 1 public headers" include/sessio/host.h "${declares}"
  src/user/host_post.c "" tests/user/host_order_test.c "")
expect("include/sessio/host.h has no source src/user/host" include/sessio/host.h "${declares}"
  tests/user/host_test.c "")
expect("include/sessio/host.h has no test tests/user/host" include/sessio/host.h "${declares}"
  src/user/host.c "")

# Undefined symbols.
if(CC)
  set(WITH_SYMBOLS TRUE)
  set(below "void si_below(void);\nvoid si_below(void)\n{\n}\n")
  set(calls "void si_below(void);\nvoid si_calls(void);\nvoid si_calls(void)\n{\n\tsi_below();\n}\n")
  expect("3 sources, 0 public headers, [1-9][0-9]* symbols" src/base/x.c "${below}" src/user/y.c "${calls}")
  expect("symbol si_below: base may not use user" src/user/x.c "${below}" src/base/y.c "${calls}")
  expect("symbol si_below: user may not use resource" src/resource/x.c "${below}" src/user/y.c "${calls}")
  expect("symbol si_below: join does without" src/join/y.c "${calls}")
  expect("2 sources" src/kos/y.c "${calls}")
endif()

say_judged(repositories)
