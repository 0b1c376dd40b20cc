# SPDX-License-Identifier: MIT
# The libuv that a consumer brings itself. CONSUMER_UV says which:
#   own      a static target by libuv's own name, as if libuv were vendored here, too
#   named    the target that sessio looks for first
#   shared   a shared target only
#   both     a shared target, and a static one that cannot be linked
#   nonpic   a static library that is compiled here without -fPIC
#   old      a target whose headers are of libuv 1.43
set(CONSUMER_UV "" CACHE STRING "Which libuv this project brings itself")

if(CONSUMER_UV)
  find_library(CONSUMER_UV_FILE uv REQUIRED)
endif()
if(CONSUMER_UV STREQUAL "own")
  add_library(uv_a INTERFACE)
  target_link_libraries(uv_a INTERFACE ${CONSUMER_UV_FILE})
elseif(CONSUMER_UV STREQUAL "named")
  add_library(consumer_uv INTERFACE)
  target_link_libraries(consumer_uv INTERFACE ${CONSUMER_UV_FILE})
  add_library(sessio::libuv ALIAS consumer_uv)
elseif(CONSUMER_UV MATCHES "^(shared|both)$")
  add_library(uv SHARED IMPORTED)
  set_target_properties(uv PROPERTIES IMPORTED_LOCATION ${CONSUMER_UV_FILE})
  if(CONSUMER_UV STREQUAL "both")
    add_library(uv_a INTERFACE)
    target_link_libraries(uv_a INTERFACE consumer_has_no_such_library)
  endif()
elseif(CONSUMER_UV STREQUAL "nonpic")
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/uv_a.c "int consumer_uv_a;\n")
  add_library(uv_a STATIC ${CMAKE_CURRENT_BINARY_DIR}/uv_a.c)
  target_link_libraries(uv_a INTERFACE ${CONSUMER_UV_FILE})
elseif(CONSUMER_UV STREQUAL "old")
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/old/uv.h
    "#include_next <uv.h>\n#undef UV_VERSION_HEX\n#define UV_VERSION_HEX 0x012b00\n")
  add_library(uv_a INTERFACE)
  target_include_directories(uv_a INTERFACE ${CMAKE_CURRENT_BINARY_DIR}/old)
  target_link_libraries(uv_a INTERFACE ${CONSUMER_UV_FILE})
endif()
