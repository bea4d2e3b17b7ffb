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
