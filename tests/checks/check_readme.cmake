# SPDX-License-Identifier: MIT
# Each piece of C in the README stands, word for word, in the example that the
# line before it names: <!-- examples/x.c -->. Each piece of text is the whole file
# that the line before it names, which a test compares with what the program
# prints: <!-- examples/expected/x.txt -->. Each picture is there.
#
#   cmake -DROOT=folder -P check_readme.cmake
cmake_minimum_required(VERSION 3.21)

file(READ ${ROOT}/README.md readme)
set(pieces 0)

# take(rest out_before out_piece out_rest): the next piece of that kind, "" if none.
function(take kind rest out_before out_piece out_rest)
  string(FIND "${rest}" "\n```${kind}\n" start)
  set(${out_rest} "" PARENT_SCOPE)
  if(start EQUAL -1)
    set(${out_before} "" PARENT_SCOPE)
    return()
  endif()
  string(SUBSTRING "${rest}" 0 ${start} before)
  string(LENGTH "\n```${kind}\n" length)
  math(EXPR start "${start} + ${length}")
  string(SUBSTRING "${rest}" ${start} -1 rest)
  string(FIND "${rest}" "```" end)
  string(SUBSTRING "${rest}" 0 ${end} piece)
  set(${out_before} "${before}" PARENT_SCOPE)
  set(${out_piece} "${piece}" PARENT_SCOPE)
  set(${out_rest} "${rest}" PARENT_SCOPE)
endfunction()

foreach(kind IN ITEMS c text)
  set(rest "${readme}")
  while(TRUE)
    take(${kind} "${rest}" before piece rest)
    if(before STREQUAL "")
      break()
    endif()
    if(NOT before MATCHES "<!-- ([a-z_/.]+) -->$")
      message(FATAL_ERROR "README.md: a piece of ${kind} names no example before it")
    endif()
    set(example ${CMAKE_MATCH_1})
    if(NOT EXISTS ${ROOT}/${example})
      message(FATAL_ERROR "README.md: there is no ${example}")
    endif()
    file(READ ${ROOT}/${example} text)
    string(FIND "${text}" "${piece}" found)
    if(piece STREQUAL "" OR found EQUAL -1
        OR (kind STREQUAL "text" AND NOT piece STREQUAL text))
      message(FATAL_ERROR "README.md: the piece of ${example} does not stand there")
    endif()
    math(EXPR pieces "${pieces} + 1")
  endwhile()
endforeach()
if(pieces EQUAL 0)
  message(FATAL_ERROR "README.md: no piece of C")
endif()

string(REGEX MATCHALL "!\\[[^]]*\\]\\([^)]*\\)" pictures "${readme}")
foreach(picture IN LISTS pictures)
  string(REGEX REPLACE "^.*\\(([^)]*)\\)$" "\\1" picture "${picture}")
  if(NOT EXISTS ${ROOT}/${picture})
    message(FATAL_ERROR "README.md: there is no picture ${picture}")
  endif()
endforeach()
message(STATUS "${pieces} pieces stand in their examples")
