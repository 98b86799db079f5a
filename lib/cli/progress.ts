/**
 * How far long work is, on stderr: one line that is written over where that is a terminal, else a line whenever it says something new.
 *
 * P1. Nothing is written unless stderr is a terminal or it was asked for. stdout is never touched.
 */
import type { CliEnvironment } from './environment.js';
import { cut, visible } from './text-table.js';

const LINE_LENGTH_MAX = 110;
const ERASE_LINE = '\r\u001b[2K';

export class Progress {
  private last = '';

  constructor(
    private readonly environment: Pick<CliEnvironment, 'isErrorTerminal' | 'error'>,
    isWanted: boolean,
  ) {
    this.isOn = isWanted || environment.isErrorTerminal;
  }

  readonly isOn: boolean;

  say(text: string): void {
    const line = cut(visible(text), LINE_LENGTH_MAX);
    if (!this.isOn || line === this.last) return;
    this.last = line;
    this.environment.error(this.environment.isErrorTerminal ? `${ERASE_LINE}${line}` : `${line}\n`);
  }

  /** Takes the line away, so that what follows stands alone. */
  clear(): void {
    if (this.isOn && this.last !== '' && this.environment.isErrorTerminal) this.environment.error(ERASE_LINE);
    this.last = '';
  }
}
