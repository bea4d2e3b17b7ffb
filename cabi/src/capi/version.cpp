#include <weir/version.h>
#include <weir/weir.h>

uint32_t weir_abi_version(void) { return WEIR_ABI_VERSION; }

const char *weir_version(void) { return WEIR_VERSION_STRING; }
