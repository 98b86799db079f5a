export {};
//# sourceMappingURL=context-types.js.map