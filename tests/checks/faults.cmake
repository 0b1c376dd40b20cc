# SPDX-License-Identifier: MIT
# For the tests of the checks. Each fault is made once in a scratch folder, and the
# output of the check that must find it is judged.

# judge(result summary script argument...): the output of that script must match
# result. It must fail, unless result begins like the summary of a good run.
function(judge result summary script)
  execute_process(
    COMMAND ${CMAKE_COMMAND} ${ARGN} -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${script}
    RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  set(wanted_code 1)
  if(result MATCHES "^${summary}")
    set(wanted_code 0)
  endif()
  if(NOT output MATCHES "${result}" OR NOT code EQUAL wanted_code)
    message(SEND_ERROR "wanted: ${result}\ngot ${code}: ${output}")
  endif()
  set_property(GLOBAL APPEND PROPERTY judged .)
endfunction()

# say_judged(what): how many things of that kind were judged.
function(say_judged what)
  get_property(judged GLOBAL PROPERTY judged)
  list(LENGTH judged made)
  message(STATUS "${made} ${what}, each judged as it should be")
endfunction()
