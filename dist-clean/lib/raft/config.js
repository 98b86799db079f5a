/**
 * Configuration of one core, and its validation. Pure.
 * G1. A configuration that could break a promise is refused at construction, never adjusted in silence.
 */
import { RaftConfigError } from './invariant.js';
/** Throws RaftConfigError. */
export function resolveConfig(config) {
    const messageBytesMax = config.messageBytesMax ?? Infinity;
    const resolved = {
        id: config.id,
        electionTimeoutTicks: config.electionTimeoutTicks,
        heartbeatTimeoutTicks: config.heartbeatTimeoutTicks,
        storage: config.storage,
        applied: config.applied ?? 0,
        asyncStorageWrites: config.asyncStorageWrites ?? false,
        messageBytesMax,
        committedBytesPerReadyMax: config.committedBytesPerReadyMax ?? messageBytesMax,
        uncommittedBytesMax: config.uncommittedBytesMax ?? Infinity,
        inflightMessagesMax: config.inflightMessagesMax,
        inflightBytesMax: config.inflightBytesMax ?? Infinity,
        pendingReadsMax: config.pendingReadsMax ?? 100_000,
        checkQuorum: config.checkQuorum ?? false,
        preVote: config.preVote ?? false,
        readOnly: config.readOnly ?? 'safe',
        disableProposalForwarding: config.disableProposalForwarding ?? false,
        disableConfChangeValidation: config.disableConfChangeValidation ?? false,
        stepDownOnRemoval: config.stepDownOnRemoval ?? false,
        random: config.random,
        trace: config.trace ?? null,
    };
    validate(resolved);
    return resolved;
}
function refuse(what) {
    throw new RaftConfigError(what);
}
function validate(config) {
    if (!Number.isSafeInteger(config.id) || config.id <= 0)
        refuse(`id must be a positive safe integer, is ${config.id}`);
    if (!Number.isSafeInteger(config.heartbeatTimeoutTicks) || config.heartbeatTimeoutTicks <= 0) {
        refuse(`heartbeatTimeoutTicks must be at least 1, is ${config.heartbeatTimeoutTicks}`);
    }
    if (!Number.isSafeInteger(config.electionTimeoutTicks) || config.electionTimeoutTicks <= config.heartbeatTimeoutTicks) {
        refuse(`electionTimeoutTicks (${config.electionTimeoutTicks}) must exceed heartbeatTimeoutTicks (${config.heartbeatTimeoutTicks})`);
    }
    if (config.storage === null || config.storage === undefined)
        refuse('storage is missing');
    if (typeof config.random !== 'function')
        refuse('random is missing');
    if (!Number.isSafeInteger(config.applied) || config.applied < 0)
        refuse(`applied must be an index, is ${config.applied}`);
    requirePositive('messageBytesMax', config.messageBytesMax, 0);
    requirePositive('committedBytesPerReadyMax', config.committedBytesPerReadyMax, 1);
    requirePositive('uncommittedBytesMax', config.uncommittedBytesMax, 1);
    requirePositive('inflightMessagesMax', config.inflightMessagesMax, 1);
    requirePositive('inflightBytesMax', config.inflightBytesMax, 1);
    requirePositive('pendingReadsMax', config.pendingReadsMax, 1);
    if (config.inflightBytesMax < config.messageBytesMax && config.inflightBytesMax !== Infinity) {
        refuse(`inflightBytesMax (${config.inflightBytesMax}) must be at least messageBytesMax (${config.messageBytesMax})`);
    }
    if (config.readOnly !== 'safe' && config.readOnly !== 'lease')
        refuse(`readOnly must be 'safe' or 'lease'`);
    if (config.readOnly === 'lease' && !config.checkQuorum)
        refuse("readOnly 'lease' needs checkQuorum: without it a deposed leader keeps its lease");
}
function requirePositive(name, value, min) {
    if (Number.isNaN(value) || value < min)
        refuse(`${name} must be at least ${min}, is ${value}`);
}
//# sourceMappingURL=config.js.map