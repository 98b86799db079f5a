/** Where it is shown: a table that is drawn anew in its place on a terminal; a line now and then where there is none (a log, CI). */

const LINE_EVERY_MS = 5_000;

export class Screen {
  private readonly bornMs = performance.now();
  private drawn = 0;
  private lineAtMs = -Infinity;

  constructor(private readonly out: NodeJS.WriteStream = process.stdout) {}

  /** A line that stays, with its time. */
  say(text: string): void {
    this.erase();
    const seconds = (performance.now() - this.bornMs) / 1_000;
    this.write([`${seconds.toFixed(1).padStart(6)} s  ${text}`]);
  }

  /** In the place of the table before. */
  show(table: readonly string[], line: string): void {
    if (this.out.isTTY) {
      this.erase();
      const fitting = ['', ...table].map((row) => row.slice(0, this.out.columns - 1));
      this.write(fitting);
      this.drawn = fitting.length;
    } else if (performance.now() - this.lineAtMs >= LINE_EVERY_MS) {
      this.lineAtMs = performance.now();
      this.say(line);
    }
  }

  /** As it stands, and nothing is drawn over it. */
  write(lines: readonly string[]): void {
    this.out.write(`${lines.join('\n')}\n`);
    this.drawn = 0;
  }

  private erase(): void {
    if (this.drawn > 0) this.out.write(`\u001b[${this.drawn}A\u001b[J`);
    this.drawn = 0;
  }
}
