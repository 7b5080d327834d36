const bytesOfEntry = 8;
const entriesAtFirst = 16;
/** Beyond this share of full places probing becomes slow. */
const fullestShare = 0.75;

/**
 * A set of event ids that keeps 64 bits of each: of a billion ids one pair is taken for equal with
 * a probability of about 3 %. An open-addressed table with linear probing; adding and asking
 * allocate nothing but the table itself, which doubles: 11 to 22 bytes per id.
 */
export class Identities {
  #size = 0;
  #mask = entriesAtFirst - 1;
  /** Two words per place, both zero where it is free. */
  #words = new Uint32Array(2 * entriesAtFirst);

  get size(): number {
    return this.#size;
  }

  /** @returns false when the id was in the set already. */
  add(id: string): boolean {
    if (this.#size >= (this.#mask + 1) * fullestShare) this.#grow(this.#mask + 1);
    hash(id);
    return this.#insert(first, second);
  }

  has(id: string): boolean {
    hash(id);
    const place = this.#placeOf(first, second);
    return (this.#words[place] ?? 0) !== 0 || (this.#words[place + 1] ?? 0) !== 0;
  }

  /** Eight bytes for each id, to be kept and given to {@link addPacked}. */
  pack(): Uint8Array {
    const packed = new Uint8Array(this.#size * bytesOfEntry);
    const view = new DataView(packed.buffer);
    let at = 0;
    for (let place = 0; place < this.#words.length; place += 2) {
      const one = this.#words[place] ?? 0;
      const two = this.#words[place + 1] ?? 0;
      if (one === 0 && two === 0) continue;
      view.setUint32(at, one, true);
      view.setUint32(at + 4, two, true);
      at += bytesOfEntry;
    }
    return packed;
  }

  /**
   * Adds ids that another set has packed.
   *
   * @throws RangeError unless they are whole entries.
   */
  addPacked(packed: Uint8Array): void {
    if (packed.length % bytesOfEntry !== 0) {
      throw new RangeError(
        `Cannot add identities: each has ${bytesOfEntry} bytes: received ${packed.length} bytes`,
      );
    }
    // Room for all at once: a packed set comes in the order of its table, and in that order ids
    // would pile up at the beginning of a smaller one.
    const wanted = (this.#size + packed.length / bytesOfEntry) / fullestShare;
    let places = this.#mask + 1;
    while (places < wanted) places *= 2;
    if (places > this.#mask + 1) this.#grow(places / 2);
    const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
    for (let at = 0; at < packed.length; at += bytesOfEntry) {
      this.#insert(view.getUint32(at, true), view.getUint32(at + 4, true));
    }
  }

  #insert(one: number, two: number): boolean {
    const place = this.#placeOf(one, two);
    const words = this.#words;
    if ((words[place] ?? 0) !== 0 || (words[place + 1] ?? 0) !== 0) return false;
    words[place] = one;
    words[place + 1] = two;
    this.#size += 1;
    return true;
  }

  /** Where the entry lies, or the free place where it belongs. */
  #placeOf(one: number, two: number): number {
    const words = this.#words;
    const mask = this.#mask;
    for (let index = one & mask; ; index = (index + 1) & mask) {
      const place = 2 * index;
      const heldOne = words[place];
      const heldTwo = words[place + 1];
      if (heldOne === one && heldTwo === two) return place;
      if (heldOne === 0 && heldTwo === 0) return place;
    }
  }

  /** Makes the table twice as large as `places`, and puts everything into it anew. */
  #grow(places: number): void {
    const old = this.#words;
    this.#mask = 2 * places - 1;
    this.#words = new Uint32Array(4 * places);
    this.#size = 0;
    for (let place = 0; place < old.length; place += 2) {
      const one = old[place] ?? 0;
      const two = old[place + 1] ?? 0;
      if (one !== 0 || two !== 0) this.#insert(one, two);
    }
  }
}

/** 53 bits of the hash that {@link Identities} keep of a text: a safe integer, evenly spread. */
export function hash53(text: string): number {
  hash(text);
  return (second >>> 11) * 2 ** 32 + first;
}

/** The last hash: two results of one function that must not allocate. */
let first = 0;
let second = 0;
/** What it was of: an event's id is asked for and added several times in a row. */
let hashed: string | undefined;

/**
 * Two 32-bit hashes of the UTF-16 code units of a text, two units a block: MurmurHash3_x86_32, and
 * the same construction with multipliers and rotations of the second lane of MurmurHash3_x86_128,
 * so that texts that are equal in one are no likelier to be equal in the other
 * (https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp, public domain).
 */
function hash(text: string): void {
  if (text === hashed) return;
  hashed = text;
  const length = text.length;
  let one = 0x9747b28c;
  let two = 0x3c6ef372;
  let index = 0;
  for (; index + 1 < length; index += 2) {
    const block = text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16);
    let k = Math.imul(block, 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    one ^= Math.imul(k, 0x1b873593);
    one = (one << 13) | (one >>> 19);
    one = (Math.imul(one, 5) + 0xe6546b64) | 0;
    k = Math.imul(block, 0xab0e9789);
    k = (k << 16) | (k >>> 16);
    two ^= Math.imul(k, 0x38b34ae5);
    two = (two << 17) | (two >>> 15);
    two = (Math.imul(two, 5) + 0x0bcaa747) | 0;
  }
  if (index < length) {
    const unit = text.charCodeAt(index);
    let k = Math.imul(unit, 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    one ^= Math.imul(k, 0x1b873593);
    k = Math.imul(unit, 0xab0e9789);
    k = (k << 16) | (k >>> 16);
    two ^= Math.imul(k, 0x38b34ae5);
  }
  first = finish(one ^ (2 * length));
  second = finish(two ^ (2 * length));
  // Two zeros mean a free place.
  if (first === 0 && second === 0) second = 1;
}

/** Lets every bit of the state reach every bit of the result. */
function finish(state: number): number {
  let mixed = state ^ (state >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
