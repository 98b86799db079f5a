/** What a run of the fault tests adds up to: checks that passed and failed, and the table of counts. */
import type { Acknowledged, Problem } from './ledger.js';

const PROBLEMS_SHOWN = 8;

export class Report {
  passed = 0;
  failed = 0;
  kills = 0;
  cuts = 0;
  fsyncs = 0;
  private readonly acknowledged: Acknowledged = { starts: 0, signals: 0, checkpoints: 0, results: 0 };
  private readonly problems: Record<Problem['kind'], number> = { lost: 0, doubled: 0, altered: 0, invented: 0, stuck: 0 };
  private name = '';
  private kept: readonly string[] | null = null;

  constructor(private readonly write: (text: string) => void = (text) => void process.stdout.write(text)) {}

  begin(name: string, what: string): void {
    this.name = name;
    this.write(`\n── ${name}: ${what}\n`);
  }

  /** Of a case that runs beside others: what it says is kept until it is taken in. */
  beside(): Report {
    const lines: string[] = [];
    const report = new Report((text) => void lines.push(text));
    report.kept = lines;
    return report;
  }

  take(other: Report): void {
    this.write((other.kept ?? []).join(''));
    this.passed += other.passed;
    this.failed += other.failed;
    this.kills += other.kills;
    this.cuts += other.cuts;
    this.fsyncs += other.fsyncs;
    this.add(other.acknowledged);
    for (const kind of Object.keys(this.problems) as Array<Problem['kind']>) this.problems[kind] += other.problems[kind];
  }

  say(text: string): void {
    this.write(`   ${text}\n`);
  }

  /** One check; what it found is shown when it failed. */
  check(text: string, holds: boolean, ...details: readonly string[]): boolean {
    if (holds) this.passed++;
    else {
      this.failed++;
      this.say(`FAILED ${this.name}: ${text}`);
      for (const detail of details) this.say(`  ${detail.trimEnd().replaceAll('\n', '\n     ')}`);
    }
    return holds;
  }

  /** One check: nothing was found. */
  clean(text: string, problems: readonly Problem[], ...details: readonly string[]): boolean {
    for (const { kind } of problems) this.problems[kind]++;
    const shown = problems.slice(0, PROBLEMS_SHOWN).map(({ kind, text: what }) => `${kind}: ${what.replace(/\.{8,}/g, '…').slice(0, 600)}`);
    if (problems.length > PROBLEMS_SHOWN) shown.push(`… and ${problems.length - PROBLEMS_SHOWN} more`);
    return this.check(text, problems.length === 0, ...shown, ...(problems.length === 0 ? [] : details));
  }

  add(acknowledged: Acknowledged): void {
    for (const key of Object.keys(acknowledged) as Array<keyof Acknowledged>) this.acknowledged[key] += acknowledged[key];
  }

  /** What was found of that kind until now, by all cases that this report is of. */
  count(kind: Problem['kind']): number {
    return this.problems[kind];
  }

  /** The table, and the line that counts. */
  end(): void {
    const { starts, signals, checkpoints, results } = this.acknowledged;
    const { lost, doubled, altered, invented, stuck } = this.problems;
    const rows: Array<readonly [string, number | string]> = [
      ['kills', this.kills],
      ['cuts', this.cuts],
      ['acknowledged', starts + signals + checkpoints + results],
      ['  starts', starts],
      ['  signals', signals],
      ['  checkpoints', checkpoints],
      ['  results', results],
      ['lost', lost],
      ['doubled', doubled],
      ['altered, invented, stuck', altered + invented + stuck],
      ['fsyncs', this.fsyncs],
    ];
    this.write('\n');
    for (const [name, value] of rows) this.say(`${name.padEnd(26)} ${String(value).padStart(10)}`);
    this.write(`\n${this.passed} passed, ${this.failed} failed\n`);
  }
}
