/**
 * A running hash of everything that happened in a simulation: two runs of one seed must end with the same digest.
 *
 * T1. The digest depends on every value that was added and on their order. (Two lanes of 32 bits; not for secrets.)
 */
const scratch = new DataView(new ArrayBuffer(8));

export class TraceHash {
  private low = 0x811c9dc5;
  private high = 0x9e3779b9;
  /** Values added. */
  count = 0;

  number(value: number): void {
    scratch.setFloat64(0, value, true);
    this.word(scratch.getInt32(0, true));
    this.word(scratch.getInt32(4, true));
    this.count++;
  }

  bytes(value: Uint8Array): void {
    this.word(value.length);
    for (let i = 0; i < value.length; i++) this.low = Math.imul(this.low ^ value[i]!, 0x01000193);
    this.word(value.length);
    this.count++;
  }

  text(value: string): void {
    this.word(value.length);
    for (let i = 0; i < value.length; i++) this.word(value.charCodeAt(i));
    this.count++;
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    return hex(this.low) + hex(this.high);
  }

  private word(value: number): void {
    this.low = Math.imul(this.low ^ value, 0x01000193);
    let mixed = Math.imul(this.high ^ this.low, 0x85ebca6b);
    mixed ^= mixed >>> 13;
    this.high = (mixed + 0x9e3779b9) | 0;
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
