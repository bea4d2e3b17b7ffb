# Language level, warnings, visibility, sanitizers and coverage, for every target of the project.
#
# Warnings are errors in the presets (CMAKE_COMPILE_WARNING_AS_ERROR) and not by default, so that a newer compiler
# than ours still builds a release.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Only what is declared WEIR_API leaves a library.
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion)

set(WEIR_TEST_OPTIMISATION "-O1")
if(WEIR_SANITIZE)
    if(NOT WEIR_SANITIZE MATCHES "^(address;undefined|thread|address|undefined)$")
        message(FATAL_ERROR "WEIR_SANITIZE='${WEIR_SANITIZE}': expected empty, address;undefined or thread")
    endif()
    string(REPLACE ";" "," _weir_sanitizers "${WEIR_SANITIZE}")
    # What a test's own source is compiled with: instrumented code takes the compiler longest to optimise.
    set(WEIR_TEST_OPTIMISATION "-O0")
    # A finding ends the program, so that a test cannot pass over it.
    set(_weir_sanitize_flags -fsanitize=${_weir_sanitizers} -fno-sanitize-recover=all)
    # The core has no run-time type information, by which the check of virtual tables works.
    add_compile_options(${_weir_sanitize_flags} $<$<COMPILE_LANGUAGE:CXX>:-fno-sanitize=vptr> -fno-omit-frame-pointer -g1)
    add_link_options(${_weir_sanitize_flags})
endif()

if(WEIR_COVERAGE)
    add_compile_options(--coverage -fprofile-update=atomic)
    add_link_options(--coverage)
endif()
