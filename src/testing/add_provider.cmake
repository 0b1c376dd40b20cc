# SPDX-License-Identifier: MIT
# sessio_add_provider(NAME source... [START function] [STOP function] [EXPORT function...]):
# a library NAME for tests of one provider; see <sessio/testing_provider.h>.
#
# The calls of its sources go to the test kit, which counts them: testing_provider_calls.c.
set(sessio_counted_calls KosCreateObjectType sessio_object_type_ref sessio_object_type_unref
  KosCreateObject KosRefObject KosPutObject KosCreateObjContainer KosGetObjContainerObjectByName
  KosCreateObjHandleTable KosRefObjectByObjHandle KosSessionCreateType KosSessionDestroyType
  KosSessionRegisterObject KosSessionUnregisterObject KosSessionOpenObject KosSessionCloseObject
  KosSessionRef KosSessionPut KosSessionGetOpenRights KosSessionWalk KosSessionContextToIpcHandle
  KosSessionGetObjectHandle KosSessionGetObjectHandleBySession KnHandleCreateUserObject
  KnHandleCreateBadge KnHandleCopy KnHandleClose KnHandleRevokeEx)
set_property(GLOBAL PROPERTY SESSIO_COUNTED_CALLS ${sessio_counted_calls})

function(sessio_add_provider name)
  cmake_parse_arguments(PARSE_ARGV 1 provider "" "START;STOP" "EXPORT")
  get_property(calls GLOBAL PROPERTY SESSIO_COUNTED_CALLS)
  sessio_image_objects(${name} ${provider_UNPARSED_ARGUMENTS})
  target_link_libraries(${name}_objects PRIVATE sessio::sessio)
  # Each call is one, and can be counted.
  target_compile_definitions(${name}_objects PRIVATE SESSIO_NO_INLINE)
  set(renamed "")
  foreach(call IN LISTS calls)
    list(APPEND renamed ${call}=si_kit_${call})
  endforeach()
  if(provider_START)
    list(APPEND renamed ${provider_START}=sessio_image_start_${name})
  endif()
  if(provider_STOP)
    list(APPEND renamed ${provider_STOP}=sessio_image_stop_${name})
  endif()
  foreach(function IN LISTS provider_EXPORT)
    list(APPEND renamed ${function}=${name}_${function})
  endforeach()
  sessio_image_link(${name} provider ${renamed})
endfunction()
