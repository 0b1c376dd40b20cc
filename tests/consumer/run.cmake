# SPDX-License-Identifier: MIT
# cmake -DHOW=<subdirectory, shared, package, pkgconfig, static, cxx, version>
#   -DROOT=<repository> -DPREFIX=<installation> -DWORK=<scratch>
#   -DBUILD=<build of the library> -DGENERATOR= -DCC= -DCXX= -DCFLAGS= -DLAUNCHER=
#   -P run.cmake
#
# Builds a consumer project from nothing and runs its program. OPTIONS are for the
# consumer's CMake. With REFUSAL, a regex, the build must fail and say that. With
# SAYS it must say that and go on.
cmake_minimum_required(VERSION 3.21)

# The output so far. Tools break their lines where they like.
set(said "")
set(refused FALSE)
macro(run)
  if(NOT refused)
    execute_process(COMMAND ${ARGN}
      RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE errors)
    string(REGEX REPLACE "[ \n]+" " " said "${said} ${output} ${errors}")
    if(REFUSAL AND NOT code EQUAL 0)
      set(refused TRUE)
    elseif(NOT code EQUAL 0)
      string(JOIN " " command ${ARGN})
      message(FATAL_ERROR "${command}: ${code}\n${output}${errors}")
    endif()
  endif()
endmacro()

# The output of tests/consumer/main.c.
set(expected "rcBusy while it is open, rcOk afterwards\n")

# A library of ours must not know the folder where it was compiled.
function(expect_no_paths)
  foreach(file IN LISTS ARGN)
    foreach(path IN ITEMS ${ROOT} ${WORK} ${BUILD})
      string(REGEX REPLACE "([][+.*()^$?|\\])" "\\\\\\1" pattern "${path}/")
      file(STRINGS ${file} lines REGEX "${pattern}")
      if(lines)
        message(FATAL_ERROR "${file} has a path of its build: ${lines}")
      endif()
    endforeach()
  endforeach()
endfunction()

# Of the consumer's shared library nothing but its own functions can be seen.
function(expect_exports file)
  find_program(nm NAMES nm llvm-nm llvm-nm-14 REQUIRED)
  execute_process(COMMAND ${nm} -D --defined-only ${file}
    OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX REPLACE "[0-9a-f]+ [A-Za-z] ([^\n]*)\n" "\\1;" symbols "${symbols}")
  list(FILTER symbols EXCLUDE REGEX "^(_init|_fini|__bss_start|_edata|_end|)$")
  if(NOT symbols STREQUAL "plugin_use")
    message(FATAL_ERROR "${file} exports ${symbols}")
  endif()
endfunction()

# A program with resource sessions only has no hosts, no binds and no sources.
function(expect_no_hosts file)
  find_program(nm NAMES nm llvm-nm llvm-nm-14 REQUIRED)
  execute_process(COMMAND ${nm} ${file} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  if(NOT symbols MATCHES "sessio_session_wait")
    message(FATAL_ERROR "nm does not see the library in ${file}")
  endif()
  string(REGEX MATCHALL "(si|sessio)_(host|bind|user|source|rules|watch)_[a-z_]*" hosts
    "${symbols}")
  if(hosts)
    message(FATAL_ERROR "a program that uses no host has ${hosts}")
  endif()
endfunction()

set(here ${CMAKE_CURRENT_LIST_DIR})
# A launcher that rewrites paths would hide those that the compiler is given.
set(ENV{CCACHE_BASEDIR} "")
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
file(GLOB_RECURSE pc ${PREFIX}/sessio.pc)
get_filename_component(pc "${pc}" DIRECTORY)
set(environment ${CMAKE_COMMAND} -E env "CC=${CC} ${CFLAGS}" CXX=${CXX})

if(HOW MATCHES "^(pkgconfig|static|cxx)$")
  run(${environment} PKG_CONFIG_PATH=${pc} sh ${here}/${HOW}/build.sh ${WORK}/consumer)
elseif(HOW STREQUAL "version")
  file(READ ${ROOT}/include/sessio/version.h header)
  string(REGEX REPLACE "(VERSION_PATCH) [0-9]+" "\\1 77" header "${header}")
  file(WRITE ${WORK}/include/sessio/version.h "${header}")
  run(${environment} PKG_CONFIG_PATH=${pc} FLAGS=-I${WORK}/include
    sh ${here}/pkgconfig/build.sh ${WORK}/consumer)
else()
  run(${CMAKE_COMMAND} -S ${here}/${HOW} -B ${WORK} -G ${GENERATOR}
    -DCMAKE_C_COMPILER=${CC} -DCMAKE_C_FLAGS=${CFLAGS} -DCMAKE_C_COMPILER_LAUNCHER=${LAUNCHER}
    -DSESSIO_ROOT=${ROOT} -DCMAKE_PREFIX_PATH=${PREFIX} ${OPTIONS})
  run(${CMAKE_COMMAND} --build ${WORK})
endif()

if(REFUSAL)
  if(NOT refused)
    message(FATAL_ERROR "not refused: ${said}")
  elseif(NOT said MATCHES "${REFUSAL}")
    message(FATAL_ERROR "refused, but not for \"${REFUSAL}\": ${said}")
  endif()
  return()
endif()
if(SAYS AND NOT said MATCHES "${SAYS}")
  message(FATAL_ERROR "does not say \"${SAYS}\": ${said}")
endif()

if(HOW STREQUAL "shared")
  file(STRINGS ${ROOT}/include/sessio/version.h version REGEX "_(MAJOR|MINOR|PATCH) [0-9]+$")
  list(TRANSFORM version REPLACE "^.* " "")
  list(JOIN version . version)
  set(expected "sessio ${version}\n")
  file(GLOB plugin ${WORK}/libplugin.*)
  expect_exports(${plugin})
  expect_no_paths(${WORK}/sessio/libsessio.a ${WORK}/sessio/libsessio_nt.a)
elseif(HOW STREQUAL "cxx")
  set(expected "rcBusy \\(0x[0-9a-f]+\\)\n")
elseif(HOW STREQUAL "pkgconfig")
  expect_no_hosts(${WORK}/consumer)
endif()

run(${WORK}/consumer)
if(NOT output MATCHES "^${expected}$")
  message(FATAL_ERROR "the consumer's program says: ${output}")
endif()
