/** opening.ts: the C functions that open a library and compare its contract with the header's. */

import { block, upper } from './text.js';

/**
 * C has no comparison of contracts at run time: another hash is refused, by name, and the host
 * decides whether `weir diff` has told it enough to go on.
 */
export const opening = (prefix: string): string => `${block([
  'Whether a library has the contract that this header was made from.',
  '',
  'A native library has no contract; then its name is compared. A client of an older contract may',
  'work with a newer library all the same: weir diff tells, and a host may go on after this error.',
  '',
  'Errors     CONTRACT_MISMATCH  another one; the message names both, by name, version and hash',
  '           STALE_HANDLE',
])}static inline weir_status ${prefix}_contract_check(weir_handle library, weir_error *out_error)
{
    weir_library_info info = WEIR_LIBRARY_INFO_INIT;
    const size_t name_length = sizeof(${upper(prefix)}_LIBRARY_NAME) - 1;
    const size_t hash_length = sizeof(${upper(prefix)}_CONTRACT_HASH) - 1;
    const weir_status status = weir_library_describe(library, &info);
    if (status != WEIR_OK) {
        return status;
    }
    const int same_name = info.name_length == name_length &&
        memcmp(info.name, ${upper(prefix)}_LIBRARY_NAME, name_length) == 0;
    const int same_hash = info.contract_hash_length == hash_length &&
        memcmp(info.contract_hash, ${upper(prefix)}_CONTRACT_HASH, hash_length) == 0;
    if (same_hash || (info.contract_hash_length == 0 && same_name)) {
        return WEIR_OK;
    }
    if (out_error != NULL) {
        out_error->status = WEIR_ERR_CONTRACT_MISMATCH;
        const int written = snprintf(
            out_error->message, sizeof(out_error->message),
            "the header is of %s %s (contract %.12s), "
            "the library loaded is %.*s %.*s (contract %.*s)",
            ${upper(prefix)}_LIBRARY_NAME, ${upper(prefix)}_LIBRARY_VERSION,
            ${upper(prefix)}_CONTRACT_HASH, (int)info.name_length, info.name,
            (int)info.version_length, info.version,
            info.contract_hash_length > 12 ? 12 : (int)info.contract_hash_length,
            info.contract_hash == NULL ? "" : info.contract_hash);
        const int most = (int)sizeof(out_error->message) - 1;
        out_error->message_length = (uint32_t)(written < 0 ? 0 : written > most ? most : written);
    }
    return WEIR_ERR_CONTRACT_MISMATCH;
}

${block([
  'Load a library of exactly this contract; see weir_library_load and the check above.',
  '',
  'Ownership  The caller closes `*out_library` with weir_library_close, after WEIR_OK.',
])}static inline weir_status ${prefix}_open(const char *path, size_t path_length,
                                         weir_handle *out_library, weir_error *out_error)
{
    weir_status status = weir_library_load(path, path_length, out_library, out_error);
    if (status != WEIR_OK) {
        return status;
    }
    status = ${prefix}_contract_check(*out_library, out_error);
    if (status != WEIR_OK) {
        weir_library_close(*out_library);
        *out_library = 0;
    }
    return status;
}
`;
