/** What the wire allows. The engine has limits of its own on the bytes of a payload. */

/** Arrays and maps within each other; deeper is refused, so that no input exhausts a stack. */
export const DEPTH_MAX = 64;

/** Bytes of a bignum (tags 2 and 3) on decode: turning more into a bigint takes long. */
export const BIGNUM_BYTES_MAX = 64;
