/** A value as PostgreSQL prints it; `unchanged` for a large value that an update left alone. */
export type TupleValue = string | null | typeof unchanged;
/** PostgreSQL stores large values aside (TOAST) and does not log them when they did not change. */
export const unchanged = Symbol('unchanged');

export interface Relation {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly typeOid: number }[];
}

export type LogicalMessage =
  | {
      readonly tag: 'begin';
      /** Position of the commit record: known at the start, since only committed work is sent. */
      readonly commitLsn: bigint;
      /** Microseconds since 2000-01-01. */
      readonly commitTime: bigint;
      readonly xid: number;
    }
  | { readonly tag: 'commit'; readonly commitLsn: bigint; readonly endLsn: bigint }
  | { readonly tag: 'insert'; readonly relation: Relation; readonly row: readonly TupleValue[] }
  | {
      readonly tag: 'update';
      readonly relation: Relation;
      readonly row: readonly TupleValue[];
      /** The old row, or its key alone; undefined when the key did not change. */
      readonly old: readonly TupleValue[] | undefined;
    }
  | { readonly tag: 'delete'; readonly relation: Relation; readonly old: readonly TupleValue[] }
  | { readonly tag: 'truncate'; readonly relations: readonly Relation[] }
  | { readonly tag: 'relation'; readonly relation: Relation }
  | { readonly tag: 'other' };

/**
 * A decoder of the logical replication messages of plugin `pgoutput`, protocol 1, for one
 * connection: it remembers the relations the server has described
 * (https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html).
 * Values stay the text that PostgreSQL printed: no digit is lost on the way.
 */
export function pgoutputDecoder(): (message: Buffer) => LogicalMessage {
  const relations = new Map<number, Relation>();
  const relationOf = (reader: Reader): Relation => {
    const id = reader.uint32();
    const relation = relations.get(id);
    if (relation === undefined) {
      throw new Error(`Cannot decode change: its table was not described: received id ${id}`);
    }
    return relation;
  };

  return (message) => {
    const reader = new Reader(message);
    const type = reader.letter();
    switch (type) {
      case 'B':
        return {
          tag: 'begin',
          commitLsn: reader.uint64(),
          commitTime: reader.uint64(),
          xid: reader.uint32(),
        };
      case 'C':
        reader.skip(1);
        return { tag: 'commit', commitLsn: reader.uint64(), endLsn: reader.uint64() };
      case 'R': {
        const id = reader.uint32();
        const relation = reader.relation();
        relations.set(id, relation);
        return { tag: 'relation', relation };
      }
      case 'I': {
        const relation = relationOf(reader);
        reader.skip(1);
        return { tag: 'insert', relation, row: reader.tuple() };
      }
      case 'U': {
        const relation = relationOf(reader);
        const old = reader.letter() === 'N' ? undefined : reader.tuple();
        if (old !== undefined) reader.skip(1);
        return { tag: 'update', relation, old, row: reader.tuple() };
      }
      case 'D': {
        const relation = relationOf(reader);
        reader.skip(1);
        return { tag: 'delete', relation, old: reader.tuple() };
      }
      case 'T': {
        const count = reader.uint32();
        reader.skip(1);
        return {
          tag: 'truncate',
          relations: Array.from({ length: count }, () => relationOf(reader)),
        };
      }
      case 'M': // a logical message: marks a position, changes nothing
      case 'O': // origin
      case 'Y': // a type's name
        return { tag: 'other' };
      default:
        throw new Error(`Cannot decode change: unknown message type: received "${type}"`);
    }
  };
}

class Reader {
  readonly #buffer: Buffer;
  #offset = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  skip(bytes: number): void {
    this.#offset += bytes;
  }

  letter(): string {
    return String.fromCharCode(this.#buffer.readUInt8(this.#offset++));
  }

  uint32(): number {
    this.#offset += 4;
    return this.#buffer.readUInt32BE(this.#offset - 4);
  }

  uint64(): bigint {
    this.#offset += 8;
    return this.#buffer.readBigUInt64BE(this.#offset - 8);
  }

  relation(): Relation {
    const schema = this.#text();
    const name = this.#text();
    this.skip(1); // replica identity
    const columns = Array.from({ length: this.#uint16() }, () => {
      this.skip(1); // part of the key
      const column = { name: this.#text(), typeOid: this.uint32() };
      this.skip(4); // type modifier
      return column;
    });
    return { schema: schema === '' ? 'pg_catalog' : schema, name, columns };
  }

  tuple(): readonly TupleValue[] {
    return Array.from({ length: this.#uint16() }, () => this.#value());
  }

  #value(): TupleValue {
    const kind = this.letter();
    if (kind === 'n') return null;
    if (kind === 'u') return unchanged;
    const length = this.uint32();
    this.#offset += length;
    return this.#buffer.toString('utf8', this.#offset - length, this.#offset);
  }

  #uint16(): number {
    this.#offset += 2;
    return this.#buffer.readUInt16BE(this.#offset - 2);
  }

  #text(): string {
    const end = this.#buffer.indexOf(0, this.#offset);
    const text = this.#buffer.toString('utf8', this.#offset, end);
    this.#offset = end + 1;
    return text;
  }
}
