/** notice.ts: what the core itself has to say about a context. */

import { RecordKind, type TransportRecord } from './transport.js';

export type NoticeKind =
  /** A handler runs longer than `wedgedAfter`; `took` is how long. */
  | 'unresponsive'
  /** It came back; `took` is how long it ran. */
  | 'responsive'
  /** The event queue was full; `count` events are lost since the last notice. */
  | 'events-dropped'
  /** Open for longer than `leakAfter`; `message` says who made it. */
  | 'leak-suspected'
  /** The library ended its instance; `message` says why. Destroy the context, make another. */
  | 'instance-ended';

export interface Notice {
  readonly kind: NoticeKind;
  /** The tag of the context; empty if it has none. */
  readonly tag: string;
  /** Milliseconds, else 0. */
  readonly took: number;
  /** Else 0. */
  readonly count: number;
  /** In words, else empty. */
  readonly message: string;
}

const KINDS: { readonly [kind: number]: NoticeKind } = {
  [RecordKind.unresponsive]: 'unresponsive',
  [RecordKind.responsive]: 'responsive',
  [RecordKind.eventsDropped]: 'events-dropped',
  [RecordKind.leakSuspected]: 'leak-suspected',
  [RecordKind.instanceEnded]: 'instance-ended',
};

/** Of a record that is a notice; undefined for a kind that a newer core may know. */
export function noticeOf(record: TransportRecord, tag: string): Notice | undefined {
  const kind = KINDS[record.kind];
  if (kind === undefined) return undefined;
  const isTime = kind === 'unresponsive' || kind === 'responsive';
  return {
    kind,
    tag,
    took: isTime ? record.id : 0,
    count: kind === 'events-dropped' ? record.id : 0,
    message: new TextDecoder().decode(record.payload),
  };
}
