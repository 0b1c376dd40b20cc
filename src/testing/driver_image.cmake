# SPDX-License-Identifier: MIT
# cmake -DNAME=<driver> -DOBJECT=<its object> -DOBJDUMP=<objdump> -DIMAGE=<file to write>
#   -P driver_image.cmake
#
# Writes a driver's image as C: its bounds, and the line of each piece of its code.
# Without lines in the object, or without an objdump that shows them, it has none.
cmake_minimum_required(VERSION 3.21)

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

file(WRITE ${IMAGE}
  "/* Made by driver_image.cmake. */\n"
  "#include <sessio/testing_driver.h>\n\n"
  "DRIVER_INITIALIZE sessio_driver_entry_${NAME};\n"
  "extern const unsigned char sessio_driver_code_${NAME}[], sessio_driver_code_end_${NAME}[];\n"
  "extern unsigned char sessio_driver_data_${NAME}[], sessio_driver_data_end_${NAME}[];\n\n"
  "static unsigned char *saved;\n"
  "static const struct sessio_driver_line lines[] = {\n${table}\t{ 0, 0, UINT32_MAX }\n};\n\n"
  "SESSIO_DRIVER(${NAME});\n"
  "const sessio_driver_image sessio_driver_image_of_${NAME} = {\n"
  "\t.name = \"${NAME}\",\n"
  "\t.entry = sessio_driver_entry_${NAME},\n"
  "\t.code = sessio_driver_code_${NAME},\n"
  "\t.code_end = sessio_driver_code_end_${NAME},\n"
  "\t.data = sessio_driver_data_${NAME},\n"
  "\t.data_end = sessio_driver_data_end_${NAME},\n"
  "\t.saved = &saved,\n"
  "\t.lines = lines,\n"
  "\t.line_count = sizeof(lines) / sizeof(lines[0]) - 1\n"
  "};\n")
