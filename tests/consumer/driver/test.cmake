# SPDX-License-Identifier: MIT
# A test of a driver, with the kit of whatever sessio the project has.
sessio_add_driver(consumer_driver ${CMAKE_CURRENT_LIST_DIR}/driver.c)
add_executable(consumer_driver_test ${CMAKE_CURRENT_LIST_DIR}/test.c)
target_link_libraries(consumer_driver_test PRIVATE consumer_driver)
add_custom_command(TARGET consumer_driver_test POST_BUILD COMMAND consumer_driver_test)
