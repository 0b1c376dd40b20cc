# SPDX-License-Identifier: MIT
# cmake -DNAME=<name> -DKIND=<driver|provider> -DKEPT=<symbol,...> -DOBJECT=<its object>
#   -DOBJDUMP=<objdump> -DIMAGE=<file to write> -P image.cmake
#
# Writes an image of code under test as C: its bounds, and the line of each piece of
# its code. Without lines in the object, or without an objdump that shows them, it has none.
cmake_minimum_required(VERSION 3.21)

string(REPLACE "," ";" KEPT "${KEPT}")
set(table "")
set(output "")
if(OBJDUMP)
  execute_process(COMMAND ${OBJDUMP} -w --dwarf=decodedline ${OBJECT}
    OUTPUT_VARIABLE output ERROR_QUIET)
endif()
string(REGEX MATCHALL "\n[^ \n:;]+ +[0-9]+ +(0x[0-9a-f]+|0)" rows "${output}")
set(last "")
foreach(row IN LISTS rows)
  # Some compilers name the folder, too.
  string(REGEX MATCH "([^ /\n]+) +([0-9]+) +([0-9a-fx]+)" row "${row}")
  if(NOT last STREQUAL "${CMAKE_MATCH_1} ${CMAKE_MATCH_2}")
    set(last "${CMAKE_MATCH_1} ${CMAKE_MATCH_2}")
    string(APPEND table "\t{ \"${CMAKE_MATCH_1}\", ${CMAKE_MATCH_2}, ${CMAKE_MATCH_3} },\n")
  endif()
endforeach()

# The functions that the kit calls.
set(functions "")
set(members "")
if(KIND STREQUAL "driver")
  set(functions "DRIVER_INITIALIZE sessio_image_entry_${NAME};\n")
  set(members "\t.entry = sessio_image_entry_${NAME}\n")
  set(declare SESSIO_DRIVER)
else()
  set(declare SESSIO_PROVIDER)
  if("sessio_image_start_${NAME}" IN_LIST KEPT)
    string(APPEND functions "Retcode sessio_image_start_${NAME}(void);\n")
    string(APPEND members "\t.start = sessio_image_start_${NAME},\n")
  endif()
  if("sessio_image_stop_${NAME}" IN_LIST KEPT)
    string(APPEND functions "void sessio_image_stop_${NAME}(void);\n")
    string(APPEND members "\t.stop = sessio_image_stop_${NAME}\n")
  endif()
endif()

file(WRITE ${IMAGE}
  "/* Made by image.cmake. */\n"
  "#include <sessio/testing_${KIND}.h>\n\n"
  "${functions}"
  "extern const unsigned char sessio_image_code_${NAME}[], sessio_image_code_end_${NAME}[];\n"
  "extern unsigned char sessio_image_data_${NAME}[], sessio_image_data_end_${NAME}[];\n\n"
  "static unsigned char *saved;\n"
  "static const struct sessio_kit_line lines[] = {\n${table}\t{ 0, 0, UINT32_MAX }\n};\n\n"
  "${declare}(${NAME});\n"
  "const sessio_${KIND}_image sessio_${KIND}_image_of_${NAME} = {\n"
  "\t.image = {\n"
  "\t\t.name = \"${NAME}\",\n"
  "\t\t.code = sessio_image_code_${NAME},\n"
  "\t\t.code_end = sessio_image_code_end_${NAME},\n"
  "\t\t.data = sessio_image_data_${NAME},\n"
  "\t\t.data_end = sessio_image_data_end_${NAME},\n"
  "\t\t.saved = &saved,\n"
  "\t\t.lines = lines,\n"
  "\t\t.line_count = sizeof(lines) / sizeof(lines[0]) - 1 },\n"
  "${members}"
  "};\n")
