/** What each VU is doing while records go by: one typed array a column, grown when a higher VU appears. */
export class VuTable {
  private capacity = 1024;
  /** Flow × stage of the session on this VU; −1 for none. */
  sessionCell = new Int32Array(this.capacity).fill(-1);
  stage = new Int32Array(this.capacity);
  /** Intended start of the session. */
  startTick = new Float64Array(this.capacity);
  dueTick = new Float64Array(this.capacity);
  issuedTick = new Float64Array(this.capacity);
  /** Step × stage of what is in flight. */
  requestCell = new Int32Array(this.capacity).fill(-1);
  /** 1 when the request in flight opened its connection. */
  opened = new Uint8Array(this.capacity);
  /** What the TLS handshake of that connection took. */
  tlsTicks = new Float64Array(this.capacity);
  /** 1 when a message has come since the last request: of its response, or on the WebSocket that it opened. */
  hasMessage = new Uint8Array(this.capacity);
  /** Told by control frames since that message, or since the beginning. */
  controlTicks = new Float64Array(this.capacity);

  has(vu: number): boolean {
    return vu < this.capacity && this.sessionCell[vu] >= 0;
  }

  /** Makes room for `vu`. */
  reach(vu: number): void {
    if (vu < this.capacity) return;
    const before = this.capacity;
    this.capacity = 2 ** Math.ceil(Math.log2(vu + 1));
    this.sessionCell = copied(this.sessionCell, new Int32Array(this.capacity)).fill(-1, before);
    this.stage = copied(this.stage, new Int32Array(this.capacity));
    this.startTick = copied(this.startTick, new Float64Array(this.capacity));
    this.dueTick = copied(this.dueTick, new Float64Array(this.capacity));
    this.issuedTick = copied(this.issuedTick, new Float64Array(this.capacity));
    this.requestCell = copied(this.requestCell, new Int32Array(this.capacity)).fill(-1, before);
    this.opened = copied(this.opened, new Uint8Array(this.capacity));
    this.tlsTicks = copied(this.tlsTicks, new Float64Array(this.capacity));
    this.hasMessage = copied(this.hasMessage, new Uint8Array(this.capacity));
    this.controlTicks = copied(this.controlTicks, new Float64Array(this.capacity));
  }
}

function copied<Column extends Int32Array | Float64Array | Uint8Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
