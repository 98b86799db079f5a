/** Nest's token of it. */
export const CLI_ENVIRONMENT = Symbol.for('raftoral:cli-environment');
//# sourceMappingURL=environment.js.map