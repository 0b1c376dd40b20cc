# SPDX-License-Identifier: MIT
# cmake -DDRIVERS=<folder> -DINCLUDE=<folder of headers> -DCC=<compiler>
#   -DSTANDARD=<c11, c++17> -DWORK=<scratch folder> -P check_drivers.cmake
#
# Driver sources compile as they are, with and without DBG, and what must not
# compile does not: wide literals that are not of 16 bits.
cmake_minimum_required(VERSION 3.21)

set(language c)
if(STANDARD MATCHES "\\+\\+")
  set(language c++)
endif()
set(compile ${CC} -x ${language} -std=${STANDARD} -Wall -Werror -I${INCLUDE}/nt -I${INCLUDE} -c)
set(options -fshort-wchar -Wno-unknown-pragmas -Wno-multichar)
file(MAKE_DIRECTORY ${WORK})

set(faults "")
file(GLOB drivers "${DRIVERS}/*.c")
foreach(driver IN LISTS drivers)
  foreach(checked IN ITEMS 0 1)
    execute_process(COMMAND ${compile} ${options} -DDBG=${checked} -DSESSIO_NT_NO_STANDARD -o ${WORK}/driver.o ${driver}
      RESULT_VARIABLE code ERROR_VARIABLE output OUTPUT_VARIABLE output)
    if(NOT code EQUAL 0)
      string(APPEND faults "\n  ${driver}, DBG=${checked}:\n${output}")
    endif()
  endforeach()
endforeach()

# C++ standard headers may come behind ours, which drivers include within extern "C".
if(language STREQUAL "c++")
  file(WRITE ${WORK}/standard.cpp "extern \"C\" {\n#include <ntddk.h>\n}\n#include <string>\n"
    "#include <algorithm>\n#include <fstream>\n#include <map>\n#include <memory>\n"
    "#include <optional>\n#include <thread>\n#include <vector>\n"
    "SIZE_T f(__in PCWSTR s);\nSIZE_T f(__in PCWSTR s) { return wcslen(s); }\n")
  execute_process(COMMAND ${compile} ${options} -o ${WORK}/standard.o ${WORK}/standard.cpp
    RESULT_VARIABLE code ERROR_VARIABLE output OUTPUT_VARIABLE output)
  if(NOT code EQUAL 0)
    string(APPEND faults "\n  <ntddk.h> before the standard headers:\n${output}")
  endif()
endif()

# An error without -fshort-wchar, and fine with it.
function(check_wide use)
  file(WRITE ${WORK}/wide.c "#define SESSIO_NT_NO_STANDARD\n#include <ntddk.h>\n${use}\n")
  execute_process(COMMAND ${compile} -o ${WORK}/wide.o ${WORK}/wide.c
    RESULT_VARIABLE code ERROR_QUIET)
  if(code EQUAL 0)
    string(APPEND faults "\n  compiles without -fshort-wchar: ${use}")
  endif()
  execute_process(COMMAND ${compile} ${options} -o ${WORK}/wide.o ${WORK}/wide.c
    RESULT_VARIABLE code ERROR_VARIABLE output)
  if(NOT code EQUAL 0)
    string(APPEND faults "\n  does not compile with -fshort-wchar: ${use}\n${output}")
  endif()
  set(faults "${faults}" PARENT_SCOPE)
endfunction()

# Windows compilers have no other wide literals.
file(WRITE ${WORK}/empty.c "")
execute_process(COMMAND ${CC} -dM -E -x c ${WORK}/empty.c OUTPUT_VARIABLE macros)
if(NOT macros MATCHES "_WIN32")
  check_wide("UNICODE_STRING s = RTL_CONSTANT_STRING(L\"x\");")
  check_wide("void f(UNICODE_STRING *s); void f(UNICODE_STRING *s) { RtlInitUnicodeString(s, L\"x\"); }")
endif()

list(LENGTH drivers count)
if(count EQUAL 0)
  message(FATAL_ERROR "drivers: none found in ${DRIVERS}")
endif()
if(NOT faults STREQUAL "")
  message(FATAL_ERROR "drivers:${faults}\n")
endif()
message(STATUS "${count} drivers compile as ${STANDARD} with ${CC}")
