export {};
//# sourceMappingURL=administration-port.js.map