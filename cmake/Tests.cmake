# The C++ tests: one program a library, run from the project's root so that test data have relative paths.
pinned_version(libgtest-dev gtest_version)
find_package(GTest ${gtest_version} REQUIRED)

# mailrift_add_tests(NAME LIBRARY FOLDER [SHARDS]): all sources under FOLDER become the program NAME. Its tests are dealt out to SHARDS
# processes, so that more than one core runs them.
function(mailrift_add_tests name library folder)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${folder}/*.cpp")
    if(NOT sources OR NOT TARGET ${library})
        return()
    endif()
    add_executable(${name} ${sources})
    target_link_libraries(${name} PRIVATE ${library} mailrift_flags GTest::gtest GTest::gtest_main)
    set(shards 1)
    if(ARGC GREATER 3)
        set(shards ${ARGV3})
    endif()
    math(EXPR last "${shards} - 1")
    foreach(shard RANGE ${last})
        set(test ${name})
        if(shards GREATER 1)
            set(test ${name}_${shard})
        endif()
        add_test(NAME ${test} COMMAND ${name} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
        # The root reaches the tests through the environment: no path is compiled in.
        set_tests_properties(${test} PROPERTIES TIMEOUT 2400 ENVIRONMENT
            "MAILRIFT_SOURCE_DIR=${PROJECT_SOURCE_DIR};GTEST_OUTPUT=xml:${PROJECT_BINARY_DIR}/reports/${test}.xml;GTEST_TOTAL_SHARDS=${shards};GTEST_SHARD_INDEX=${shard}")
    endforeach()
endfunction()

mailrift_add_tests(sim_tests mailrift_sim tests/sim)
mailrift_add_tests(models_tests mailrift_models tests/models 6)
mailrift_add_tests(golden_tests mailrift_models tests/golden)
mailrift_precompile(sim_tests <gtest/gtest.h>)
mailrift_precompile(models_tests <gtest/gtest.h> <Eigen/Core>)

# The flags themselves: one file is built for a machine with fused multiply-add, where their lack would show.
mailrift_add_tests(flags_tests mailrift_sim tests/flags)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set_source_files_properties(tests/flags/contraction.cpp PROPERTIES COMPILE_OPTIONS -mfma)
endif()
