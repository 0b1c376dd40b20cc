# SPDX-License-Identifier: MIT
# The fuzz programs, on inputs that are the same everywhere; with libFuzzer .ci/run
# has them. Each is one file that defines LLVMFuzzerTestOneInput().

# sessio_fuzz(name): fuzz/name.c as sessio.fuzz.name.
function(sessio_fuzz name)
  add_executable(sessio_fuzz_${name} fuzz/${name}.c fuzz_replay.c)
  target_include_directories(sessio_fuzz_${name} PRIVATE
    ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/../src)
  target_link_libraries(sessio_fuzz_${name} PRIVATE sessio::sessio)
  sessio_own_target(sessio_fuzz_${name})
  add_test(NAME sessio.fuzz.${name} COMMAND sessio_fuzz_${name})
endfunction()

sessio_fuzz(bind)
sessio_fuzz(host)
sessio_fuzz(nt_format)
sessio_fuzz(objects)
sessio_fuzz(sessions)
