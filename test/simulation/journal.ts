/**
 * What happened in a run, for people: lines with their virtual time. Bounded; the oldest lines go first.
 */
export class Journal {
  private lines: string[] = [];

  constructor(
    private readonly nowMs: () => number,
    /** Lines that are kept; 0 keeps none and costs nothing. */
    private readonly linesMax: number,
  ) {}

  get isOn(): boolean {
    return this.linesMax > 0;
  }

  /** `text` is a function where building it costs something. */
  write(text: string | (() => string)): void {
    if (this.linesMax === 0) return;
    if (this.lines.length >= this.linesMax) this.lines = this.lines.slice(this.linesMax >> 1);
    this.lines.push(`${this.nowMs().toFixed(2).padStart(10)}  ${typeof text === 'string' ? text : text()}`);
  }

  /** Writes a line, and answers with its time. */
  mark(text: string): string {
    this.write(text);
    return this.nowMs().toFixed(2);
  }

  get text(): string {
    return this.lines.join('\n');
  }
}
