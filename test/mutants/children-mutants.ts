/**
 * Planted faults of child workflows (docs/adr/0065): who starts one, who waits for its end, what is held until then, and who ends one that nobody waits for.
 */
import type { Mutant } from './mutant.js';

const MACHINE = 'lib/workflow/state-machine.children.spec.ts';
const CHILDREN = 'test/workflow/children.spec.ts';
const CALLS_MADE = 'lib/workflow/child-calls.spec.ts';
const ASKED = 'lib/workflow/children-service.spec.ts';

const REFUSED = 'lib/workflow/startable.spec.ts';

const STARTABLE = 'lib/workflow/startable.ts';
const APPLY = 'lib/workflow/state-machine/apply-children.ts';
const HELD = 'lib/workflow/state-machine/children.ts';
const CALLS = 'lib/workflow/child-calls.ts';
const SERVICE = 'lib/workflow/children-service.ts';

export const CHILDREN_MUTANTS: readonly Mutant[] = [
  {
    id: 'child-refused-to-its-parent',
    layer: 'children',
    what: 'the start of a child that is there already, sent again by the next owner, is refused',
    file: APPLY,
    find: 'if (there?.parent?.token === parent.token) return doneBefore(there.runId, 1);',
    replace: '',
    killers: [MACHINE],
  },
  {
    id: 'any-run-is-the-child',
    layer: 'children',
    what: 'a run that has the id is taken for the child, whoever its parent is',
    file: APPLY,
    find: 'if (there?.parent?.token === parent.token) return',
    replace: 'if (there !== undefined) return',
    killers: [MACHINE],
  },
  {
    id: 'start-refused-unread',
    layer: 'children',
    what: 'a replica that is behind refuses a start for good: it has not heard of the code yet',
    file: STARTABLE,
    find: '  await parts.readIndex();\n',
    replace: '',
    killers: [REFUSED],
  },
  {
    id: 'start-refused-that-was-done',
    layer: 'children',
    what: 'the start of a child that has ended, sent again when its code is gone, is refused',
    file: STARTABLE,
    find: 'if (there !== undefined) return wanted ?? there.version;',
    replace: 'if (there !== undefined && wanted === undefined) return there.version;',
    killers: [REFUSED],
  },
  {
    id: 'no-code-is-a-wrong-name',
    layer: 'children',
    what: 'a start where nobody runs any code now is refused for good',
    file: STARTABLE,
    find: 'if (known.size === 0) {',
    replace: 'if (known.size < 0) {',
    killers: [REFUSED],
  },
  {
    id: 'refusal-of-a-child-remembered',
    layer: 'children',
    what: 'a start of a child that was refused once is refused for ever',
    file: APPLY,
    find: 'if (answer.ok) state.requests.remember(',
    replace: 'state.requests.remember(',
    killers: [MACHINE],
  },
  {
    id: 'acknowledged-child-forgotten',
    layer: 'children',
    what: 'a child that was acknowledged and swept is started again by a start that was on its way',
    file: APPLY,
    find: 'state.requests.remember(new RequestEntry(child.parent.token, expiryMs,',
    replace: 'if (expiryMs < 0) state.requests.remember(new RequestEntry(child.parent.token, expiryMs,',
    killers: [MACHINE],
  },
  {
    id: 'acknowledged-child-forgotten-early',
    layer: 'children',
    what: 'the answer to the start of an acknowledged child is forgotten while a send of it is within its expiry',
    file: APPLY,
    find: 'state.logTimeMs + 2 * state.limits.requestRetentionMs',
    replace: 'state.logTimeMs + state.limits.requestRetentionMs',
    killers: [MACHINE],
  },
  {
    id: 'held-child-swept',
    layer: 'children',
    what: 'a sweep takes a closed child that its parent has not heard of',
    file: HELD,
    find: 'for (const child of this.byRunId.values()) return child.closedMs;',
    replace: 'for (const child of this.byRunId.values()) if (child.closedMs < 0) return child.closedMs;',
    killers: [MACHINE],
  },
  {
    id: 'link-of-a-chain-held',
    layer: 'children',
    what: 'a run that was continued as another is held, though nobody asks for its end',
    file: HELD,
    find: "if (run.status !== 'continued') this.hold(",
    replace: 'this.hold(',
    killers: [MACHINE],
  },
  {
    id: 'second-attempt-takes-the-first-child',
    layer: 'children',
    what: 'a retry of an operation takes the child of the attempt before, which failed',
    file: 'lib/workflow/child-operation.ts',
    find: 'const token = parent.tokenOf(called.key, called.occurrence) + again;',
    replace: 'const token = parent.tokenOf(called.key, called.occurrence);',
    killers: [CHILDREN],
  },
  {
    id: 'no-leader-ends-the-parent',
    layer: 'children',
    what: 'what passes (the cluster of the child has no leader) is committed as a failure of the operation (C1)',
    file: CALLS,
    find: "  'INVARIANT_VIOLATED',\n]);",
    replace: "  'INVARIANT_VIOLATED',\n  'NO_LEADER',\n  'OUTCOME_UNKNOWN',\n  'NOT_MEMBER',\n]);",
    killers: [CALLS_MADE],
  },
  {
    id: 'older-build-ends-the-parent',
    layer: 'children',
    what: 'a node of an older build, which does not know the call, ends it for good',
    file: CALLS,
    find: "return error.code !== 'INVALID_ARGUMENT' || error.details['argument'] !== 'method';",
    replace: 'return true;',
    killers: [CALLS_MADE],
  },
  {
    id: 'abandoned-child-cancelled-with-its-parent',
    layer: 'children',
    what: 'a child that is to be abandoned is cancelled when its parent is',
    file: CALLS,
    find: "if (child.parent.onClose === 'abandon') throw parentCancelled();",
    replace: '',
    killers: [CHILDREN],
  },
  {
    id: 'cancel-does-not-wait',
    layer: 'children',
    what: 'a parent that is cancelled ends before its child has',
    file: CALLS,
    find: 'if (!(await this.cancelChild(child, attempt))) throw parentCancelled();',
    replace: 'await this.cancelChild(child, attempt);\n    if (child.workflowId.length > 0) throw parentCancelled();',
    killers: [CHILDREN],
  },
  {
    id: 'given-up-and-goes-on',
    layer: 'children',
    what: 'an attempt that was given up goes on with its calls, and takes its fence for a cancel of the parent (C4)',
    file: CALLS,
    find: 'if (attempt.over) throw givenUp();',
    replace: '',
    killers: [CALLS_MADE],
  },
  {
    id: 'orphans-run-on',
    layer: 'children',
    what: 'nobody asks what became of the parents of open children',
    file: SERVICE,
    find: 'await Promise.all([this.reviewHeld(), this.reviewOpen()]);',
    replace: 'await this.reviewHeld();',
    killers: [CHILDREN],
  },
  {
    id: 'held-for-ever',
    layer: 'children',
    what: 'closed children are never acknowledged: retention stands still',
    file: SERVICE,
    find: 'await Promise.all([this.reviewHeld(), this.reviewOpen()]);',
    replace: 'await this.reviewOpen();',
    killers: [CHILDREN],
  },
  {
    id: 'silence-is-an-end',
    layer: 'children',
    what: 'a child is cancelled, and its record released, when the cluster of its parent does not answer (D2)',
    file: SERVICE,
    find: "return 'open'; // D2: asked again",
    replace: "return 'ended';",
    killers: [ASKED],
  },
  {
    id: 'abandoned-orphan-cancelled',
    layer: 'children',
    what: 'a child that is to be abandoned is cancelled after the end of its parent',
    file: SERVICE,
    find: "if (parent === null || parent.onClose === 'abandon' || cancelRequested",
    replace: 'if (parent === null || cancelRequested',
    killers: [CHILDREN],
  },
];
