export {};
//# sourceMappingURL=status-port.js.map