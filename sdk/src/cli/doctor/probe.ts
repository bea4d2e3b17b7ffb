/** probe.ts: runs the smallest library, to see whether the engine starts. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineAbi } from '../../engine-abi.js';
import { writeLibraryFile } from '../../library-file/library-file.js';
import { withTempFolder } from '../cleanup.js';
import type { RuntimeFolder } from '../find-runtime.js';
import { Runtime } from '../runtime.js';
import { statusName } from '../status.js';

const BUNDLE = `module.exports = { weirLibrary: {
  abi: ${engineAbi},
  methods: [{ name: 'version', handle: () => new TextEncoder().encode(process.version) }],
  create() {},
  destroy() {},
  describeFailure: (error) => ({ status: 16, payload: new TextEncoder().encode(String(error)) }),
} };
`;

const CONTRACT =
  '{"config":null,"errors":{},"events":{},"methods":{"version":{"input":null,"output":' +
  '{"contentEncoding":"base64","type":"string","weirType":"bytes"}}},"name":"probe","weir":1}';

const library = (): Uint8Array =>
  writeLibraryFile({
    manifest: {
      format: 1,
      name: 'probe',
      version: '1.0.0',
      engine: { kind: 'node', abi: engineAbi },
      methods: ['version'],
    },
    contract: new TextEncoder().encode(CONTRACT),
    bundle: new TextEncoder().encode(BUNDLE),
  });

/** Enough for a cold start on a slow machine. */
const TIMEOUT_MS = 20_000;

/**
 * The version of the Node inside the engine.
 *
 * @throws CliError or Error with the engine's reason
 */
export async function engineVersion(folder: RuntimeFolder): Promise<string> {
  return withTempFolder(async (temporary) => {
    const path = join(temporary, 'probe.weir');
    writeFileSync(path, library());
    const runtime = Runtime.start(folder, path);
    const guard = setTimeout(() => runtime.kill(), TIMEOUT_MS);
    try {
      const created = await runtime.create(new Uint8Array());
      const reply =
        created.status === 0 ? await runtime.request('version', new Uint8Array()) : created;
      const text = Buffer.from(reply.payload).toString('utf8');
      if (reply.status !== 0) throw new Error(`${statusName(reply.status)}: ${text}`);
      return text;
    } finally {
      await runtime.end();
      clearTimeout(guard);
    }
  });
}
