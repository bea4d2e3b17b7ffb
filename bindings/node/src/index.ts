/**
 * @weir-ffi/node: use weir libraries from Node.
 *
 * The host API of @weir-ffi/sdk/host, which finds the way to the core in this package.
 */

export * from '@weir-ffi/sdk/host';
export { createTransport } from './create-transport.js';
