/**
 * Watches what every node of a group applies. Owns the one true log, as far as any node has applied it.
 *
 * O1. One leader per term.
 * O2. The entry at an index is the same on every node and never changes; no node skips, repeats or reorders one, also behind a snapshot:
 *     each node's position in the list of all applied entries moves by one.
 * O3. State machines are equal at equal applied index (compared every few entries, at every snapshot and at the end).
 * O4. What a node applied is never lost: at the end every live node has all of it.
 * O5. Where nodes start again from their disks: every answer of apply is that of a machine that was never stopped and holds everything in memory.
 *
 * It only takes note: a violation is kept, and thrown by check(), so that no host can swallow it.
 */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { isRaftoralError } from '../../lib/errors/index.js';
import { Violation } from './violation.js';
/** Entries between two comparisons of whole states. */
const COMPARE_EVERY = 100;
export class GroupOracle {
    leaders = new Map();
    applied = [];
    states = new Map();
    violation = null;
    reference = null;
    membership = { index: 0, confState: null };
    get lastIndex() {
        return this.applied.at(-1)?.index ?? 0;
    }
    get entries() {
        return this.applied.length;
    }
    /** Adds everything that was committed. */
    addTo(trace) {
        for (const { index, term, frame } of this.applied) {
            trace.number(index);
            trace.number(term);
            trace.bytes(frame);
        }
    }
    /** O5. `machine` is fed every entry, once. */
    compareWith(machine) {
        this.reference = machine;
    }
    /** Throws the first violation that anybody noted. */
    check() {
        if (this.violation !== null)
            throw this.violation;
    }
    note(promise, message) {
        this.violation ??= new Violation(promise, message);
    }
    leads(term, node) {
        const known = this.leaders.get(term);
        if (known === undefined)
            this.leaders.set(term, node);
        else if (known !== node)
            this.note('one leader per term', `nodes ${known} and ${node} both led in term ${term}`);
    }
    /** The machine that a host is given in place of `machine`. */
    observe(node, machine, onApplied) {
        let position = -1; // in the list, of the last applied entry
        let lastIndex = 0;
        const begin = (index) => {
            lastIndex = index;
            position = this.positionAt(index);
        };
        const observed = {
            get logTimeMs() {
                return machine.logTimeMs ?? 0;
            },
            apply: (index, term, frame) => {
                if (index <= lastIndex)
                    this.note('log', `node ${node} applied ${index} after ${lastIndex}`);
                lastIndex = index;
                position = this.follow(node, position, index, term, frame);
                const result = machine.apply(index, term, frame);
                if (this.reference !== null)
                    this.compareResult(node, position, result);
                else if (position % COMPARE_EVERY === COMPARE_EVERY - 1)
                    this.compareState(node, index, machine.snapshot());
                onApplied?.(index, frame, result);
                return result;
            },
            applyMembership: (index, membership) => {
                this.followMembership(index, membership);
                machine.applyMembership(index, membership);
            },
            snapshot: () => machine.snapshot(),
            restore: (index, bytes) => {
                if (index < lastIndex)
                    this.note('log', `node ${node} was restored to ${index} after it had applied ${lastIndex}`);
                machine.restore(index, bytes);
                this.compareState(node, index, bytes);
                begin(index);
            },
        };
        if (machine.check !== undefined)
            observed.check = (frame) => machine.check(frame);
        return isRowMachine(machine) ? this.observeRows(observed, machine, begin) : observed;
    }
    /** What a node sends to others is what every node has at that position: as the bytes of a snapshot. */
    async compareImage(node, machine, image) {
        if (isRowMachine(machine))
            this.compareState(node, image.position.index, await machine.bytesOf(image));
        else
            await image.close();
    }
    /** All of them have applied everything, and are equal. */
    async compareFinal(nodes) {
        let expected = this.reference === null ? null : digestOf(this.reference.snapshot());
        let whose = 'the reference';
        for (const node of nodes) {
            const { id, appliedIndex } = node;
            if (appliedIndex < this.lastIndex) {
                this.note('P1', `node ${id} ended at ${appliedIndex}, but ${this.lastIndex} had been applied by node ${this.applied.at(-1).node}`);
            }
            const digest = await finalDigest(node);
            if (digest === null)
                continue;
            expected ??= digest;
            if (digest !== expected)
                this.note('states equal', `${whose} and node ${id} differ at the end`);
            whose = `node ${id}`;
        }
    }
    observeRows(observed, machine, begin) {
        return {
            ...observed,
            // Spread would freeze it.
            get logTimeMs() {
                return machine.logTimeMs ?? 0;
            },
            cut: () => machine.cut(),
            load: (stored, source) => {
                machine.load(stored, source);
                begin(stored.position.index);
            },
            prefetch: (frames) => machine.prefetch(frames),
            rowsOf: (position, bytes) => machine.rowsOf(position, bytes),
            expectRows: (position, group) => machine.expectRows(position, group),
            bytesOf: (image) => machine.bytesOf(image),
        };
    }
    follow(node, position, index, term, frame) {
        const next = position + 1;
        const known = this.applied[next];
        if (known === undefined)
            this.applied.push({ index, term, frame, node, result: this.reference?.apply(index, term, frame) });
        else if (known.index !== index || known.term !== term || (known.frame !== frame && Buffer.compare(known.frame, frame) !== 0)) {
            const what = known.index === index ? 'another entry' : `an entry at ${index} where ${known.index} stands`;
            this.note('log', `node ${node} applied ${what} than node ${known.node}, at ${index} in term ${term}`);
        }
        return next;
    }
    followMembership(index, membership) {
        const { reference } = this;
        if (reference === null || index <= this.membership.index || isDeepStrictEqual(membership, this.membership.confState))
            return;
        this.membership = { index, confState: membership };
        reference.applyMembership(index, membership);
    }
    compareResult(node, position, result) {
        const known = this.applied[position];
        if (known === undefined || isDeepStrictEqual(withoutReason(known.result), withoutReason(result)))
            return;
        const text = `${JSON.stringify(result)}, and a node that was never stopped ${JSON.stringify(known.result)}`;
        this.note('states equal', `node ${node} answered at ${known.index} with ${text}`);
    }
    positionAt(index) {
        for (let i = this.applied.length - 1; i >= 0; i--)
            if (this.applied[i].index <= index)
                return i;
        return -1;
    }
    compareState(node, index, snapshot) {
        const digest = digestOf(snapshot);
        const known = this.states.get(index);
        if (known === undefined)
            this.states.set(index, { digest, node });
        else if (known.digest !== digest)
            this.note('states equal', `nodes ${known.node} and ${node} differ at ${index}`);
    }
}
/** Why an owner's command was ignored is for people, and a closed run may be known as closed or not at all. */
function withoutReason(result) {
    return typeof result === 'object' && result !== null && 'ignored' in result && result.ignored === true ? 'ignored' : result;
}
function isRowMachine(machine) {
    return 'cut' in machine;
}
/** null: its disk is damaged, and says so. */
async function finalDigest(node) {
    try {
        return digestOf(await node.snapshot());
    }
    catch (error) {
        if (node.mayBeDamaged === true && isRaftoralError(error, 'STORAGE_DAMAGED'))
            return null;
        throw error;
    }
}
function digestOf(bytes) {
    return createHash('sha1').update(bytes).digest('hex');
}
//# sourceMappingURL=group-oracle.js.map