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
add_library(mail_peers STATIC EXCLUDE_FROM_ALL tests/bench/mail_world.cpp tests/bench/textbook_mail.cpp)
target_link_libraries(mail_peers PUBLIC mailrift_models mailrift_flags)
mailrift_add_bench(message_bench mail_peers)
add_custom_target(bench_programs DEPENDS queue_bench memory_bench planet_bench message_bench)

# A peer that is only measured where it is installed.
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
    pkg_check_modules(ns3 QUIET IMPORTED_TARGET ns3-core)
endif()
if(ns3_FOUND)
    add_executable(ns3_bench EXCLUDE_FROM_ALL tests/bench/ns3_bench.cpp)
    target_include_directories(ns3_bench PRIVATE "${PROJECT_SOURCE_DIR}")
    target_link_libraries(ns3_bench PRIVATE PkgConfig::ns3)
    add_dependencies(bench_programs ns3_bench)
endif()

if(MAILRIFT_TESTS)
    target_link_libraries(models_tests PRIVATE mail_peers)
    add_test(NAME queue_bench_check COMMAND queue_bench check)
    add_test(NAME memory_bench_check COMMAND memory_bench 1 1)
endif()
