import { calm, type Mutant, patch } from './mutant.ts';
import { mutantsOfTelling } from './mutants-of-telling.ts';

/** Every safeguard of the engine, the way it is lost. */
export const mutants: readonly Mutant[] = [
  {
    name: 'fence',
    without: 'records up to the stored sequence number have no effect',
    kind: 'windowed',
    by: patch(
      'commit/commit.ts',
      [
        'let recordsMax = records.length;',
        'let recordsMax = records.length; let own: string | undefined;',
      ],
      ['firstAfter(records, control.sequenceNumber)', 'firstAfter(records, own)'],
      [
        'effects.committed(next.version);',
        'effects.committed(next.version); own = next.sequenceNumber;',
      ],
    ),
  },
  {
    name: 'control-version',
    without: 'a commit is refused when the control row has changed',
    kind: 'windowed',
    by: patch('commit/commit.ts', [
      "condition: { attribute: 'version', equals: control.version },\n        put: packControl(next),",
      'put: packControl(next),',
    ]),
  },
  {
    name: 'seal',
    without: 'a pane is sealed before its last window is final',
    kind: 'windowed',
    by: patch('close/seal.ts', ['control.sealedMs < sealedMs', 'false']),
  },
  {
    name: 'floor-at-birth',
    without: 'a control row is born only while the floor it took is the floor',
    kind: 'windowed',
    where: {
      ...calm,
      reshards: 12,
      eventGap: 10,
      closeEvery: 60,
      scanPauses: 0.3,
      listingAge: 40,
      pauses: 0.1,
      pause: 400,
    },
    by: patch('commit/birth.ts', [
      "{ key: jobKey(run), condition: { attribute: 'version', equals: version } },",
      '',
    ]),
  },
  {
    name: 'wall-clock',
    without: 'only ticks move time: a quiet shard is passed over after a while',
    kind: 'windowed',
    by: patch('close/close.ts', [
      'if (minimum > row.floorMs) await this.#replaceJobRow(row, { floorMs: minimum });',
      'const idle = Math.max(minimum, this.#parts.now() - 5 * this.#job.watermarkDelayMs);\n    if (idle > row.floorMs) await this.#replaceJobRow(row, { floorMs: idle });',
    ]),
  },
  {
    name: 'data-moves-time',
    without: 'rule 4: only ticks move the watermark of a shard',
    kind: 'windowed',
    by: patch('commit/slice.ts', [
      "if (outcome === 'counted') {",
      "if (outcome === 'counted') {\n      this.watermarkMs = Math.max(this.watermarkMs, timeMs - this.#job.watermarkDelayMs);",
    ]),
  },
  {
    name: 'unknown-shard',
    without: 'a shard that nothing is known of holds the watermark',
    kind: 'windowed',
    by: patch('close/watermark.ts', [
      'control?.watermarkMs ?? beforeAll',
      'control?.watermarkMs ?? minimum',
    ]),
  },
  {
    name: 'row-version',
    without: 'a transaction is refused when a row that it was built on has changed',
    kind: 'keyed',
    by: patch('state/rows.ts', [
      'return { key: rowKey(this.#run, key), condition };',
      'return { key: rowKey(this.#run, key), ...(condition && {}) };',
    ]),
  },
  {
    name: 'refused-rows',
    without: 'rows that a transaction was refused over are read again',
    kind: 'keyed',
    by: patch('state/rows.ts', ['for (const key of keys) this.#drop(key);', 'void keys;']),
  },
  {
    name: 'second-key',
    without: 'of the rows of an event with several keys each is replaced only if it is unchanged',
    kind: 'keyed',
    where: { several: true },
    by: patch('commit/keyed-effects.ts', [
      'this.#rows.write(key, this.#rowOf(key), packed, this.#keyed.stateTtlMs),',
      `({
        ...this.#rows.write(key, this.#rowOf(key), packed, this.#keyed.stateTtlMs),
        ...(key.startsWith('group') && { condition: undefined as never }),
      }),`,
    ]),
  },
  {
    name: 'looked-at',
    without: 'a row that an event looked at, and did not write, is the stored one',
    kind: 'keyed',
    where: { several: true, astray: 0.3, keys: 6 },
    by: patch('commit/keyed-effects.ts', [
      'if (!this.#changed.has(key)) this.#judged.add(key);',
      'void key;',
    ]),
  },
  {
    name: 'timers',
    without: 'a timer closes the session of a silent key',
    kind: 'session',
    by: patch('commit/session-effects.ts', [
      'if (!isSet && neededMs !== undefined) {',
      'if (isSet && neededMs !== undefined) {',
    ]),
  },
  {
    name: 'dedup',
    without: 'a copy of an event changes nothing',
    kind: 'windowed',
    by: patch('commit/paned-effects.ts', [
      "if (pane.known?.has(id) || pane.fresh.has(id)) return 'duplicate';",
      '',
    ]),
  },
  {
    name: 'dedup-sessions',
    without: 'a copy of an event changes no session',
    kind: 'session',
    by: patch('state/sessions.ts', [
      "if (state.sessions.some(({ ids }) => ids.includes(hash))) return 'duplicate';",
      '',
    ]),
  },
  {
    name: 'final-sessions',
    without: 'a copy of an event of a final session changes no later one beside it',
    kind: 'session',
    where: { ...calm, streams: ['changes'], keys: 2, beyond: 400, deaths: 0.1, reload: true },
    by: patch('state/sessions.ts', [
      'return isInReach(one) ? { ...one, states: [] } : [];',
      'return [];',
    ]),
  },
  {
    name: 'parent-dedup',
    without: 'a child shard knows what its ancestors have counted',
    kind: 'windowed',
    by: patch('commit/known-identities.ts', ['await this.#readAncestors(control.sealedMs);', '']),
  },
  {
    name: 'child-waits',
    without: 'rule 1: a child shard waits until its ancestors have ended',
    kind: 'windowed',
    by: patch('commit/birth.ts', ['await requireEndedAncestors(run, shard, parts);', '']),
  },
  {
    name: 'ended-parents',
    without: 'rule 2: a parent that was read to its end leaves the minimum',
    kind: 'windowed',
    by: patch('close/watermark.ts', [
      'if (closed && (await this.#hasEnded(stream, shard, listing, control))) continue;',
      '',
    ]),
  },
  {
    name: 'one-listing',
    without: 'rule 2: the listing that shows a parent closed also names its children',
    kind: 'windowed',
    by: patch(
      'close/watermark.ts',
      ['if (closed && (await', 'if ((closed || true) && (await'],
      ['if (!listing.some(({ parents }) => parents.includes(shard))) return false;', ''],
    ),
  },
  {
    name: 'tick-with-data',
    without: 'rule 3: a tick is put after everything before it is acknowledged',
    kind: 'windowed',
    by: 'tick-with-data',
  },
  {
    name: 'tick-settles',
    without: 'rule 3: a tick of a sender whose retries are out of sight waits for a newer one',
    kind: 'windowed',
    by: patch('commit/slice.ts', [
      'if (this.#tickSettleMs === 0) {',
      'if (this.#tickSettleMs >= 0) {',
    ]),
  },
  {
    name: 'replayed-tick',
    without: 'rule 3: an equal or older tick begins the wait anew',
    kind: 'windowed',
    where: { ...calm, streams: ['changes'], tickSettle: 150, flaky: 0.5, deaths: 0.1 },
    by: patch('commit/slice.ts', [
      'if (!waiting || settled || atMs <= waiting.atMs) this.waiting =',
      'if (!waiting || settled) this.waiting =',
    ]),
  },
  {
    name: 'from',
    without: 'rule 5: a window takes no delta that was written after its seal',
    kind: 'sliding',
    by: patch('close/close.ts', ['.filter(([fromEndMs]) => fromEndMs <= endMs)', '']),
  },
  ...mutantsOfTelling,
  {
    name: 'vouched',
    without: 'rule 6: only deltas that control rows vouch for are folded',
    kind: 'windowed',
    where: { ...calm, preliminary: true, scanPauses: 0.3, pause: 100, eventGap: 4, batch: 3 },
    by: patch(
      'close/fold.ts',
      [
        'if (last >= from) await this.#addDeltas(paneStartMs, pane, control, from, last);\n      pane.cut.set(control, version);',
        'const seen = await this.#addDeltas(paneStartMs, pane, control, from, last);\n      pane.cut.set(control, Math.max(version, seen));',
      ],
      [
        '    to: number,\n  ): Promise<void> {',
        '    to: number,\n  ): Promise<number> {\n    let seen = to;',
      ],
      ['to: deltaSk(shard, to),', 'to: deltaSk(shard, 999_999_999_999),'],
      [
        'part.deltas += 1;',
        'part.deltas += 1;\n      seen = Math.max(seen, Number(item.sk.slice(-12)));',
      ],
      [
        'pane.lineage = { ...pane.lineage, [name]: { first, last } };\n    }',
        'pane.lineage = { ...pane.lineage, [name]: { first, last } };\n    }\n    return seen;',
      ],
    ),
  },
  {
    name: 'result-first',
    without: 'rule 7: a result is read before what it is to be replaced by',
    kind: 'windowed',
    where: {
      ...calm,
      preliminary: true,
      lateness: 130,
      beyond: 150,
      eventGap: 4,
      batch: 3,
      latency: 20,
      pauses: 0.15,
      pause: 100,
      scanPauses: 0.3,
    },
    by: patch('close/close.ts', [
      'const closes = closed && !told.closed;',
      `told = toTold(await this.#parts.store.get(resultKey(job, endMs - job.window.sizeMs)));
    if (told.final) return { ...silent, happened: true };
    const closes = closed && !told.closed;`,
    ]),
  },
  {
    name: 'result-version',
    without: 'rule 7: a result is replaced only if it says what was read',
    kind: 'windowed',
    by: patch('close/results.ts', [
      "told.version === 0 ? { absent: true } : { attribute: 'version', equals: told.version },",
      'undefined as never,',
    ]),
  },
  {
    name: 'floor-first',
    without: 'rule 8: finality goes by the floor that was read before the control rows',
    kind: 'windowed',
    where: { ...calm, preliminary: true, lateness: 40, beyond: 100, scanPauses: 0.3, pause: 100 },
    by: patch(
      'close/close.ts',
      ['const alignedMs =\n', 'let alignedMs =\n'],
      [
        'controls = await seal(job, controls, alignedMs + job.allowedLatenessMs, this.#parts);',
        `controls = await seal(job, controls, alignedMs + job.allowedLatenessMs, this.#parts);
      const { floorMs } = (await this.#readJobRow()) ?? row;
      alignedMs = startOf(floorMs - job.allowedLatenessMs, paneMs, offsetMs);`,
      ],
    ),
  },
  {
    name: 'done',
    without: 'rule 9: done rises only when all windows up to it are final',
    kind: 'windowed',
    by: patch('close/close.ts', ['told.complete && alignedMs > doneMs', 'alignedMs > doneMs']),
  },
  {
    name: 'done-by-floor',
    without: 'rule 9: panes are done with their lateness, not with their end',
    kind: 'sliding',
    by: patch(
      'close/close.ts',
      ['told.complete && alignedMs > doneMs', 'told.complete && row.floorMs > doneMs'],
      [
        '{ doneMs: alignedMs }))) doneMs = alignedMs;',
        '{ doneMs: row.floorMs }))) doneMs = row.floorMs;',
      ],
    ),
  },
  {
    name: 'identities-live',
    without: 'rule 10: identities are kept until their pane is done',
    kind: 'sliding',
    by: patch('commit/known-identities.ts', [
      'for (const pane of this.#panes.keys()) if (isDone(pane)) this.#panes.delete(pane);',
      'const newest = Math.max(...this.#panes.keys());\n    void isDone;\n    for (const pane of this.#panes.keys()) if (pane < newest) this.#panes.delete(pane);',
    ]),
  },
  {
    name: 'parallelization-factor',
    without: 'one batch of a shard at a time (a parallelization factor of 2)',
    kind: 'windowed',
    by: 'parallelization-factor',
  },
  {
    name: 'behind',
    without: 'a shard that batches passed by takes none before it has read them',
    kind: 'windowed',
    by: patch('commit/commit.ts', [
      'if (control.behind !== undefined && !catchUp) {',
      'if (control.behind !== undefined && !catchUp && records.length < 0) {',
    ]),
  },
  {
    name: 'born-behind',
    without: 'a shard that is seen first after batches could pass by is behind to its tip',
    kind: 'windowed',
    by: patch('commit/birth.ts', ['behind: skipped ?', 'behind: skipped && version < 0 ?']),
  },
];
