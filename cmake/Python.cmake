# The Python module `_core` and what is installed into the package.
find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
if(NOT pybind11_DIR)
    execute_process(COMMAND "${Python_EXECUTABLE}" -m pybind11 --cmakedir
        OUTPUT_VARIABLE pybind11_DIR OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
endif()
pinned_version(pybind11 pinned)
find_package(pybind11 ${pinned} CONFIG REQUIRED)

file(GLOB bindings_sources CONFIGURE_DEPENDS bindings/*.cpp)
# NO_EXTRAS: no link-time optimisation, so that the module's code is what the tests run.
pybind11_add_module(_core NO_EXTRAS ${bindings_sources})
target_link_libraries(_core PRIVATE mailrift_models)
target_compile_definitions(_core PRIVATE "MAILRIFT_VERSION=\"${PROJECT_VERSION}\"")
# Assertions in the headers of pybind11 and Python name their file, which may lie in a temporary or a home folder.
target_compile_options(_core PRIVATE
    "-ffile-prefix-map=${pybind11_INCLUDE_DIR}/=" "-ffile-prefix-map=$<JOIN:${Python_INCLUDE_DIRS},/=;-ffile-prefix-map=>/=")

install(TARGETS _core LIBRARY DESTINATION mailrift COMPONENT python)
install(DIRECTORY scenarios/ DESTINATION mailrift/scenarios COMPONENT python
    FILES_MATCHING PATTERN "*.json" PATTERN "*.bib" PATTERN "*.md")
