# Headers that nearly all files read: a third of the time to compile (g++ 12, one file of the tests: 6.8 to 4.5 s of processor time). Off in release,
# so that a file which forgets to include what it uses is found there.

# mailrift_precompile(TARGET [MORE...]): does so for a target, where it is asked for.
function(mailrift_precompile target)
    if(MAILRIFT_PRECOMPILE)
        target_precompile_headers(${target} PRIVATE
            <algorithm> <array> <cstdint> <functional> <map> <memory> <optional> <span> <string> <string_view> <utility> <variant> <vector> ${ARGN})
    endif()
endfunction()

# Files with flags of their own cannot read what was made with other ones.
set_source_files_properties(sim/poisson_batch.cpp sim/binomial_batch.cpp models/control/simulation.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
