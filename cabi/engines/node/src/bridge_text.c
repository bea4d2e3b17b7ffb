/** bridge_text.c: the bundled bridge, as bytes between two symbols. */
__asm__(".section .rodata\n"
        ".global weir_bridge_text\n"
        ".global weir_bridge_text_end\n"
        ".hidden weir_bridge_text\n"
        ".hidden weir_bridge_text_end\n"
        "weir_bridge_text:\n"
        ".incbin \"" WEIR_BRIDGE_JS "\"\n"
        "weir_bridge_text_end:\n"
        ".byte 0\n"
        ".previous\n");

typedef int weir_bridge_text_unit; /* a unit may not be empty */
