# SPDX-License-Identifier: MIT
# cmake -DPROGRAM=... -DEMULATOR=... -DPICTURE=... -P check_picture.cmake: the
# picture in the tree is what the program prints today, byte for byte.
execute_process(COMMAND ${EMULATOR} ${PROGRAM} svg OUTPUT_VARIABLE now RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the layout and the library disagree")
endif()
file(READ ${PICTURE} was)
if(NOT now STREQUAL was)
  message(FATAL_ERROR "${PICTURE} is out of date: print it again with '${PROGRAM} svg'")
endif()
