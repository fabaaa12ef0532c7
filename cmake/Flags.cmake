# Compiler flags: `mailrift_flags` for all our code, each flag with its reason.

add_library(mailrift_flags INTERFACE)
target_compile_features(mailrift_flags INTERFACE cxx_std_20)
target_include_directories(mailrift_flags INTERFACE "${PROJECT_SOURCE_DIR}")

target_compile_options(mailrift_flags INTERFACE
    # a * b + c is rounded twice on every machine. GCC fuses it by default where the target has FMA, and the bits change.
    -ffp-contract=off
    # Nobody reads errno after sqrt: without this flag each sqrt carries a call into libm for negative arguments.
    -fno-math-errno
    # No build path in assertions or debug information, so two checkouts of one commit build the same bytes.
    "-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=")

option(MAILRIFT_WERROR "Treat warnings in our own code as errors" ON)
target_compile_options(mailrift_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow
    # Silent conversions have turned an unsigned minus into a wrong mean before: every one is written out.
    -Wconversion -Wsign-conversion
    $<$<BOOL:${MAILRIFT_WERROR}>:-Werror>)

# Build types. No -march anywhere: results are made by baseline x86-64 code. Assertions stay on in every type.
set(CMAKE_CXX_FLAGS_RELASSERT "-O2")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1 -D_GLIBCXX_ASSERTIONS")
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelAssert CACHE STRING "RelAssert or Debug" FORCE)
endif()

# Sanitizers, named as the compiler names them, apply to the libraries and the tests alike.
set(MAILRIFT_SANITIZE "" CACHE STRING "Sanitizers to build with, such as address,undefined")
if(MAILRIFT_SANITIZE)
    target_compile_options(mailrift_flags INTERFACE
        "-fsanitize=${MAILRIFT_SANITIZE}" -fno-sanitize-recover=all -fno-omit-frame-pointer -O1 -g1 -D_GLIBCXX_ASSERTIONS)
    # At -O1 with sanitizers g++ 12 finds texts that are joined by + out of bounds (GCC bugs 105329 and 105651); release has these warnings on.
    target_compile_options(mailrift_flags INTERFACE
        $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds> $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>)
    target_link_options(mailrift_flags INTERFACE "-fsanitize=${MAILRIFT_SANITIZE}")
endif()
