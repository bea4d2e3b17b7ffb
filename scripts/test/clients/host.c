/** host.c: opens a library by a generated header and says whether it fits; exit code 3 when not. */
#include "shelf.h"

int main(int argc, char **argv) {
    weir_error error = WEIR_ERROR_INIT;
    weir_handle library = 0;
    if (argc != 2) {
        return 2;
    }
    const weir_status status = shelf_open(argv[1], strlen(argv[1]), &library, &error);
    printf("%s: %s\n", weir_status_name(status), error.message);
    if (status == WEIR_OK) {
        return weir_library_close(library) == WEIR_OK ? 0 : 1;
    }
    return status == WEIR_ERR_CONTRACT_MISMATCH && library == 0 ? 3 : 1;
}
