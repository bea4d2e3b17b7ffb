# Units beside their source, the core on the injected clock, and a build with generations of 4 bits.
weir_test(host)

foreach(noun IN ITEMS mutex signal spin_guard tagged text utf8)
    weir_test(src/base/${noun} LABELS unit)
endforeach()
foreach(noun IN ITEMS handle handle_table lifecycle listeners mailbox payload record slab watch)
    weir_test(src/core/${noun} LABELS unit)
endforeach()
weir_test(src/runtime/settings LABELS unit)

weir_test(wedge LABELS timed)
weir_test(destroy LABELS timed)
weir_test(destroy_callbacks LABELS timed)
weir_test(timeouts LABELS timed)
weir_test(src/runtime/reset_table LABELS unit)
weir_test(stain LABELS timed)
weir_test(offload LABELS timed)
weir_test(pool_close LABELS timed)
weir_test(pool_idle LABELS timed)

# Shared objects that a host may name by mistake, and one that is right. They find weir in the test program.
weir_test(src/engine/native_engine LABELS unit)
set_target_properties(native_engine_test PROPERTIES ENABLE_EXPORTS ON)
foreach(fixture IN ITEMS library_good library_other_abi library_null no_library)
    add_library(fixture_${fixture} MODULE fixtures/${fixture}.cpp)
    target_include_directories(fixture_${fixture} PRIVATE "${PROJECT_SOURCE_DIR}/cabi/include")
    add_dependencies(native_engine_test fixture_${fixture})
    string(TOUPPER ${fixture} name)
    target_compile_definitions(native_engine_test PRIVATE "${name}=\"$<TARGET_FILE:fixture_${fixture}>\"")
endforeach()

# The core once more, with generations that can be used up.
add_library(weir_testing_generations STATIC ${core_sources} support/port_test.cpp support/quiet.cpp)
target_link_libraries(weir_testing_generations PUBLIC weir_flags)
target_include_directories(weir_testing_generations PUBLIC "${PROJECT_SOURCE_DIR}/cabi/include")
target_compile_definitions(weir_testing_generations PUBLIC WEIR_GENERATION_BITS=4)
weir_add_test(generations weir_testing_generations)
