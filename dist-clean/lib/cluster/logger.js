export const SILENT_LOGGER = { log: () => undefined, isDebug: false };
//# sourceMappingURL=logger.js.map