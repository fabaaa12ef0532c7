# The programs whose times `make bench` prints. Nothing is timed in `make test`, which only runs them at tiny sizes.

# mailrift_add_timed(NAME): tests/bench/NAME.cpp becomes a program, built with the tests or on demand.
function(mailrift_add_timed name)
    add_executable(${name} tests/bench/${name}.cpp)
    target_link_libraries(${name} PRIVATE mailrift_sim mailrift_flags)
    if(NOT MAILRIFT_TESTS)
        set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL TRUE)
    endif()
endfunction()

mailrift_add_timed(queue_bench)
mailrift_add_timed(memory_bench)

# Printed by themselves, and not in the table of `make bench`; built on demand.
function(mailrift_add_bench name library)
    add_executable(${name} EXCLUDE_FROM_ALL tests/bench/${name}.cpp)
    target_link_libraries(${name} PRIVATE ${library} mailrift_flags)
endfunction()

mailrift_add_bench(counts_bench mailrift_sim)
mailrift_add_bench(graph_bench mailrift_models)
mailrift_add_bench(planet_bench mailrift_models)

# What mail on the contact graph is compared with, in a library of its own, since it has a test.
add_library(mail_peers STATIC EXCLUDE_FROM_ALL tests/bench/mail_world.cpp tests/bench/message_run.cpp
            tests/bench/textbook_mail.cpp)
target_link_libraries(mail_peers PUBLIC mailrift_models mailrift_flags)
mailrift_add_bench(message_bench mail_peers)
add_custom_target(bench_programs DEPENDS queue_bench memory_bench planet_bench message_bench)

# A peer that is only measured where it is installed. Its pkg-config file names a development package that Debian's does not need: it is not asked.
find_path(NS3_INCLUDE ns3/core-module.h)
find_library(NS3_CORE ns3-core)
mark_as_advanced(NS3_INCLUDE NS3_CORE)
if(NS3_INCLUDE AND NS3_CORE)
    add_executable(ns3_bench EXCLUDE_FROM_ALL tests/bench/ns3_bench.cpp)
    set_target_properties(ns3_bench PROPERTIES CXX_STANDARD 17)  # its headers are no C++20, and have warnings
    target_include_directories(ns3_bench SYSTEM PRIVATE "${NS3_INCLUDE}")
    target_include_directories(ns3_bench PRIVATE "${PROJECT_SOURCE_DIR}")
    target_link_libraries(ns3_bench PRIVATE "${NS3_CORE}")
    add_dependencies(bench_programs ns3_bench)
endif()

if(MAILRIFT_TESTS)
    target_link_libraries(models_tests PRIVATE mail_peers)
    add_test(NAME queue_bench_check COMMAND queue_bench check)
    add_test(NAME memory_bench_check COMMAND memory_bench 1 1)
endif()
