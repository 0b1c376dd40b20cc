# SPDX-License-Identifier: MIT
# cmake -DROOT=<repository> -P check_invariants.cmake
#
# The label of an invariant is its unit and a number, as in (rundown-3). The unit
# is the name of the file that defines it, without the ending. So a reader of a
# citation knows where to look. Where two rooms have a file of that name, the unit
# is room and name, as in (wdk_lock-1). A definition begins a line of a block
# comment: " * (rundown-3) A failed acquire is not undone". A citation is a label in
# round brackets, or several: (host-3, host-7).
#
# A Spin model's properties are (M1), (M2) and so on. The model's head comment
# defines them, and the model asserts them by name, as in assert(M1 || !freed). A
# model may assert those of another model that its comments name.
#
# Faults:
# - a label that is defined twice, or by a file of another name;
# - a citation of a label that is not defined;
# - a label of another form;
# - a property of a model that is defined twice;
# - a property that a model asserts and that is defined nowhere.
cmake_minimum_required(VERSION 3.21)

set(faults "")
set(label "[a-z][a-z_]*-[0-9]+")
set(defined "") # every label, and in home_LABEL the file that defines it
set(citations 0)

macro(fault text)
  string(APPEND faults "\n  ${text}")
endmacro()

# note_definition(file label): which file must not be of another name than the label.
macro(note_definition file text)
  string(REGEX REPLACE "-[0-9]+$" "" unit "${text}")
  get_filename_component(stem "${file}" NAME_WE)
  get_filename_component(room "${file}" DIRECTORY)
  get_filename_component(room "${room}" NAME)
  if(NOT unit STREQUAL stem AND NOT unit STREQUAL "${room}_${stem}")
    fault("${file}: (${text}) is not called after its file: (${stem}-1) or (${room}_${stem}-1)")
  endif()
  if(text IN_LIST defined)
    fault("${file}: (${text}) is defined in ${home_${text}}, too")
  endif()
  list(APPEND defined "${text}")
  set(home_${text} "${file}")
endmacro()

# matches(path regex out): the lines of the file that match, without what CMake
# would take for its own syntax.
function(matches path regex out)
  file(READ "${path}" text)
  string(REGEX REPLACE "[][;\\]" " " text "${text}")
  string(REPLACE "\n" ";" text "${text}")
  list(FILTER text INCLUDE REGEX "${regex}")
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE files RELATIVE "${ROOT}"
  "${ROOT}/src/*.[ch]" "${ROOT}/include/*.h" "${ROOT}/examples/*.[ch]"
  "${ROOT}/tests/*.[ch]" "${ROOT}/tests/*.cpp" "${ROOT}/tests/*.pml" "${ROOT}/tests/*.sh")
list(FILTER files EXCLUDE REGEX "^tests/checks/")

foreach(file IN LISTS files)
  matches("${ROOT}/${file}" "^ \\* +\\(${label}\\) [^ ]" lines)
  foreach(line IN LISTS lines)
    string(REGEX MATCH "${label}" text "${line}")
    note_definition("${file}" "${text}")
  endforeach()
endforeach()

foreach(file IN LISTS files)
  matches("${ROOT}/${file}" "\\((${label}|[A-Z][A-Z]?[0-9]+)[, )]" lines)
  foreach(line IN LISTS lines)
    string(REGEX MATCHALL "\\(${label}(, ${label})*\\)" cited "${line}")
    string(REGEX MATCHALL "${label}" cited "${cited}")
    foreach(text IN LISTS cited)
      math(EXPR citations "${citations} + 1")
      if(NOT text IN_LIST defined)
        fault("${file}: cites (${text}), which is defined nowhere")
      endif()
    endforeach()
    if(NOT file MATCHES "\\.pml$" AND line MATCHES "\\([A-Z][A-Z]?[0-9]+[,)]")
      fault("${file}: not a label of the form (unit-1): ${line}")
    endif()
  endforeach()
endforeach()

# The models: properties_FILE lists those that the model tests/models/FILE defines.
set(models ${files})
list(FILTER models INCLUDE REGEX "\\.pml$")
foreach(file IN LISTS models)
  get_filename_component(name "${file}" NAME)
  set(properties_${name} "")
  matches("${ROOT}/${file}" "^ \\* +\\(M[0-9]+\\) " lines)
  foreach(line IN LISTS lines)
    string(REGEX MATCH "M[0-9]+" property "${line}")
    if(property IN_LIST properties_${name})
      fault("${file}: (${property}) is defined twice")
    endif()
    list(APPEND properties_${name} ${property})
  endforeach()
endforeach()
foreach(file IN LISTS models)
  get_filename_component(name "${file}" NAME)
  file(READ "${ROOT}/${file}" text)
  set(properties ${properties_${name}})
  string(REGEX MATCHALL "[a-z_]+\\.pml" named "${text}")
  foreach(other IN LISTS named)
    list(APPEND properties ${properties_${other}})
  endforeach()
  string(REGEX MATCHALL "assert\\(M[0-9]+" asserted "${text}")
  list(REMOVE_DUPLICATES asserted)
  foreach(property IN LISTS asserted)
    string(REGEX MATCH "M[0-9]+" property "${property}")
    if(NOT property IN_LIST properties)
      fault("${file}: asserts ${property}, which is defined nowhere")
    endif()
  endforeach()
endforeach()

if(NOT faults STREQUAL "")
  message(FATAL_ERROR "invariants:${faults}\n")
endif()
list(LENGTH defined count)
if(count EQUAL 0)
  message(FATAL_ERROR "invariants: none found in ${ROOT}")
endif()
math(EXPR citations "${citations} - ${count}")
message(STATUS "${count} invariants, ${citations} citations")
