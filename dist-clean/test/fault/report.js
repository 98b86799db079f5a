const PROBLEMS_SHOWN = 8;
export class Report {
    passed = 0;
    failed = 0;
    kills = 0;
    cuts = 0;
    fsyncs = 0;
    acknowledged = { starts: 0, signals: 0, checkpoints: 0, results: 0 };
    problems = { lost: 0, doubled: 0, altered: 0, invented: 0, stuck: 0 };
    name = '';
    begin(name, what) {
        this.name = name;
        process.stdout.write(`\n── ${name}: ${what}\n`);
    }
    say(text) {
        process.stdout.write(`   ${text}\n`);
    }
    /** One check; what it found is shown when it failed. */
    check(text, holds, ...details) {
        if (holds)
            this.passed++;
        else {
            this.failed++;
            this.say(`FAILED ${this.name}: ${text}`);
            for (const detail of details)
                this.say(`  ${detail.trimEnd().replaceAll('\n', '\n     ')}`);
        }
        return holds;
    }
    /** One check: nothing was found. */
    clean(text, problems, ...details) {
        for (const { kind } of problems)
            this.problems[kind]++;
        const shown = problems.slice(0, PROBLEMS_SHOWN).map(({ kind, text: what }) => `${kind}: ${what.replace(/\.{8,}/g, '…').slice(0, 600)}`);
        if (problems.length > PROBLEMS_SHOWN)
            shown.push(`… and ${problems.length - PROBLEMS_SHOWN} more`);
        return this.check(text, problems.length === 0, ...shown, ...(problems.length === 0 ? [] : details));
    }
    add(acknowledged) {
        for (const key of Object.keys(acknowledged))
            this.acknowledged[key] += acknowledged[key];
    }
    /** What was found of that kind until now, by all cases. */
    count(kind) {
        return this.problems[kind];
    }
    /** The table, and the line that counts. */
    end() {
        const { starts, signals, checkpoints, results } = this.acknowledged;
        const { lost, doubled, altered, invented, stuck } = this.problems;
        const rows = [
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
        process.stdout.write('\n');
        for (const [name, value] of rows)
            this.say(`${name.padEnd(26)} ${String(value).padStart(10)}`);
        process.stdout.write(`\n${this.passed} passed, ${this.failed} failed\n`);
    }
}
//# sourceMappingURL=report.js.map