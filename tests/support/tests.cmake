# SPDX-License-Identifier: MIT
# How the tests of a room become programs and ctests. The room is the folder that
# calls these functions: lock_test.c in wdk/ is sessio.wdk.lock.
find_package(PkgConfig REQUIRED)
pkg_check_modules(SESSIO_CMOCKA REQUIRED IMPORTED_TARGET cmocka)

set(sessio_support ${CMAKE_CURRENT_LIST_DIR})
set(sessio_src ${PROJECT_SOURCE_DIR}/src)

# A callback that its thread leaves by an exit is found where the exit unwinds the
# stack. glibc's does, and musl's does not.
include(CheckSymbolExists)
check_symbol_exists(__GLIBC__ stdlib.h SESSIO_EXIT_UNWINDS)

# sessio_compiles(test): this test runs a compiler many times, which takes more than
# the usual minute on a busy machine.
function(sessio_compiles test)
  set_tests_properties(${test} PROPERTIES TIMEOUT 300)
endfunction()

# sessio_left_out(reason test...): these tests are not in this build. tests/CMakeLists.txt
# prints and counts them.
function(sessio_left_out reason)
  foreach(test IN LISTS ARGN)
    set_property(GLOBAL APPEND PROPERTY sessio_left_out "${test}: ${reason}")
  endforeach()
endfunction()

# sessio_needs_unwinding(test...): leaves these out if thread exits do not unwind.
function(sessio_needs_unwinding)
  if(NOT SESSIO_EXIT_UNWINDS)
    sessio_left_out("a thread's exit unwinds no stack here" ${ARGN})
  endif()
endfunction()

# sessio_begin_room(): names the calling folder's tests after it.
macro(sessio_begin_room)
  get_filename_component(sessio_room ${CMAKE_CURRENT_SOURCE_DIR} NAME)
endmacro()

function(sessio_program target)
  add_executable(${target} ${ARGN})
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${sessio_support} ${sessio_src})
  target_link_libraries(${target} PRIVATE sessio::sessio sessio::libuv)
  sessio_own_target(${target})
  # Only the library is for optimisation at link time. A test passes wrong arguments
  # on purpose, and a compiler that sees both sides would warn.
  if(CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")
    target_compile_options(${target} PRIVATE -fno-lto)
  endif()
endfunction()

# sessio_test(name [source...]): name_test.c plus the sources, on the library. A
# source without a folder that is not in the room is one of support/.
function(sessio_test name)
  set(target sessio_${sessio_room}_${name}_test)
  set(sources ${name}_test.c)
  foreach(source IN LISTS ARGN)
    if(IS_ABSOLUTE ${source} OR EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${source})
      list(APPEND sources ${source})
    else()
      list(APPEND sources ${sessio_support}/${source})
    endif()
  endforeach()
  list(APPEND sources ${sessio_support}/inside.c)
  # The platform's own tests are about the table of hooks that leaks.c sets.
  if(NOT sessio_room STREQUAL "platform")
    list(APPEND sources ${sessio_support}/leaks.c)
  endif()
  sessio_program(${target} ${sources})
  target_link_libraries(${target} PRIVATE PkgConfig::SESSIO_CMOCKA)
  add_test(NAME sessio.${sessio_room}.${name} COMMAND ${target})
endfunction()

# sessio_wrap(name symbol...): the linker sends calls of these symbols to the test. It
# cannot where it optimises the library, so these tests have a label.
function(sessio_wrap name)
  set_property(TEST sessio.${sessio_room}.${name} APPEND PROPERTY LABELS wrap)
  foreach(symbol IN LISTS ARGN)
    target_link_options(sessio_${sessio_room}_${name}_test PRIVATE -Wl,--wrap=${symbol})
  endforeach()
endfunction()

# The same as sessio_test() with support/alloc_fail.c, so that any allocation can
# be made to fail.
function(sessio_alloc_test name)
  sessio_test(${name} alloc_fail.c ${ARGN})
endfunction()

# sessio_hooked(name [death]): links this test, or the deaths of this unit, with the
# second library. It has the same sources, but its locks ask the platform's table of
# hooks and check their order.
function(sessio_hooked name)
  set(kind test)
  if(ARGC GREATER 1)
    set(kind ${ARGV1})
  endif()
  set(target sessio_${sessio_room}_${name}_${kind})
  get_target_property(libraries ${target} LINK_LIBRARIES)
  list(TRANSFORM libraries REPLACE "^sessio::sessio$" sessio_hooked)
  set_property(TARGET ${target} PROPERTY LINK_LIBRARIES ${libraries})
endfunction()

# sessio_sleepers(name): support/sleepers.c stands between the test's library and
# the gate, so that a thread is known to sleep.
function(sessio_sleepers name)
  target_sources(sessio_${sessio_room}_${name}_test PRIVATE
    ${sessio_support}/sleepers.c ${sessio_support}/test_thread.c)
  sessio_wrap(${name} si_gate_wait)
endfunction()

# The same as sessio_test() for one that is written for the Windows kernel's headers.
function(sessio_nt_test name)
  sessio_test(${name} ${ARGN})
  target_link_libraries(sessio_${sessio_room}_${name}_test PRIVATE sessio::nt)
endfunction()

# How a program ends that calls abort(): by a signal, or on Windows with code 3.
set(sessio_aborted "[Aa]bort")
if(WIN32)
  set(sessio_aborted "^3$")
endif()

# sessio_death(name case reason): the case of name_death.c must be stopped by a
# broken invariant, with a message that matches the reason.
function(sessio_death name case reason)
  set(target sessio_${sessio_room}_${name}_death)
  if(NOT TARGET ${target})
    sessio_program(${target} ${name}_death.c)
  endif()
  add_test(NAME sessio.${sessio_room}.${name}_death.${case} COMMAND ${CMAKE_COMMAND}
    -DPROGRAM=$<TARGET_FILE:${target}> "-DEMULATOR=${CMAKE_CROSSCOMPILING_EMULATOR}"
    -DCASE=${case} -DREASON=${reason} -DABORTED=${sessio_aborted}
    -P ${sessio_support}/death.cmake)
endfunction()
