# Times, printed and never asserted; built on demand.
function(mailrift_add_bench name library)
    add_executable(${name} EXCLUDE_FROM_ALL tests/bench/${name}.cpp)
    target_link_libraries(${name} PRIVATE ${library} mailrift_flags)
endfunction()

mailrift_add_bench(counts_bench mailrift_sim)
mailrift_add_bench(graph_bench mailrift_models)
mailrift_add_bench(planet_bench mailrift_models)
