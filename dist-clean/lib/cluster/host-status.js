export {};
//# sourceMappingURL=host-status.js.map