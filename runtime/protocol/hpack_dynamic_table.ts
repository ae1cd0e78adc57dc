import type { TableField } from "./hpack_field.ts";

/** Evicted fields are taken out of the list in batches. */
const BATCH = 64;

/** Fields that the peer told to remember, the newest first (RFC 7541 sections 2.3.2, 4). */
export class DynamicTable {
  /** Grows with every change: as long as it stays, an index means the same. */
  changes = 0;

  #fields: TableField[] = [];
  /** How many of the list are evicted. */
  #evicted = 0;
  #size = 0;
  #sizeMax: number;

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  get length(): number {
    return this.#fields.length - this.#evicted;
  }

  /** The field that came `age` fields ago; it must be there. */
  at(age: number): TableField {
    return this.#fields[this.#fields.length - 1 - age];
  }

  /** A field larger than the table empties it (RFC 7541 section 4.4). */
  add(field: TableField): void {
    this.changes++;
    this.#evictTo(this.#sizeMax - field.size);
    if (field.size > this.#sizeMax) return;
    this.#fields.push(field);
    this.#size += field.size;
  }

  resize(sizeMax: number): void {
    this.changes++;
    this.#sizeMax = sizeMax;
    this.#evictTo(sizeMax);
  }

  #evictTo(size: number): void {
    while (this.#size > size && this.length > 0) this.#size -= this.#fields[this.#evicted++].size;
    if (this.#evicted < BATCH) return;
    this.#fields.splice(0, this.#evicted);
    this.#evicted = 0;
  }
}
